// SPDX-License-Identifier: BSD-3-Clause

// What joining and leaving one large room costs: how long it takes, and how much CPU time of redis-server and
// of the daemons. See --help.

#include <algorithm>
#include <cstdio>
#include <deque>
#include <functional>

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QDir>
#include <QFile>

#include "bench/crowd.h"
#include "support/daemonprocess.h"
#include "support/redisprobe.h"
#include "support/redisserver.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace switchboard::bench {

namespace {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

const QByteArray Room = "the large room";

QByteArray request(const QByteArray &type)
{
    return R"({"channel":"chat-room","message":{"contents":{"room":")" + Room + R"("},"type":")" + type
        + R"("}})";
}

/// The CPU time that a process has used.
Microseconds cpuTime(qint64 pid)
{
    Microseconds sum{0};
    const QDir tasks(u"/proc/%1/task"_s.arg(pid));
    const QStringList ids = tasks.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString &id : ids) {
        QFile file(tasks.filePath(id + u"/schedstat"_s));
        if (file.open(QIODevice::ReadOnly)) {
            sum += std::chrono::nanoseconds(file.readAll().split(' ').first().toLongLong());
        }
    }
    return sum;
}

double percentile(std::vector<double> values, double fraction)
{
    if (values.empty()) {
        return 0;
    }
    std::sort(values.begin(), values.end());
    const auto last = static_cast<double>(values.size() - 1);
    return values[static_cast<std::size_t>(fraction * last + 0.5)];
}

struct Options
{
    std::size_t clients = 10000;
    std::size_t daemons = 3;
    std::size_t probes = 100;
    std::size_t inFlight = 48;
    bool restart = false;
    QString server; ///< another program than the one of this build
    QStringList daemonArguments;
};

/// What was measured of joins, or of leaves, at one size of the room.
struct Row
{
    std::vector<double> milliseconds; ///< until the client has its list and JoinedRoom
    std::vector<double> toldMilliseconds; ///< until everybody has been told
    Microseconds redis{0}; ///< CPU time of all of them together
    Microseconds daemons{0};
};

class RoomBench
{
public:
    explicit RoomBench(Options options)
        : m_options(std::move(options))
    { }

    bool run();

private:
    bool start();
    bool fill(std::size_t size);
    bool measure(std::size_t size);
    bool restartRedis();
    bool pollUntil(const std::function<bool()> &condition, std::chrono::seconds timeout = 120s);
    Microseconds daemonTime() const;
    bool probe(Row &row, const QByteArray &type, qint64 Counts::*kind, std::size_t told);

    Options m_options;
    test::RedisServer m_redis;
    std::deque<test::DaemonProcess> m_daemons;
    Crowd m_crowd;
    std::size_t m_members = 0;
};

bool RoomBench::pollUntil(const std::function<bool()> &condition, std::chrono::seconds timeout)
{
    const auto end = Clock::now() + timeout;
    while (!condition()) {
        if (Clock::now() > end || m_crowd.closed() > 0) {
            std::printf("gave up: %d connections were closed\n", m_crowd.closed());
            return false;
        }
        m_crowd.poll(5ms);
        QCoreApplication::processEvents();
    }
    return true;
}

Microseconds RoomBench::daemonTime() const
{
    Microseconds sum{0};
    for (const test::DaemonProcess &daemon : m_daemons) {
        sum += cpuTime(daemon.pid());
    }
    return sum;
}

bool RoomBench::start()
{
    if (!m_redis.start()) {
        return false;
    }
    QProcessEnvironment environment;
    environment.insert(u"RATE_LIMIT"_s, u"0"_s);
    environment.insert(u"QT_LOGGING_RULES"_s, u"switchboard.websocket.info=false"_s);
    // The crowd answers no pings.
    const QStringList arguments =
        QStringList{u"--redis-url"_s, m_redis.url(), u"--keepalive"_s, u"0"_s} + m_options.daemonArguments;
    for (std::size_t i = 0; i < m_options.daemons; ++i) {
        test::DaemonProcess &daemon = m_daemons.emplace_back(arguments, environment);
        if (!m_options.server.isEmpty()) {
            daemon.setProgram(m_options.server);
        }
        if (!daemon.start() || !daemon.waitUntilReady()) {
            return false;
        }
    }
    // One more for each daemon, to join and leave while the others are in.
    for (std::size_t i = 0; i < m_options.clients + m_options.daemons; ++i) {
        if (!m_crowd.connect(m_daemons[i % m_options.daemons].port())) {
            std::printf("client %zu cannot connect\n", i);
            return false;
        }
    }
    return true;
}

