// SPDX-License-Identifier: BSD-3-Clause
#include <QAbstractItemView>
#include <QAction>
#include <QComboBox>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTest>

#include "gui/fakenode.h"
#include "gui/sampledata.h"
#include "gui/windowprobe.h"
#include "link/monitorlink.h"
#include "model/clientsmodel.h"
#include "model/clustermodel.h"
#include "model/nodesmodel.h"
#include "model/pausabletraffic.h"
#include "model/trafficmodel.h"
#include "protocol/chat.h"
#include "protocol/chatroom.h"
#include "protocol/monitorrequests.h"
#include "view/filteredview.h"
#include "view/panedock.h"
#include "view/session.h"
#include "view/trafficpane.h"
#include "view/windowactions.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace switchboard::monitor;
using namespace switchboard::test;
using namespace switchboard;

// A real window on a node that says what the test wants.
class TestMonitorWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void showsWhatNodeTells();
    void pauseFreezesViewNotCapture();
    void spacePressesButtonThatHasFocus();
    void filterNarrowsAsTyped();
    void wrongFilterIsMarkedAndExplained();
    void nodesAreFoundByAddress();
    void selectedMessageIsShownWhole();
    void followsTailUntilScrolledUp();
    void showsTrafficOfClient();
    void actsOnlyWhenUnlocked();
    void disconnectsAfterConfirmation();
    void composesMessages();
    void keepsDataWhileDisconnected();
    void saysWhyWatchingIsRefused();
    void forgetsOldClusterOnNewConnection();
    void saysWhenViewIsBounded();
    void doesNothingWhileMinimized();

private:
    void connectToNode();

    QTemporaryDir m_directory;
    std::unique_ptr<FakeNode> m_node;
    std::unique_ptr<WindowProbe> m_probe;
};

void TestMonitorWindow::initTestCase()
{
    QVERIFY(m_directory.isValid());
}

void TestMonitorWindow::init()
{
    isolateSettings(m_directory);
    m_node = std::make_unique<FakeNode>();
    QVERIFY(m_node->start());
    m_probe = std::make_unique<WindowProbe>();
    connectToNode();
}

void TestMonitorWindow::cleanup()
{
    m_probe.reset();
    m_node.reset();
}

void TestMonitorWindow::connectToNode()
{
    m_probe->window().watch(m_node->url());
    QVERIFY(waitUntil([&] { return m_node->received().size() == 1; }));
    m_node->tell(sampleSnapshot());
    QVERIFY(m_probe->waitForRow(PaneId::Clients, QString::fromUtf8(bob)));
}

void TestMonitorWindow::showsWhatNodeTells()
{
    m_node->tell(protocol::NodeStats{.node = sampleNode, .clients = 2, .rooms = 1, .messagesIn = 1234});
    QVERIFY(m_probe->waitForRow(PaneId::Nodes, u"1,234/s"_s));
    const QModelIndex node = m_probe->find(PaneId::Nodes, u"10.0.0.1:9000"_s);
    QCOMPARE(WindowProbe::cell(node, NodesModel::VersionColumn), u"1.2.3"_s);

    const QModelIndex client = m_probe->find(PaneId::Clients, u"alice's phone"_s);
    QCOMPARE(WindowProbe::cell(client, ClientsModel::IdColumn), QString::fromUtf8(alice));
    QCOMPARE(WindowProbe::cell(client, ClientsModel::NodeColumn), u"10.0.0.1:9000"_s);
    QCOMPARE(WindowProbe::cell(client, ClientsModel::RoomsColumn), u"lobby"_s);
    QVERIFY(m_probe->waitForRow(PaneId::Rooms, u"lobby"_s));

    m_node->tell(roomMessage(alice, "lobby", "anybody here?"));
    QVERIFY(m_probe->waitForRow(PaneId::Traffic, u"anybody here?"_s));
    m_node->tell(
        protocol::PingSent{sampleNode, protocol::PingNumber::Two, "192.0.2.9:1", protocol::Timestamp::now()});
    m_node->tell(protocol::PingDelivered{.node = sampleNode,
                                         .number = protocol::PingNumber::Two,
                                         .clients = 2,
                                         .at = protocol::Timestamp::now(),
                                         .micros = 640});
    QVERIFY(m_probe->waitForRow(PaneId::Pings, u"192.0.2.9:1"_s));
    QVERIFY(m_probe->waitForRow(PaneId::Pings, u"640 µs"_s));
}

