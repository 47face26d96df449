// SPDX-License-Identifier: BSD-3-Clause
#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "integration/roomclient.h"

#include <QProcess>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace switchboard::test;

namespace {

/// examples/chat, with somebody who types.
class ChatExample
{
public:
    explicit ChatExample(const QStringList &arguments)
    {
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.start(QStringLiteral(SWITCHBOARD_CHAT_PATH), arguments);
    }

    ~ChatExample()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    Q_DISABLE_COPY_MOVE(ChatExample)

    void type(const QByteArray &text) { m_process.write(text); }

    /// Waits for a line that begins so.
    bool waitForLine(const QByteArray &beginning)
    {
        return waitUntil(
            [&] {
                m_output += m_process.readAll();
                return ('\n' + m_output).contains('\n' + beginning);
            },
            30s);
    }

    bool hasEnded()
    {
        return waitUntil([this] { return m_process.state() == QProcess::NotRunning; });
    }

    int exitCode() const { return m_process.exitCode(); }
    QProcess &process() { return m_process; }

private:
    QProcess m_process;
    QByteArray m_output;
};

} // namespace

/// The example of a program with the Qt client.
class ChatExampleTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void talksToEveryone();
    void talksInARoom();
    void endsWithItsInput();
};

void ChatExampleTest::talksToEveryone()
{
    Cluster cluster(2);
    QVERIFY(cluster.start());
    const QUrl url = cluster.daemon(0).webSocketUrl();
    ChatExample chat({u"127.0.0.1:%1"_s.arg(url.port())});
    QVERIFY(chat.waitForLine("Connected to " + url.toEncoded()));
    WsClient other;
    QVERIFY(other.connectTo(cluster.daemon(1).webSocketUrl()));
    other.sendText(submitMessage("Grüße"));
    QVERIFY(chat.waitForLine("Chat: Grüße"));
    chat.type("one\ntwo\n"); // at once
    QVERIFY(waitUntil([&] { return chatContents(other.messages()).size() == 3; }));
    QCOMPARE(chatContents(other.messages()), (QList<QByteArray>{"Grüße", "one", "two"}));
    cluster.daemon(0).kill();
    QVERIFY(chat.waitForLine("127.0.0.1:" + QByteArray::number(url.port()) + ": "));
    chat.type("lost\n");
    QVERIFY(chat.waitForLine("Not sent: there is no connection"));
}

void ChatExampleTest::talksInARoom()
{
    Cluster cluster(1);
    QVERIFY(cluster.start());
    RoomClient other;
    QVERIFY(other.connectTo(cluster.daemon(0).webSocketUrl()));
    QVERIFY(other.joinAndWait("#haskell"));
    ChatExample chat({cluster.daemon(0).webSocketUrl().toString(), u"#haskell"_s});
    QVERIFY(chat.waitForLine("2 in #haskell"));
    other.say("#haskell", "hi");
    QVERIFY(chat.waitForLine(other.id() + ": hi"));
    chat.type("hello\n");
    QVERIFY(waitUntil([&] { return other.heard("#haskell") == QList<QByteArray>{"hi", "hello"}; }));
}

void ChatExampleTest::endsWithItsInput()
{
    Cluster cluster(1);
    QVERIFY(cluster.start());
    ChatExample chat({cluster.daemon(0).webSocketUrl().toString()});
    QVERIFY(chat.waitForLine("Connected to " + cluster.daemon(0).webSocketUrl().toEncoded()));
    chat.process().closeWriteChannel();
    QVERIFY(chat.hasEnded());
    QCOMPARE(chat.exitCode(), 0);
}

QTEST_GUILESS_MAIN(ChatExampleTest)

#include "tst_chatexample.moc"
