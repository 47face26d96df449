// SPDX-License-Identifier: BSD-3-Clause
#include <QAbstractItemView>
#include <QAction>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTemporaryFile>
#include <QTest>

#include <limits>

#include "gui/windowprobe.h"
#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "integration/roomclient.h"
#include "link/monitorlink.h"
#include "model/closedclientsmodel.h"
#include "model/clustermodel.h"
#include "model/pausabletraffic.h"
#include "model/pingsmodel.h"
#include "view/exportdialog.h"
#include "view/filterbar.h"
#include "view/filteredview.h"
#include "view/panedock.h"
#include "view/session.h"
#include "view/trafficpane.h"
#include "view/windowactions.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace switchboard::monitor;
using namespace switchboard::test;

// A real window on two real daemons and their Redis.
class TestMonitorCluster : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void showsBothNodes();
    void clientAppearsWithinSecond();
    void showsMessagesAndRooms();
    void exportHoldsWhatIsShown();
    void pauseAndFilter();
    void pingShowsDeliveriesOfBothNodes();
    void disconnectsClientFromMenu();
    void composesAsClient();
    void movesToOtherNodeWhenItsOwnDies();
    void watchesWithTokenOnly();

private:
    [[nodiscard]] static QString addressOf(const DaemonProcess &daemon);

    QTemporaryDir m_directory;
    std::unique_ptr<Cluster> m_cluster;
    std::unique_ptr<WindowProbe> m_probe;
};

// Names differ from machine to machine, ports do not.
QString TestMonitorCluster::addressOf(const DaemonProcess &daemon)
{
    return u':' + QString::number(daemon.port());
}

void TestMonitorCluster::init()
{
    isolateSettings(m_directory);
    m_cluster = std::make_unique<Cluster>(2);
    QVERIFY(m_cluster->start());
    m_probe = std::make_unique<WindowProbe>();
    m_probe->window().watch(m_cluster->daemon(0).webSocketUrl());
    QVERIFY(m_probe->waitForRow(PaneId::Nodes, addressOf(m_cluster->daemon(0))));
    QVERIFY(m_probe->waitForRow(PaneId::Nodes, addressOf(m_cluster->daemon(1))));
    m_probe->window().actions()->unlock->trigger();
}

void TestMonitorCluster::cleanup()
{
    m_probe.reset();
    m_cluster.reset();
}

void TestMonitorCluster::showsBothNodes()
{
    QCOMPARE(m_probe->rows(PaneId::Nodes).rowCount(), 2);
    // The monitor itself is a client of the first.
    QVERIFY(m_probe->waitForRow(PaneId::Clients, u"switchboard-monitor/"_s));
    QVERIFY(waitUntil([&] { return m_probe->session().cluster()->totals().nodes == 2; }));
    QVERIFY(waitUntil([&] { return m_probe->session().cluster()->totals().clients == 1; }));
}

// On the node that is not watched directly. The best of three, for a machine that is busy with other tests.
void TestMonitorCluster::clientAppearsWithinSecond()
{
    qint64 best = std::numeric_limits<qint64>::max();
    Clients clients;
    for (int attempt = 0; attempt < 3 && best > 1000; ++attempt) {
        const QByteArray name = "newcomer " + QByteArray::number(attempt);
        WsClient &client = clients.emplace_back();
        QVERIFY(client.connectTo(m_cluster->daemon(1).webSocketUrl(), {}, {{"User-Agent", name}}));
        QElapsedTimer clock;
        clock.start();
        QVERIFY(m_probe->waitForRow(PaneId::Clients, QString::fromUtf8(name)));
        best = std::min(best, clock.elapsed());
    }
    QVERIFY2(best <= 1000, qPrintable(QString::number(best)));
    clients.clear();
    QVERIFY(m_probe->waitForNoRow(PaneId::Clients, u"newcomer"_s));
}

void TestMonitorCluster::showsMessagesAndRooms()
{
    RoomClient client;
    QVERIFY(client.connectTo(m_cluster->daemon(1).webSocketUrl()));
    QVERIFY(client.joinAndWait("lobby"));
    client.say("lobby", "anybody in the lobby?");
    client.socket().sendText(submitMessage("hello to all"));
    QVERIFY(m_probe->waitForRow(PaneId::Traffic, u"anybody in the lobby?"_s));
    QVERIFY(m_probe->waitForRow(PaneId::Traffic, u"hello to all"_s));
    QVERIFY(m_probe->waitForRow(PaneId::Rooms, u"lobby"_s));
    QVERIFY(m_probe->waitForRow(PaneId::Rooms, QString::fromUtf8(client.id())));
    client.leave("lobby");
    QVERIFY(m_probe->waitForNoRow(PaneId::Rooms, u"lobby"_s));
}

void TestMonitorCluster::exportHoldsWhatIsShown()
{
    RoomClient client;
    QVERIFY(client.connectTo(m_cluster->daemon(0).webSocketUrl()));
    client.socket().sendText(submitMessage("one for the file"));
    client.socket().sendText(submitMessage("two, left out"));
    QVERIFY(m_probe->waitForRow(PaneId::Traffic, u"two, left out"_s));
    m_probe->view(PaneId::Traffic).filterBar()->setText(u"file"_s);
    const QString path = m_directory.filePath(u"export.jsonl"_s);
    QCOMPARE(exportToFile(m_probe->rows(PaneId::Traffic), path).value_or(-1), 1);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QJsonObject row = QJsonDocument::fromJson(file.readAll()).object();
    QCOMPARE(row["text"_L1].toString(), u"one for the file"_s);
    QCOMPARE(row["client"_L1].toString(), QString::fromUtf8(client.id()));
}

