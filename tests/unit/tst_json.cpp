// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/json.h"

#include <QStringBuilder>
#include <QTest>

#include <limits>
#include <malloc.h>
#include <vector>

using namespace Qt::StringLiterals;
using switchboard::protocol::JsonParser;
using switchboard::protocol::JsonValue;
using switchboard::protocol::JsonWriter;

namespace {

QByteArray quoted(const QByteArray &inside)
{
    return '"' + inside + '"';
}

// An escape of four hexadecimal digits.
QByteArray unicodeEscape(int unit)
{
    return "\\u" + QByteArray::number(unit, 16).rightJustified(4, '0');
}

// Parses from a block of the text's exact size, so that a sanitizer sees a read past its end.
auto parseExactly(JsonParser &parser, const QByteArray &text)
{
    const std::vector<char> block(text.begin(), text.end());
    return parser.parse(QByteArrayView(block.data(), static_cast<qsizetype>(block.size())));
}

} // namespace

class JsonTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsStrings_data();
    void readsStrings();
    void readsEveryEscapeOfFourDigits();
    void refusesStrings_data();
    void refusesStrings();
    void readsValues_data();
    void readsValues();
    void refusesTexts_data();
    void refusesTexts();
    void refusesEveryPartOfAText();
    void firstOfEqualKeysCounts();
    void findsMembers();
    void findsElements();
    void nestsDeeply_data();
    void nestsDeeply();
    void isReusable();
    void writesStructure();
    void writesWhatTheParserReads();
};

void JsonTest::readsStrings_data()
{
    QTest::addColumn<QByteArray>("inside");
    QTest::addColumn<QByteArray>("expected");

    const QByteArrayView letters = R"("\/bfnrt)";
    const QByteArrayView characters = "\"\\/\b\f\n\r\t";
    for (qsizetype i = 0; i < letters.size(); ++i) {
        const QByteArray inside = QByteArray("\\") + letters[i];
        QTest::newRow(inside.constData()) << inside << QByteArray(1, characters[i]);
    }
    const auto add = [](const char *inside, const QByteArray &expected) {
        QTest::newRow(inside) << QByteArray(inside) << expected;
    };
    add(R"(\\n)", R"(\n)");
    add(R"(a\u0000b)", "a\0b"_ba);
    add(R"(\u00E9\u20AC)", "é€");
    add(R"(\u00e90)", "é0");
    add(R"(\ud83d\ude00)", "😀");
    add(R"(\uD83D\uDE00)", "😀");
    add(R"(\ud800\udc00)", "\xF0\x90\x80\x80");
    add(R"(\udbff\udfff)", "\xF4\x8F\xBF\xBF");
    // DEL, U+0080, the line separator, both sides of the surrogates, U+FFFF, U+10FFFF, a BOM.
    for (const QByteArray &raw :
         {""_ba, "é€😀"_ba, "\x7F"_ba, "\xC2\x80"_ba, "\xE2\x80\xA8"_ba, "\xED\x9F\xBF"_ba, "\xEE\x80\x80"_ba,
          "\xEF\xBF\xBF"_ba, "\xF4\x8F\xBF\xBF"_ba, "\xEF\xBB\xBF"_ba}) {
        QTest::addRow("raw %s", raw.toHex().constData()) << raw << raw;
    }
}

void JsonTest::readsStrings()
{
    QFETCH(QByteArray, inside);
    QFETCH(QByteArray, expected);

    JsonParser parser;
    const auto value = parseExactly(parser, quoted(inside));
    QVERIFY2(value, value ? "" : value.error().reason.constData());
    QCOMPARE(value->text().toByteArray(), expected);
    QCOMPARE(value->string().value_or("none"), expected);
}

void JsonTest::readsEveryEscapeOfFourDigits()
{
    JsonParser parser;
    for (int unit = 0; unit <= 0xFFFF; ++unit) {
        const QByteArray text = quoted(unicodeEscape(unit));
        const auto value = parser.parse(text);
        const QChar character(static_cast<char16_t>(unit));
        QVERIFY2(value.has_value() != character.isSurrogate(), text.constData());
        if (value) {
            QCOMPARE(value->text().toByteArray(), QString(character).toUtf8());
        }
    }
}

