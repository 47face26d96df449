// SPDX-License-Identifier: BSD-3-Clause
#include "bench/numberedtext.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace switchboard::bench {

namespace {

constexpr std::size_t senderDigits = 6;
constexpr std::size_t sequenceDigits = 9;
constexpr std::size_t markSize = 9; // "[sb:RRRR:"
constexpr std::size_t sequencePosition = markSize + senderDigits + 1;

static_assert(sequencePosition + sequenceDigits + 1 == NumberedText::minimumSize);

void writeDigits(char *end, std::size_t count, std::uint32_t value)
{
    for (; count > 0; --count) {
        *--end = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

std::optional<std::uint32_t> readDigits(const char *begin, std::size_t count)
{
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (begin[i] < '0' || begin[i] > '9') {
            return std::nullopt;
        }
        value = value * 10 + static_cast<std::uint32_t>(begin[i] - '0');
    }
    return value;
}

} // namespace

NumberedText::NumberedText(std::size_t size, std::uint16_t run)
    : m_text(std::max(size, minimumSize), 'x')
{
    char mark[markSize + 1];
    std::snprintf(mark, sizeof mark, "[sb:%04x:", run);
    m_mark = mark;
    m_text.replace(0, markSize, m_mark);
    m_text[markSize + senderDigits] = ':';
    m_text[minimumSize - 1] = ']';
}

std::string_view NumberedText::write(MessageNumber number)
{
    writeDigits(m_text.data() + markSize + senderDigits, senderDigits, number.sender);
    writeDigits(m_text.data() + sequencePosition + sequenceDigits, sequenceDigits, number.sequence);
    return m_text;
}

std::optional<MessageNumber> NumberedText::find(std::string_view message)
{
    if (message.size() < m_lastPosition + minimumSize
        || std::memcmp(message.data() + m_lastPosition, m_mark.data(), markSize) != 0) {
        const std::size_t position = message.find(m_mark);
        if (position == std::string_view::npos || message.size() - position < minimumSize) {
            return std::nullopt;
        }
        m_lastPosition = position;
    }
    const char *text = message.data() + m_lastPosition;
    const auto sender = readDigits(text + markSize, senderDigits);
    const auto sequence = readDigits(text + sequencePosition, sequenceDigits);
    if (!sender || !sequence) {
        return std::nullopt;
    }
    return MessageNumber{*sender, *sequence};
}

} // namespace switchboard::bench