void TestMonitorCluster::pauseAndFilter()
{
    RoomClient client;
    QVERIFY(client.connectTo(m_cluster->daemon(1).webSocketUrl()));
    m_probe->window().actions()->pause->trigger();
    client.socket().sendText(submitMessage("while paused"));
    QVERIFY(waitUntil([&] { return m_probe->traffic().traffic()->newRows() == 1; }));
    QVERIFY(!m_probe->find(PaneId::Traffic, u"while paused"_s).isValid());
    m_probe->window().actions()->pause->trigger();
    QVERIFY(m_probe->waitForRow(PaneId::Traffic, u"while paused"_s));
    const QString port = QString::number(m_cluster->daemon(0).port());
    QTest::keyClicks(&m_probe->filterLine(PaneId::Traffic), QString(u"node:"_s + port));
    QVERIFY(m_probe->waitForNoRow(PaneId::Traffic, u"while paused"_s));
}

void TestMonitorCluster::pingShowsDeliveriesOfBothNodes()
{
    m_probe->window().dock(PaneId::Pings)->activate();
    QTest::mouseClick(m_probe->window().findChild<QPushButton *>(u"ping2"_s), Qt::LeftButton);
    const QAbstractItemModel &pings = m_probe->rows(PaneId::Pings);
    QVERIFY(waitUntil([&] { return pings.rowCount() == 1 && pings.rowCount(pings.index(0, 0)) == 2; }));
    QCOMPARE(WindowProbe::cell(pings.index(0, 0), PingsModel::NumberColumn), u"2"_s);
    QVERIFY(WindowProbe::cell(pings.index(0, 0), PingsModel::NodeColumn)
                .endsWith(addressOf(m_cluster->daemon(0))));
    QVERIFY(m_probe->waitForRow(PaneId::Pings, addressOf(m_cluster->daemon(1))));
}

void TestMonitorCluster::disconnectsClientFromMenu()
{
    RoomClient client; // on the other node
    QVERIFY(client.connectTo(m_cluster->daemon(1).webSocketUrl()));
    const QString id = QString::fromUtf8(client.id());
    QVERIFY(m_probe->waitForRow(PaneId::Clients, id));
    QVERIFY(m_probe->choose(PaneId::Clients, id, u"Disconnect"_s));
    QVERIFY(WindowProbe::pressInDialog(u"Disconnect"_s));
    QVERIFY(client.socket().waitForClose());
    QCOMPARE(client.socket().closeCode(), 4003);
    QVERIFY(m_probe->waitForNoRow(PaneId::Clients, id));
    const ClosedClientsModel *closed = m_probe->session().cluster()->closedClients();
    QVERIFY(waitUntil([&] { return closed->rowCount() > 0; }));
    const QModelIndex row = closed->index(closed->rowCount() - 1, 0);
    QCOMPARE(WindowProbe::cell(row, ClosedClientsModel::IdColumn), id);
    QCOMPARE(WindowProbe::cell(row, ClosedClientsModel::CodeColumn), u"4003"_s);
}

void TestMonitorCluster::composesAsClient()
{
    RoomClient client;
    QVERIFY(client.connectTo(m_cluster->daemon(1).webSocketUrl()));
    QVERIFY(client.joinAndWait("lobby"));
    m_probe->session().link()->sendRoomMessage(u"lobby"_s, u"from the monitor"_s);
    QVERIFY(waitUntil([&] { return client.heard("lobby") == QList<QByteArray>{"from the monitor"}; }));
    QVERIFY(m_probe->waitForRow(PaneId::Traffic, u"from the monitor"_s));
    m_probe->session().link()->sendChat(u"to everyone"_s);
    QVERIFY(client.socket().waitForMessage(
        [](const QByteArray &frame) { return frame.contains("to everyone"); }));
}

void TestMonitorCluster::movesToOtherNodeWhenItsOwnDies()
{
    m_cluster->daemon(0).kill();
    QVERIFY(waitUntil([&] { return m_probe->hasBanner(); }));
    const MonitorLink *link = m_probe->session().link();
    QVERIFY(waitUntil([&] { return link->state() == MonitorLink::State::Connected; }, 30s));
    QCOMPARE(link->url().port(), static_cast<int>(m_cluster->daemon(1).port()));
    QVERIFY(!m_probe->hasBanner());
    RoomClient client;
    QVERIFY(client.connectTo(m_cluster->daemon(1).webSocketUrl()));
    QVERIFY(m_probe->waitForRow(PaneId::Clients, QString::fromUtf8(client.id())));
    // The others notice that the node's key expires.
    const QString dead = addressOf(m_cluster->daemon(0));
    QVERIFY(waitUntil(
        [&] {
            const QModelIndex row = m_probe->find(PaneId::Nodes, dead);
            return row.isValid() && WindowProbe::cell(row, 0) != u"live"_s;
        },
        30s));
}

void TestMonitorCluster::watchesWithTokenOnly()
{
    QTemporaryFile file;
    QVERIFY(file.open());
    file.write("top-secret\n");
    file.close();
    Cluster guarded(1, {u"--monitor-token-file"_s, file.fileName()});
    QVERIFY(guarded.start());
    m_probe->window().watch(guarded.daemon(0).webSocketUrl(), "wrong");
    const MonitorLink *link = m_probe->session().link();
    QVERIFY(
        waitUntil([&] { return link->state() == MonitorLink::State::Disconnected && m_probe->hasBanner(); }));
    QVERIFY2(m_probe->bannerText().contains(u"token"), qPrintable(m_probe->bannerText()));
    m_probe->window().watch(guarded.daemon(0).webSocketUrl(), "top-secret");
    QVERIFY(m_probe->waitForRow(PaneId::Nodes, addressOf(guarded.daemon(0))));
}

QTEST_MAIN(TestMonitorCluster)

#include "tst_monitorcluster.moc"
