// SPDX-License-Identifier: BSD-3-Clause
#include "net/lingeringclose.h"

#include <array>
#include <cerrno>
#include <sys/socket.h>

namespace switchboard {

namespace {

constexpr std::chrono::seconds patience(2);

} // namespace

LingeringClose::LingeringClose(FileDescriptor descriptor, SessionServices &services, QObject *parent)
    : QObject(parent)
    , m_services(services)
    , m_descriptor(std::move(descriptor))
    , m_notifier(QSocketNotifier::Read)
    , m_deadline(services.wheel, [this] { deleteLater(); })
{
    ++m_services.lingering;
    m_deadline.start(patience);
    if (!m_descriptor.isValid()) {
        // No descriptor is left: then it ends as it would have without this.
        deleteLater();
        return;
    }
    ::shutdown(m_descriptor.get(), SHUT_WR);
    connect(&m_notifier, &QSocketNotifier::activated, this, &LingeringClose::onReadable);
    m_notifier.setSocket(m_descriptor.get());
    m_notifier.setEnabled(true);
}

LingeringClose::~LingeringClose()
{
    --m_services.lingering;
    m_notifier.setEnabled(false);
}

void LingeringClose::onReadable()
{
    std::array<char, 16384> waste;
    const ssize_t size = ::recv(m_descriptor.get(), waste.data(), waste.size(), MSG_DONTWAIT);
    const bool isOver = size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR);
    if (isOver) {
        m_notifier.setEnabled(false);
        deleteLater();
    }
}

} // namespace switchboard
