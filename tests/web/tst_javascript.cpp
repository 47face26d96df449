// SPDX-License-Identifier: BSD-3-Clause
#include "integration/cluster.h"
#include "support/childprocess.h"
#include "support/webtoken.h"
#include "web/settledcluster.h"

#include <QDir>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const QDir sources(QStringLiteral(SWITCHBOARD_SOURCE_DIR));

/// The folder of the package ws: Debian's node-ws, or what bench/peers/install has brought; empty without.
QString wsFolder()
{
    for (const QString &folder :
         {sources.filePath(u"bench/peers/node_modules/ws"_s), u"/usr/share/nodejs/ws"_s}) {
        if (QFileInfo::exists(folder + u"/package.json"_s)) {
            return folder;
        }
    }
    return {};
}

} // namespace

/// clients/js in Node.js against real daemons. What is tested stands in client.test.mjs, which asks for
/// daemons to be killed, and so on, by lines on its standard error.
class JavaScriptTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void client();

private:
    void obey(const QByteArray &command);
    void readCommands();

    QProcessEnvironment environment(const QString &ws);

    std::unique_ptr<SettledCluster> m_cluster;
    std::unique_ptr<Cluster> m_tokenCluster; // where clients need tokens
    QProcess m_node;
    QByteArray m_errors;
};

void JavaScriptTest::client()
{
    const QString node = QStandardPaths::findExecutable(u"node"_s);
    const QString ws = wsFolder();
    if (node.isEmpty() || ws.isEmpty()) {
        QSKIP("node or its package ws is not there; scripts/install-deps --extra brings them");
    }
    m_cluster = std::make_unique<SettledCluster>(2, QStringList{u"--max-rooms"_s, u"3"_s});
    QVERIFY(m_cluster->start());
    QProcessEnvironment secret;
    secret.insert(u"AUTH_SECRET"_s, QString::fromLatin1(TokenSecret));
    m_tokenCluster = std::make_unique<Cluster>(1, QStringList(), secret);
    QVERIFY(m_tokenCluster->start());
    m_node.setProcessEnvironment(environment(ws));
    dieWithParent(m_node);
    connect(&m_node, &QProcess::readyReadStandardError, this, &JavaScriptTest::readCommands);
    m_node.start(node, {u"--test-reporter=spec"_s, sources.filePath(u"tests/web/client.test.mjs"_s)});
    QVERIFY(waitForProcessEnd(m_node, 240s));
    const QByteArray report = m_node.readAllStandardOutput() + m_errors;
    const bool havePassed = m_node.exitCode() == 0 && report.contains("\xE2\x9C\x94 closes cleanly");
    if (!havePassed) {
        qWarning().noquote() << report; // longer than a test may say in failing
    }
    QVERIFY(havePassed);
}

QProcessEnvironment JavaScriptTest::environment(const QString &ws)
{
    const auto url = [](const DaemonProcess &daemon) { return daemon.webSocketUrl().toString(); };
    QProcessEnvironment all = QProcessEnvironment::systemEnvironment();
    all.insert(u"WS_FOLDER"_s, ws);
    all.insert(u"DAEMONS"_s, url(m_cluster->daemon(0)) + u' ' + url(m_cluster->daemon(1)));
    all.insert(u"DAEMON_WITH_TOKENS"_s, url(m_tokenCluster->daemon(0)));
    all.insert(u"SECRET"_s, QString::fromLatin1(TokenSecret));
    return all;
}

void JavaScriptTest::readCommands()
{
    m_node.setReadChannel(QProcess::StandardError);
    while (m_node.canReadLine()) {
        const QByteArray line = m_node.readLine();
        if (line.startsWith("please ")) {
            obey(line.sliced(7).trimmed());
        } else {
            m_errors += line;
        }
    }
}

void JavaScriptTest::obey(const QByteArray &command)
{
    const QList<QByteArray> words = command.split(' ');
    const int index = words.value(1).toInt();
    bool isDone = true;
    if (words[0] == "kill") {
        m_cluster->daemon(index).kill();
    } else if (words[0] == "start") {
        isDone = m_cluster->daemon(index).start();
    } else if (words[0] == "pause") {
        m_cluster->daemon(index).pause();
    } else if (words[0] == "resume") {
        m_cluster->daemon(index).resume();
    } else if (words[0] == "kill-redis") {
        m_cluster->redis().kill();
    } else if (words[0] == "start-redis") {
        isDone = m_cluster->redis().start();
    } else if (words[0] == "ready") {
        isDone = m_cluster->daemon(0).waitUntilReady(30s) && m_cluster->daemon(1).waitUntilReady(30s);
    } else {
        isDone = false;
    }
    m_node.write(isDone ? "done\n" : "failed\n");
}

QTEST_GUILESS_MAIN(JavaScriptTest)
#include "tst_javascript.moc"
