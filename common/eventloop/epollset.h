// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QSocketNotifier>

#include <array>
#include <chrono>
#include <optional>
#include <unordered_map>
#include <vector>

namespace switchboard {

/// The socket notifiers of one event dispatcher in one epoll set (epoll(7)), level-triggered.
///
/// Notifiers are switched on and off far more often than it makes a difference when the loop waits next
/// (QTcpSocket does it around every write). So the kernel is told once a turn, and only of what then is
/// different.
class EpollSet
{
public:
    EpollSet();
    ~EpollSet();
    Q_DISABLE_COPY_MOVE(EpollSet)

    void add(QSocketNotifier *notifier);
    void remove(QSocketNotifier *notifier);

    /// Wakes wait(), from any thread, also before it is called.
    void wakeUp();

    /// Waits until something is ready, wakeUp() was called, or \a timeout is over (nothing: without end).
    /// With \a includeNotifiers false only wakeUp() and the timeout end it.
    void wait(std::optional<std::chrono::nanoseconds> timeout, bool includeNotifiers);

    /// Activates the notifiers of what wait() found ready, and returns how many. Notifiers that are switched
    /// off or destroyed meanwhile are minded; nested calls of wait() and this are allowed.
    int activate();

private:
    static constexpr std::size_t typeCount = 3; // QSocketNotifier::Read, Write, Exception
    using Notifiers = std::array<QSocketNotifier *, typeCount>;

    struct Descriptor
    {
        Notifiers notifiers{};
        quint32 registered = 0; // what the kernel watches for
        quint32 generation = 0; // tells the file from a later one of the same number
        bool isDirty = false;
        bool mayBeReplaced = false; // all notifiers were gone: the number may stand for another file by now
        bool isAlwaysReady = false; // a regular file, which epoll does not take
    };

    struct Ready
    {
        quint64 key = 0;
        quint32 events = 0;
    };

    void markDirty(int fd, Descriptor &descriptor);
    void applyChanges();
    void apply(int fd, Descriptor &descriptor);
    void reject(int fd, const Descriptor &descriptor);
    int activateDescriptor(const Ready &ready);
    [[nodiscard]] int waitForEvents(std::optional<std::chrono::nanoseconds> timeout);

    int m_epoll = -1;
    int m_wakeUp = -1;
    std::unordered_map<int, Descriptor> m_descriptors;
    std::vector<int> m_dirty;
    std::vector<Ready> m_ready;
    qsizetype m_alwaysReady = 0;
    quint32 m_lastGeneration = 0;
};

} // namespace switchboard
