// SPDX-License-Identifier: BSD-3-Clause
#include "net/auth/tokenverifier.h"
#include "support/webtoken.h"

#include <QTest>

using namespace switchboard;
using namespace switchboard::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// All tokens here are looked at then.
constexpr TokenTime now(1'700'000'000s);

const QByteArray goodHeader = R"({"alg":"HS256"})";
const QByteArray goodPayload = R"({"sub":"alice"})";

const QByteArray notBase64 = " is not base64url without padding.";
const QByteArray notAnObject = " is not a JSON object.";
const QByteArray wrongSignature = "The signature of the token is not right.";
const QByteArray wrongAlgorithm = "The algorithm of the token must be HS256.";
const QByteArray expired = "The token has expired.";
const QByteArray notThreeParts = "The token is not three parts with dots between them.";

QByteArray claimFault(const QByteArray &claim, const QByteArray &right)
{
    return "The claim \"" + claim + "\" of the token must be " + right;
}

// What is wrong with a token; empty if nothing is.
QByteArray faultOf(const QByteArray &token, const QByteArray &secret = TokenSecret, TokenTime time = now)
{
    TokenVerifier verifier(secret);
    const auto claims = verifier.verify(token, time);
    return claims ? QByteArray() : claims.error();
}

// Each of these adds rows with tokens and what is wrong with them.

void addBadShapes()
{
    const QByteArray good = webToken(goodPayload);
    const QByteArrayList parts = good.split('.');
    const auto row = [](const char *name, const QByteArray &token, const QByteArray &fault) {
        QTest::newRow(name) << token << fault;
    };
    row("nothing", "", notThreeParts);
    row("one part", parts[0], notThreeParts);
    row("no signature", parts[0] + '.' + parts[1], notThreeParts);
    row("four parts", good + ".x", notThreeParts);
    row("five parts", good + ".x.x", notThreeParts);
    row("dots alone", "..", "The header of the token"_ba + notAnObject);
    row("blank before it", ' ' + good, "The header of the token"_ba + notBase64);
    row("blank behind it", good + ' ', wrongSignature);
    row("line end behind it", good + '\n', wrongSignature);
    row("longest", webToken(R"({"sub":"alice","x":")" + QByteArray(2989, 'x') + "\"}"), "");
    row("too long", webToken(R"({"sub":"alice","x":")" + QByteArray(2990, 'x') + "\"}"),
        "The token is longer than 4096 bytes.");
    row("much too long", QByteArray(1'000'000, 'x'), "The token is longer than 4096 bytes.");
}

void addBadHeaders()
{
    const QByteArray payload = base64Url(goodPayload);
    const auto row = [&](const char *name, const QByteArray &part, const QByteArray &fault) {
        QTest::newRow(name) << withSignature(part + '.' + payload) << fault;
    };
    const auto json = [&](const char *name, const QByteArray &text, const QByteArray &fault) {
        row(name, base64Url(text), fault);
    };
    row("header missing", "", "The header of the token"_ba + notAnObject);
    // What an encoder that pads, or one of the other alphabet, would have made of good headers.
    row("header padded", QByteArray(R"({"alg":"HS256" })").toBase64(QByteArray::Base64UrlEncoding),
        "The header of the token"_ba + notBase64);
    row("header in plain base64", QByteArray(R"({"alg":"HS256","k":"??>>"})").toBase64(),
        "The header of the token"_ba + notBase64);
    row("header with a bit too many", base64Url(R"({"alg":"HS256" })").chopped(1) + 'R',
        "The header of the token"_ba + notBase64);
    row("header as JSON", goodHeader, "The header of the token"_ba + notBase64);
    json("header garbled", R"({"alg":"HS256")", "The header of the token"_ba + notAnObject);
    json("header array", R"(["alg","HS256"])", "The header of the token"_ba + notAnObject);
    json("header with more behind it", goodHeader + "{}", "The header of the token"_ba + notAnObject);
    json("no algorithm", R"({"typ":"JWT"})", wrongAlgorithm);
    json("algorithm null", R"({"alg":null})", wrongAlgorithm);
    json("algorithm array", R"({"alg":["HS256"]})", wrongAlgorithm);
    for (const char *algorithm : {"none", "None", "NONE", "nOnE", "", "hs256", "HS256 ", "HS384", "HS512",
                                  "RS256", "ES256", "PS256", "EdDSA"}) {
        QTest::addRow("algorithm \"%s\"", algorithm)
            << webToken(goodPayload, TokenSecret, R"({"alg":")" + QByteArray(algorithm) + "\"}")
            << wrongAlgorithm;
    }
    QTest::newRow("none, unsigned") << base64Url(R"({"alg":"none"})") + '.' + payload + '.' << wrongAlgorithm;
    json("extension", R"({"alg":"HS256","crit":["b64"],"b64":false})",
         "The token asks for an extension that is not known here.");
    json("header with type of another kind", R"({"alg":"HS256","typ":5})", "");
}

