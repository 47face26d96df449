// SPDX-License-Identifier: BSD-3-Clause
#include <QAbstractItemView>
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QHeaderView>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include "gui/sampledata.h"
#include "gui/windowprobe.h"
#include "model/clientsmodel.h"
#include "model/clustermodel.h"
#include "view/connectiondialog.h"
#include "view/exportdialog.h"
#include "view/filterbar.h"
#include "view/filteredview.h"
#include "view/itemviews.h"
#include "view/pane.h"
#include "view/panedock.h"
#include "view/session.h"
#include "view/settings.h"
#include "view/windowactions.h"

using namespace Qt::StringLiterals;
using namespace switchboard::monitor;
using namespace switchboard::test;
using namespace switchboard;

// What the window keeps, where its keys lead, and what it writes to files; no node is needed for that.
class TestMonitorLayout : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void keysLeadToPanes();
    void panesAndColumnsStayAsTheyWere();
    void defaultLayoutComesBack();
    void everyPaneSaysWhatToDo();
    void everythingHasNames();
    void exportsWhatIsShown();
    void exportTellsWhyItFailed();
    void dialogOffersRecentNodes();
    void tokenIsKeptOnlyIfAskedFor();
    void dialogRefusesWhatIsNoAddress();

private:
    QTemporaryDir m_directory;
};

void TestMonitorLayout::init()
{
    QVERIFY(m_directory.isValid());
    isolateSettings(m_directory);
}

void TestMonitorLayout::keysLeadToPanes()
{
    const WindowProbe probe;
    int key = Qt::Key_1;
    for (const PaneId id : paneIds) {
        const PaneDock *dock = probe.window().dock(id);
        QTest::keyClick(&probe.window(), static_cast<Qt::Key>(key), Qt::ControlModifier);
        QVERIFY(dock->isVisible());
        // The message line cannot take the keyboard while actions are locked.
        if (id != PaneId::Compose) {
            QVERIFY2(dock->isAncestorOf(QApplication::focusWidget()), qPrintable(dock->windowTitle()));
            QVERIFY(!dock->visibleRegion().isEmpty());
        }
        ++key;
    }
    // Also to one that was closed.
    probe.window().dock(PaneId::Rooms)->close();
    QTest::keyClick(&probe.window(), Qt::Key_3, Qt::ControlModifier);
    QVERIFY(probe.window().dock(PaneId::Rooms)->isVisible());
}

void TestMonitorLayout::panesAndColumnsStayAsTheyWere()
{
    {
        const WindowProbe probe;
        probe.window().dock(PaneId::Charts)->close();
        headerOf(&probe.table(PaneId::Clients))->hideSection(ClientsModel::AddressColumn);
        headerOf(&probe.table(PaneId::Traffic))->resizeSection(0, 234);
    }
    const WindowProbe probe;
    QVERIFY(probe.window().dock(PaneId::Charts)->isHidden());
    QVERIFY(!probe.window().dock(PaneId::Nodes)->isHidden());
    QVERIFY(headerOf(&probe.table(PaneId::Clients))->isSectionHidden(ClientsModel::AddressColumn));
    QVERIFY(!headerOf(&probe.table(PaneId::Clients))->isSectionHidden(ClientsModel::IdColumn));
    QCOMPARE(headerOf(&probe.table(PaneId::Traffic))->sectionSize(0), 234);
}

void TestMonitorLayout::defaultLayoutComesBack()
{
    const WindowProbe probe;
    for (const PaneId id : paneIds) {
        probe.window().dock(id)->close();
    }
    probe.window().dock(PaneId::Traffic)->setFloating(true);
    probe.window().actions()->restoreLayout->trigger();
    for (const PaneId id : paneIds) {
        QVERIFY(!probe.window().dock(id)->isHidden());
        QVERIFY(!probe.window().dock(id)->isFloating());
    }
}

void TestMonitorLayout::everyPaneSaysWhatToDo()
{
    const WindowProbe probe;
    for (const PaneId id : {PaneId::Nodes, PaneId::Clients, PaneId::Rooms, PaneId::Traffic, PaneId::Pings}) {
        QString said;
        for (const QLabel *label : probe.table(id).viewport()->findChildren<QLabel *>()) {
            said += label->text();
        }
        QVERIFY2(said.contains(u"Ctrl+O"), qPrintable(said));
    }
}

// What a screen reader says of the fields, and what the mouse says of buttons without text.
void TestMonitorLayout::everythingHasNames()
{
    const WindowProbe probe;
    for (const QLineEdit *line : probe.window().findChildren<QLineEdit *>()) {
        const bool isPart = qobject_cast<const QComboBox *>(line->parentWidget()) != nullptr;
        QVERIFY2(isPart || !line->accessibleName().isEmpty(), qPrintable(line->placeholderText()));
    }
    for (const QAbstractItemView *view : probe.window().findChildren<QAbstractItemView *>()) {
        const bool isPart =
            view->window() != &probe.window() || qobject_cast<const QHeaderView *>(view) != nullptr;
        QVERIFY(isPart || !view->accessibleName().isEmpty());
    }
    for (const PaneId id : paneIds) {
        for (const QAbstractButton *button :
             probe.window().dock(id)->pane()->findChildren<QAbstractButton *>()) {
            const bool isOurs = button->isVisible() && !button->objectName().startsWith(u"qt_"_s);
            QVERIFY(!isOurs || !button->text().isEmpty() || !button->toolTip().isEmpty()
                    || !button->icon().isNull());
        }
    }
}

