// SPDX-License-Identifier: BSD-3-Clause
#include "eventloop/epollset.h"

#include <QCoreApplication>
#include <QEvent>
#include <QtDebug>

#include <cerrno>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace switchboard {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

// More than this is taken by the next turn; epoll hands out what is ready in a fair order.
constexpr int eventsPerWait = 256;
constexpr quint64 wakeUpKey = 0; // generations begin with 1

// A peer that hangs up and an error concern whoever waits for anything, as with Qt's own dispatchers.
constexpr quint32 everybody = EPOLLHUP | EPOLLERR;

constexpr quint32 wantedBy(std::size_t type)
{
    constexpr quint32 events[] = {EPOLLIN, EPOLLOUT, EPOLLPRI};
    return events[type];
}

constexpr quint64 keyOf(int fd, quint32 generation)
{
    return quint64(generation) << 32 | static_cast<quint32>(fd);
}

} // namespace

EpollSet::EpollSet()
    : m_epoll(epoll_create1(EPOLL_CLOEXEC))
    , m_wakeUp(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = wakeUpKey;
    if (m_epoll < 0 || m_wakeUp < 0 || epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_wakeUp, &event) < 0) {
        qFatal("Cannot make an epoll set: %s", qPrintable(qt_error_string(errno)));
    }
}

EpollSet::~EpollSet()
{
    ::close(m_wakeUp);
    ::close(m_epoll);
}

void EpollSet::add(QSocketNotifier *notifier)
{
    const int fd = static_cast<int>(notifier->socket());
    Descriptor &descriptor = m_descriptors[fd];
    if (descriptor.generation == 0) {
        descriptor.generation = ++m_lastGeneration;
    }
    QSocketNotifier *&place = descriptor.notifiers.at(static_cast<std::size_t>(notifier->type()));
    if (place && place != notifier) {
        qWarning("QSocketNotifier: Multiple socket notifiers for same socket %d and type %d", fd,
                 notifier->type());
    }
    place = notifier;
    markDirty(fd, descriptor);
}

void EpollSet::remove(QSocketNotifier *notifier)
{
    const int fd = static_cast<int>(notifier->socket());
    const auto found = m_descriptors.find(fd);
    if (found == m_descriptors.end()) {
        return;
    }
    Descriptor &descriptor = found->second;
    QSocketNotifier *&place = descriptor.notifiers.at(static_cast<std::size_t>(notifier->type()));
    if (place != notifier) {
        return;
    }
    place = nullptr;
    if (descriptor.notifiers == Notifiers{}) {
        descriptor.mayBeReplaced = true;
        descriptor.generation = ++m_lastGeneration;
    }
    markDirty(fd, descriptor);
}

void EpollSet::markDirty(int fd, Descriptor &descriptor)
{
    if (!std::exchange(descriptor.isDirty, true)) {
        m_dirty.push_back(fd);
    }
}

void EpollSet::applyChanges()
{
    for (const int fd : std::exchange(m_dirty, {})) {
        const auto found = m_descriptors.find(fd);
        if (found != m_descriptors.end()) {
            apply(fd, found->second);
        }
    }
}

