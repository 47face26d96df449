// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/deflatenegotiation.h"

#include <QTest>

using namespace Qt::StringLiterals;
using switchboard::DeflateAgreement;
using switchboard::DeflateMode;
using switchboard::HttpHead;
using switchboard::negotiateDeflate;
using switchboard::parseHttpHead;

namespace {

constexpr const char *plain = "permessage-deflate";
constexpr const char *none = "";

// A handshake that offers each value in a field of its own.
HttpHead offering(const QByteArrayList &values)
{
    QByteArray text = "GET /websockets HTTP/1.1\r\nHost: h\r\n";
    for (const QByteArray &value : values) {
        text += "Sec-WebSocket-Extensions: " + value + "\r\n";
    }
    const auto head = parseHttpHead(text + "\r\n");
    if (!head) {
        qFatal("%s", head.error().body.constData());
    }
    return *head;
}

// The field of the answer, empty where there is none; or the answer that refuses, as its status and body.
QByteArray answerTo(const QByteArrayList &offers, DeflateMode mode)
{
    const auto agreement = negotiateDeflate(offering(offers), mode);
    if (!agreement) {
        return QByteArray::number(agreement.error().status) + ' ' + agreement.error().body;
    }
    return *agreement ? (*agreement)->toHeaderValue() : QByteArray();
}

void addColumns()
{
    QTest::addColumn<QByteArrayList>("offers");
    QTest::addColumn<QByteArray>("answer");
}

void row(const QByteArray &offer, const QByteArray &answer)
{
    QTest::newRow(offer.constData()) << QByteArrayList{offer} << answer;
}

} // namespace

class DeflateNegotiationTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersAsThePrototype_data();
    void answersAsThePrototype();
    void readsTheGrammar_data();
    void readsTheGrammar();
    void passesOver_data();
    void passesOver();
    void refuses_data();
    void refuses();
    void keepsNoContextWhenShared_data();
    void keepsNoContextWhenShared();
    void agreesToNothingWhenOff();
    void tellsWhatWasAgreed();
    void answersWithItself();
};

void DeflateNegotiationTest::answersAsThePrototype_data()
{
    addColumns();
    QTest::newRow("no field") << QByteArrayList{} << QByteArray();
    row("", none);
    row("PERMESSAGE-DEFLATE", none);
    row("foo, bar;baz=1", none);
    row("permessage-deflate", plain);
    row("permessage-deflate; client_max_window_bits", plain);
    row("permessage-deflate; client_max_window_bits=15", plain);
    row("permessage-deflate; server_max_window_bits=15", plain);
    row("permessage-deflate; server_max_window_bits", plain);
    for (const char *bits : {"8", "9", "10", "12", "14"}) {
        const QByteArray client = "client_max_window_bits="_ba + bits;
        row("permessage-deflate; " + client, "permessage-deflate;" + client);
        const QByteArray server = "server_max_window_bits="_ba + bits;
        row("permessage-deflate; " + server, "permessage-deflate;" + server);
    }
    row("permessage-deflate; server_no_context_takeover", "permessage-deflate;server_no_context_takeover");
    row("permessage-deflate; client_no_context_takeover", "permessage-deflate;client_no_context_takeover");
    const QByteArray all = "permessage-deflate;server_no_context_takeover;client_no_context_takeover;"
                           "server_max_window_bits=12;client_max_window_bits=10";
    row(all, all);
    row("permessage-deflate; client_max_window_bits=10; server_max_window_bits=12; "
        "client_no_context_takeover; server_no_context_takeover",
        all);
    row("permessage-deflate;client_max_window_bits=9, permessage-deflate",
        "permessage-deflate;client_max_window_bits=9");
    row("foo, permessage-deflate", plain);
    row("x-webkit-deflate-frame", "x-webkit-deflate-frame");
}

void DeflateNegotiationTest::answersAsThePrototype()
{
    QFETCH(const QByteArrayList, offers);
    QFETCH(const QByteArray, answer);
    QCOMPARE(answerTo(offers, DeflateMode::Dedicated), answer);
}

