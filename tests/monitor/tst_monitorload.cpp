// SPDX-License-Identifier: BSD-3-Clause
#include "model/clientsmodel.h"
#include "model/closedclientsmodel.h"
#include "model/clustermodel.h"
#include "model/filterproxymodel.h"
#include "model/nodesmodel.h"
#include "model/pausabletraffic.h"
#include "model/pingsmodel.h"
#include "model/roomsmodel.h"
#include "model/statshistory.h"
#include "model/trafficmodel.h"
#include "protocol/envelope.h"
#include "sampleevents.h"

#include <QAbstractEventDispatcher>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QRandomGenerator>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <array>
#include <ctime>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard;
using namespace switchboard::monitor;
using namespace switchboard::test;

namespace {

// A build that checks every access takes ten times as long for the same.
#ifdef __SANITIZE_ADDRESS__
constexpr int scale = 10;
#else
constexpr int scale = 1;
#endif
constexpr int manyClients = 50'000 / scale;
constexpr int eventsPerSecond = 20'000 / scale;
constexpr int updatesPerSecond = 20;

double cpuSeconds()
{
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double residentMegabytes()
{
    QFile statm(u"/proc/self/statm"_s);
    if (!statm.open(QIODevice::ReadOnly)) {
        return 0;
    }
    return statm.readAll().split(' ').value(1).toDouble() * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

// An id of the length that real ones have.
QByteArray idOf(int number)
{
    return "00000000-0000-4000-8000-" + QByteArray::number(number).rightJustified(12, '0');
}

QByteArray nodeOf(int number)
{
    return "node-" + QByteArray::number(number % 4);
}

// The monitor without its window: from the text of each message to the rows that views would show.
class Monitor
{
public:
    Monitor()
        : m_cluster(m_clock.options())
        , m_traffic(m_cluster.traffic())
    {
        m_clients.setSourceModel(m_cluster.clients());
        m_clients.sort(ClientsModel::ReceivedColumn, Qt::DescendingOrder);
        m_rooms.setSourceModel(m_cluster.rooms());
        m_rooms.sort(RoomsModel::MembersColumn, Qt::DescendingOrder);
        m_log.setSourceModel(&m_traffic);
        m_cluster.setConnected(true);
    }

    void hear(const protocol::MonitorEvent &event)
    {
        const QByteArray message = protocol::toClientMessage(event);
        const double begin = cpuSeconds();
        auto known = protocol::parseMonitorEvent(protocol::parseEnvelope(m_parser, message).value());
        m_cluster.add(std::move(**known));
        m_cpu += cpuSeconds() - begin;
    }

    // The time that goes by until \a clock has run so long, with all that the timers do.
    void live(const QElapsedTimer &clock, std::chrono::milliseconds until)
    {
        const double begin = cpuSeconds();
        const auto rest = until - std::chrono::milliseconds(clock.elapsed());
        QEventLoop loop;
        QTimer::singleShot(std::max(rest, 0ms), Qt::PreciseTimer, &loop, &QEventLoop::quit);
        loop.exec();
        m_cpu += cpuSeconds() - begin;
    }

    // A twentieth of a second goes by at once.
    void update()
    {
        m_clock.advance(50ms);
        const double begin = cpuSeconds();
        m_cluster.flush();
        if (++m_updates % updatesPerSecond == 0) {
            m_cluster.tick();
        }
        m_cpu += cpuSeconds() - begin;
    }

    // What it took since the last call, but for making up the events.
    [[nodiscard]] double takeCpu() { return std::exchange(m_cpu, 0); }

    [[nodiscard]] ClusterModel &cluster() { return m_cluster; }
    [[nodiscard]] FilterProxyModel &clients() { return m_clients; }
    [[nodiscard]] FilterProxyModel &log() { return m_log; }
    [[nodiscard]] PausableTraffic &traffic() { return m_traffic; }

private:
    SampleClock m_clock;
    protocol::JsonParser m_parser;
    ClusterModel m_cluster;
    PausableTraffic m_traffic;
    FilterProxyModel m_clients;
    FilterProxyModel m_rooms;
    FilterProxyModel m_log;
    double m_cpu = 0;
    int m_updates = 0;
};

// How long an event loop does not look after anything else: from its waking to its next rest.
class BusyWatch
{
public:
    BusyWatch()
    {
        const auto *dispatcher = QAbstractEventDispatcher::instance();
        QObject::connect(dispatcher, &QAbstractEventDispatcher::awake, &m_context, [this] {
            if (!m_clock.isValid()) {
                m_clock.start();
            }
        });
        QObject::connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, &m_context, [this] {
            if (m_clock.isValid()) {
                m_longest = qMax(m_longest, m_clock.elapsed());
            }
            m_clock.invalidate();
        });
    }

    [[nodiscard]] qint64 longestMillis() const { return m_longest; }

private:
    QObject m_context;
    QElapsedTimer m_clock;
    qint64 m_longest = 0;
};

// All that can happen in a cluster of so many clients, at random.
class Events
{
public:
    protocol::MonitorEvent next()
    {
        const int dice = m_random.bounded(100);
        const int client = m_first + m_random.bounded(manyClients);
        const QByteArray id = idOf(client);
        const QByteArray node = nodeOf(client);
        const QByteArray room = "room-" + QByteArray::number(m_random.bounded(500));
        if (dice < 55) {
            return said(node, id,
                        "A message of some eighty bytes, as people and programs send them. No. "
                            + QByteArray::number(++m_messages));
        }
        if (dice < 85) {
            return saidInRoom(node, id, room,
                              "Another one for a room. No. " + QByteArray::number(++m_messages));
        }
        if (dice < 90) {
            return joined(node, id, room);
        }
        if (dice < 95) {
            return left(node, id, room);
        }
        if (m_isConnecting) {
            m_isConnecting = false;
            const int added = m_first + manyClients;
            return connected(nodeOf(added), idOf(added));
        }
        m_isConnecting = true;
        const int removed = m_first++;
        return disconnected(nodeOf(removed), idOf(removed));
    }

private:
    QRandomGenerator m_random{11};
    int m_first = 0; ///< the clients are those from here on
    int m_messages = 0;
    bool m_isConnecting = false;
};

void addFiftyThousand(Monitor &monitor)
{
    constexpr int perPart = 500 / scale;
    constexpr int perNode = manyClients / 4;
    for (int part = 1; part <= perNode / perPart; ++part) {
        for (int node = 0; node < 4; ++node) {
            std::vector<protocol::NodeSnapshot::Client> clients;
            for (int i = (part - 1) * perPart; i < part * perPart; ++i) {
                const int number = i * 4 + node;
                clients.push_back(
                    snapshotClient(idOf(number), {"room-" + QByteArray::number(number % 500)}, number % 97));
            }
            monitor.hear(snapshotPart(nodeOf(node), part, perNode / perPart, clients));
        }
        monitor.update();
    }
}

void report(const char *what, Monitor &monitor, double before)
{
    const double cpu = monitor.takeCpu();
    qInfo("%s: %.2f s CPU, resident %.0f MB (%.0f MB before)", what, cpu, residentMegabytes(), before);
}

} // namespace

class MonitorLoadTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fiftyThousandClients();
    void twentyThousandEventsASecond();
    void aLongDay();
    void aNodeWithManyClientsDies();
};

