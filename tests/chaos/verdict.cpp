// SPDX-License-Identifier: BSD-3-Clause
#include "chaos/verdict.h"

#include <algorithm>
#include <array>

#include <QHash>
#include <QSet>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace switchboard::test {

namespace {

/// After this time a client has been told what became of a message, also one that was slow to read.
constexpr std::chrono::seconds Telling = 30s;

const Session &sessionOf(const Journal &journal, int session)
{
    return journal.sessions().at(static_cast<std::size_t>(session));
}

const Said &messageOf(const Journal &journal, int message)
{
    return journal.messages().at(static_cast<std::size_t>(message));
}

const Gaps &gapsOf(const std::vector<Gaps> &gaps, int daemon)
{
    return gaps.at(static_cast<std::size_t>(daemon));
}

QString describe(const Journal &journal, int message)
{
    const Said &said = messageOf(journal, message);
    const Time start = journal.sessions().front().opened;
    return u"message %1 of session %2 on daemon %3, %4, %5 s after the start,"_s.arg(message)
        .arg(said.session)
        .arg(sessionOf(journal, said.session).daemon)
        .arg(said.room.isEmpty() ? u"in the chat"_s : u"in room "_s + QString::fromUtf8(said.room))
        .arg(std::chrono::duration<double>(said.at - start).count(), 0, 'f', 3);
}

/// Whether a message may be one that its sender was told was refused, or would have been told.
bool isInDoubt(const Journal &journal, const Said &said)
{
    const Session &sender = sessionOf(journal, said.session);
    return sender.ended <= said.at + Telling
        || std::any_of(sender.refusals.cbegin(), sender.refusals.cend(), [&said](const Refusal &refusal) {
               return refusal.isInRoom != said.room.isEmpty() && said.at <= refusal.at
                   && refusal.at <= said.at + Telling;
           });
}

/// How late the messages were said that a session had heard up to each one: latest first said at a place in
/// its order that anything said earlier must have come before.
std::vector<Time> latestSaid(const Journal &journal, const Session &session)
{
    std::vector<Time> latest;
    Time time = Time::min();
    for (const Heard &heard : session.heard) {
        time = std::max(time, messageOf(journal, heard.message).at);
        latest.push_back(time);
    }
    return latest;
}

/// The messages that \a session missed.
QStringList lossesOf(const Journal &journal, std::size_t index, const std::vector<Gaps> &gaps)
{
    const Session &session = journal.sessions()[index];
    const std::vector<Time> latest = latestSaid(journal, session);
    QSet<int> heard;
    for (const Heard &one : session.heard) {
        heard.insert(one.message);
    }
    QStringList faults;
    const auto isEarlier = [](const Said &said, Time time) { return said.at < time; };
    const auto &messages = journal.messages();
    const auto first = std::lower_bound(messages.cbegin(), messages.cend(), session.opened, isEarlier);
    for (auto said = first; said != messages.cend() && said->at < session.ended; ++said) {
        const int number = static_cast<int>(said - messages.cbegin());
        if (!said->firstHeard || heard.contains(number)) {
            continue;
        }
        // Something that was said after others had heard this one proves that its place has gone by.
        const auto proof = std::upper_bound(latest.cbegin(), latest.cend(), *said->firstHeard);
        if (proof == latest.cend()) {
            continue;
        }
        const Time proven = session.heard[static_cast<std::size_t>(proof - latest.cbegin())].at;
        if (session.isIn(said->room, said->at, proven)
            && !gapsOf(gaps, session.daemon).overlaps(said->at, proven)) {
            faults.append(u"session %1 on daemon %2 missed %3 which %4 heard"_s.arg(index)
                              .arg(session.daemon)
                              .arg(describe(journal, number))
                              .arg(journal.hearers(number)));
        }
    }
    return faults;
}

/// The messages of each session that nobody heard.
QHash<int, std::vector<int>> unheardMessages(const Journal &journal)
{
    QHash<int, std::vector<int>> unheard;
    for (int number = 0; number < static_cast<int>(journal.messages().size()); ++number) {
        const Said &said = messageOf(journal, number);
        if (!said.firstHeard) {
            unheard[said.session].push_back(number);
        }
    }
    return unheard;
}

/// Takes the first of \a refusals that a message may have got.
bool takeRefusal(std::vector<Refusal> &refusals, const Said &said)
{
    const auto refusal = std::find_if(refusals.begin(), refusals.end(), [&said](const Refusal &candidate) {
        return candidate.isInRoom != said.room.isEmpty() && said.at <= candidate.at
            && candidate.at <= said.at + Telling;
    });
    if (refusal == refusals.end()) {
        return false;
    }
    refusals.erase(refusal);
    return true;
}

/// Whether a daemon with somebody who ought to have heard a message had no gap.
bool wasHearable(const Journal &journal, const Said &said, const std::vector<Gaps> &gaps)
{
    return std::any_of(journal.sessions().cbegin(), journal.sessions().cend(), [&](const Session &session) {
        return session.isIn(said.room, said.at, said.at + 1s)
            && !gapsOf(gaps, session.daemon).overlaps(said.at, said.at + Gaps::noticing);
    });
}

} // namespace

