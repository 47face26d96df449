// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/websocket/transport.h"

#include <QObject>

QT_BEGIN_NAMESPACE
class QTcpSocket;
QT_END_NAMESPACE

namespace switchboard {

struct SessionServices;

/// A connection as a socket of Qt's: the way for TLS (QSslSocket).
class SocketTransport final : public QObject, public Transport
{
    Q_OBJECT

public:
    /// Takes a connected \a socket over; one with TLS must be through its handshake. \a owner ends what is
    /// still waiting for its peer behind finish().
    SocketTransport(QTcpSocket *socket, SessionServices &services, QObject *owner);
    ~SocketTransport() override;

    [[nodiscard]] ReadResult read(std::span<char> buffer) override;
    [[nodiscard]] Outbox::WriteResult write(Outbox &outbox) override;
    [[nodiscard]] qsizetype bytesToWrite() const override;
    void finish() override;
    void abort() override;

private:
    void onReadyRead();
    void onBytesWritten();
    void onDisconnected();
    void letGo();

    QTcpSocket *m_socket; // null when it was let go
    SessionServices &m_services;
    QObject *m_owner;
};

} // namespace switchboard
