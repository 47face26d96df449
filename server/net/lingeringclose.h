// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/filedescriptor.h"
#include "net/websocketsession.h"

#include <QObject>
#include <QSocketNotifier>

namespace switchboard {

/// Ends a TCP connection so that the peer gets what was sent last. Closing a socket while the peer's data
/// lies there unread makes the kernel send a reset, which can overtake a close frame. So the sending side is
/// shut (FIN), and what still comes is thrown away until the peer closes too, or for at most two seconds.
class LingeringClose : public QObject
{
    Q_OBJECT

public:
    /// Takes \a descriptor over. Deletes itself when it is done, at the latest with \a parent; \a services,
    /// which count it, must outlive it.
    LingeringClose(FileDescriptor descriptor, SessionServices &services, QObject *parent);
    ~LingeringClose() override;
    Q_DISABLE_COPY_MOVE(LingeringClose)

private:
    void onReadable();

    SessionServices &m_services;
    FileDescriptor m_descriptor;
    QSocketNotifier m_notifier;
    Deadline m_deadline;
};

} // namespace switchboard