void TestMonitorLayout::exportsWhatIsShown()
{
    const WindowProbe probe;
    ClusterModel *cluster = probe.session().cluster();
    cluster->add(sampleSnapshot());
    cluster->add(chat(alice, "said \"aloud\", by alice"));
    cluster->add(chat(bob, "said by bob"));
    cluster->flush();
    probe.view(PaneId::Traffic).filterBar()->setText(u"client:"_s + QString::fromUtf8(alice));

    const QString lines = m_directory.filePath(u"traffic.jsonl"_s);
    QCOMPARE(exportToFile(probe.rows(PaneId::Traffic), lines).value_or(-1), 1);
    QFile linesFile(lines);
    QVERIFY(linesFile.open(QIODevice::ReadOnly));
    const QJsonObject row = QJsonDocument::fromJson(linesFile.readAll()).object();
    QCOMPARE(row["text"_L1].toString(), u"said \"aloud\", by alice"_s);
    QCOMPARE(row["client"_L1].toString(), QString::fromUtf8(alice));
    QCOMPARE(row["node"_L1].toString(), QString::fromUtf8(sampleNode));

    const QString table = m_directory.filePath(u"traffic.csv"_s);
    QCOMPARE(exportToFile(probe.rows(PaneId::Traffic), table).value_or(-1), 1);
    QFile tableFile(table);
    QVERIFY(tableFile.open(QIODevice::ReadOnly));
    const QByteArray text = tableFile.readAll();
    QVERIFY2(text.startsWith("time,node,client,room,text\r\n"), text.constData());
    QVERIFY2(text.endsWith(",\"said \"\"aloud\"\", by alice\"\r\n"), text.constData());
}

void TestMonitorLayout::exportTellsWhyItFailed()
{
    const WindowProbe probe;
    const auto written =
        exportToFile(probe.rows(PaneId::Traffic), m_directory.filePath(u"nowhere/traffic.csv"_s));
    QVERIFY(!written);
    QVERIFY(!written.error().isEmpty());
}

void TestMonitorLayout::dialogOffersRecentNodes()
{
    Settings settings;
    for (int number = 0; number < 12; ++number) {
        settings.addRecentUrl(QUrl(u"ws://node%1:9001/websockets"_s.arg(number)));
    }
    settings.addRecentUrl(QUrl(u"ws://node5:9001/websockets"_s));
    const ConnectionDialog dialog(&settings);
    const auto *address = dialog.findChild<QComboBox *>();
    QCOMPARE(address->count(), static_cast<int>(Settings::maxRecentUrls));
    QCOMPARE(address->itemText(0), u"ws://node5:9001/websockets"_s);
    QCOMPARE(address->itemText(1), u"ws://node11:9001/websockets"_s);
    QCOMPARE(dialog.url(), QUrl(u"ws://node5:9001/websockets"_s));
}

void TestMonitorLayout::tokenIsKeptOnlyIfAskedFor()
{
    const auto fileText = [] {
        QFile file(QSettings().fileName());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    const auto connectWith = [](bool keep) {
        Settings settings;
        ConnectionDialog dialog(&settings);
        dialog.findChild<QComboBox *>()->setEditText(u"localhost:9001"_s);
        dialog.findChild<QLineEdit *>(u"token"_s)->setText(u"top-secret"_s);
        dialog.findChild<QCheckBox *>()->setChecked(keep);
        dialog.accept();
        return dialog.token();
    };
    const QUrl url(u"ws://localhost:9001/websockets"_s);
    QCOMPARE(connectWith(false), QByteArray("top-secret"));
    QVERIFY(!fileText().contains("top-secret"));
    QVERIFY(Settings().token(url).isEmpty());
    QCOMPARE(connectWith(true), QByteArray("top-secret"));
    QVERIFY(fileText().contains("top-secret"));
    QCOMPARE(Settings().token(url), QByteArray("top-secret"));
    const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
    QCOMPARE(QFile(QSettings().fileName()).permissions() & others, QFile::Permissions());
    connectWith(false);
    QVERIFY(!fileText().contains("top-secret"));
}

void TestMonitorLayout::dialogRefusesWhatIsNoAddress()
{
    Settings settings;
    ConnectionDialog dialog(&settings);
    dialog.findChild<QComboBox *>()->setEditText(u"http://localhost"_s);
    dialog.accept();
    QCOMPARE(dialog.result(), static_cast<int>(QDialog::Rejected));
    QVERIFY(settings.recentUrls().isEmpty());
    bool isExplained = false;
    for (const QLabel *label : dialog.findChildren<QLabel *>()) {
        isExplained = isExplained || label->text().contains(u"ws://");
    }
    QVERIFY(isExplained);
}

QTEST_MAIN(TestMonitorLayout)

#include "tst_monitorlayout.moc"