void addBadPayloads()
{
    const auto part = [](const char *name, const QByteArray &payload, const QByteArray &fault) {
        QTest::newRow(name) << withSignature(base64Url(goodHeader) + '.' + payload) << fault;
    };
    part("payload missing", "", "The payload of the token"_ba + notAnObject);
    part("payload padded", goodPayload.toBase64(QByteArray::Base64UrlEncoding) + '=',
         "The payload of the token"_ba + notBase64);
    part("payload in plain base64", QByteArray(R"({"sub":"??>>"})").toBase64(),
         "The payload of the token"_ba + notBase64);
    part("payload as JSON", goodPayload, "The payload of the token"_ba + notBase64);
    const auto json = [&](const char *name, const QByteArray &text, const QByteArray &fault) {
        part(name, base64Url(text), fault);
    };
    for (const char *text : {"", "null", "\"alice\"", "[]", "{", "{\"sub\":\"alice\"}x"}) {
        json(text, text, "The payload of the token"_ba + notAnObject);
    }
    json("payload no UTF-8", "{\"sub\":\"\xFF\"}", "The payload of the token"_ba + notAnObject);
    const QByteArray user = claimFault("sub", "a string of 1 to 255 bytes.");
    json("no user", "{}", user);
    json("user null", R"({"sub":null})", user);
    json("user number", R"({"sub":5})", user);
    json("user empty", R"({"sub":""})", user);
    json("user too long", R"({"sub":")" + QByteArray(256, 'x') + "\"}", user);
    json("user as long as may be", R"({"sub":")" + QByteArray(255, 'x') + "\"}", "");
    for (const char *value :
         {"null", "\"lobby\"", "{}", "[1]", "[\"lobby\",null]", "[[\"lobby\"]]", "true"}) {
        QTest::addRow("rooms %s", value) << webToken(R"({"sub":"alice","rooms":)" + QByteArray(value) + '}')
                                         << claimFault("rooms", "an array of strings.");
    }
    for (const char *value : {"null", "\"true\"", "1", "[true]"}) {
        QTest::addRow("monitor %s", value)
            << webToken(R"({"sub":"alice","monitor":)" + QByteArray(value) + '}')
            << claimFault("monitor", "true or false.");
    }
    for (const char *name : {"exp", "nbf"}) {
        for (const char *value : {"null", "\"1700000001\"", "[]", "true", "1.9e308", "1e-999"}) {
            QTest::addRow("%s %s", name, value)
                << webToken(R"({"sub":"alice",")" + QByteArray(name) + "\":" + value + '}')
                << claimFault(name, "a number of seconds.");
        }
    }
}

void addBadDates()
{
    const auto row = [](const char *date, const QByteArray &fault) {
        QTest::newRow(date) << webToken(R"({"sub":"alice",)" + QByteArray(date) + '}') << fault;
    };
    row(R"("exp":1700000001)", "");
    row(R"("exp":1700000000.001)", "");
    row(R"("exp":1700000000)", expired);
    row(R"("exp":1699999999.999)", expired);
    row(R"("exp":0)", expired);
    row(R"("exp":-1)", expired);
    row(R"("exp":-1e300)", expired);
    row(R"("exp":1e300)", "");
    row(R"("exp":9223372036854775807)", "");
    row(R"("nbf":1700000000)", "");
    row(R"("nbf":-1e300)", "");
    row(R"("nbf":1700000000.001)", "The token is not valid yet.");
    row(R"("nbf":1700000001)", "The token is not valid yet.");
    row(R"("nbf":1e300)", "The token is not valid yet.");
    row(R"("nbf":1600000000,"exp":1800000000)", "");
    // In milliseconds, as some write it by mistake.
    row(R"("nbf":1700000000000)", "The token is not valid yet.");
}

} // namespace

/// Which tokens are good, and what is said of those that are not.
class TokenVerifierTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void vectorOfTheStandard();
    void readsClaims();
    void readsDates_data();
    void readsDates();
    void tells_data();
    void tells();
    void refusesEveryWrongSignature();
    void refusesOtherSecrets();
    void oneServesManyTokens();
};

