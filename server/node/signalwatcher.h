// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace switchboard {

/// Turns SIGTERM and SIGINT into a Qt signal (signalfd(2)). Only the first: after it a second one ends the
/// process at once, as it would have without this class. Must be made before any other thread is.
class SignalWatcher : public QObject
{
    Q_OBJECT

public:
    explicit SignalWatcher(QObject *parent = nullptr);
    ~SignalWatcher() override;

Q_SIGNALS:
    /// SIGTERM or SIGINT.
    void terminationRequested();
    /// SIGHUP.
    void reloadRequested();

private:
    void onReadable();

    int m_descriptor = -1;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace switchboard