void TestMonitorWindow::pauseFreezesViewNotCapture()
{
    m_node->tell(chat(alice, "before"));
    QVERIFY(m_probe->waitForRow(PaneId::Traffic, u"before"_s));
    QTest::keyClick(m_probe->window().focusWidget(), Qt::Key_Space);
    QVERIFY(m_probe->traffic().traffic()->isPaused());
    m_node->tell(chat(alice, "meanwhile"));
    m_node->tell(chat(bob, "meanwhile, too"));
    QVERIFY(waitUntil([&] { return m_probe->traffic().traffic()->newRows() == 2; }));
    QVERIFY(!m_probe->find(PaneId::Traffic, u"meanwhile"_s).isValid());
    bool isToldSo = false;
    for (const QLabel *label : m_probe->traffic().findChildren<QLabel *>()) {
        isToldSo = isToldSo || (label->isVisible() && label->text().contains(u"2 new"));
    }
    QVERIFY(isToldSo);
    QTest::keyClick(&m_probe->table(PaneId::Traffic), Qt::Key_Space);
    QVERIFY(m_probe->waitForRow(PaneId::Traffic, u"meanwhile, too"_s));
}

void TestMonitorWindow::spacePressesButtonThatHasFocus()
{
    auto *button =
        m_probe->window().dock(PaneId::Clients)->findChildren<QAbstractButton *>(u"closedClients"_s).value(0);
    QVERIFY(button);
    button->setFocus();
    QTest::keyClick(button, Qt::Key_Space);
    QVERIFY(button->isChecked());
    QVERIFY(!m_probe->traffic().traffic()->isPaused());
}

void TestMonitorWindow::filterNarrowsAsTyped()
{
    m_node->tell(chat(alice, "green apples"));
    m_node->tell(roomMessage(bob, "lobby", "green pears"));
    QVERIFY(m_probe->waitForRow(PaneId::Traffic, u"pears"_s));
    m_probe->table(PaneId::Traffic).setFocus();
    QTest::keyClick(m_probe->window().focusWidget(), Qt::Key_F, Qt::ControlModifier);
    QVERIFY(m_probe->filterLine(PaneId::Traffic).hasFocus());
    QTest::keyClicks(&m_probe->filterLine(PaneId::Traffic), u"green room:lobby"_s);
    QVERIFY(m_probe->waitForNoRow(PaneId::Traffic, u"apples"_s));
    QVERIFY(m_probe->find(PaneId::Traffic, u"pears"_s).isValid());
    // What comes now is filtered as well.
    m_node->tell(chat(alice, "green plums"));
    m_node->tell(roomMessage(alice, "lobby", "green grapes"));
    QVERIFY(m_probe->waitForRow(PaneId::Traffic, u"grapes"_s));
    QVERIFY(!m_probe->find(PaneId::Traffic, u"plums"_s).isValid());
    QTest::keyClick(&m_probe->filterLine(PaneId::Traffic), Qt::Key_Escape);
    QVERIFY(m_probe->waitForRow(PaneId::Traffic, u"plums"_s));
    QVERIFY(m_probe->filterLine(PaneId::Traffic).text().isEmpty());
}

void TestMonitorWindow::wrongFilterIsMarkedAndExplained()
{
    QLineEdit &line = m_probe->filterLine(PaneId::Clients);
    const QColor usual = line.palette().color(QPalette::Base);
    QTest::keyClicks(&line, u"colour:red"_s);
    QVERIFY(waitUntil([&] { return line.palette().color(QPalette::Base) != usual; }));
    QVERIFY2(line.toolTip().contains(u"colour"), qPrintable(line.toolTip()));
    QVERIFY(m_probe->find(PaneId::Clients, QString::fromUtf8(alice)).isValid());
    QTest::keyClick(&line, Qt::Key_Escape);
    QVERIFY(waitUntil([&] { return line.palette().color(QPalette::Base) == usual; }));
}

void TestMonitorWindow::nodesAreFoundByAddress()
{
    protocol::NodeSnapshot other = sampleSnapshot();
    other.node = otherNode;
    other.port = 9001;
    other.clients.resize(1, other.clients.front());
    other.clients.front().client = "ca201000-0000-4000-8000-000000000003";
    m_node->tell(other);
    QVERIFY(m_probe->waitForRow(PaneId::Clients, u"ca201000"_s));
    QTest::keyClicks(&m_probe->filterLine(PaneId::Clients), u"node:9001"_s);
    QVERIFY(m_probe->waitForNoRow(PaneId::Clients, QString::fromUtf8(alice)));
    QVERIFY(m_probe->find(PaneId::Clients, u"ca201000"_s).isValid());
    m_probe->filterLine(PaneId::Clients).clear();
    QTest::keyClicks(&m_probe->filterLine(PaneId::Clients),
                     QString(u"node:"_s + QString::fromUtf8(sampleNode)));
    QVERIFY(m_probe->waitForNoRow(PaneId::Clients, u"ca201000"_s));
}

