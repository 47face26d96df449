// SPDX-License-Identifier: BSD-3-Clause
#include "net/connectiongreeter.h"

#include <cerrno>
#include <sys/socket.h>

namespace switchboard {

namespace {

// A longer head is for HttpConnection, which has bounds for it.
constexpr qsizetype bytesToLookAt = qsizetype{16} * 1024;

} // namespace

class ConnectionGreeter::Guest : public SocketPoller::Watcher
{
public:
    Guest(ConnectionGreeter &greeter, FileDescriptor descriptor)
        : m_greeter(greeter)
        , m_descriptor(std::move(descriptor))
        , m_deadline(greeter.m_wheel, [this] { m_greeter.onDeadline(*this); })
    {
        m_deadline.start(greeter.m_patience);
    }

    [[nodiscard]] int descriptor() const { return m_descriptor.get(); }
    [[nodiscard]] FileDescriptor takeDescriptor() { return std::move(m_descriptor); }

    void descriptorReadable() override { m_greeter.onReadable(*this); }
    void descriptorWritable() override { }

private:
    ConnectionGreeter &m_greeter;
    FileDescriptor m_descriptor;
    Deadline m_deadline;
};

ConnectionGreeter::ConnectionGreeter(Host &host, SocketPoller &poller, TimingWheel &wheel,
                                     std::chrono::milliseconds patience)
    : m_host(host)
    , m_poller(poller)
    , m_wheel(wheel)
    , m_patience(patience)
    , m_buffer(bytesToLookAt, Qt::Uninitialized)
{ }

ConnectionGreeter::~ConnectionGreeter()
{
    dismissAll();
}

void ConnectionGreeter::greet(FileDescriptor descriptor)
{
    const Look seen = look(descriptor.get());
    if (seen != Look::Nothing) {
        pass(std::move(descriptor), seen);
        return;
    }
    const int number = descriptor.get();
    auto guest = std::make_unique<Guest>(*this, std::move(descriptor));
    if (m_poller.add(number, *guest)) {
        m_guests.emplace(number, std::move(guest));
    }
}

void ConnectionGreeter::dismissAll()
{
    for (const auto &[number, guest] : m_guests) {
        m_poller.remove(number, *guest);
    }
    m_guests.clear();
}

ConnectionGreeter::Look ConnectionGreeter::look(int descriptor)
{
    const ssize_t size =
        ::recv(descriptor, m_buffer.data(), static_cast<std::size_t>(m_buffer.size()), MSG_DONTWAIT);
    if (size <= 0) {
        const bool isWaiting = size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
        return isWaiting ? Look::Nothing : Look::Gone;
    }
    m_readBytes = size;
    const QByteArrayView seen = QByteArrayView(m_buffer).first(size);
    const qsizetype end = seen.indexOf("\r\n\r\n");
    if (end < 0) {
        return Look::Other;
    }
    m_headBytes = end + 4;
    auto head = parseHttpHead(seen.first(m_headBytes));
    if (!head) {
        return Look::Other;
    }
    m_peer = peerOf(descriptor);
    m_handshake = m_host.accepted(*head, m_peer);
    if (!m_handshake) {
        return Look::Other;
    }
    m_head = std::move(*head);
    return Look::Handshake;
}

void ConnectionGreeter::pass(FileDescriptor descriptor, Look look)
{
    if (look == Look::Other) {
        m_host.takeConnection(std::move(descriptor), m_buffer.first(m_readBytes));
    } else if (look == Look::Handshake) {
        m_host.takeHandshake(m_head, m_peer, *m_handshake, std::move(descriptor),
                             m_buffer.sliced(m_headBytes, m_readBytes - m_headBytes));
    }
}

void ConnectionGreeter::onReadable(Guest &guest)
{
    const Look seen = look(guest.descriptor());
    if (seen != Look::Nothing) {
        pass(release(guest), seen);
    }
}

void ConnectionGreeter::onDeadline(Guest &guest)
{
    release(guest).reset();
}

FileDescriptor ConnectionGreeter::release(Guest &guest)
{
    FileDescriptor descriptor = guest.takeDescriptor();
    m_poller.remove(descriptor.get(), guest);
    m_guests.erase(descriptor.get());
    return descriptor;
}

} // namespace switchboard
