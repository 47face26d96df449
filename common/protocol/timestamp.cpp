// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/timestamp.h"

#include <algorithm>
#include <cstdlib>

namespace switchboard::protocol {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::minutes;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr qsizetype maximumFractionDigits = 12;

// At least \a width digits, at most ten.
void appendPadded(QByteArray &text, unsigned number, qsizetype width)
{
    char digits[10];
    qsizetype count = 0;
    for (; number > 0 || count < width; number /= 10) {
        digits[count++] = static_cast<char>('0' + number % 10);
    }
    std::reverse(digits, digits + count);
    text.append(digits, count);
}

// The normal form of a moment given as minutes since the epoch, so that second 60 can stand beside them.
QByteArray format(std::chrono::sys_time<minutes> minute, int second, QByteArrayView fraction)
{
    const auto day = floor<days>(minute);
    const year_month_day date(day);
    const auto minuteOfDay = static_cast<unsigned>((minute - day).count());

    QByteArray text;
    text.reserve(40);
    const int year = static_cast<int>(date.year());
    if (year < 0) {
        text.append('-');
    }
    appendPadded(text, static_cast<unsigned>(std::abs(year)), 4);
    text.append('-');
    appendPadded(text, static_cast<unsigned>(date.month()), 2);
    text.append('-');
    appendPadded(text, static_cast<unsigned>(date.day()), 2);
    text.append('T');
    appendPadded(text, minuteOfDay / 60, 2);
    text.append(':');
    appendPadded(text, minuteOfDay % 60, 2);
    text.append(':');
    appendPadded(text, static_cast<unsigned>(second), 2);
    while (fraction.endsWith('0')) {
        fraction.chop(1);
    }
    if (!fraction.isEmpty()) {
        text.append('.').append(fraction);
    }
    text.append('Z');
    return text;
}

// Reads a text from left to right.
class Scanner
{
public:
    explicit Scanner(QByteArrayView text)
        : m_rest(text)
    { }

    [[nodiscard]] bool atEnd() const { return m_rest.isEmpty(); }

    bool take(char c)
    {
        if (!m_rest.startsWith(c)) {
            return false;
        }
        m_rest = m_rest.sliced(1);
        return true;
    }

    QByteArrayView takeDigits()
    {
        qsizetype count = 0;
        while (count < m_rest.size() && m_rest[count] >= '0' && m_rest[count] <= '9') {
            ++count;
        }
        const QByteArrayView digits = m_rest.first(count);
        m_rest = m_rest.sliced(count);
        return digits;
    }

    // A number of exactly two digits.
    std::optional<int> takePair()
    {
        if (m_rest.size() < 2) {
            return std::nullopt;
        }
        const char tens = m_rest[0];
        const char ones = m_rest[1];
        if (tens < '0' || tens > '9' || ones < '0' || ones > '9') {
            return std::nullopt;
        }
        m_rest = m_rest.sliced(2);
        return (tens - '0') * 10 + (ones - '0');
    }

private:
    QByteArrayView m_rest;
};

std::optional<sys_days> takeDate(Scanner &scanner)
{
    const bool negative = scanner.take('-');
    const QByteArrayView yearDigits = scanner.takeDigits();
    // std::chrono::year ends at 32767.
    if (yearDigits.size() < 4 || yearDigits.size() > 5) {
        return std::nullopt;
    }
    const int year = yearDigits.toByteArray().toInt();
    if (year > 32767 || !scanner.take('-')) {
        return std::nullopt;
    }
    const auto month = scanner.takePair();
    if (!month || !scanner.take('-')) {
        return std::nullopt;
    }
    const auto day = scanner.takePair();
    if (!day) {
        return std::nullopt;
    }
    const year_month_day date(std::chrono::year(negative ? -year : year),
                              std::chrono::month(static_cast<unsigned>(*month)),
                              std::chrono::day(static_cast<unsigned>(*day)));
    if (!date.ok()) {
        return std::nullopt;
    }
    return sys_days(date);
}

// The offset from UTC that stands at the end.
std::optional<minutes> takeZone(Scanner &scanner)
{
    scanner.take(' ');
    if (scanner.take('Z')) {
        return minutes(0);
    }
    const bool negative = scanner.take('-');
    if (!negative && !scanner.take('+')) {
        return std::nullopt;
    }
    const auto hours = scanner.takePair();
    if (!hours) {
        return std::nullopt;
    }
    int minute = 0;
    if (!scanner.atEnd()) {
        scanner.take(':');
        const auto pair = scanner.takePair();
        if (!pair) {
            return std::nullopt;
        }
        minute = *pair;
    }
    if (*hours > 23 || minute > 59) {
        return std::nullopt;
    }
    const minutes offset(*hours * 60 + minute);
    return negative ? -offset : offset;
}

struct Seconds
{
    int whole = 0;
    QByteArrayView fraction;
};

// The seconds and their fraction; both may be left out.
std::optional<Seconds> takeSeconds(Scanner &scanner)
{
    Seconds seconds;
    if (!scanner.take(':')) {
        return seconds;
    }
    const auto whole = scanner.takePair();
    if (!whole || *whole > 60) {
        return std::nullopt;
    }
    seconds.whole = *whole;
    if (scanner.take('.')) {
        seconds.fraction = scanner.takeDigits();
        if (seconds.fraction.isEmpty()) {
            return std::nullopt;
        }
        seconds.fraction.truncate(qMin(seconds.fraction.size(), maximumFractionDigits));
    }
    return seconds;
}

} // namespace

