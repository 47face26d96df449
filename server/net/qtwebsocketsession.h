// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/websocketsession.h"

#include <QObject>
#include <QPointer>

#include <memory>

QT_BEGIN_NAMESPACE
class QTcpSocket;
class QWebSocket;
QT_END_NAMESPACE

namespace switchboard {

/// The engine on QtWebSockets. Qt checks and unmasks what comes in; what goes out is written past it, as
/// shared frames straight to the descriptor. QTcpSocket gets only the rest of a frame that the kernel took in
/// part, and while that is pending all else waits, so the order of bytes never changes.
class QtWebSocketSession final : public QObject, public WebSocketSession
{
    Q_OBJECT

public:
    /// Takes a connected server-side \a webSocket and the \a transport below it, which Qt owns.
    QtWebSocketSession(ClientInfo info, SessionServices &services, std::unique_ptr<QWebSocket> webSocket,
                       QTcpSocket *transport);
    ~QtWebSocketSession() override;

private:
    [[nodiscard]] qsizetype transportBytes() const override;
    void writeOut() override;
    void sendPing() override;
    void sendClose(CloseCode code, QByteArrayView reason) override;
    void cut() override;

    [[nodiscard]] bool isEncrypted() const;
    void onTextMessage(const QString &message);
    void onBinaryMessage(const QByteArray &message);
    void onAboutToClose();
    void onBytesWritten();
    void onDisconnected();

    std::unique_ptr<QWebSocket> m_webSocket;
    QPointer<QTcpSocket> m_transport;
    CloseStatus m_status;
    bool m_isBroken = false;
    bool m_isClosing = false;
};

} // namespace switchboard
