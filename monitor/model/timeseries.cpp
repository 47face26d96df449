// SPDX-License-Identifier: BSD-3-Clause
#include "model/timeseries.h"

#include <QtGlobal>

#include <cmath>
#include <limits>

namespace switchboard::monitor {

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

} // namespace

std::size_t TimeSeries::slot(Seconds second)
{
    const auto count = second.time_since_epoch().count() % static_cast<qint64>(size);
    return static_cast<std::size_t>(count < 0 ? count + static_cast<qint64>(size) : count);
}

void TimeSeries::set(Seconds second, double value)
{
    if (!m_last || second >= *m_last + span || second <= *m_last - span) {
        m_values.fill(nothing);
        m_last = second;
    }
    for (; *m_last < second; *m_last += std::chrono::seconds(1)) {
        m_values[slot(*m_last + std::chrono::seconds(1))] = nothing;
    }
    m_values[slot(second)] = value;
}

std::optional<double> TimeSeries::at(Seconds second) const
{
    if (!m_last || second > *m_last || second <= *m_last - span) {
        return std::nullopt;
    }
    const double value = m_values[slot(second)];
    return std::isnan(value) ? std::nullopt : std::optional(value);
}

std::vector<QPointF> TimeSeries::points(Seconds now, std::chrono::seconds window) const
{
    std::vector<QPointF> points;
    points.reserve(static_cast<std::size_t>(window.count()));
    for (auto second = now - window + std::chrono::seconds(1); second <= now;
         second += std::chrono::seconds(1)) {
        if (const auto value = at(second)) {
            points.emplace_back(static_cast<double>(second.time_since_epoch().count()) * 1000, *value);
        }
    }
    return points;
}

} // namespace switchboard::monitor