void MonitorLoadTest::fiftyThousandClients()
{
    qInfo("%d clients, %d events a second", manyClients, eventsPerSecond);
    Monitor monitor;
    const double before = residentMegabytes();
    addFiftyThousand(monitor);
    QCOMPARE(monitor.cluster().clients()->rowCount(), manyClients);
    QCOMPARE(monitor.clients().rowCount(), manyClients);
    QCOMPARE(monitor.cluster().rooms()->rowCount(), 500);
    report("all clients, in parts of snapshots", monitor, before);

    addFiftyThousand(monitor);
    report("the same again, nothing changed", monitor, before);

    for (const QString &filter : {u"1"_s, u"room:room-77"_s, u"node:node-3 -room:/1$/"_s, QString()}) {
        QElapsedTimer clock;
        clock.start();
        QCOMPARE(monitor.clients().setFilterText(filter), QString());
        qInfo("filter \"%ls\": %lld ms, %d rows", qUtf16Printable(monitor.clients().filterText()),
              static_cast<long long>(clock.elapsed()), monitor.clients().rowCount());
    }
    for (int column = 0; column < ClientsModel::ColumnCount; ++column) {
        QElapsedTimer clock;
        clock.start();
        monitor.clients().sort(column, Qt::AscendingOrder);
        qInfo("sorted by column %d: %lld ms", column, static_cast<long long>(clock.elapsed()));
    }
}