void JsonTest::refusesStrings_data()
{
    QTest::addColumn<QByteArray>("inside");
    QTest::addColumn<QByteArray>("reason");

    // High ones alone and before all else than a low one, low ones alone and behind all else than a high one.
    for (const char *inside :
         {R"(\ud800)", R"(\udbff)", R"(\ud83dxxxxxx)", R"(\ud83d\n)", R"(\ud83d\ud83d)", R"(\ud83d\u0041)",
          R"(\udc00)", R"(\udfff)", R"(a\ude00b)", R"(\ude00\ud83d)", R"(\ud83d\ude00\ude00)"}) {
        QTest::newRow(inside) << QByteArray(inside) << "surrogate"_ba;
    }
    for (const char *inside : {R"(\x)", R"(\')", R"(\U0041)", R"(\u00g0)", R"(\u004)"}) {
        QTest::newRow(inside) << QByteArray(inside) << "escape"_ba;
    }
    // A continuation alone; overlong; surrogates; above U+10FFFF; cut short; Latin-1.
    for (const QByteArray &inside :
         {"\x80"_ba, "\xC0\x80"_ba, "\xC0\xAF"_ba, "\xC1\xBF"_ba, "\xE0\x9F\xBF"_ba, "\xF0\x8F\xBF\xBF"_ba,
          "\xED\xA0\x80"_ba, "\xED\xBF\xBF"_ba, "\xED\xA0\xBD\xED\xB8\x80"_ba, "\xF4\x90\x80\x80"_ba,
          "\xF5\x80\x80\x80"_ba, "\xF8\x88\x80\x80\x80"_ba, "\xFF"_ba, "\xC3"_ba, "\xE2\x82"_ba,
          "\xF0\x9F\x98"_ba, "\xE2\x82 a"_ba, "caf\xE9 a"_ba}) {
        QTest::addRow("raw %s", inside.toHex().constData()) << inside << "encoding"_ba;
    }
    for (char c = 0; c < 0x20; ++c) {
        QTest::addRow("raw control %d", c) << QByteArray("a" + QByteArray(1, c) + "b") << "string"_ba;
    }
}

void JsonTest::refusesStrings()
{
    QFETCH(QByteArray, inside);
    QFETCH(QByteArray, reason);

    JsonParser parser;
    const QByteArray bad = quoted(inside);
    for (const QByteArray &text : {bad, QByteArray("{" + bad + R"(: 1, "a": 2})"),
                                   QByteArray(R"({"a": "good", "ignored": [{"deeper": )" + bad + "}]}")}) {
        const auto value = parseExactly(parser, text);
        QVERIFY2(!value, text.constData());
        QVERIFY2(value.error().reason.contains(reason), value.error().reason.constData());
        QVERIFY(value.error().offset > 0);
        QVERIFY(value.error().offset <= text.size());
    }
    // The rest of the texts is good.
    QVERIFY(parser.parse(R"({"": 1, "a": 2})"));
    QVERIFY(parser.parse(R"({"a": "good", "ignored": [{"deeper": ""}]})"));
}

