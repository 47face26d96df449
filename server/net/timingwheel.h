// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QBasicTimer>
#include <QElapsedTimer>
#include <QObject>

#include <array>
#include <chrono>
#include <functional>

namespace switchboard {

class TimingWheel;

/// One thing that is to happen later, kept in a TimingWheel. Starting, moving and stopping cost the same
/// however many there are. It stops itself when it is destroyed.
class Deadline
{
public:
    /// \a onExpired is called on the wheel's event loop each time a start() has run out; it may start, stop
    /// or destroy this or any other deadline.
    Deadline(TimingWheel &wheel, std::function<void()> onExpired);
    ~Deadline();
    Q_DISABLE_COPY_MOVE(Deadline)

    /// Runs out once after \a delay, at most two TimingWheel::ticks later; a running one is moved.
    void start(std::chrono::milliseconds delay);
    void stop();
    [[nodiscard]] bool isActive() const { return m_previous != nullptr; }

private:
    friend class TimingWheel;

    TimingWheel &m_wheel;
    std::function<void()> m_onExpired;
    Deadline **m_previous = nullptr; // the pointer that points here
    Deadline *m_next = nullptr;
    quint64 m_dueTick = 0;
};

/// Coarse deadlines for many clients from one timer (a hashed timing wheel): a client costs no timer of its
/// own. The timer stands still while there are no deadlines.
class TimingWheel : public QObject
{
    Q_OBJECT

public:
    /// The resolution.
    static constexpr std::chrono::milliseconds tick{100};

    explicit TimingWheel(QObject *parent = nullptr);
    ~TimingWheel() override;

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    friend class Deadline;
    static constexpr std::size_t slotCount = 512;

    void insert(Deadline &deadline, std::chrono::milliseconds delay);
    void remove(Deadline &deadline);
    void expireSlot(quint64 tickNumber);
    [[nodiscard]] quint64 currentTick() const;

    std::array<Deadline *, slotCount> m_slots{};
    QElapsedTimer m_clock;
    QBasicTimer m_timer;
    quint64 m_lastTick = 0;
    qsizetype m_count = 0;
};

} // namespace switchboard
