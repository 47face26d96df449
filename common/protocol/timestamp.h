// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <chrono>
#include <optional>

namespace switchboard::protocol {

/// A moment as the wire writes it: ISO 8601 in UTC, `YYYY-MM-DDTHH:MM:SS[.fraction]Z`, the fraction without
/// trailing zeros and left out when it is zero.
class Timestamp
{
public:
    /// The present, to the nanosecond.
    [[nodiscard]] static Timestamp now();

    /// The moment \a time, to the nanosecond.
    [[nodiscard]] static Timestamp fromTime(std::chrono::sys_time<std::chrono::nanoseconds> time);

    /// Reads what any node may write, and brings it to the form above: `T` or one blank between date and
    /// time, seconds optional, a fraction cut to 12 digits, a zone that is `Z` or an offset `±HH`, `±HHMM` or
    /// `±HH:MM` (a blank may stand before it), second 60, years of more than four digits or below zero.
    /// Nothing where the text is no such time.
    [[nodiscard]] static std::optional<Timestamp> parse(QByteArrayView text);

    /// The moment to the nanosecond. Second 60 is the next minute's 0. What lies outside of the years 1900 to
    /// 2189 becomes the beginning or the end of these, so that the difference of any two fits.
    [[nodiscard]] std::chrono::sys_time<std::chrono::nanoseconds> toTime() const;

    /// The normal form.
    [[nodiscard]] const QByteArray &text() const { return m_text; }

    friend bool operator==(const Timestamp &, const Timestamp &) = default;

private:
    explicit Timestamp(QByteArray text)
        : m_text(std::move(text))
    { }

    QByteArray m_text;
};

} // namespace switchboard::protocol
