// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/unmask.h"

#include <bit>
#include <cstring>

namespace switchboard {

namespace {

// The key as it is for the byte that many bytes on.
quint32 turned(quint32 key, std::size_t bytes)
{
    const int bits = 8 * static_cast<int>(bytes % sizeof key);
    return std::endian::native == std::endian::little ? std::rotr(key, bits) : std::rotl(key, bits);
}

} // namespace

quint32 unmask(std::span<char> bytes, quint32 key)
{
    const quint64 wideKey = (quint64(key) << 32) | key;
    char *at = bytes.data();
    std::size_t left = bytes.size();
    quint64 words[4];
    for (; left >= sizeof words; at += sizeof words, left -= sizeof words) {
        std::memcpy(words, at, sizeof words);
        for (quint64 &word : words) {
            word ^= wideKey;
        }
        std::memcpy(at, words, sizeof words);
    }
    for (; left >= sizeof wideKey; at += sizeof wideKey, left -= sizeof wideKey) {
        std::memcpy(words, at, sizeof wideKey);
        words[0] ^= wideKey;
        std::memcpy(at, words, sizeof wideKey);
    }
    char keyBytes[sizeof wideKey];
    std::memcpy(keyBytes, &wideKey, sizeof wideKey);
    for (std::size_t i = 0; i < left; ++i) {
        at[i] = static_cast<char>(at[i] ^ keyBytes[i]);
    }
    return turned(key, bytes.size());
}

} // namespace switchboard