// Lets clients join, so many at a time; a client that is refused tries again. A join is over when everybody
// has been told.
bool RoomBench::fill(std::size_t size)
{
    const auto begin = Clock::now();
    const std::size_t first = m_members;
    const qint64 joinedBefore = m_crowd.total().joined;
    qint64 expected = 0;
    const qint64 rejectedBefore = m_crowd.total().rejected;
    std::vector<std::size_t> waiting;
    std::vector<qint64> rejected(size, 0);
    std::size_t next = first;
    const auto step = [&] {
        waiting.erase(std::remove_if(waiting.begin(), waiting.end(),
                                     [&](std::size_t client) {
                                         const Counts &counts = m_crowd.counts(client);
                                         if (counts.rejected > rejected[client]) {
                                             rejected[client] = counts.rejected;
                                             m_crowd.send(client, request("JoinRoom"));
                                         }
                                         return counts.lists > 0 && counts.joined > 0;
                                     }),
                      waiting.end());
        const auto mayBeOnTheWay = static_cast<qint64>(m_options.inFlight * (next + 1));
        while (next < size && waiting.size() < m_options.inFlight
               && expected - (m_crowd.total().joined - joinedBefore) < mayBeOnTheWay) {
            waiting.push_back(next);
            m_crowd.send(next++, request("JoinRoom"));
            expected += static_cast<qint64>(next);
        }
        return next == size && waiting.empty();
    };
    if (!pollUntil(step, 600s)) {
        return false;
    }
    m_members = size;
    const std::chrono::duration<double> seconds = Clock::now() - begin;
    std::printf("%zu → %zu members: %.1f s, %lld joins refused on the way\n", first, size, seconds.count(),
                static_cast<long long>(m_crowd.total().rejected - rejectedBefore));
    // Until nothing comes any more.
    qint64 before = -1;
    return pollUntil(
        [&] {
            const qint64 now = m_crowd.total().joined;
            const bool isQuiet = now == before;
            before = now;
            if (!isQuiet) {
                m_crowd.poll(200ms);
            }
            return isQuiet;
        },
        600s);
}

// One client joins, or leaves; \a told clients are to be told.
bool RoomBench::probe(Row &row, const QByteArray &type, qint64 Counts::*kind, std::size_t told)
{
    const std::size_t client = m_options.clients + row.milliseconds.size() % m_options.daemons;
    const bool isJoin = type == "JoinRoom";
    const Counts own = m_crowd.counts(client);
    const qint64 all = m_crowd.total().*kind + static_cast<qint64>(told);
    const Microseconds redisBefore = cpuTime(m_redis.pid());
    const Microseconds daemonsBefore = daemonTime();
    const auto begin = Clock::now();
    const auto elapsed = [&] {
        return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    };
    m_crowd.send(client, request(type));
    double took = -1;
    const bool isDone = pollUntil([&] {
        const Counts &now = m_crowd.counts(client);
        if (took < 0 && isJoin && now.lists > own.lists && now.joined > own.joined) {
            took = elapsed();
        }
        return m_crowd.total().*kind >= all && (took >= 0 || !isJoin);
    });
    row.toldMilliseconds.push_back(elapsed());
    row.milliseconds.push_back(isJoin ? took : row.toldMilliseconds.back());
    row.redis += cpuTime(m_redis.pid()) - redisBefore;
    row.daemons += daemonTime() - daemonsBefore;
    return isDone;
}

bool RoomBench::measure(std::size_t size)
{
    Row joins;
    Row leaves;
    for (std::size_t i = 0; i < m_options.probes; ++i) {
        if (!probe(joins, "JoinRoom", &Counts::joined, size + 1)
            || !probe(leaves, "LeaveRoom", &Counts::left, size)) {
            return false;
        }
    }
    const auto print = [&](const char *what, const Row &row) {
        const auto count = static_cast<double>(row.milliseconds.size());
        std::printf("%8zu  %-5s  %8.2f  %8.2f  %8.2f  %8.2f  %10.0f  %10.0f\n", size, what,
                    percentile(row.milliseconds, 0.5), percentile(row.milliseconds, 0.99),
                    percentile(row.toldMilliseconds, 0.5), percentile(row.toldMilliseconds, 0.99),
                    row.redis.count() / count, row.daemons.count() / count);
    };
    std::printf(" members  what     p50 ms    p99 ms  all p50 ms  p99 ms   redis µs  daemons µs\n");
    print("join", joins);
    print("leave", leaves);
    return true;
}

