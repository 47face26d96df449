// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace switchboard::bench {

/// Which message of a run one is.
struct MessageNumber
{
    std::uint32_t sender = 0; ///< Counted from 0, below NumberedText::maximumSenders.
    std::uint32_t sequence = 0; ///< Of this sender, counted from 0.
};

/// Texts of one size that say which message they are, and finds out which one a received message is:
///
///     [sb:RRRR:SSSSSS:NNNNNNNNN]xxxxxx…
///
/// with the run, the sender and the sequence number. Messages of other runs and other people are told apart.
class NumberedText
{
public:
    /// The shortest text that has room for its number.
    static constexpr std::size_t minimumSize = 26;
    static constexpr std::uint32_t maximumSenders = 1'000'000;

    /// \param size of every text in bytes, at least minimumSize
    /// \param run tells this run's texts from those of others
    explicit NumberedText(std::size_t size, std::uint16_t run);

    /// The text of a message; stands until the next call.
    [[nodiscard]] std::string_view write(MessageNumber number);

    /// Finds the number in \a message, which may have anything around the text; nothing if it has none of
    /// this run. Costs no search where the text stands at the same place as in the last one.
    [[nodiscard]] std::optional<MessageNumber> find(std::string_view message);

private:
    std::string m_text;
    std::string m_mark;
    std::size_t m_lastPosition = 0;
};

} // namespace switchboard::bench
