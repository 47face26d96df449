// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QObject>
#include <QProcessEnvironment>
#include <QTimer>

#include <chrono>

namespace switchboard {

/// Tells the service manager how the daemon is, by systemd's protocol: datagrams to the socket that
/// NOTIFY_SOCKET names (sd_notify(3)). Where none is named it does nothing. What cannot be told is not told:
/// the daemon runs as well without.
class ServiceNotifier : public QObject
{
    Q_OBJECT

public:
    /// Finds the socket, and the time of the watchdog (WATCHDOG_USEC, WATCHDOG_PID), in \a environment.
    explicit ServiceNotifier(const QProcessEnvironment &environment, QObject *parent = nullptr);

    /// It serves. \a status is a line for a person. Also what ends reloading().
    void ready(const QByteArray &status);
    /// It reads its settings again; ready() follows.
    void reloading();
    /// It ends, in \a atMost.
    void stopping(std::chrono::milliseconds atMost);
    /// Answers watchdogDue(): the daemon is well.
    void keepAlive();

    /// The time between two signs of life that the service manager is given, which is half of what it asks
    /// for; 0: it asks for none.
    [[nodiscard]] std::chrono::milliseconds watchdogInterval() const;

Q_SIGNALS:
    /// A sign of life is due: keepAlive(), if all is well.
    void watchdogDue();

private:
    void send(const QByteArray &message);

    QByteArray m_socket; // as in the environment; empty: none
    QTimer m_watchdog;
};

} // namespace switchboard
