// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/framejoiner.h"

#include <QObject>

#include <vector>

namespace switchboard {

class WebSocketSession;

/// The sessions that were given frames in this turn of the event loop. Each is flushed once, at the end of
/// the turn, so that all that one turn brought for a client leaves with one system call.
class FlushQueue : public QObject
{
    Q_OBJECT

public:
    explicit FlushQueue(QObject *parent = nullptr);

    /// \a session has something to send. It must not be in the queue already.
    void add(WebSocketSession &session);
    /// \a session is going away.
    void remove(WebSocketSession &session);

protected:
    void customEvent(QEvent *event) override;

private:
    std::vector<WebSocketSession *> m_touched;
    FrameJoiner m_joiner;
    bool m_isScheduled = false;
};

} // namespace switchboard