void DeflateNegotiationTest::readsTheGrammar_data()
{
    addColumns();
    const QByteArray ten = "permessage-deflate;client_max_window_bits=10";
    row("permessage-deflate;client_max_window_bits=\"10\"", ten);
    row(R"(permessage-deflate;client_max_window_bits="\1\0")", ten);
    row("permessage-deflate \t;\t client_max_window_bits = 10 ", ten);
    row("foo;a=\"b\";c, permessage-deflate;client_max_window_bits=10", ten);
    row(" , ,permessage-deflate,, ,", plain);
    row("foo,permessage-deflate", plain);
    QTest::newRow("two fields") << QByteArrayList{"foo", "permessage-deflate"} << QByteArray(plain);
    QTest::newRow("the first of two fields")
        << QByteArrayList{"permessage-deflate;client_max_window_bits=10", "permessage-deflate"} << ten;
    QTest::newRow("an empty field and another")
        << QByteArrayList{"", "permessage-deflate"} << QByteArray(plain);
}

void DeflateNegotiationTest::readsTheGrammar()
{
    QFETCH(const QByteArrayList, offers);
    QFETCH(const QByteArray, answer);
    QCOMPARE(answerTo(offers, DeflateMode::Dedicated), answer);
}

void DeflateNegotiationTest::passesOver_data()
{
    QTest::addColumn<QByteArray>("parameters");
    for (const char *parameters :
         {"foo", "foo=1", "server_no_context_takeover;foo", "Server_No_Context_Takeover",
          "server_no_context_takeover=1", "client_no_context_takeover=true",
          "server_no_context_takeover;server_no_context_takeover",
          "client_max_window_bits=10;client_max_window_bits=10",
          "client_max_window_bits;server_no_context_takeover;client_max_window_bits",
          "server_max_window_bits;server_max_window_bits=10",
          "server_max_window_bits;client_max_window_bits;server_no_context_takeover;foo", "a;b;c;d;e"}) {
        QTest::newRow(parameters) << QByteArray(parameters);
    }
}

// An offer that is passed over leaves nothing, or what comes behind it.
void DeflateNegotiationTest::passesOver()
{
    QFETCH(const QByteArray, parameters);
    const QByteArray offer = "permessage-deflate;" + parameters;
    QCOMPARE(answerTo({offer}, DeflateMode::Dedicated), none);
    QCOMPARE(answerTo({offer + ", permessage-deflate;client_max_window_bits=10"}, DeflateMode::Dedicated),
             "permessage-deflate;client_max_window_bits=10");
    QCOMPARE(answerTo({offer, "permessage-deflate"}, DeflateMode::Dedicated), plain);
}

void DeflateNegotiationTest::refuses_data()
{
    addColumns();
    for (const QByteArray window : {"server_max_window_bits=", "client_max_window_bits="}) {
        const QByteArray offer = "permessage-deflate; " + window;
        for (const char *bits : {"0", "7", "16", "100", "99999999999999999999"}) {
            row(offer + bits, "400 Window out of bounds: "_ba + bits + '\n');
        }
        for (const char *bits : {"abc", "08", "010", "+8", "-8", "1e1", "8.0"}) {
            row(offer + bits, R"(400 Can't parse window: ")"_ba + bits + "\"\n");
        }
        row(offer + "7, permessage-deflate", "400 Window out of bounds: 7\n");
    }
    const QByteArray malformed = "400 The header field Sec-WebSocket-Extensions is malformed.\n";
    for (const char *offer : {"permessage-deflate;",
                              "permessage-deflate;;client_max_window_bits",
                              ";",
                              "=",
                              "permessage deflate",
                              "permessage-deflate; client_max_window_bits=",
                              "permessage-deflate; =10",
                              "permessage-deflate=1",
                              "permessage-deflate; client_max_window_bits 10",
                              "permessage-deflate; client_max_window_bits=\"10",
                              "permessage-deflate; client_max_window_bits=\"10\\",
                              "permessage-deflate; foo=\"\"",
                              "permessage-deflate; foo=\"a b\"",
                              "permessage-deflate; foo=\"a\"b",
                              "permessage-deflate, foo;",
                              "permessage-deflate/1",
                              "\"permessage-deflate\"",
                              "permessage-deflate; foo=a=b",
                              "(",
                              "f\xC3\xB6"}) {
        row(offer, malformed);
    }
    QTest::newRow("a malformed second field") << QByteArrayList{"permessage-deflate", "foo;;"} << malformed;
}

