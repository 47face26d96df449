// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/descriptortransport.h"

#include "net/lingeringclose.h"

#include <cerrno>
#include <sys/socket.h>

namespace switchboard {

DescriptorTransport::DescriptorTransport(FileDescriptor descriptor, SocketPoller &poller,
                                         SessionServices &services)
    : m_descriptor(std::move(descriptor))
    , m_poller(poller)
    , m_services(services)
{
    if (!m_poller.add(m_descriptor.get(), *this)) {
        m_descriptor.reset(); // the next write finds it broken
    }
}

DescriptorTransport::~DescriptorTransport()
{
    abort();
}

Transport::ReadResult DescriptorTransport::read(std::span<char> buffer)
{
    ssize_t size = 0;
    do {
        size = ::recv(m_descriptor.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    } while (size < 0 && errno == EINTR);
    if (size > 0) {
        return {size, false};
    }
    const bool isNothingThere = size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    return {0, !isNothingThere};
}

Outbox::WriteResult DescriptorTransport::write(Outbox &outbox)
{
    const Outbox::WriteResult result = outbox.writeTo(m_descriptor.get());
    const bool isWriting = result == Outbox::WriteResult::WouldBlock;
    if (isWriting != m_isWriting) {
        m_isWriting = isWriting;
        m_poller.setWriting(m_descriptor.get(), *this, isWriting);
    }
    return result;
}

void DescriptorTransport::finish()
{
    if (m_descriptor.isValid()) {
        m_poller.remove(m_descriptor.get(), *this);
        // It deletes itself.
        new LingeringClose(std::move(m_descriptor), m_services, &m_poller);
    }
}

void DescriptorTransport::abort()
{
    if (m_descriptor.isValid()) {
        m_poller.forget(*this);
        m_descriptor.reset();
    }
}

void DescriptorTransport::descriptorReadable()
{
    if (listener()) {
        listener()->transportReadable();
    }
}

void DescriptorTransport::descriptorWritable()
{
    if (listener()) {
        listener()->transportWritable();
    }
}

} // namespace switchboard