// RFC 7515 appendix A.1.1. It names nobody, which is said of it behind its signature and its date.
void TokenVerifierTest::vectorOfTheStandard()
{
    const QByteArray secret = *QByteArray::fromBase64Encoding(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
        QByteArray::Base64UrlEncoding);
    const QByteArray token =
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19y"
        "b290Ijp0cnVlfQ."
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    constexpr TokenTime itsEnd(1'300'819'380s);
    QCOMPARE(faultOf(token, secret, itsEnd - 1ms), claimFault("sub", "a string of 1 to 255 bytes."));
    QCOMPARE(faultOf(token, secret, itsEnd), expired);
    QCOMPARE(faultOf(token, TokenSecret, itsEnd - 1ms), wrongSignature);
}

void TokenVerifierTest::readsClaims()
{
    TokenVerifier verifier(TokenSecret);
    const auto plain = verifier.verify(webToken(R"({"sub":"alice"})"), now);
    QVERIFY2(plain, plain ? "" : plain.error().constData());
    QCOMPARE(plain->user, "alice");
    QVERIFY(!plain->expiresAt);
    QVERIFY(!plain->rooms);
    QVERIFY(!plain->mayWatch);
    const auto full =
        verifier.verify(webToken("{\"exp\":1700000060,\"iat\":1,\"iss\":\"x\",\"monitor\":true,\"nbf\":1,"
                                 "\"rooms\":[\"lobby\",\"team-*\"],\"sub\":\"\xC3\x89va \\\"\\u0000\"}"),
                        now);
    QVERIFY2(full, full ? "" : full.error().constData());
    QCOMPARE(full->user, QByteArray("\xC3\x89va \"\0", 7));
    QVERIFY(full->expiresAt == now + 60s);
    QCOMPARE(full->rooms, (std::vector<QByteArray>{"lobby", "team-*"}));
    QVERIFY(full->mayWatch);
    const auto nothing = verifier.verify(webToken(R"({"sub":"a","rooms":[],"monitor":false})"), now);
    QVERIFY2(nothing, nothing ? "" : nothing.error().constData());
    QCOMPARE(nothing->rooms, std::vector<QByteArray>());
    QVERIFY(!nothing->mayWatch);
}

void TokenVerifierTest::readsDates_data()
{
    QTest::addColumn<QByteArray>("date");
    QTest::addColumn<qint64>("milliseconds");
    QTest::newRow("whole") << "1800000000"_ba << qint64{1'800'000'000'000};
    QTest::newRow("half") << "1800000000.5"_ba << qint64{1'800'000'000'500};
    QTest::newRow("rounded down") << "1800000000.0009"_ba << qint64{1'800'000'000'000};
    QTest::newRow("with an exponent") << "1.8E9"_ba << qint64{1'800'000'000'000};
    QTest::newRow("too far away") << "1e300"_ba << qint64{253'402'300'800'000};
}

void TokenVerifierTest::readsDates()
{
    QFETCH(const QByteArray, date);
    QFETCH(const qint64, milliseconds);
    TokenVerifier verifier(TokenSecret);
    const auto claims = verifier.verify(webToken(R"({"sub":"alice","exp":)" + date + '}'), now);
    QVERIFY2(claims, claims ? "" : claims.error().constData());
    QVERIFY(claims->expiresAt);
    QCOMPARE(qint64{claims->expiresAt->time_since_epoch().count()}, milliseconds);
}

void TokenVerifierTest::tells_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<QByteArray>("fault");
    addBadShapes();
    addBadHeaders();
    addBadPayloads();
    addBadDates();
}

void TokenVerifierTest::tells()
{
    QFETCH(const QByteArray, token);
    QFETCH(const QByteArray, fault);
    QCOMPARE(faultOf(token), fault);
}

void TokenVerifierTest::refusesEveryWrongSignature()
{
    const QByteArray good = webToken(goodPayload);
    QCOMPARE(faultOf(good), "");
    const qsizetype begin = good.lastIndexOf('.') + 1;
    QCOMPARE(good.size() - begin, 43);
    // Each byte, also in the bits of the last one that stand for nothing.
    for (qsizetype i = begin; i < good.size(); ++i) {
        for (const char other : QByteArrayView("AB-_=")) {
            QByteArray bad = good;
            bad[i] = other;
            QCOMPARE(faultOf(bad), bad == good ? QByteArray() : wrongSignature);
        }
    }
    for (qsizetype size = begin; size < good.size(); ++size) {
        QCOMPARE(faultOf(good.first(size)), wrongSignature);
    }
    QCOMPARE(faultOf(good + 'A'), wrongSignature);
    QCOMPARE(faultOf(good + '='), wrongSignature);
    // And each byte that is signed.
    for (qsizetype i = 0; i < begin - 1; ++i) {
        QByteArray bad = good;
        bad[i] = bad[i] == 'A' ? 'B' : 'A';
        QVERIFY2(!faultOf(bad).isEmpty(), bad.constData());
    }
}

void TokenVerifierTest::refusesOtherSecrets()
{
    const QByteArray token = webToken(goodPayload, "another secret of 32 bytes, or 35");
    QCOMPARE(faultOf(token), wrongSignature);
    QCOMPARE(faultOf(webToken(goodPayload, "")), wrongSignature);
    QCOMPARE(faultOf(webToken(goodPayload, TokenSecret.chopped(1))), wrongSignature);
    // Longer than a block of the hash.
    const QByteArray longSecret(1000, 's');
    QCOMPARE(faultOf(webToken(goodPayload, longSecret), longSecret), "");
}

void TokenVerifierTest::oneServesManyTokens()
{
    TokenVerifier verifier(TokenSecret);
    for (int i = 0; i < 1000; ++i) {
        const QByteArray user = QByteArray::number(i);
        const auto claims = verifier.verify(webToken(R"({"sub":")" + user + "\"}"), now);
        QVERIFY(claims);
        QCOMPARE(claims->user, user);
        QVERIFY(!verifier.verify("x." + user + ".y", now));
    }
}

QTEST_APPLESS_MAIN(TokenVerifierTest)
#include "tst_tokenverifier.moc"
