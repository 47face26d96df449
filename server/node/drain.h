// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/closecode.h"

#include <QByteArray>
#include <QObject>
#include <QTimer>
#include <QUuid>

#include <chrono>
#include <vector>

namespace switchboard {

class SessionRegistry;

/// Closes the clients of a node a few at a time, so that they do not all come back, to another node, at once.
class Drain : public QObject
{
    Q_OBJECT

public:
    /// \a registry must outlive it.
    explicit Drain(SessionRegistry &registry, QObject *parent = nullptr);

    /// Closes those who are connected now with \a code and \a reason (UTF-8), evenly over \a time, but never
    /// slower than a hundred a second. The first ones are closed before this returns.
    void start(std::chrono::milliseconds time, CloseCode code, const QByteArray &reason);

Q_SIGNALS:
    /// All have been told.
    void finished();

private:
    void closeSome();

    SessionRegistry &m_registry;
    std::vector<QUuid> m_waiting;
    std::size_t m_perTick = 0;
    CloseCode m_code = CloseCode::GoingAway;
    QByteArray m_reason;
    QTimer m_timer;
};

} // namespace switchboard