void TestMonitorWindow::selectedMessageIsShownWhole()
{
    m_node->tell(roomMessage(alice, "lobby", "two\nlines"));
    QVERIFY(m_probe->waitForRow(PaneId::Traffic, u"lobby"_s));
    m_probe->table(PaneId::Traffic).setCurrentIndex(m_probe->find(PaneId::Traffic, u"lobby"_s));
    const auto *detail = m_probe->traffic().findChild<QPlainTextEdit *>();
    QVERIFY(detail->isVisible());
    const QJsonObject json = QJsonDocument::fromJson(detail->toPlainText().toUtf8()).object();
    QCOMPARE(json["type"_L1].toString(), u"RoomMessage"_s);
    QCOMPARE(json["contents"_L1]["message"_L1].toString(), u"two\nlines"_s);
    QVERIFY(detail->toPlainText().contains(u'\n'));
}

void TestMonitorWindow::followsTailUntilScrolledUp()
{
    const auto tellMany = [&](int count) {
        for (int message = 0; message < count; ++message) {
            m_node->tell(chat(alice, "message " + QByteArray::number(message)));
        }
        const int wanted = m_probe->rows(PaneId::Traffic).rowCount() + count;
        return waitUntil([&] { return m_probe->rows(PaneId::Traffic).rowCount() == wanted; });
    };
    const QScrollBar *bar = m_probe->table(PaneId::Traffic).verticalScrollBar();
    QVERIFY(tellMany(200));
    QVERIFY(waitUntil([&] { return bar->maximum() > 0 && bar->value() == bar->maximum(); }));
    QVERIFY(tellMany(50));
    QVERIFY(waitUntil([&] { return bar->value() == bar->maximum(); }));

    QTest::keyClick(&m_probe->table(PaneId::Traffic), Qt::Key_Home, Qt::ControlModifier);
    QVERIFY(waitUntil([&] { return bar->value() == 0; }));
    QVERIFY(tellMany(50));
    QTest::qWait(100);
    QCOMPARE(bar->value(), 0);

    m_probe->window().actions()->follow->trigger();
    QVERIFY(waitUntil([&] { return bar->value() == bar->maximum(); }));
    QVERIFY(tellMany(50));
    QVERIFY(waitUntil([&] { return bar->value() == bar->maximum(); }));
}

void TestMonitorWindow::showsTrafficOfClient()
{
    m_node->tell(chat(alice, "said by alice"));
    m_node->tell(chat(bob, "said by bob"));
    QVERIFY(m_probe->waitForRow(PaneId::Traffic, u"said by bob"_s));
    QVERIFY(m_probe->choose(PaneId::Clients, u"alice's phone"_s, u"Show this client's traffic"_s));
    QVERIFY(m_probe->waitForNoRow(PaneId::Traffic, u"said by bob"_s));
    QVERIFY(m_probe->find(PaneId::Traffic, u"said by alice"_s).isValid());
}

void TestMonitorWindow::actsOnlyWhenUnlocked()
{
    const auto *ping = m_probe->window().findChild<QPushButton *>(u"ping1"_s);
    const auto *message = m_probe->window().findChild<QLineEdit *>(u"message"_s);
    const auto isActing = [&] {
        return QList<bool>{ping->isEnabled(), message->isEnabled(),
                           m_probe->window().actions()->ping1->isEnabled(),
                           m_probe->window().actions()->disconnectClient->isEnabled()};
    };
    QCOMPARE(isActing(), QList<bool>(4, false));
    QVERIFY(!m_probe->choose(PaneId::Clients, u"alice's phone"_s, u"Disconnect"_s));
    m_probe->window().actions()->unlock->trigger();
    QCOMPARE(isActing(), QList<bool>(4, true));
    m_node->stop();
    QVERIFY(waitUntil([&] { return isActing() == QList<bool>(4, false); }));
    m_node->start();
    QVERIFY(waitUntil([&] { return isActing() == QList<bool>(4, true); }));
    m_probe->window().actions()->unlock->trigger();
    QCOMPARE(isActing(), QList<bool>(4, false));
}

void TestMonitorWindow::disconnectsAfterConfirmation()
{
    m_probe->window().actions()->unlock->trigger();
    QVERIFY(m_probe->choose(PaneId::Clients, u"alice's phone"_s, u"Disconnect"_s));
    QVERIFY(WindowProbe::pressInDialog(u"Cancel"_s));
    QTest::qWait(100);
    QCOMPARE(m_node->received().size(), 1);
    QVERIFY(m_probe->choose(PaneId::Clients, u"alice's phone"_s, u"Disconnect"_s));
    QVERIFY(WindowProbe::pressInDialog(u"Disconnect"_s));
    QVERIFY(waitUntil([&] { return m_node->received().size() == 2; }));
    QCOMPARE(m_node->received().at(1), protocol::DisconnectClient{alice}.toClientMessage());
}