void DeflateNegotiationTest::refuses()
{
    QFETCH(const QByteArrayList, offers);
    QFETCH(const QByteArray, answer);
    QCOMPARE(answerTo(offers, DeflateMode::Dedicated), answer);
    QCOMPARE(answerTo(offers, DeflateMode::Shared), answer);
    QCOMPARE(answerTo(offers, DeflateMode::Off), none);
}

void DeflateNegotiationTest::keepsNoContextWhenShared_data()
{
    addColumns();
    const QByteArray shared = "permessage-deflate;server_no_context_takeover;client_no_context_takeover";
    row("permessage-deflate", shared);
    row("permessage-deflate; client_max_window_bits", shared);
    row("permessage-deflate; client_no_context_takeover", shared);
    row("permessage-deflate; server_no_context_takeover; client_no_context_takeover", shared);
    row("permessage-deflate; client_max_window_bits=10", shared + ";client_max_window_bits=10");
    row("permessage-deflate; server_max_window_bits=10", shared + ";server_max_window_bits=10");
    row("permessage-deflate; foo", none);
    row("permessage-deflate; foo, permessage-deflate", shared);
    row("x-webkit-deflate-frame", none);
    row("x-webkit-deflate-frame, permessage-deflate", shared);
}

void DeflateNegotiationTest::keepsNoContextWhenShared()
{
    QFETCH(const QByteArrayList, offers);
    QFETCH(const QByteArray, answer);
    QCOMPARE(answerTo(offers, DeflateMode::Shared), answer);
}

void DeflateNegotiationTest::agreesToNothingWhenOff()
{
    QCOMPARE(answerTo({plain}, DeflateMode::Off), none);
    QCOMPARE(answerTo({"x-webkit-deflate-frame"}, DeflateMode::Off), none);
}

void DeflateNegotiationTest::tellsWhatWasAgreed()
{
    const auto least = negotiateDeflate(offering({plain}), DeflateMode::Dedicated);
    QVERIFY(least && *least);
    QVERIFY((*least)->serverKeepsContext);
    QVERIFY((*least)->clientKeepsContext);
    QCOMPARE((*least)->serverWindowBits, 15);
    QCOMPARE((*least)->clientWindowBits, 15);

    const auto most = negotiateDeflate(
        offering({"permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                  "server_max_window_bits=8; client_max_window_bits=9"}),
        DeflateMode::Dedicated);
    QVERIFY(most && *most);
    QVERIFY(!(*most)->serverKeepsContext);
    QVERIFY(!(*most)->clientKeepsContext);
    QCOMPARE((*most)->serverWindowBits, 8);
    QCOMPARE((*most)->clientWindowBits, 9);
}

// Every agreement that there can be, offered, is the answer.
void DeflateNegotiationTest::answersWithItself()
{
    for (int number = 0; number < 4 * 8 * 8; ++number) {
        DeflateAgreement agreement;
        agreement.serverKeepsContext = number % 2 == 0;
        agreement.clientKeepsContext = number / 2 % 2 == 0;
        agreement.serverWindowBits = 8 + number / 4 % 8;
        agreement.clientWindowBits = 8 + number / 32;
        const QByteArray value = agreement.toHeaderValue();
        QCOMPARE(answerTo({value}, DeflateMode::Dedicated), value);
    }
}

QTEST_APPLESS_MAIN(DeflateNegotiationTest)
#include "tst_deflatenegotiation.moc"
