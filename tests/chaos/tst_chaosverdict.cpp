// SPDX-License-Identifier: BSD-3-Clause
#include <QTest>

#include "chaos/verdict.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const Time Start{std::chrono::hours(1)};

// Two daemons, which have been ready since the start, with two clients each; those of even numbers are in the
// room "r".
struct Story
{
    Story()
        : gaps{Gaps(1), Gaps(1)}
    {
        for (Gaps &each : gaps) {
            each.noteStart(Start - 100s);
            each.read("Connected; all subscriptions are confirmed\n", Start - 100s, Start - 99s);
        }
        for (int session = 0; session < 4; ++session) {
            journal.open(session / 2, Start);
            if (session % 2 == 0) {
                journal.enter(session, "r", Start);
            }
        }
    }

    int say(int session, Time at, const QByteArray &room = {}) { return journal.say(session, room, at); }

    void hear(const QList<int> &sessions, int message, Time at)
    {
        const Said said = journal.messages().at(static_cast<std::size_t>(message));
        for (const int session : sessions) {
            journal.hear(session, said.room, messageText(message), "user " + QByteArray::number(said.session),
                         at);
        }
    }

    /// Something that everybody hears.
    void sayToAll(Time at) { hear({0, 1, 2, 3}, say(0, at), at + 10ms); }

    void awayFrom(int daemon, Time from, Time until)
    {
        Gaps &each = gaps.at(static_cast<std::size_t>(daemon));
        each.read("Not ready: x\n", from + Gaps::noticing, from + Gaps::noticing);
        each.read("Connected; all subscriptions are confirmed\n", until, until);
    }

    Journal journal;
    std::vector<Gaps> gaps;
};

using Plot = std::function<void(Story &)>;

} // namespace

Q_DECLARE_METATYPE(Plot)

/// The judge of the chaos test finds what it is to find, and nothing else.
class ChaosVerdictTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void verdict_data();
    void verdict();

private:
    static void addInnocent();
    static void addGuilty();
};

void ChaosVerdictTest::addInnocent()
{
    QTest::newRow("all hear all") << Plot([](Story &story) {
        for (int i = 0; i < 10; ++i) {
            story.sayToAll(Start + i * 1s);
        }
        story.hear({0, 2}, story.say(2, Start + 20s, "r"), Start + 21s);
        story.sayToAll(Start + 30s);
    }) << u""_s;
    QTest::newRow("lost in a gap") << Plot([](Story &story) {
        story.awayFrom(1, Start + 1s, Start + 15s);
        story.hear({0, 1}, story.say(0, Start + 2s), Start + 3s);
        story.sayToAll(Start + 20s);
    }) << u""_s;
    QTest::newRow("refused") << Plot([](Story &story) {
        story.awayFrom(0, Start + 1s, Start + 15s);
        story.say(0, Start + 2s);
        story.journal.refuse(0, {Start + 5s, Start + 5s, false});
        story.sayToAll(Start + 60s);
    }) << u""_s;
    QTest::newRow("lost with its sender") << Plot([](Story &story) {
        story.say(0, Start + 2s);
        story.journal.end(0, Start + 3s);
    }) << u""_s;
    QTest::newRow("before one came") << Plot([](Story &story) {
        story.hear({0, 1, 2, 3}, story.say(0, Start + 2s), Start + 4s);
        story.journal.open(1, Start + 3s);
        story.hear({0, 1, 2, 3, 4}, story.say(0, Start + 5s), Start + 6s);
    }) << u""_s;
    QTest::newRow("still on the way") << Plot([](Story &story) {
        story.sayToAll(Start + 1s);
        story.hear({0, 1, 2}, story.say(0, Start + 2s), Start + 4s);
    }) << u""_s;
    QTest::newRow("lost in a frozen Redis") << Plot([](Story &story) {
        for (Gaps &gaps : story.gaps) {
            gaps.noteFreeze(Start + 1s, Start + 25s);
        }
        story.awayFrom(1, Start + 20s, Start + 40s);
        story.hear({0, 1}, story.say(0, Start + 2s), Start + 3s);
        story.sayToAll(Start + 50s);
    }) << u""_s;
}

