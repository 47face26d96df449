// SPDX-License-Identifier: BSD-3-Clause
#include "model/format.h"

#include "protocol/timestamp.h"

#include <QDateTime>
#include <QLocale>

namespace switchboard::monitor {

namespace {

QDateTime localTime(Format::Time time)
{
    const auto millis = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
    return QDateTime::fromMSecsSinceEpoch(millis.count());
}

// A number with as many decimals as three digits leave room for.
QString threeDigits(double number)
{
    return QLocale().toString(number, 'f', number < 9.95 ? 1 : 0);
}

} // namespace

QString Format::duration(std::chrono::milliseconds duration)
{
    using namespace std::chrono;
    const auto whole = floor<seconds>(duration);
    if (whole < minutes(1)) {
        return tr("%1 s").arg(qMax<qint64>(0, whole.count()));
    }
    if (whole < hours(1)) {
        return tr("%1 min").arg(floor<minutes>(whole).count());
    }
    if (whole < days(1)) {
        return tr("%1 h %2 min")
            .arg(floor<hours>(whole).count())
            .arg(floor<minutes>(whole % hours(1)).count());
    }
    return tr("%1 d %2 h").arg(floor<days>(whole).count()).arg(floor<hours>(whole % days(1)).count());
}

QString Format::age(Time since)
{
    const auto age = std::chrono::system_clock::now() - since;
    return duration(std::chrono::floor<std::chrono::milliseconds>(age));
}

QString Format::micros(qint64 micros)
{
    if (micros < 1000) {
        return tr("%1 µs").arg(micros);
    }
    const auto number = static_cast<double>(micros);
    return micros < 999'500 ? tr("%1 ms").arg(threeDigits(number / 1e3))
                            : tr("%1 s").arg(threeDigits(number / 1e6));
}

QString Format::bytes(qint64 bytes)
{
    return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeIecFormat);
}

QString Format::rate(double perSecond)
{
    const bool isWhole =
        perSecond >= 9.95 || perSecond == static_cast<double>(static_cast<qint64>(perSecond));
    return tr("%1/s").arg(QLocale().toString(perSecond, 'f', isWhole ? 0 : 1));
}

QString Format::count(qint64 count)
{
    return QLocale().toString(count);
}

QString Format::bounded(qint64 shown, qint64 total)
{
    if (shown >= total) {
        return {};
    }
    return tr("showing the last %1 of %2").arg(count(shown), count(total));
}

QString Format::timeOfDay(Time time)
{
    return localTime(time).toString(QStringLiteral("HH:mm:ss.zzz"));
}

QString Format::dateTime(Time time)
{
    return QLocale().toString(localTime(time), QLocale::ShortFormat);
}

QString Format::iso(Time time)
{
    return QString::fromLatin1(protocol::Timestamp::fromTime(time).text());
}

} // namespace switchboard::monitor
