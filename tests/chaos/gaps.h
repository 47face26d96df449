// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include <QByteArray>

#include "chaos/journal.h"

namespace switchboard::test {

/// When a daemon may have missed messages of Redis, by its own account: from a time before it said that it is
/// not ready to when it said that it is again. What is not in a gap it must not miss.
class Gaps
{
public:
    /// How long a daemon may take to find that Redis is gone: the time between its PINGs, their deadline, and
    /// what a busy machine takes.
    static constexpr std::chrono::seconds noticing{8};

    /// \param workers of the daemon, each of which gives an account
    explicit Gaps(int workers);

    /// The daemon starts; it has yet to get ready.
    void noteStart(Time at);

    /// The daemon or Redis has been frozen from \a from to \a until; nobody noticed anything meanwhile.
    void noteFreeze(Time from, Time until) { m_freezes.push_back({from, until}); }

    /// Reads what the daemon has written since the last call, which was at \a lastLook.
    void read(const QByteArray &output, Time lastLook, Time now);

    [[nodiscard]] bool isOpen() const { return m_away > 0; }
    [[nodiscard]] bool overlaps(Time from, Time until) const;
    [[nodiscard]] std::size_t count() const { return m_gaps.size(); }

private:
    struct Span
    {
        Time from;
        Time until;
    };

    void open(Time noticed);

    int m_workers;
    int m_away = 0; ///< workers that are not ready
    std::vector<Span> m_gaps;
    std::vector<Span> m_freezes;
    QByteArray m_line; ///< that has no end yet
};

} // namespace switchboard::test
