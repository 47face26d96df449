// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/frame.h"

#include <QByteArray>

#include <vector>

namespace switchboard {

class FrameJoiner;

/// The frames that one client is still owed, in order, by reference. It counts bytes and does not bound
/// itself: the session decides what is too much.
class Outbox
{
public:
    enum class WriteResult {
        Done, ///< Everything went out.
        WouldBlock, ///< The kernel took what it had room for.
        Failed, ///< The descriptor is broken.
    };

    [[nodiscard]] bool isEmpty() const { return m_bytes == 0; }

    /// Unsent bytes, headers included.
    [[nodiscard]] qsizetype bytes() const { return m_bytes; }

    void push(const Frame &frame)
    {
        m_frames.push_back(frame);
        m_bytes += frame.size();
    }

    /// Forgets everything that is unsent.
    void clear();

    /// Forgets the frames of which nothing is sent: what follows stands at the beginning of a frame.
    void clearUnbegun();

    /// Replaces several frames by one of the same bytes, where \a joiner has it from another client.
    void join(FrameJoiner &joiner);

    /// Writes as much as the kernel takes, many frames with one system call (sendmsg(2)); never blocks and
    /// raises no SIGPIPE.
    [[nodiscard]] WriteResult writeTo(int descriptor);

    /// Takes out what is unsent of the first frame.
    [[nodiscard]] QByteArray takeFirst();

    /// Gives back the memory that a burst took. An emptied outbox keeps it for the next one.
    void releaseMemory();

private:
    void consume(qsizetype bytes);

    std::vector<Frame> m_frames;
    std::size_t m_first = 0;
    qsizetype m_sentOfFirst = 0;
    qsizetype m_bytes = 0;
};

} // namespace switchboard
