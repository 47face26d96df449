// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QCoreApplication>
#include <QString>

#include <chrono>

namespace switchboard::monitor {

/// Figures as a person reads them, translated and in the default locale.
class Format
{
    Q_DECLARE_TR_FUNCTIONS(switchboard::monitor::Format)

public:
    using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

    /// The largest whole unit, such as "12 s", "3 min", "5 h 20 min", "2 d 4 h"; "0 s" for less than a second
    /// and for what lies ahead.
    [[nodiscard]] static QString duration(std::chrono::milliseconds duration);
    /// The time between \a since and the present, as duration().
    [[nodiscard]] static QString age(Time since);
    /// "640 µs", "1.2 ms", "3.4 s".
    [[nodiscard]] static QString micros(qint64 micros);
    /// "512 B", "1.5 KiB", "20 MiB".
    [[nodiscard]] static QString bytes(qint64 bytes);
    /// "0/s", "0.4/s", "1,234/s".
    [[nodiscard]] static QString rate(double perSecond);
    /// A number with its thousands apart.
    [[nodiscard]] static QString count(qint64 count);
    /// "showing the last 100,000 of 812,233", or an empty text where all are shown.
    [[nodiscard]] static QString bounded(qint64 shown, qint64 total);
    /// The local time of day with milliseconds, such as "14:03:07.512".
    [[nodiscard]] static QString timeOfDay(Time time);
    /// The local date and time.
    [[nodiscard]] static QString dateTime(Time time);
    /// ISO 8601 UTC, as the wire writes it.
    [[nodiscard]] static QString iso(Time time);
};

} // namespace switchboard::monitor
