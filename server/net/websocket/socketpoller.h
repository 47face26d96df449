// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/filedescriptor.h"

#include <QObject>
#include <QSocketNotifier>

#include <array>
#include <cstddef>
#include <sys/epoll.h>

namespace switchboard {

/// Watches many descriptors with one notifier of the event loop: they are in an epoll set of their own
/// (epoll(7)), which is readable when one of them is ready. A descriptor costs no QSocketNotifier and an
/// event on it no QEvent, on whichever dispatcher the loop runs. Level-triggered; all on one event loop.
class SocketPoller : public QObject
{
    Q_OBJECT

public:
    /// Who hears of a descriptor.
    class Watcher
    {
    public:
        virtual ~Watcher() = default;
        /// There is something to read, or the end of it, or an error that reading will tell. It may add,
        /// change and remove any descriptor.
        virtual void descriptorReadable() = 0;
        /// The kernel takes bytes again. Only after setWriting(true).
        virtual void descriptorWritable() = 0;
    };

    explicit SocketPoller(QObject *parent = nullptr);

    /// Tells \a watcher when \a descriptor is readable. Returns false when the kernel refuses (epoll_ctl(2)).
    [[nodiscard]] bool add(int descriptor, Watcher &watcher);
    /// Whether \a watcher of \a descriptor is told, too, when it is writable.
    void setWriting(int descriptor, Watcher &watcher, bool isWriting);
    /// Whether nobody is told of anything for now. The kernel holds up what peers send meanwhile.
    void setPaused(bool isPaused);
    /// Forgets both; before the descriptor is given to somebody else.
    void remove(int descriptor, Watcher &watcher);
    /// Forgets \a watcher, whose descriptor is closed next: that takes it out of the set by itself.
    void forget(Watcher &watcher);

private:
    void onReady();
    [[nodiscard]] Watcher *current() const;

    // What is left over is told on the next turn: the loop's other sources have theirs in between.
    static constexpr std::size_t eventsPerTurn = 512;

    FileDescriptor m_epoll;
    QSocketNotifier m_notifier;
    std::array<epoll_event, eventsPerTurn> m_ready{};
    std::size_t m_next = 0; // of m_ready, while they are told
    std::size_t m_count = 0;
};

} // namespace switchboard