QStringList findDoubles(const Journal &journal)
{
    QStringList faults;
    for (std::size_t i = 0; i < journal.sessions().size(); ++i) {
        QSet<int> seen;
        for (const Heard &heard : journal.sessions()[i].heard) {
            if (seen.contains(heard.message)) {
                faults.append(u"session %1 heard %2 twice"_s.arg(i).arg(describe(journal, heard.message)));
            }
            seen.insert(heard.message);
        }
    }
    return faults;
}

QStringList findDisorder(const Journal &journal)
{
    // Messages whose predecessors are all placed are placed next (Kahn); what is left is in a circle.
    const std::size_t count = journal.messages().size();
    std::vector<std::vector<int>> followers(count);
    std::vector<int> predecessors(count);
    for (const Session &session : journal.sessions()) {
        for (std::size_t i = 1; i < session.heard.size(); ++i) {
            const int next = session.heard[i].message;
            followers[static_cast<std::size_t>(session.heard[i - 1].message)].push_back(next);
            ++predecessors[static_cast<std::size_t>(next)];
        }
    }
    std::vector<std::size_t> placeable;
    for (std::size_t i = 0; i < count; ++i) {
        if (predecessors[i] == 0) {
            placeable.push_back(i);
        }
    }
    for (std::size_t i = 0; i < placeable.size(); ++i) {
        for (const int follower : followers[placeable[i]]) {
            if (--predecessors[static_cast<std::size_t>(follower)] == 0) {
                placeable.push_back(static_cast<std::size_t>(follower));
            }
        }
    }
    if (placeable.size() == count) {
        return {};
    }
    const auto inCircle =
        std::find_if(predecessors.cbegin(), predecessors.cend(), [](int n) { return n > 0; });
    return {u"clients heard %1 messages in different orders, such as %2"_s.arg(count - placeable.size())
                .arg(describe(journal, static_cast<int>(inCircle - predecessors.cbegin())))};
}

QStringList findOvertaking(const Journal &journal)
{
    QStringList faults;
    for (std::size_t i = 0; i < journal.sessions().size(); ++i) {
        QHash<std::pair<int, QByteArray>, int> last; // by sender and room
        for (const Heard &heard : journal.sessions()[i].heard) {
            const Said &said = messageOf(journal, heard.message);
            if (isInDoubt(journal, said)) {
                continue;
            }
            int &previous = last[{said.session, said.room}];
            if (heard.message < previous) {
                faults.append(u"session %1 heard %2 after number %3"_s.arg(i)
                                  .arg(describe(journal, heard.message))
                                  .arg(previous));
            }
            previous = std::max(previous, heard.message);
        }
    }
    return faults;
}

QStringList findLosses(const Journal &journal, const std::vector<Gaps> &gaps)
{
    QStringList faults;
    for (std::size_t i = 0; i < journal.sessions().size(); ++i) {
        faults += lossesOf(journal, i, gaps);
    }
    return faults;
}

QStringList findUnexplainedSilence(const Journal &journal, const std::vector<Gaps> &gaps)
{
    QStringList faults;
    const QHash<int, std::vector<int>> unheard = unheardMessages(journal);
    for (auto entry = unheard.cbegin(); entry != unheard.cend(); ++entry) {
        const Session &sender = sessionOf(journal, entry.key());
        std::vector<Refusal> refusals = sender.refusals;
        for (const int number : entry.value()) {
            const Said &said = messageOf(journal, number);
            if (!takeRefusal(refusals, said) && sender.ended > said.at + Telling
                && wasHearable(journal, said, gaps)) {
                faults.append(
                    u"nobody heard %1 and its sender was not told"_s.arg(describe(journal, number)));
            }
        }
    }
    return faults;
}

QStringList findCauselessRefusals(const Journal &journal, const std::vector<Gaps> &gaps)
{
    constexpr std::chrono::seconds Slack = 3s; // the word to us and that to the client come by two ways
    QStringList faults;
    for (std::size_t i = 0; i < journal.sessions().size(); ++i) {
        const Session &session = journal.sessions()[i];
        for (const Refusal &refusal : session.refusals) {
            if (!gapsOf(gaps, session.daemon).overlaps(refusal.since - Slack, refusal.at + Slack)) {
                faults.append(
                    u"session %1 was refused while daemon %2 was ready"_s.arg(i).arg(session.daemon));
            }
        }
    }
    return faults;
}

QStringList findFaults(const Journal &journal, const std::vector<Gaps> &gaps)
{
    return journal.faults() + findDoubles(journal) + findDisorder(journal) + findOvertaking(journal)
        + findLosses(journal, gaps) + findUnexplainedSilence(journal, gaps)
        + findCauselessRefusals(journal, gaps);
}

} // namespace switchboard::test
