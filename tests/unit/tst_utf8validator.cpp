// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/utf8validator.h"

#include <QTest>

#include <array>

using namespace Qt::StringLiterals;
using switchboard::Utf8Validator;

namespace {

// One character by the definition: the least bytes for its value, no surrogate, at most U+10FFFF. Its size, 0
// where there is none.
qsizetype characterAt(QByteArrayView text)
{
    const auto byte = [&](qsizetype i) { return static_cast<quint8>(text[i]); };
    const quint8 lead = byte(0);
    if (lead < 0x80) {
        return 1;
    }
    const int size = lead >= 0xF8 ? 0 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
    if (size == 0 || text.size() < size) {
        return 0;
    }
    quint32 value = lead & (0x7FU >> size);
    for (int i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0) != 0x80) {
            return 0;
        }
        value = (value << 6) | (byte(i) & 0x3FU);
    }
    const std::array<quint32, 5> least{0, 0, 0x80, 0x800, 0x10000};
    const bool isSurrogate = value >= 0xD800 && value <= 0xDFFF;
    return value >= least.at(std::size_t(size)) && value <= 0x10FFFF && !isSurrogate ? size : 0;
}

bool isUtf8(QByteArrayView text)
{
    while (!text.isEmpty()) {
        const qsizetype size = characterAt(text);
        if (size == 0) {
            return false;
        }
        text = text.sliced(size);
    }
    return true;
}

// How many bytes one validator takes, a byte at a time.
qsizetype acceptedBytes(QByteArrayView text)
{
    Utf8Validator validator;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (!validator.feed(text.sliced(i, 1))) {
            return i;
        }
    }
    return text.size();
}

} // namespace

class Utf8ValidatorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void accepts_data();
    void accepts();
    void failsAtTheFirstWrongByte_data();
    void failsAtTheFirstWrongByte();
    void agreesWithTheDefinition();
    void findsOneWrongByteAnywhere();
    void isIncompleteInsideACharacter();
    void beginsAnew();
};

void Utf8ValidatorTest::accepts_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("nothing") << ""_ba;
    QTest::newRow("ASCII") << "Hello, world"_ba;
    QTest::newRow("long ASCII") << QByteArray(1000, 'x');
    QTest::newRow("NUL") << QByteArray("\0", 1);
    QTest::newRow("two bytes") << "\xC2\x80 \xDF\xBF"_ba;
    QTest::newRow("three bytes") << "\xE0\xA0\x80 \xED\x9F\xBF \xEE\x80\x80 \xEF\xBF\xBF"_ba;
    QTest::newRow("four bytes") << "\xF0\x90\x80\x80 \xF4\x8F\xBF\xBF"_ba;
    QTest::newRow("a mixture") << "κόσμε, 日本語 😀 and a long tail of ASCII, привет"_ba;
    QTest::newRow("a byte order mark") << "\xEF\xBB\xBFx"_ba;
}

void Utf8ValidatorTest::accepts()
{
    QFETCH(const QByteArray, text);
    QCOMPARE(acceptedBytes(text), text.size());
    for (qsizetype cut = 0; cut <= text.size(); ++cut) {
        Utf8Validator validator;
        QVERIFY(validator.feed(QByteArrayView(text).first(cut)));
        QCOMPARE(validator.isComplete(), isUtf8(text.first(cut)));
        QVERIFY(validator.feed(QByteArrayView(text).sliced(cut)));
        QVERIFY(validator.isComplete());
    }
}

