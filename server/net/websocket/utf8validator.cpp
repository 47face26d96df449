// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/utf8validator.h"

#include <cstring>

namespace switchboard {

namespace {

// Skips ASCII by two words, then by bytes.
const char *skipAscii(const char *at, const char *end)
{
    constexpr quint64 highBits = 0x8080808080808080U;
    quint64 words[2];
    while (end - at >= qsizetype(sizeof words)) {
        std::memcpy(words, at, sizeof words);
        if (((words[0] | words[1]) & highBits) != 0) {
            break;
        }
        at += sizeof words;
    }
    while (at != end && (static_cast<quint8>(*at) & 0x80) == 0) {
        ++at;
    }
    return at;
}

struct Continuation
{
    quint8 count = 0;
    quint8 lowest = 0x80;
    quint8 highest = 0xBF;
};

// How a character goes on after its first byte (RFC 3629 section 4); a count of 0 where it is none.
Continuation continuationOf(quint8 lead)
{
    if (lead < 0xC2 || lead > 0xF4) {
        return {};
    }
    if (lead < 0xE0) {
        return {.count = 1};
    }
    if (lead < 0xF0) {
        return {.count = 2,
                .lowest = lead == 0xE0 ? quint8(0xA0) : quint8(0x80),
                .highest = lead == 0xED ? quint8(0x9F) : quint8(0xBF)};
    }
    return {.count = 3,
            .lowest = lead == 0xF0 ? quint8(0x90) : quint8(0x80),
            .highest = lead == 0xF4 ? quint8(0x8F) : quint8(0xBF)};
}

} // namespace

bool Utf8Validator::feed(QByteArrayView bytes)
{
    const char *at = bytes.data();
    const char *const end = at + bytes.size();
    Continuation next{.count = m_missing, .lowest = m_lowest, .highest = m_highest};
    while (at != end) {
        if (next.count == 0) {
            at = skipAscii(at, end);
            if (at == end) {
                break;
            }
            next = continuationOf(static_cast<quint8>(*at));
            if (next.count == 0) {
                return false;
            }
            ++at;
            continue;
        }
        const auto byte = static_cast<quint8>(*at);
        if (byte < next.lowest || byte > next.highest) {
            return false;
        }
        next = {.count = quint8(next.count - 1)};
        ++at;
    }
    m_missing = next.count;
    m_lowest = next.lowest;
    m_highest = next.highest;
    return true;
}

} // namespace switchboard
