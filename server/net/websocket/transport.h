// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/outbox.h"

#include <span>

namespace switchboard {

/// The stream of bytes below a WebSocket connection. All on the event loop that made it.
class Transport
{
public:
    /// Who hears of it; may abort() and finish() from inside, but not destroy it.
    class Listener
    {
    public:
        virtual ~Listener() = default;
        /// Something can be read, or the stream has ended.
        virtual void transportReadable() = 0;
        /// After write() left something over: there is room again.
        virtual void transportWritable() = 0;
    };

    /// What read() brought.
    struct ReadResult
    {
        /// Zero: nothing is there now, or never will be.
        qsizetype bytes = 0;
        /// The peer has ended the stream, or it broke.
        bool isEnded = false;
    };

    Transport() = default;
    virtual ~Transport() = default;
    Q_DISABLE_COPY_MOVE(Transport)

    void setListener(Listener *listener) { m_listener = listener; }

    /// Reads at most so much as \a buffer takes.
    [[nodiscard]] virtual ReadResult read(std::span<char> buffer) = 0;
    /// Writes from \a outbox what goes; when something is left over, transportWritable() comes.
    [[nodiscard]] virtual Outbox::WriteResult write(Outbox &outbox) = 0;
    /// Bytes that it took and the kernel did not.
    [[nodiscard]] virtual qsizetype bytesToWrite() const = 0;
    /// Ends the connection behind what was written, so that the peer gets it, and takes care of the rest by
    /// itself. The listener hears nothing more.
    virtual void finish() = 0;
    /// Ends the connection at once. The listener hears nothing more.
    virtual void abort() = 0;

protected:
    [[nodiscard]] Listener *listener() const { return m_listener; }

private:
    Listener *m_listener = nullptr;
};

} // namespace switchboard
