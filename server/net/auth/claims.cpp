// SPDX-License-Identifier: BSD-3-Clause
#include "net/auth/claims.h"

#include <algorithm>

namespace switchboard {

namespace {

// In at most pattern.size() * text.size() steps: of the stars that could take more, only the last one tries.
bool matches(QByteArrayView pattern, QByteArrayView text)
{
    qsizetype at = 0; // in the pattern
    qsizetype star = -1; // where the last star stood
    qsizetype behindStar = 0; // in the text, where what that star takes ends
    for (qsizetype i = 0; i < text.size();) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            behindStar = i;
        } else if (at < pattern.size() && pattern[at] == text[i]) {
            ++at;
            ++i;
        } else if (star >= 0) {
            at = star + 1;
            i = ++behindStar;
        } else {
            return false;
        }
    }
    const QByteArrayView rest = pattern.sliced(at);
    return std::all_of(rest.begin(), rest.end(), [](char c) { return c == '*'; });
}

} // namespace

TokenTime currentTokenTime()
{
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

bool Claims::mayJoin(QByteArrayView room) const
{
    return !rooms || std::any_of(rooms->begin(), rooms->end(), [room](const QByteArray &pattern) {
        return matches(pattern, room);
    });
}

} // namespace switchboard