void EpollSet::apply(int fd, Descriptor &descriptor)
{
    descriptor.isDirty = false;
    quint32 wanted = 0;
    for (std::size_t type = 0; type < typeCount; ++type) {
        wanted |= descriptor.notifiers.at(type) ? wantedBy(type) : 0;
    }
    const bool mayBeReplaced = std::exchange(descriptor.mayBeReplaced, false);
    if (wanted == descriptor.registered && !mayBeReplaced) {
        return;
    }
    epoll_event event{};
    event.events = wanted;
    event.data.u64 = keyOf(fd, descriptor.generation);
    if (wanted == 0) {
        // Watched for nothing, it would still report hang-ups. One that was closed has left the set by
        // itself.
        if (descriptor.registered != 0) {
            epoll_ctl(m_epoll, EPOLL_CTL_DEL, fd, &event);
        }
        m_alwaysReady -= descriptor.isAlwaysReady ? 1 : 0;
        m_descriptors.erase(fd);
        return;
    }
    int result = epoll_ctl(m_epoll, descriptor.registered != 0 ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    if (result < 0 && errno == ENOENT) {
        result = epoll_ctl(m_epoll, EPOLL_CTL_ADD, fd, &event);
    } else if (result < 0 && errno == EEXIST) {
        result = epoll_ctl(m_epoll, EPOLL_CTL_MOD, fd, &event);
    }
    if (result == 0) {
        descriptor.registered = wanted;
    } else if (errno == EPERM) {
        m_alwaysReady += std::exchange(descriptor.isAlwaysReady, true) ? 0 : 1;
    } else {
        reject(fd, descriptor);
    }
}

void EpollSet::reject(int fd, const Descriptor &descriptor)
{
    const Notifiers notifiers = descriptor.notifiers;
    qWarning("QSocketNotifier: Invalid socket %d, disabling: %s", fd, qPrintable(qt_error_string(errno)));
    for (QSocketNotifier *notifier : notifiers) {
        if (notifier) {
            notifier->setEnabled(false);
        }
    }
}

void EpollSet::wakeUp()
{
    const quint64 one = 1;
    ssize_t written = 0;
    do {
        written = ::write(m_wakeUp, &one, sizeof one);
    } while (written < 0 && errno == EINTR);
}

void EpollSet::wait(std::optional<nanoseconds> timeout, bool includeNotifiers)
{
    m_ready.clear();
    if (!includeNotifiers) {
        pollfd waker{m_wakeUp, POLLIN, 0};
        const timespec time{timeout ? timeout->count() / 1'000'000'000 : 0,
                            timeout ? timeout->count() % 1'000'000'000 : 0};
        if (::ppoll(&waker, 1, timeout ? &time : nullptr, nullptr) > 0) {
            quint64 count = 0;
            [[maybe_unused]] const ssize_t size = ::read(m_wakeUp, &count, sizeof count);
        }
        return;
    }
    applyChanges();
    const int count = waitForEvents(m_alwaysReady > 0 ? 0ns : timeout);
    Q_UNUSED(count)
    if (m_alwaysReady > 0) {
        for (const auto &[fd, descriptor] : m_descriptors) {
            if (descriptor.isAlwaysReady) {
                m_ready.push_back({keyOf(fd, descriptor.generation), EPOLLIN | EPOLLOUT});
            }
        }
    }
}

int EpollSet::waitForEvents(std::optional<nanoseconds> timeout)
{
    std::array<epoll_event, eventsPerWait> events;
    const timespec time{timeout ? timeout->count() / 1'000'000'000 : 0,
                        timeout ? timeout->count() % 1'000'000'000 : 0};
    int count = epoll_pwait2(m_epoll, events.data(), eventsPerWait, timeout ? &time : nullptr, nullptr);
    if (count < 0 && errno == ENOSYS) {
        // Before Linux 5.11: whole milliseconds, rather too late than too early.
        const auto wait = timeout ? std::chrono::ceil<milliseconds>(*timeout).count() : -1;
        count = epoll_wait(m_epoll, events.data(), eventsPerWait,
                           static_cast<int>(qMin<qint64>(wait, std::numeric_limits<int>::max())));
    }
    // A signal is no reason to go on waiting: the caller looks at its timers again.
    for (int i = 0; i < count; ++i) {
        const epoll_event &event = events.at(static_cast<std::size_t>(i));
        if (event.data.u64 == wakeUpKey) {
            quint64 wakeUps = 0;
            [[maybe_unused]] const ssize_t size = ::read(m_wakeUp, &wakeUps, sizeof wakeUps);
        } else {
            m_ready.push_back({event.data.u64, event.events});
        }
    }
    return count;
}

int EpollSet::activate()
{
    int count = 0;
    // A nested loop has a list of its own.
    const std::vector<Ready> ready = std::exchange(m_ready, {});
    for (const Ready &one : ready) {
        count += activateDescriptor(one);
    }
    return count;
}

int EpollSet::activateDescriptor(const Ready &ready)
{
    const int fd = static_cast<int>(ready.key & 0xFFFFFFFF);
    const auto generation = static_cast<quint32>(ready.key >> 32);
    // Looked up again for each: a handler may have ended any notifier, and this number may be another file by
    // now.
    const auto find = [&]() -> const Descriptor * {
        const auto found = m_descriptors.find(fd);
        return found != m_descriptors.end() && found->second.generation == generation ? &found->second
                                                                                      : nullptr;
    };
    const Descriptor *descriptor = find();
    const Notifiers before = descriptor ? descriptor->notifiers : Notifiers{};
    int count = 0;
    for (std::size_t type = 0; type < typeCount; ++type) {
        if (!before.at(type) || !(ready.events & (wantedBy(type) | everybody))) {
            continue;
        }
        descriptor = find();
        if (descriptor && descriptor->notifiers.at(type) == before.at(type)) {
            QEvent event(QEvent::SockAct);
            QCoreApplication::sendEvent(before.at(type), &event);
            ++count;
        }
    }
    return count;
}

} // namespace switchboard