// Redis loses everything while all are in.
bool RoomBench::restartRedis()
{
    const Counts before = m_crowd.total();
    const Microseconds daemonsBefore = daemonTime();
    const auto begin = Clock::now();
    if (!m_redis.restart()) {
        return false;
    }
    qint64 found = -1;
    const bool isBack = pollUntil(
        [&] {
            found = test::redisCommand(m_redis.port(), {"HLEN", "switchboard:room:" + Room}, 5s).toLongLong();
            return found == static_cast<qint64>(m_members);
        },
        300s);
    const std::chrono::duration<double> seconds = Clock::now() - begin;
    // For longer than a node may be silent: what is to be told has been told by then.
    const auto end = Clock::now() + 20s;
    const bool isWhole = isBack && pollUntil([&] { return Clock::now() > end; });
    const Counts &now = m_crowd.total();
    std::printf("Redis restarted empty: %lld of %zu members back after %.1f s; told since: %lld lists, %lld "
                "JoinedRoom, %lld LeftRoom; daemons' CPU %.1f s; %d connections lost\n",
                static_cast<long long>(found), m_members, seconds.count(),
                static_cast<long long>(now.lists - before.lists),
                static_cast<long long>(now.joined - before.joined),
                static_cast<long long>(now.left - before.left), (daemonTime() - daemonsBefore).count() / 1e6,
                m_crowd.closed());
    return isWhole;
}

bool RoomBench::run()
{
    if (!start()) {
        return false;
    }
    while (m_members < m_options.clients) {
        const std::size_t size = std::min(m_options.clients, m_members == 0 ? 100 : m_members * 10);
        if (!fill(size) || !measure(size)) {
            return false;
        }
        std::fflush(stdout);
    }
    return !m_options.restart || restartRedis();
}

std::optional<Options> parse(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"Lets clients join one room over several daemons and measures joins and leaves when there are 100, 1,000, … members, and in the end."_s);
    parser.addHelpOption();
    parser.addOption({u"clients"_s, u"Members in the end (10000)."_s, u"count"_s, u"10000"_s});
    parser.addOption({u"daemons"_s, u"Daemons (3)."_s, u"count"_s, u"3"_s});
    parser.addOption(
        {u"probes"_s, u"Joins and leaves to measure at each size (100)."_s, u"count"_s, u"100"_s});
    parser.addOption({u"in-flight"_s, u"Joins at a time while the room fills (48)."_s, u"count"_s, u"48"_s});
    parser.addOption({u"server"_s, u"The daemon's program, if not that of this build."_s, u"path"_s});
    parser.addOption({u"restart"_s, u"Restart Redis, empty, in the end."_s});
    parser.addPositionalArgument(u"arguments"_s, u"Of the daemons, behind --."_s, u"[-- arguments]"_s);
    parser.process(arguments);
    Options options;
    options.clients = parser.value(u"clients"_s).toUInt();
    options.daemons = parser.value(u"daemons"_s).toUInt();
    options.probes = parser.value(u"probes"_s).toUInt();
    options.inFlight = parser.value(u"in-flight"_s).toUInt();
    options.server = parser.value(u"server"_s);
    options.restart = parser.isSet(u"restart"_s);
    options.daemonArguments = parser.positionalArguments();
    const bool isRight =
        options.clients >= 100 && options.daemons > 0 && options.probes > 0 && options.inFlight > 0;
    return isRight ? std::optional(options) : std::nullopt;
}

} // namespace

} // namespace switchboard::bench

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    const auto options = switchboard::bench::parse(QCoreApplication::arguments());
    if (!options) {
        std::fprintf(stderr, "roombench: counts must be positive, and there must be 100 clients or more\n");
        return 2;
    }
    return switchboard::bench::RoomBench(*options).run() ? 0 : 1;
}
