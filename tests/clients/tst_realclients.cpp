// SPDX-License-Identifier: BSD-3-Clause
#include "integration/cluster.h"
#include "support/childprocess.h"
#include "support/wspackage.h"

#include <QDir>
#include <QProcess>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

// Where tests/clients and bench/peers are.
const QDir sources(QStringLiteral(SWITCHBOARD_SOURCE_DIR));

void addDeflateModes()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("lean, shared") << QStringList{u"--deflate"_s, u"shared"_s};
    QTest::newRow("lean, dedicated") << QStringList{u"--deflate"_s, u"dedicated"_s};
    QTest::newRow("lean, plain") << QStringList{u"--deflate"_s, u"off"_s};
}

} // namespace

/// Clients that others have written. They are used where they are installed.
class RealClientsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nodeWs_data() { addDeflateModes(); }
    void nodeWs();
    void browser_data() { addDeflateModes(); }
    void browser();
};

void RealClientsTest::nodeWs()
{
    QFETCH(const QStringList, arguments);
    const QString node = QStandardPaths::findExecutable(u"node"_s);
    const QString ws = findWsPackage(sources.path());
    if (node.isEmpty() || ws.isEmpty()) {
        QSKIP("node or its package ws is not there; scripts/install-deps --extra brings them");
    }
    Cluster cluster(2, arguments);
    QVERIFY(cluster.start());
    QProcess client;
    dieWithParent(client);
    client.start(node,
                 {sources.filePath(u"tests/clients/ws.mjs"_s), ws,
                  cluster.daemon(0).webSocketUrl().toString(), cluster.daemon(1).webSocketUrl().toString()});
    QVERIFY(waitUntil([&] { return client.state() == QProcess::NotRunning; }, 60s));
    QVERIFY2(client.exitCode() == 0, client.readAllStandardError().constData());
    const bool isCompressed = !arguments.contains(u"off"_s);
    const QByteArray expected =
        isCompressed ? "6 clients, 4 of them compressed" : "6 clients, 0 of them compressed";
    const QByteArray output = client.readAllStandardOutput();
    QVERIFY2(output.startsWith("ok: ") && output.contains(expected), output.constData());
}

void RealClientsTest::browser()
{
    QFETCH(const QStringList, arguments);
    const QString chromium = QStandardPaths::findExecutable(u"chromium"_s);
    if (chromium.isEmpty()) {
        QSKIP("chromium is not there; scripts/install-deps --extra brings it");
    }
    Cluster cluster(2, arguments);
    QVERIFY(cluster.start());
    QTcpServer report;
    QVERIFY(report.listen(QHostAddress::LocalHost));
    const QTemporaryDir profile;
    QProcess browser;
    dieWithParent(browser);
    const QString page = u"file://%1?%2&%3&%4"_s.arg(sources.filePath(u"tests/clients/page.html"_s))
                             .arg(cluster.daemon(0).port())
                             .arg(cluster.daemon(1).port())
                             .arg(report.serverPort());
    browser.start(chromium,
                  {u"--headless"_s, u"--no-sandbox"_s, u"--disable-gpu"_s, u"--disable-dev-shm-usage"_s,
                   u"--user-data-dir="_s + profile.path(), u"--remote-debugging-port=0"_s, page});
    QVERIFY(waitUntil([&] { return report.hasPendingConnections(); }, 60s));
    QTcpSocket *told = report.nextPendingConnection();
    QVERIFY(waitUntil([&] { return told->canReadLine(); }));
    const QByteArray line = QByteArray::fromPercentEncoding(told->readLine().split(' ').value(1));
    const QByteArray extension = arguments.contains(u"off"_s) ? " " : " permessage-deflate";
    QCOMPARE(line, "/ok" + extension + extension + " 3000 3000");
    browser.terminate();
    QVERIFY(waitUntil([&] { return browser.state() == QProcess::NotRunning; }, 30s));
}

QTEST_GUILESS_MAIN(RealClientsTest)

#include "tst_realclients.moc"