void ChaosVerdictTest::addGuilty()
{
    QTest::newRow("lost") << Plot([](Story &story) {
        story.hear({0, 1, 2}, story.say(0, Start + 2s), Start + 3s);
        story.sayToAll(Start + 4s);
    }) << u"session 3 on daemon 1 missed message 0"_s;
    QTest::newRow("lost in a room") << Plot([](Story &story) {
        story.hear({0}, story.say(0, Start + 2s, "r"), Start + 3s);
        story.sayToAll(Start + 4s);
    }) << u"session 2 on daemon 1 missed message 0"_s;
    QTest::newRow("lost after a gap") << Plot([](Story &story) {
        story.awayFrom(1, Start + 1s, Start + 15s);
        story.hear({0, 1, 2}, story.say(0, Start + 16s), Start + 17s);
        story.sayToAll(Start + 20s);
    }) << u"session 3 on daemon 1 missed message 0"_s;
    QTest::newRow("lost for all") << Plot([](Story &story) {
        story.say(0, Start + 2s);
        story.sayToAll(Start + 40s);
    }) << u"nobody heard message 0"_s;
    QTest::newRow("two lost for all, one refused") << Plot([](Story &story) {
        story.say(0, Start + 2s);
        story.say(0, Start + 3s);
        story.journal.refuse(0, {Start + 4s, Start + 4s, false});
        story.sayToAll(Start + 40s);
    }) << u"nobody heard message 1"_s;
    QTest::newRow("refused by the wrong word") << Plot([](Story &story) {
        story.say(0, Start + 2s);
        story.journal.refuse(0, {Start + 4s, Start + 4s, true});
        story.sayToAll(Start + 40s);
    }) << u"nobody heard message 0"_s;
    QTest::newRow("refused without a cause") << Plot([](Story &story) {
        story.journal.refuse(0, {Start + 4s, Start + 4s, false});
    }) << u"session 0 was refused while daemon 0 was ready"_s;
    QTest::newRow("twice") << Plot([](Story &story) {
        const int message = story.say(0, Start + 2s);
        story.hear({0, 1, 2, 3, 3}, message, Start + 3s);
    }) << u"session 3 heard message 0"_s;
    QTest::newRow("overtaken") << Plot([](Story &story) {
        const int first = story.say(0, Start + 2s);
        const int second = story.say(0, Start + 2s);
        story.hear({0, 1, 2, 3}, second, Start + 3s);
        story.hear({0, 1, 2, 3}, first, Start + 3s);
    }) << u"session 0 heard message 0"_s;
    QTest::newRow("in different orders") << Plot([](Story &story) {
        const int first = story.say(0, Start + 2s);
        const int second = story.say(1, Start + 2s);
        story.hear({0, 1, 2}, first, Start + 3s);
        story.hear({0, 1, 2, 3}, second, Start + 3s);
        story.hear({3}, first, Start + 3s);
    }) << u"in different orders"_s;
    QTest::newRow("never said") << Plot([](Story &story) { story.journal.hear(0, {}, "0 ", {}, Start + 2s); })
                                << u"heard what nobody said"_s;
    QTest::newRow("garbled") << Plot([](Story &story) {
        story.say(0, Start + 1s);
        story.journal.hear(0, {}, messageText(0) + "!", {}, Start + 2s);
    }) << u"heard what nobody said"_s;
    QTest::newRow("in the wrong room") << Plot([](Story &story) {
        story.say(0, Start + 1s, "r");
        story.journal.hear(1, {}, messageText(0), {}, Start + 2s);
    }) << u"heard what nobody said"_s;
    QTest::newRow("by another") << Plot([](Story &story) {
        story.hear({0, 2}, story.say(0, Start + 1s, "r"), Start + 2s);
        story.say(0, Start + 3s, "r");
        story.journal.hear(2, "r", messageText(1), "user 2", Start + 4s);
    }) << u"was shown as user 2's"_s;
}

void ChaosVerdictTest::verdict_data()
{
    QTest::addColumn<Plot>("plot");
    QTest::addColumn<QString>("fault");
    addInnocent();
    addGuilty();
}

void ChaosVerdictTest::verdict()
{
    QFETCH(const Plot, plot);
    QFETCH(const QString, fault);
    Story story;
    plot(story);
    const QStringList faults = findFaults(story.journal, story.gaps);
    if (fault.isEmpty()) {
        QCOMPARE(faults, QStringList());
    } else {
        QVERIFY2(faults.join(u'\n').contains(fault), qPrintable(faults.join(u'\n')));
    }
}

QTEST_GUILESS_MAIN(ChaosVerdictTest)
#include "tst_chaosverdict.moc"