void JsonTest::readsValues_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("kind");

    const auto add = [](const QByteArray &kind, const QByteArrayList &texts) {
        for (const QByteArray &text : texts) {
            QTest::addRow("%.40s", text.toPercentEncoding().constData()) << text << kind;
        }
    };
    add("null", {"null"});
    add("a boolean", {"true", "false"});
    add("a string", {R"("")", R"("1")"});
    add("an array", {"[]", " [ 1, 2 ] "});
    add("an object", {"{}", " \t\r\n{ \t\r\n} \t\r\n"});
    add("a number", {"0", "-0", "1", "-42", "4294967296", "9223372036854775807", "-9223372036854775808"});
    // No integers, or none of 64 bits.
    add("a number",
        {"9223372036854775808", "-9223372036854775809", "18446744073709551617", "1.0", "1e2", "-12.50E+3",
         "1.7976931348623157e308", QByteArray(308, '9')});
    // What a double cannot tell from 0, and more digits than anyone needs.
    add("a number",
        {"1e-999", "1e-99999999999999999999", "0.0000000000001e-2147483639",
         QByteArray("0." + QByteArray(400, '0') + '1'), QByteArray("0." + QByteArray(60'000, '0') + '1'),
         QByteArray("3." + QByteArray(60'000, '7'))});
}

void JsonTest::readsValues()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, kind);

    JsonParser parser;
    const auto value = parseExactly(parser, text);
    QVERIFY2(value, value ? "" : value.error().reason.constData());
    QCOMPARE(value->kindName().toByteArray(), kind);
    QCOMPARE(value->isObject(), kind == "an object");
    QCOMPARE(value->isArray(), kind == "an array");
    QCOMPARE(value->isString(), kind == "a string");
    QCOMPARE(value->string().has_value(), kind == "a string");
    bool whole = false;
    const qint64 expected = text.toLongLong(&whole);
    QCOMPARE(value->integer().has_value(), whole);
    QCOMPARE(value->integer().value_or(0), expected);
}

void JsonTest::refusesTexts_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qsizetype>("offset");

    // A caret, which is no part of the text, stands before the byte that is named in the error.
    const auto add = [](QByteArray text) {
        const qsizetype offset = text.indexOf('^');
        text.remove(offset, 1);
        QTest::addRow("text %s", text.toPercentEncoding().constData()) << text << offset;
    };
    for (const QByteArray &text :
         {"^"_ba, "{^\0}\0"_ba, "{}^\0"_ba, "{} ^\0"_ba, "1^\0x"_ba, "^\0{}"_ba, "[1,^\0 2]"_ba}) {
        add(text);
    }
    for (const char *text :
         {"   ^",        "^garbage",    "^\xEF\xBB\xBF{}", "{} ^x",        "{} ^{}", "{}^}",
          "[1^",         "[1^}",        "[1,^]",           R"({"a":1,^})", "[^,]",   "[1 ^2]",
          R"({"a" ^1})", R"({"a":^})",  "{^a:1}",          "{^1:1}",       "^'a'",   "{}^/**/",
          "{^\v}",       "[^\xC2\xA0]", "^True",           "[nul^]",       "[0^1]",  "^+1",
          "[-^]",        "[^.5]",       "[1.^]",           "[1e^]",        "[0^x1]", "[^NaN]",
          "[-^Infinity]"}) {
        add(text);
    }
    // JSON, but greater than a double can be.
    add(R"({"ignored":^1e999})");
    add("[^-1e999]");
    add("[^" + QByteArray(309, '9') + ']');
}

void JsonTest::refusesTexts()
{
    QFETCH(QByteArray, text);
    QFETCH(qsizetype, offset);

    JsonParser parser;
    const auto value = parseExactly(parser, text);
    QVERIFY(!value && !value.error().reason.isEmpty());
    QCOMPARE(value.error().offset, offset);
}

void JsonTest::refusesEveryPartOfAText()
{
    const QByteArrayView text = R"({"a\u00e9é":[-1.5e+3,true,false,null,{"b":"\ud83d\ude00"}],"c":{}})";
    JsonParser parser;
    for (qsizetype size = 0; size < text.size(); ++size) {
        QVERIFY2(!parser.parse(text.first(size)), text.first(size).toByteArray().constData());
    }
    QVERIFY(parser.parse(text));
    QCOMPARE(parser.parse(QByteArrayView("12345").first(2)).value().integer().value(), 12);
}

void JsonTest::firstOfEqualKeysCounts()
{
    JsonParser parser;
    const auto value =
        parser.parse(R"({"a":"first", "b":{"c":1,"c":2}, "a":"second", "\u0061":"third", "b":null})");
    QVERIFY(value);
    QCOMPARE(value->member("a").value().text().toByteArray(), "first"_ba);
    QCOMPARE(value->member("b").value().member("c").value().integer().value(), 1);
}

void JsonTest::findsMembers()
{
    JsonParser parser;
    const auto value = parser.parse(
        R"({"ro\u006fm":"r", "":"e", "\ud83d\ude00":"s", "a\u0000b":"n", "null":null, "list":["room"]})");
    QVERIFY(value);
    QCOMPARE(value->member("room").value().text().toByteArray(), "r"_ba);
    QCOMPARE(value->member("").value().text().toByteArray(), "e"_ba);
    QCOMPARE(value->member(QByteArrayView()).value().text().toByteArray(), "e"_ba);
    QCOMPARE(value->member("😀").value().text().toByteArray(), "s"_ba);
    QCOMPARE(value->member("a\0b"_ba).value().text().toByteArray(), "n"_ba);
    QCOMPARE(value->member("null").value().kindName().toByteArray(), "null"_ba);
    for (const char *missing : {"roo", "rooms", "Room", "r", " room", "a"}) {
        QVERIFY2(!value->member(missing), missing);
    }
    QVERIFY(!value->member("list").value().member("room"));
    QVERIFY(!value->member("room").value().member("room"));
    QVERIFY(value->text().isEmpty());
}

void JsonTest::findsElements()
{
    JsonParser parser;
    const auto value = parser.parse(R"([1, "two", [3, 4, 5], {"a":1}])");
    QVERIFY(value);
    QCOMPARE(value->size(), 4);
    QCOMPARE(value->at(1).text().toByteArray(), "two"_ba);
    QCOMPARE(value->at(1).size(), 0);
    QCOMPARE(value->at(2).size(), 3);
    QCOMPARE(value->at(2).at(2).integer().value(), 5);
    QCOMPARE(value->at(3).size(), 0);
}

void JsonTest::nestsDeeply_data()
{
    QTest::addColumn<QByteArray>("opening");
    QTest::addColumn<QByteArray>("closing");

    QTest::newRow("arrays") << "["_ba << QByteArray("]");
    QTest::newRow("objects") << R"({"a":)"_ba << QByteArray("}");
    QTest::newRow("objects in arrays") << R"([{"a":)"_ba << QByteArray("}]");
}

void JsonTest::nestsDeeply()
{
    QFETCH(QByteArray, opening);
    QFETCH(QByteArray, closing);

    constexpr int times = 200'000;
    const QByteArray nested = opening.repeated(times) + R"("innermost")" + closing.repeated(times);
    JsonParser parser;
    const auto value = parser.parse(nested);
    QVERIFY(value);
    JsonValue inner = *value;
    for (int level = 0; level < times * closing.size(); ++level) {
        QVERIFY(!inner.isString());
        inner = inner.isArray() ? inner.at(0) : inner.member("a").value();
    }
    QCOMPARE(inner.text().toByteArray(), "innermost"_ba);

    const QByteArray ignored = R"({"ignored":)" + nested + R"(,"a":1})";
    QCOMPARE(parser.parse(ignored).value().member("a").value().integer().value(), 1);
    QVERIFY(!parser.parse(nested.chopped(1)));
    QVERIFY(!parser.parse(opening.repeated(times)));
}

void JsonTest::isReusable()
{
    JsonParser parser;
    const auto readsOn = [&] {
        const auto value = parser.parse(R"({"a":"still"})");
        return value && value->member("a") && value->member("a")->text() == "still";
    };
    QVERIFY(readsOn());
    for (const QByteArray &bad : {"[1,2"_ba, R"({"a":"\ud800"})"_ba, R"(["\udc00")"_ba, "{} x"_ba, "{}\0"_ba,
                                  "[1e999]"_ba, "\"\xFF\""_ba, QByteArray()}) {
        QVERIFY2(!parser.parse(bad) && readsOn(), bad.constData());
    }

    const QByteArray letters = quoted(QByteArray(5'000'000, 'x'));
    const QByteArray numbers = '[' + "1234567,"_ba.repeated(300'000) + "7]";
    const auto allocated = [] { return mallinfo2().uordblks + mallinfo2().hblkhd; };
    const std::size_t before = allocated();
    for (int round = 0; round < 3; ++round) {
        QVERIFY(parser.parse(letters).value().text().size() == letters.size() - 2 && readsOn());
        const auto array = parser.parse(numbers);
        QVERIFY(array && array->size() == 300'001);
        QCOMPARE(array->at(300'000).integer().value(), 7);
        QVERIFY(!parser.parse(numbers.chopped(1)) && readsOn());
    }
    // What a huge text needed is given back. A sanitizer's allocator counts nothing.
    QVERIFY(allocated() < before + 100'000);
}

void JsonTest::writesStructure()
{
    constexpr qint64 smallest = std::numeric_limits<qint64>::min();
    JsonWriter writer;
    writer.beginObject().key("b").beginArray().integer(1).string("x").boolean(true).beginArray().endArray();
    writer.beginObject().endObject().raw("null").boolean(false).endArray();
    writer.key("a").beginObject().key("c").integer(smallest).key("d").raw(R"({"e":0})").endObject();
    writer.key("a").string("").endObject();
    QCOMPARE(writer.take(),
             R"({"b":[1,"x",true,[],{},null,false],"a":{"c":-9223372036854775808,"d":{"e":0}},"a":""})"_ba);
    QCOMPARE(writer.take(), ""_ba);
    QCOMPARE(writer.beginArray().integer(1).integer(2).take(), "[1,2"_ba);
    QCOMPARE(writer.string("from the start").take(), R"("from the start")"_ba);
}

void JsonTest::writesWhatTheParserReads()
{
    QByteArray everything;
    for (char32_t c = 0; c <= QChar::LastValidCodePoint; ++c) {
        if (!QChar::isSurrogate(c)) {
            everything += QString::fromUcs4(&c, 1).toUtf8();
        }
    }
    JsonParser parser;
    QVERIFY(parser.parse(JsonWriter().string(everything).take()).value().text() == everything);
}

QTEST_APPLESS_MAIN(JsonTest)
#include "tst_json.moc"
