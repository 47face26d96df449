// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QUuid>

#include <array>
#include <cstddef>

namespace switchboard {

/// Makes ids for clients: random UUIDs of version 4 (RFC 4122 section 4.4) that nobody can guess. The
/// system's random numbers are fetched for many at a time, which costs a fraction of fetching them one by
/// one.
class ClientIds
{
public:
    [[nodiscard]] QUuid next();

private:
    static constexpr std::size_t wordsPerId = 4;
    static constexpr std::size_t idsAtATime = 64;

    std::array<quint32, wordsPerId * idsAtATime> m_words{};
    std::size_t m_next = m_words.size();
};

} // namespace switchboard