void MonitorLoadTest::twentyThousandEventsASecond()
{
    Monitor monitor;
    addFiftyThousand(monitor);
    QCOMPARE(monitor.clients().setFilterText(u"-room:room-7"_s), QString());
    report("all clients", monitor, 0);
    const double before = residentMegabytes();

    // In real time, so that every timer has its part in it.
    Events events;
    constexpr int seconds = 10;
    const BusyWatch watch;
    QElapsedTimer clock;
    clock.start();
    for (int update = 0; update < seconds * updatesPerSecond; ++update) {
        for (int i = 0; i < eventsPerSecond / updatesPerSecond; ++i) {
            monitor.hear(events.next());
        }
        if (update % updatesPerSecond == 0) {
            for (int node = 0; node < 4; ++node) {
                monitor.hear(stats(nodeOf(node), manyClients / 4));
            }
        }
        monitor.live(clock, (update + 1) * 50ms);
        QVERIFY(monitor.cluster().traffic()->rowCount() <= TrafficModel::defaultCapacity);
    }
    monitor.cluster().flush();
    qInfo("done %lld ms after the beginning, the event loop busy for at most %lld ms at a time",
          static_cast<long long>(clock.elapsed()), static_cast<long long>(watch.longestMillis()));
    report("ten seconds of events", monitor, before);

    ClusterModel &cluster = monitor.cluster();
    QVERIFY(cluster.totals().eventsReceived >= qint64(seconds) * eventsPerSecond);
    const qint64 messages = cluster.traffic()->totalCount();
    QVERIFY(messages > qint64(seconds) * eventsPerSecond / 2);
    QCOMPARE(cluster.traffic()->rowCount(), int(qMin<qint64>(messages, TrafficModel::defaultCapacity)));
    QCOMPARE(monitor.log().rowCount(), cluster.traffic()->rowCount());
    QVERIFY(cluster.closedClients()->rowCount() <= ClosedClientsModel::defaultCapacity);
    QVERIFY(cluster.clients()->rowCount() <= manyClients + 1);
    QVERIFY(cluster.rooms()->rowCount() <= 500);

    clock.restart();
    QCOMPARE(monitor.log().setFilterText(u"room:room-77 /no. \\d*5$/"_s), QString());
    qInfo("filter over all lines: %lld ms, %d rows", static_cast<long long>(clock.elapsed()),
          monitor.log().rowCount());
}

void MonitorLoadTest::aLongDay()
{
    Monitor monitor;
    Events events;
    std::array<double, 4> resident{};
    for (double &megabytes : resident) {
        // Paused every other time.
        monitor.traffic().setPaused(!monitor.traffic().isPaused());
        for (int update = 0; update < 150; ++update) {
            for (int i = 0; i < eventsPerSecond / updatesPerSecond; ++i) {
                monitor.hear(events.next());
            }
            monitor.update();
        }
        megabytes = residentMegabytes();
        const ClusterModel &cluster = monitor.cluster();
        QVERIFY(cluster.traffic()->rowCount() <= TrafficModel::defaultCapacity);
        QVERIFY(cluster.closedClients()->rowCount() <= ClosedClientsModel::defaultCapacity);
        QVERIFY(cluster.clients()->rowCount() <= manyClients);
        QVERIFY(monitor.log().rowCount() <= TrafficModel::defaultCapacity);
    }
    report("the day", monitor, 0);
    qInfo("resident after each quarter: %.0f %.0f %.0f %.0f MB", resident[0], resident[1], resident[2],
          resident[3]);
}

void MonitorLoadTest::aNodeWithManyClientsDies()
{
    Monitor monitor;
    addFiftyThousand(monitor);
    monitor.hear(protocol::NodeDown{nodeOf(1), sampleTime()});
    monitor.update();
    report("all clients", monitor, 0);
    for (int update = 0; update < 61 * updatesPerSecond; ++update) {
        if (update % updatesPerSecond == 0) {
            for (const int node : {0, 2, 3}) {
                monitor.hear(stats(nodeOf(node), manyClients / 4));
            }
        }
        monitor.update();
    }
    QCOMPARE(monitor.cluster().clients()->rowCount(), manyClients * 3 / 4);
    QCOMPARE(monitor.clients().rowCount(), manyClients * 3 / 4);
    report("a node with a quarter of them gone", monitor, 0);
}

QTEST_GUILESS_MAIN(MonitorLoadTest)
#include "tst_monitorload.moc"
