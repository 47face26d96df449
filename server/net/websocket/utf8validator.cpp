// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/utf8validator.h"

#include <array>
#include <cstring>

namespace switchboard {

namespace {

// A state is the place in a table's row where the state that follows stands, so a step is one shift.
enum State : quint8 {
    Rejected = 0, // for ever
    Whole = 6,
    OneMore = 12,
    TwoMore = 18,
    ThreeMore = 24,
    // The next byte has fewer values than others (RFC 3629 section 4).
    AfterE0 = 30,
    AfterED = 36,
    AfterF0 = 42,
    AfterF4 = 48,
};
constexpr quint64 stateBits = 63;

constexpr State stateAfterLead(int lead)
{
    if (lead < 0x80) {
        return Whole;
    }
    if (lead < 0xC2 || lead > 0xF4) {
        return Rejected;
    }
    if (lead < 0xE0) {
        return OneMore;
    }
    if (lead < 0xF0) {
        return lead == 0xE0 ? AfterE0 : lead == 0xED ? AfterED : TwoMore;
    }
    return lead == 0xF0 ? AfterF0 : lead == 0xF4 ? AfterF4 : ThreeMore;
}

constexpr quint64 rowOf(int byte)
{
    quint64 row = 0;
    const auto add = [&](State from, State to) { row |= quint64(to) << from; };
    add(Whole, stateAfterLead(byte));
    if (byte >= 0x80 && byte <= 0xBF) {
        add(OneMore, Whole);
        add(TwoMore, OneMore);
        add(ThreeMore, TwoMore);
        add(AfterE0, byte >= 0xA0 ? OneMore : Rejected);
        add(AfterED, byte <= 0x9F ? OneMore : Rejected);
        add(AfterF0, byte >= 0x90 ? TwoMore : Rejected);
        add(AfterF4, byte <= 0x8F ? TwoMore : Rejected);
    }
    return row;
}

constexpr std::array<quint64, 256> makeTable()
{
    std::array<quint64, 256> rows{};
    int byte = 0;
    for (quint64 &row : rows) {
        row = rowOf(byte++);
    }
    return rows;
}

constexpr std::array<quint64, 256> table = makeTable();

constexpr qsizetype blockBytes = 16;

bool isAscii(const char *block)
{
    constexpr quint64 highBits = 0x8080808080808080U;
    quint64 words[2];
    std::memcpy(words, block, blockBytes);
    return ((words[0] | words[1]) & highBits) == 0;
}

quint64 stateAfter(quint64 state, QByteArrayView bytes)
{
    for (const char byte : bytes) {
        state = table[static_cast<quint8>(byte)] >> (state & stateBits);
    }
    return state & stateBits;
}

} // namespace

bool Utf8Validator::feed(QByteArrayView bytes)
{
    static_assert(initialState == Whole);
    quint64 state = m_state;
    while (bytes.size() >= blockBytes) {
        if (state != Whole || !isAscii(bytes.data())) {
            state = stateAfter(state, bytes.first(blockBytes));
        }
        bytes = bytes.sliced(blockBytes);
    }
    m_state = static_cast<quint8>(stateAfter(state, bytes));
    return m_state != Rejected;
}

bool Utf8Validator::isComplete() const
{
    return m_state == Whole;
}

} // namespace switchboard
