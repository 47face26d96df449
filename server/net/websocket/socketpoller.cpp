// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/socketpoller.h"

#include <cerrno>

namespace switchboard {

SocketPoller::SocketPoller(QObject *parent)
    : QObject(parent)
    , m_epoll(::epoll_create1(EPOLL_CLOEXEC))
    , m_notifier(QSocketNotifier::Read)
{
    if (!m_epoll.isValid()) {
        qFatal("Cannot make an epoll set: %s", qPrintable(qt_error_string(errno)));
    }
    m_notifier.setSocket(m_epoll.get());
    connect(&m_notifier, &QSocketNotifier::activated, this, &SocketPoller::onReady);
    m_notifier.setEnabled(true);
}

bool SocketPoller::add(int descriptor, Watcher &watcher)
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &watcher;
    return ::epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void SocketPoller::setWriting(int descriptor, Watcher &watcher, bool isWriting)
{
    epoll_event event{};
    event.events = isWriting ? EPOLLIN | EPOLLOUT : EPOLLIN;
    event.data.ptr = &watcher;
    ::epoll_ctl(m_epoll.get(), EPOLL_CTL_MOD, descriptor, &event);
}

void SocketPoller::setPaused(bool isPaused)
{
    m_notifier.setEnabled(!isPaused);
}

void SocketPoller::remove(int descriptor, Watcher &watcher)
{
    epoll_event event{};
    ::epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, descriptor, &event);
    forget(watcher);
}

void SocketPoller::forget(Watcher &watcher)
{
    for (std::size_t i = m_next; i < m_count; ++i) {
        if (m_ready[i].data.ptr == &watcher) {
            m_ready[i].data.ptr = nullptr;
        }
    }
}

void SocketPoller::onReady()
{
    if (m_next < m_count) {
        return; // an event loop inside a watcher: the rest is still being told
    }
    const int count = ::epoll_wait(m_epoll.get(), m_ready.data(), static_cast<int>(m_ready.size()), 0);
    m_count = count < 0 ? 0 : static_cast<std::size_t>(count);
    // The current one is looked up again before each call: it may have gone in the one before.
    for (m_next = 0; m_next < m_count; ++m_next) {
        const quint32 events = m_ready[m_next].events;
        if (Watcher *watcher = current(); watcher && (events & EPOLLOUT)) {
            watcher->descriptorWritable();
        }
        if (Watcher *watcher = current(); watcher && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) {
            watcher->descriptorReadable();
        }
    }
}

SocketPoller::Watcher *SocketPoller::current() const
{
    return static_cast<Watcher *>(m_ready[m_next].data.ptr);
}

} // namespace switchboard
