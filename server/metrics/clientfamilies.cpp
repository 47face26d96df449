// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/familybuilder.h"
#include "metrics/metricfamilies.h"

namespace switchboard {

using prometheus::MetricFamily;
using prometheus::MetricType;

namespace {

MetricFamily disconnected(const std::vector<NodeFigures> &nodes)
{
    MetricFamily family = makeFamily(
        MetricType::Counter, "switchboard_clients_disconnected_total",
        "Clients whose connection ended, by who began it (client, daemon), the close code and its meaning.");
    for (const NodeFigures &node : nodes) {
        for (std::size_t i = 0; i < ClosingCounts::causes.size(); ++i) {
            const ClosingCounts::Cause &cause = ClosingCounts::causes[i];
            addSample(family,
                      {workerLabel(node),
                       {"by", cause.by == ClosingCounts::By::Client ? "client" : "daemon"},
                       {"code", cause.code == 0 ? "other" : std::to_string(cause.code)},
                       {"reason", cause.reason}},
                      static_cast<double>(node.closings.counts()[i]));
        }
    }
    return family;
}

MetricFamily refused(const std::vector<NodeFigures> &nodes)
{
    MetricFamily family = makeFamily(MetricType::Counter, "switchboard_handshakes_refused_total",
                                     "WebSocket handshakes that were refused, by the HTTP status.");
    for (const NodeFigures &node : nodes) {
        std::map<int, quint64> counts = node.refusedHandshakes;
        // A counter that begins with its first event hides that one from whoever looks for increases.
        for (const int status : {400, 401, 403, 404, 405, 426, 503}) {
            counts.try_emplace(status, 0);
        }
        for (const auto &[status, count] : counts) {
            addSample(family, {workerLabel(node), {"status", std::to_string(status)}},
                      static_cast<double>(count));
        }
    }
    return family;
}

MetricFamily rejected(const std::vector<NodeFigures> &nodes)
{
    MetricFamily family = makeFamily(MetricType::Counter, "switchboard_messages_rejected_total",
                                     "Messages of clients that were answered with Rejected, by the code.");
    for (const NodeFigures &node : nodes) {
        for (std::size_t i = 0; i < protocol::rejectCodeCount; ++i) {
            const auto code = static_cast<protocol::RejectCode>(i);
            addSample(family, {workerLabel(node), {"code", protocol::rejectCodeName(code).toStdString()}},
                      static_cast<double>(node.rejections.of(code)));
        }
    }
    return family;
}

} // namespace

std::vector<MetricFamily> clientFamilies(const std::vector<NodeFigures> &nodes)
{
    const auto of = [&nodes](MetricType type, const char *name, const char *help, auto value) {
        return familyByWorker(type, name, help, nodes, value);
    };
    using enum MetricType;
    using Node = const NodeFigures &;
    return {
        of(Gauge, "switchboard_clients", "Clients that are connected.", [](Node n) { return n.clients; }),
        of(Gauge, "switchboard_rooms", "Chat rooms with members on this node.",
           [](Node n) { return n.rooms; }),
        of(Counter, "switchboard_clients_connected_total", "Clients that were let in.",
           [](Node n) { return n.connected; }),
        disconnected(nodes),
        refused(nodes),
        of(Counter, "switchboard_connections_turned_away_total",
           "Connections that were answered with 503 because no file descriptor was left for them.",
           [](Node n) { return n.turnedAway; }),
        of(Counter, "switchboard_messages_received_total", "Messages from clients.",
           [](Node n) { return n.traffic.messagesReceived; }),
        of(Counter, "switchboard_messages_sent_total", "Messages to clients, answers included.",
           [](Node n) { return n.traffic.messagesSent; }),
        of(Counter, "switchboard_received_bytes_total", "Bytes of messages from clients, without framing.",
           [](Node n) { return n.traffic.bytesReceived; }),
        of(Counter, "switchboard_sent_bytes_total",
           "Bytes of messages to clients as they leave, compressed and framed.",
           [](Node n) { return n.traffic.bytesSent; }),
        of(Counter, "switchboard_deliveries_total",
           "How many times a client was handed something that came from Redis.",
           [](Node n) { return n.deliveries; }),
        rejected(nodes),
    };
}

} // namespace switchboard
