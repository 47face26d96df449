// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/filedescriptor.h"
#include "net/websocket/socketpoller.h"
#include "net/websocket/transport.h"

namespace switchboard {

struct SessionServices;

/// A TCP connection as nothing but its descriptor.
class DescriptorTransport final : public Transport, private SocketPoller::Watcher
{
public:
    /// Takes a connected, non-blocking \a descriptor.
    DescriptorTransport(FileDescriptor descriptor, SocketPoller &poller, SessionServices &services);
    ~DescriptorTransport() override;

    [[nodiscard]] ReadResult read(std::span<char> buffer) override;
    [[nodiscard]] Outbox::WriteResult write(Outbox &outbox) override;
    [[nodiscard]] qsizetype bytesToWrite() const override { return 0; }
    void finish() override;
    void abort() override;

private:
    void descriptorReadable() override;
    void descriptorWritable() override;

    FileDescriptor m_descriptor;
    bool m_isWriting = false;
    SocketPoller &m_poller;
    SessionServices &m_services;
};

} // namespace switchboard
