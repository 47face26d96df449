// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "metrics/histogram.h"

#include <QObject>
#include <QTimer>

#include <chrono>

namespace switchboard {

/// Finds out how long whatever happens on its event loop has to wait for its turn: by how much later than it
/// should a timer comes, four times a second.
class LoopDelayMeter : public QObject
{
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds interval{250};

    explicit LoopDelayMeter(QObject *parent = nullptr);

    [[nodiscard]] const Histogram &delays() const { return m_delays; }

private:
    using Clock = std::chrono::steady_clock;

    void onTimer();

    QTimer m_timer;
    Clock::time_point m_startedAt = Clock::now();
    Histogram m_delays;
};

} // namespace switchboard
