# SPDX-License-Identifier: BSD-3-Clause
"""What is measured: rows of the comparison, each one run of switchboard-bench per contender and round."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """A figure of a run's JSON that is compared."""

    key: str
    label: str
    unit: str
    decimals: int = 2
    more_is_better: bool = False
    is_compared: bool = True  # or shown beside


@dataclass(frozen=True)
class Row:
    """One scenario with its arguments."""

    key: str
    title: str
    arguments: tuple
    metrics: tuple
    nodes: int = 2
    has_floor: bool = False
    for_everybody: bool = True  # or only for contenders that name it

    def measured_arguments(self, is_quick):
        """With the time of a run, where the scenario has one."""
        if self.arguments[0] in ("idle",):
            return list(self.arguments)
        seconds, warm_up = ("1", "0.5") if is_quick else ("2", "1")
        return [*self.arguments, "--seconds", seconds, "--warm-up", warm_up]


PER_DELIVERY = Metric("serverCpuMicros", "CPU per delivery", "µs", 3)
PER_SECOND = Metric("deliveriesPerSecond", "deliveries a second", "", 0, True, False)
PER_WRITE = Metric("deliveriesPerSegment", "deliveries per write", "", 1, True, False)
REDIS = Metric("redisCpuMicros", "Redis CPU per delivery", "µs", 3, False, False)


def fanout(clients):
    return Row(
        f"fanout-{clients}",
        f"Fan-out, saturated: {clients:,} clients on two nodes, everybody hears everybody, 100-byte texts, "
        "64 messages on their way from 16 senders",
        ("fanout", "--clients", str(clients)),
        (PER_DELIVERY, PER_SECOND, PER_WRITE),
        has_floor=True,
    )


def beside_idle(idle):
    return Row(
        f"beside-{idle}",
        f"Flat in what is idle: 100 clients in one room on two nodes, saturated, beside {idle:,} idle ones",
        ("rooms", "--clients", "100", "--rooms", "1", "--senders", "16", "--window", "64", "--idle", str(idle)),
        (PER_DELIVERY, PER_SECOND, PER_WRITE),
    )


ROWS = (
    fanout(200),
    fanout(1000),
    fanout(5000),
    beside_idle(0),
    beside_idle(1000),
    beside_idle(10000),
    Row(
        "rate",
        "Latency at a moderate rate: 20 messages a second to 1,000 clients on two nodes, from just before send() to "
        "just after recv()",
        ("rate", "--clients", "1000", "--rate", "20"),
        (
            Metric("p50Millis", "p50", "ms", 2),
            Metric("p99Millis", "p99", "ms", 2),
            Metric("serverCpuMicros", "CPU per delivery", "µs", 2),
        ),
    ),
    Row(
        "rooms",
        "Rooms: 1,000 clients in 100 rooms over two nodes, saturated, 200 messages on their way",
        ("rooms", "--clients", "1000", "--rooms", "100", "--window", "200"),
        (PER_DELIVERY, PER_SECOND, PER_WRITE, REDIS),
    ),
    Row(
        "inbound",
        "Inbound: 200 clients of one node, each speaking in a room of its own, 8 messages on their way from each",
        ("inbound", "--clients", "200"),
        (
            Metric("serverCpuMicros", "CPU per message", "µs", 2),
            Metric("messagesPerSecond", "messages a second", "", 0, True),
        ),
        nodes=1,
    ),
    Row(
        "idle",
        "Idle connections: 10,000 clients on two nodes, after messages to all of them",
        ("idle", "--clients", "10000"),
        (
            Metric("serverBytesPerClient", "memory per client", "bytes", 0),
            Metric("connectSeconds", "time to connect all", "s", 2, False, False),
        ),
    ),
    Row(
        "handshakes",
        "Handshakes: 1,000 clients that connect and go, again and again, on two nodes",
        ("handshakes", "--clients", "1000"),
        (
            Metric("serverHandshakesPerCpuSecond", "handshakes per CPU second", "", 0, True),
            Metric("handshakesPerSecond", "handshakes a second", "", 0, True, False),
        ),
    ),
    Row(
        "workers",
        "Workers: one process on one port, 1,000 clients, saturated fan-out",
        ("fanout", "--clients", "1000"),
        (PER_DELIVERY, Metric("deliveriesPerSecond", "deliveries a second", "", 0, True), PER_WRITE),
        nodes=1,
        for_everybody=False,
    ),
)


def takes_part(contender, row):
    """Whether a contender is measured in a row."""
    return row.key in contender.only_rows if contender.only_rows else row.for_everybody