void TestMonitorWindow::composesMessages()
{
    m_probe->window().actions()->unlock->trigger();
    auto *message = m_probe->window().findChild<QLineEdit *>(u"message"_s);
    QTest::keyClicks(message, u"to all"_s);
    QTest::keyClick(message, Qt::Key_Return);
    QVERIFY(waitUntil([&] { return m_node->received().size() == 2; }));
    QCOMPARE(m_node->received().at(1), protocol::SubmitMessage{"to all"}.toClientMessage());
    QVERIFY(message->text().isEmpty());

    auto *room = m_probe->window().findChild<QComboBox *>(u"room"_s);
    room->setEditText(u"lobby"_s);
    QTest::keyClicks(message, u"to the room"_s);
    QTest::keyClick(message, Qt::Key_Return);
    QVERIFY(waitUntil([&] { return m_node->received().size() == 3; }));
    QCOMPARE(m_node->received().at(2), protocol::RoomRequest{"lobby"}.toJoinMessage());
    m_node->send(protocol::MemberList{"lobby", {}}.toClientMessage());
    QVERIFY(waitUntil([&] { return m_node->received().size() == 4; }));
    QCOMPARE(m_node->received().at(3), (protocol::SendMessage{"lobby", "to the room"}.toClientMessage()));
}

void TestMonitorWindow::keepsDataWhileDisconnected()
{
    QVERIFY(!m_probe->hasBanner());
    m_node->stop();
    QVERIFY(waitUntil([&] { return m_probe->hasBanner(); }));
    QVERIFY2(m_probe->bannerText().contains(u"No connection"), qPrintable(m_probe->bannerText()));
    QVERIFY(m_probe->waitForRow(PaneId::Nodes, u"stale"_s));
    QVERIFY(m_probe->find(PaneId::Clients, QString::fromUtf8(alice)).isValid());
    QVERIFY(m_node->start());
    QVERIFY(waitUntil([&] { return m_node->received().size() == 2; }));
    QVERIFY(waitUntil([&] { return !m_probe->hasBanner(); }));
    m_node->tell(sampleSnapshot());
    QVERIFY(m_probe->waitForRow(PaneId::Nodes, u"live"_s));
}

void TestMonitorWindow::saysWhyWatchingIsRefused()
{
    m_node->close(4401, u"the token has expired"_s);
    QVERIFY(
        waitUntil([&] { return m_probe->session().link()->state() == MonitorLink::State::Disconnected; }));
    QVERIFY(m_probe->hasBanner());
    QVERIFY2(m_probe->bannerText().contains(u"the token has expired"), qPrintable(m_probe->bannerText()));
}

void TestMonitorWindow::forgetsOldClusterOnNewConnection()
{
    FakeNode other;
    QVERIFY(other.start());
    m_probe->window().watch(other.url());
    QVERIFY(waitUntil([&] { return other.received().size() == 1; }));
    QVERIFY(!m_probe->find(PaneId::Clients, QString::fromUtf8(alice)).isValid());
    QCOMPARE(m_probe->rows(PaneId::Nodes).rowCount(), 0);
    other.tell(sampleSnapshot());
    QVERIFY(m_probe->waitForRow(PaneId::Clients, QString::fromUtf8(alice)));
}

void TestMonitorWindow::saysWhenViewIsBounded()
{
    ClusterModel *cluster = m_probe->session().cluster();
    const auto count = static_cast<int>(cluster->traffic()->capacity()) + 50;
    for (int message = 0; message < count; ++message) {
        cluster->add(chat(alice, QByteArray::number(message)));
    }
    cluster->flush();
    cluster->tick();
    const auto isTold = [&] {
        for (const QLabel *label : m_probe->view(PaneId::Traffic).findChildren<QLabel *>()) {
            if (label->isVisible() && label->text().contains(u"showing the last 100,000 of 100,050")) {
                return true;
            }
        }
        return false;
    };
    QVERIFY(waitUntil(isTold));
}

void TestMonitorWindow::doesNothingWhileMinimized()
{
    QTest::keyClicks(&m_probe->filterLine(PaneId::Clients), u"alice"_s);
    QVERIFY(m_probe->waitForNoRow(PaneId::Clients, QString::fromUtf8(bob)));
    m_probe->window().showMinimized();
    QVERIFY(waitUntil([&] { return !m_probe->table(PaneId::Clients).updatesEnabled(); }));
    m_probe->window().showNormal();
    QVERIFY(waitUntil([&] { return m_probe->table(PaneId::Clients).updatesEnabled(); }));
}

QTEST_MAIN(TestMonitorWindow)

#include "tst_monitorwindow.moc"
