// SPDX-License-Identifier: BSD-3-Clause
#include "channels/channelrouter.h"
#include "fakesession.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard;
using namespace switchboard::test;

namespace {

// A channel that says what it got, and refuses as it is told.
class FakeChannel : public Channel
{
public:
    explicit FakeChannel(QByteArray name)
        : m_name(std::move(name))
    { }

    [[nodiscard]] QByteArrayView name() const override { return m_name; }

    [[nodiscard]] ChannelResult handle(WebSocketSession &session, const protocol::Envelope &message) override
    {
        sender = &session;
        taken.append(message.type.toByteArray() + '('
                     + (message.contents ? message.contents->text().toByteArray() : QByteArray("nothing"))
                     + ')');
        if (message.type == QByteArrayView("unknown")) {
            return unknownType("this and that");
        }
        if (message.type == QByteArrayView("invalid")) {
            return invalidContents("nothing is right");
        }
        return {};
    }

    QByteArrayList taken;
    WebSocketSession *sender = nullptr;

private:
    QByteArray m_name;
};

class Fixture
{
public:
    Fixture()
    {
        router.add(second);
        router.add(first);
    }

    // Routes it and returns the answer's payload; empty where there is none.
    QByteArray route(const QByteArray &message)
    {
        session.written.clear();
        router.route(session, message);
        session.flushQueued(joiner);
        if (session.written.isEmpty()) {
            return {};
        }
        const QByteArray frame = session.written.takeFirst();
        const QByteArray payload = frame.sliced(frame.size() < 128 ? 2 : 4);
        return session.written.isEmpty() ? payload : "more than one answer";
    }

    FlushQueue queue;
    TimingWheel wheel;
    SessionServices services{queue, wheel, {}};
    FakeSession session{services};
    FakeChannel first{"first"};
    FakeChannel second{"second"};
    ChannelRouter router;
    FrameJoiner joiner;
};

QByteArray rejected(const QByteArray &contents)
{
    return R"({"channel":"error","message":{"contents":{)" + contents + R"(},"type":"Rejected"}})";
}

QString lastLogged;

void keepMessage(QtMsgType, const QMessageLogContext &, const QString &text)
{
    lastLogged = text;
}

} // namespace

class ChannelRouterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void passesToTheNamedChannel();
    void rejects_data();
    void rejects();
    void sessionGoesOnAfterRejection();
    void logsWhatItRejects_data();
    void logsWhatItRejects();
};

void ChannelRouterTest::passesToTheNamedChannel()
{
    Fixture fixture;
    QCOMPARE(fixture.route(R"({"channel":"first","message":{"type":"a","contents":"x"}})"), QByteArray());
    QCOMPARE(fixture.route(R"({"message":{"contents":"y","type":"b"},"channel":"second"})"), QByteArray());
    QCOMPARE(fixture.route(R"({"channel":"second","message":{"type":"c"}})"), QByteArray());
    QCOMPARE(fixture.first.taken, QByteArrayList{"a(x)"});
    QCOMPARE(fixture.second.taken, QByteArrayList({"b(y)", "c(nothing)"}));
    QVERIFY(fixture.first.sender == &fixture.session);
}

void ChannelRouterTest::rejects_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("contents");
    const auto row = [](const char *name, const QByteArray &message, const QByteArray &contents) {
        QTest::newRow(name) << message << contents;
    };
    row("no JSON", "{]",
        R"("code":"invalid-json","reason":"not valid JSON at byte 1: )"
        R"(Missing a name for object member.")");
    row("no object", "[]",
        R"("code":"invalid-message","reason":"the message must be an object, not an array")");
    row("no type", R"({"channel":"first","message":{}})",
        R"("channel":"first","code":"invalid-message",)"
        R"("reason":"the key \"type\" is missing in \"message\"")");
    row("unknown channel", R"({"channel":"firs","message":{"type":"a"}})",
        R"("channel":"firs","code":"unknown-channel",)"
        R"("reason":"there is no such channel; there is first, second","type":"a")");
    row("channel in another case", R"({"channel":"First","message":{"type":"a"}})",
        R"("channel":"First","code":"unknown-channel",)"
        R"("reason":"there is no such channel; there is first, second","type":"a")");
    row("unknown type", R"({"channel":"first","message":{"type":"unknown"}})",
        R"("channel":"first","code":"unknown-type",)"
        R"("reason":"unknown type; this channel takes this and that","type":"unknown")");
    row("invalid contents", R"({"channel":"second","message":{"type":"invalid"}})",
        R"("channel":"second","code":"invalid-contents","reason":"nothing is right","type":"invalid")");
    row("names that need escapes", R"({"channel":"\n\"","message":{"type":"\u0000"}})",
        R"("channel":"\n\"","code":"unknown-channel",)"
        R"("reason":"there is no such channel; there is first, second","type":"\u0000")");
}

void ChannelRouterTest::rejects()
{
    QFETCH(const QByteArray, message);
    QFETCH(const QByteArray, contents);
    Fixture fixture;
    QCOMPARE(fixture.route(message), rejected(contents));
    QVERIFY(fixture.session.isOpen());
}

void ChannelRouterTest::sessionGoesOnAfterRejection()
{
    Fixture fixture;
    QVERIFY(!fixture.route("no JSON").isEmpty());
    QVERIFY(fixture.route(R"({"channel":"first","message":{"type":"a","contents":"x"}})").isEmpty());
    QCOMPARE(fixture.first.taken, QByteArrayList{"a(x)"});
}

void ChannelRouterTest::logsWhatItRejects_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QString>("shown");
    QTest::newRow("short") << "no JSON"_ba << u"; it was: no JSON"_s;
    QTest::newRow("long") << "no JSON " + QByteArray(300, 'x')
                          << u"; it was: no JSON "_s + QString(192, u'x') + u"\u2026 (308 bytes)"_s;
    QTest::newRow("with a secret") << R"({"token":"hunter2")"_ba
                                   << u"; it was: (not shown: it may hold a token)"_s;
    // Where it is behind what an excerpt shows as well.
    QTest::newRow("with a late secret")
        << QByteArray(300, ' ') + R"({"token":"hunter2")" << u"; it was: (not shown: it may hold a token)"_s;
}

void ChannelRouterTest::logsWhatItRejects()
{
    QFETCH(const QByteArray, message);
    QFETCH(const QString, shown);
    Fixture fixture;
    lastLogged.clear();
    const QtMessageHandler previous = qInstallMessageHandler(keepMessage);
    fixture.route(message);
    qInstallMessageHandler(previous);
    const QString begin =
        u"[%1] Rejected (invalid-json): "_s.arg(fixture.session.id().toString(QUuid::WithoutBraces));
    QVERIFY2(lastLogged.startsWith(begin), qPrintable(lastLogged));
    QVERIFY2(lastLogged.endsWith(shown), qPrintable(lastLogged));
}

QTEST_GUILESS_MAIN(ChannelRouterTest)
#include "tst_channelrouter.moc"
