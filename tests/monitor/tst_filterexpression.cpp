// SPDX-License-Identifier: BSD-3-Clause
#include "model/filterexpression.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard::monitor;

namespace {

// Terms as [-][key:]<text> or [-][key:]~<regex>.
QString describe(const FilterExpression &filter)
{
    QStringList all;
    for (const FilterExpression::Term &term : filter.terms()) {
        all.append((term.isNegated ? u"-"_s : QString()) + (term.key.isEmpty() ? QString() : term.key + u':')
                   + (term.isRegex ? u'~' + term.regex.pattern() : u'<' + term.text + u'>'));
    }
    return all.join(u' ');
}

} // namespace

class FilterExpressionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parses_data();
    void parses();
    void refuses_data();
    void refuses();
    void matches_data();
    void matches();
    void anyTextIsReadOrRefused();
};

void FilterExpressionTest::parses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("terms");

    const auto add = [](const QString &text, const QString &terms) {
        QTest::newRow(text.toUtf8().constData()) << text << terms;
    };
    add(u""_s, u""_s);
    add(u"  \t "_s, u""_s);
    add(u"word"_s, u"<word>"_s);
    add(u"  two   words "_s, u"<two> <words>"_s);
    add(u"\"two words\""_s, u"<two words>"_s);
    add(u"room:x node:y client:z text"_s, u"room:<x> node:<y> client:<z> <text>"_s);
    add(u"Room:X"_s, u"room:<X>"_s);
    add(u"room:\"a b\" -room:/a|b/"_s, u"room:<a b> -room:~a|b"_s);
    add(u"room:#haskell"_s, u"room:<#haskell>"_s);
    add(u"room:"_s, u"room:<>"_s);
    add(u"-room:"_s, u"-room:<>"_s);
    add(u"-not"_s, u"-<not>"_s);
    add(u"--twice"_s, u"-<-twice>"_s);
    add(u"- a-b"_s, u"<-> <a-b>"_s);
    add(u"-"_s, u"<->"_s);
    add(u"-\"-a\""_s, u"-<-a>"_s);
    add(uR"("\"quoted\" and \\ and \n")"_s, uR"(<"quoted" and \ and \n>)"_s);
    add(u"\"\""_s, u""_s);
    add(u"room:\"\""_s, u"room:<>"_s);
    add(u"/a b/"_s, u"~a b"_s);
    add(uR"(/\d+\/\w/)"_s, uR"(~\d+/\w)"_s);
    add(u"a/b"_s, u"<a/b>"_s);
    add(u"12:30"_s, u"<12:30>"_s);
    add(u":x"_s, u"<:x>"_s);
    add(u"a.b:c"_s, u"<a.b:c>"_s);
    add(u"room:a:b"_s, u"room:<a:b>"_s);
    add(u"日本 émile:x"_s, u"<日本> émile:<x>"_s);
}

void FilterExpressionTest::parses()
{
    QFETCH(QString, text);
    QFETCH(QString, terms);

    const auto filter = FilterExpression::parse(text);
    QVERIFY2(filter, filter ? "" : qPrintable(filter.error().message));
    QCOMPARE(describe(*filter), terms);
    QCOMPARE(filter->isEmpty(), terms.isEmpty());
}

void FilterExpressionTest::refuses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qsizetype>("position");
    QTest::addColumn<QString>("named");

    const auto add = [](const QString &text, qsizetype position, const QString &named) {
        QTest::newRow(text.toUtf8().constData()) << text << position << named;
    };
    add(u"a \"open"_s, 2, u"quotation mark"_s);
    add(u"\"open\\\""_s, 0, u"quotation mark"_s);
    add(u"room:\"open"_s, 5, u"quotation mark"_s);
    add(u"a /open"_s, 2, u"slash"_s);
    add(u"/"_s, 0, u"slash"_s);
    add(u"x -/a(b/"_s, 7, u"parenthes"_s);
    add(u"/*/"_s, 1, u"expression"_s);
    add(u"\"a\"b"_s, 3, u"blank"_s);
    add(u"/a/i"_s, 3, u"blank"_s);
}

void FilterExpressionTest::refuses()
{
    QFETCH(QString, text);
    QFETCH(qsizetype, position);
    QFETCH(QString, named);

    const auto filter = FilterExpression::parse(text);
    QVERIFY2(!filter, "accepted");
    QVERIFY2(filter.error().message.contains(named), qPrintable(filter.error().message));
    QCOMPARE(filter.error().position, position);
}

void FilterExpressionTest::matches_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isTaken");

    const auto add = [](const QString &text, bool isTaken) {
        QTest::newRow(text.toUtf8().constData()) << text << isTaken;
    };
    // Of a row whose room is "lobby" and that says "Hello, wörld" in all.
    add(u""_s, true);
    add(u"hello"_s, true);
    add(u"WÖRLD"_s, true);
    add(u"hello lobby"_s, false);
    add(u"hello room:LOB"_s, true);
    add(u"hello -room:lob"_s, false);
    add(u"-bye -room:hall"_s, true);
    add(u"room:"_s, true);
    add(u"-room:"_s, false);
    add(u"empty:"_s, false);
    add(u"-empty:"_s, true);
    add(u"\"lo, w\""_s, true);
    add(u"/^hello, w.rld$/"_s, true);
    add(u"room:/^obby/"_s, false);
    add(u"-/o{2}/"_s, true);
}

void FilterExpressionTest::matches()
{
    QFETCH(QString, text);
    QFETCH(bool, isTaken);

    const auto filter = FilterExpression::parse(text).value();
    const bool isMatch = filter.matches([&](std::size_t index) {
        const QString &key = filter.terms().at(index).key;
        if (key.isEmpty()) {
            return u"Hello, wörld"_s;
        }
        return key == u"room" ? u"lobby"_s : QString();
    });
    QCOMPARE(isMatch, isTaken);
}

void FilterExpressionTest::anyTextIsReadOrRefused()
{
    const QString alphabet = u"ab:\"/\\- (*é"_s;
    for (int number = 0; number < 50'000; ++number) {
        QString text;
        for (int rest = number; rest > 0; rest /= static_cast<int>(alphabet.size())) {
            text.append(alphabet.at(rest % alphabet.size()));
        }
        const auto filter = FilterExpression::parse(text);
        if (!filter) {
            QVERIFY(!filter.error().message.isEmpty());
            QVERIFY(filter.error().position >= 0 && filter.error().position <= text.size());
        }
    }
}

QTEST_GUILESS_MAIN(FilterExpressionTest)
#include "tst_filterexpression.moc"
