// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/json.h"

#include <QTest>

#include <limits>

using namespace switchboard::protocol;

/// Numbers and booleans as values, whatever their form.
class JsonNumbersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
    void isNone_data();
    void isNone();
    void booleans();
};

void JsonNumbersTest::reads_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<double>("expected");
    const auto row = [](const QByteArray &text, double expected) {
        QTest::newRow(text.first(qMin<qsizetype>(text.size(), 40)).constData()) << text << expected;
    };
    row("0", 0);
    row("-0", 0);
    row("42", 42);
    row("-42.25", -42.25);
    row("1700000000.125", 1700000000.125);
    row("1e2", 100);
    row("-12.50E+3", -12500);
    row("25e-1", 2.5);
    row("9223372036854775807", 9223372036854775807.0);
    row("18446744073709551616", 18446744073709551616.0);
    row("1.7976931348623157e308", std::numeric_limits<double>::max());
    row(QByteArray(308, '9'), 1e308);
    row("0." + QByteArray(60'000, '7'), 7.0 / 9);
}

void JsonNumbersTest::reads()
{
    QFETCH(const QByteArray, text);
    QFETCH(const double, expected);
    JsonParser parser;
    const auto value = parser.parse(text);
    QVERIFY(value);
    QVERIFY(value->number());
    QCOMPARE(*value->number(), expected);
    QVERIFY(!value->boolean());
}

void JsonNumbersTest::isNone_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"1.9e308", "-1.9e308", "1e-999", "null", "true", "\"1\"", "[1]", "{}"}) {
        QTest::newRow(text) << QByteArray(text);
    }
    QTest::newRow("small") << "0." + QByteArray(400, '0') + '1';
}

void JsonNumbersTest::isNone()
{
    QFETCH(const QByteArray, text);
    JsonParser parser;
    const auto value = parser.parse(text);
    QVERIFY2(value, value ? "" : value.error().reason.constData());
    QVERIFY(!value->number());
    QVERIFY(!value->integer());
}

void JsonNumbersTest::booleans()
{
    JsonParser parser;
    QCOMPARE(parser.parse("true")->boolean(), std::optional(true));
    QCOMPARE(parser.parse("false")->boolean(), std::optional(false));
    QVERIFY(!parser.parse("\"true\"")->boolean());
    QVERIFY(!parser.parse("null")->boolean());
}

QTEST_APPLESS_MAIN(JsonNumbersTest)
#include "tst_jsonnumbers.moc"