Timestamp Timestamp::now()
{
    return fromTime(std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now()));
}

Timestamp Timestamp::fromTime(std::chrono::sys_time<std::chrono::nanoseconds> time)
{
    const auto minute = floor<minutes>(time);
    const auto second = floor<std::chrono::seconds>(time - minute);
    QByteArray fraction;
    appendPadded(fraction, static_cast<unsigned>((time - minute - second).count()), 9);
    return Timestamp(format(minute, static_cast<int>(second.count()), fraction));
}

std::optional<Timestamp> Timestamp::parse(QByteArrayView text)
{
    Scanner scanner(text);
    const auto day = takeDate(scanner);
    if (!day || (!scanner.take('T') && !scanner.take(' '))) {
        return std::nullopt;
    }
    const auto hour = scanner.takePair();
    if (!hour || *hour > 23 || !scanner.take(':')) {
        return std::nullopt;
    }
    const auto minute = scanner.takePair();
    if (!minute || *minute > 59) {
        return std::nullopt;
    }
    const auto seconds = takeSeconds(scanner);
    if (!seconds) {
        return std::nullopt;
    }
    const auto offset = takeZone(scanner);
    if (!offset || !scanner.atEnd()) {
        return std::nullopt;
    }
    const auto utc = std::chrono::sys_time<minutes>(*day) + minutes(*hour * 60 + *minute) - *offset;
    // The offset can lead out of the years that std::chrono has.
    if (!year_month_day(floor<days>(utc)).ok()) {
        return std::nullopt;
    }
    return Timestamp(format(utc, seconds->whole, seconds->fraction));
}

std::chrono::sys_time<std::chrono::nanoseconds> Timestamp::toTime() const
{
    using std::chrono::nanoseconds;
    using std::chrono::sys_time;
    constexpr sys_days earliest = std::chrono::year(1900) / 1 / 1;
    constexpr sys_days latest = std::chrono::year(2190) / 1 / 1;

    // The normal form has all of it, so nothing here is missing.
    Scanner scanner(m_text);
    const sys_days day = *takeDate(scanner);
    if (day < earliest) {
        return earliest;
    }
    if (day >= latest) {
        return latest;
    }
    scanner.take('T');
    const int hour = *scanner.takePair();
    scanner.take(':');
    const int minute = *scanner.takePair();
    const Seconds seconds = *takeSeconds(scanner);
    const qint64 fraction = seconds.fraction.first(qMin(seconds.fraction.size(), qsizetype(9)))
                                .toByteArray()
                                .leftJustified(9, '0')
                                .toLongLong();
    return sys_time<nanoseconds>(day) + minutes(hour * 60 + minute) + std::chrono::seconds(seconds.whole)
        + nanoseconds(fraction);
}

} // namespace switchboard::protocol