void Utf8ValidatorTest::failsAtTheFirstWrongByte_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("accepted");
    QTest::newRow("a continuation alone") << "a\x80"_ba << 1;
    QTest::newRow("overlong in two bytes") << "a\xC0\xAF"_ba << 1;
    QTest::newRow("overlong DEL") << "\xC1\xBF"_ba << 0;
    QTest::newRow("overlong in three bytes") << "\xE0\x9F\xBF"_ba << 1;
    QTest::newRow("overlong in four bytes") << "\xF0\x8F\xBF\xBF"_ba << 1;
    QTest::newRow("a high surrogate") << "\xED\xA0\x80"_ba << 1;
    QTest::newRow("a low surrogate") << "\xED\xBF\xBF"_ba << 1;
    QTest::newRow("above U+10FFFF") << "\xF4\x90\x80\x80"_ba << 1;
    QTest::newRow("F5") << "abc\xF5\x80\x80\x80"_ba << 3;
    QTest::newRow("FE") << "\xFE"_ba << 0;
    QTest::newRow("FF") << "\xFF"_ba << 0;
    QTest::newRow("a character cut short by ASCII") << "\xE2\x82x"_ba << 2;
    QTest::newRow("a character cut short by another") << "\xE2\x82\xE2\x82\xAC"_ba << 2;
    QTest::newRow("one continuation too many") << "\xC3\xA9\xA9"_ba << 2;
    QTest::newRow("behind much ASCII") << QByteArray(100, 'x') + '\xFF' << 100;
}

void Utf8ValidatorTest::failsAtTheFirstWrongByte()
{
    QFETCH(const QByteArray, text);
    QFETCH(const int, accepted);
    QCOMPARE(acceptedBytes(text), accepted);
    QVERIFY(!Utf8Validator().feed(text));
    QVERIFY(Utf8Validator().feed(QByteArrayView(text).first(accepted)));
    QVERIFY(!Utf8Validator().feed(QByteArrayView(text).first(accepted + 1)));
}

// All sequences of four bytes, of which each is at a limit of some range.
void Utf8ValidatorTest::agreesWithTheDefinition()
{
    constexpr std::array<quint8, 23> limits{0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
                                            0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED,
                                            0xEE, 0xEF, 0xF0, 0xF3, 0xF4, 0xF5, 0xFF};
    constexpr std::size_t count = limits.size();
    for (std::size_t number = 0; number < count * count * count * count; ++number) {
        std::array<char, 4> text{};
        std::size_t digits = number;
        for (char &byte : text) {
            byte = static_cast<char>(limits.at(digits % count));
            digits /= count;
        }
        Utf8Validator validator;
        const bool isAccepted = validator.feed(text) && validator.isComplete();
        QVERIFY2(isAccepted == isUtf8(text), QByteArray(text.data(), 4).toHex().constData());
    }
}

void Utf8ValidatorTest::findsOneWrongByteAnywhere()
{
    for (qsizetype size = 1; size < 70; ++size) {
        for (qsizetype at = 0; at < size; ++at) {
            QByteArray text(size, 'a');
            QVERIFY(Utf8Validator().feed(text));
            text[at] = '\x80';
            QVERIFY(!Utf8Validator().feed(text));
        }
    }
}

void Utf8ValidatorTest::isIncompleteInsideACharacter()
{
    Utf8Validator validator;
    QVERIFY(validator.isComplete());
    QVERIFY(validator.feed("\xF0\x9F"));
    QVERIFY(!validator.isComplete());
    QVERIFY(validator.feed(""));
    QVERIFY(!validator.isComplete());
    QVERIFY(validator.feed("\x98"));
    QVERIFY(!validator.isComplete());
    QVERIFY(validator.feed("\x80"));
    QVERIFY(validator.isComplete());
}

void Utf8ValidatorTest::beginsAnew()
{
    Utf8Validator validator;
    QVERIFY(validator.feed("\xE2\x82"));
    validator.reset();
    QVERIFY(validator.isComplete());
    QVERIFY(!validator.feed("\xFF"));
    QVERIFY(!validator.feed("a"));
    QVERIFY(!validator.isComplete());
    validator.reset();
    QVERIFY(validator.isComplete());
    QVERIFY(validator.feed("a"));
}

QTEST_APPLESS_MAIN(Utf8ValidatorTest)
#include "tst_utf8validator.moc"
