// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QPointF>

#include <array>
#include <chrono>
#include <optional>
#include <vector>

namespace switchboard::monitor {

/// A figure over the last quarter of an hour, one value a second. Its memory is fixed.
class TimeSeries
{
public:
    using Seconds = std::chrono::sys_seconds;
    /// How far back it reaches.
    static constexpr std::chrono::seconds span{15 * 60};

    /// Sets the value of \a second, and leaves a gap where seconds were skipped. One that is further from the
    /// newest than the span, in either direction (a clock was set), begins the series anew.
    void set(Seconds second, double value);

    /// The value of \a second, or nothing where there is none.
    [[nodiscard]] std::optional<double> at(Seconds second) const;

    /// The values in the \a window that ends with \a now, oldest first: x is the second, in milliseconds
    /// since 1970 as QDateTimeAxis takes it; gaps are left out.
    [[nodiscard]] std::vector<QPointF> points(Seconds now, std::chrono::seconds window) const;

private:
    static constexpr std::size_t size = span.count();
    [[nodiscard]] static std::size_t slot(Seconds second);

    std::array<double, size> m_values{};
    std::optional<Seconds> m_last; ///< of nothing so far
};

} // namespace switchboard::monitor
