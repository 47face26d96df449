// SPDX-License-Identifier: BSD-3-Clause
#include "redis/subscriberprobe.h"

#include <algorithm>
#include <utility>

namespace switchboard::redis {

using namespace std::chrono_literals;

namespace {

// A busy server or client must not look deaf, however short the interval; nor need one wait for long.
constexpr std::chrono::milliseconds minimumGrace = 1s;
constexpr std::chrono::milliseconds maximumGrace = 2s;

} // namespace

SubscriberProbe::SubscriberProbe(std::chrono::milliseconds interval, Publish publish, QObject *parent)
    : QObject(parent)
    , m_publish(std::move(publish))
    , m_interval(interval)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &SubscriberProbe::onTimer);
}

void SubscriberProbe::start()
{
    ++m_run;
    m_isProven = false;
    probe();
}

void SubscriberProbe::stop()
{
    ++m_run;
    m_state = State::Stopped;
    m_isProven = false;
    m_timer.stop();
}

void SubscriberProbe::noteMessage(RedisConnection::Clock::time_point time)
{
    m_lastMessage = time;
    m_hasHeard = true;
    if (!m_isProven && m_state != State::Stopped) {
        m_isProven = true;
        Q_EMIT proven();
    }
}

void SubscriberProbe::notePublishable()
{
    if (m_state == State::Blocked) {
        probe();
    }
}

void SubscriberProbe::probe()
{
    m_timer.stop();
    m_state = State::Published;
    m_hasHeard = false;
    if (!m_publish([this, run = m_run](const RedisResult &result) { onPublished(run, result); })) {
        m_state = State::Blocked;
    }
}

void SubscriberProbe::onPublished(quint64 run, const RedisResult &result)
{
    if (run != m_run) {
        return;
    }
    if (result) {
        // The message may have overtaken the reply: they come by different connections.
        if (m_hasHeard) {
            wait(State::Quiet, m_interval);
        } else {
            wait(State::Accepted, std::clamp(m_interval, minimumGrace, maximumGrace));
        }
        return;
    }
    // Lost with its connection, it is sent again when that is back; refused, after a while.
    m_state = State::Blocked;
    m_timer.start(std::max(m_interval, minimumGrace));
    if (result.error().kind == RedisError::Kind::Reply) {
        Q_EMIT failed(result.error());
    }
}

void SubscriberProbe::onTimer()
{
    const auto quiet =
        std::chrono::floor<std::chrono::milliseconds>(RedisConnection::Clock::now() - m_lastMessage);
    switch (m_state) {
    case State::Stopped:
    case State::Published:
        break;
    case State::Blocked:
        probe();
        break;
    case State::Quiet:
        if (quiet < m_interval) {
            wait(State::Quiet, m_interval - quiet);
        } else {
            probe();
        }
        break;
    case State::Accepted:
    case State::LastTurn:
        if (m_hasHeard) {
            wait(State::Quiet, std::max(1ms, m_interval - quiet));
        } else if (m_state == State::Accepted) {
            wait(State::LastTurn, 0ms);
        } else {
            stop();
            Q_EMIT deaf();
        }
        break;
    }
}

void SubscriberProbe::wait(State state, std::chrono::milliseconds time)
{
    m_state = state;
    m_timer.start(time);
}

} // namespace switchboard::redis
