// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include <QByteArray>
#include <QList>
#include <QNetworkRequest>
#include <QPair>
#include <QUrl>
#include <QWebSocket>

#include "support/waituntil.h"

namespace switchboard::test {

/// A WebSocket client that keeps what it hears, in order, and waits for more on demand.
class WsClient
{
public:
    using Headers = QList<QPair<QByteArray, QByteArray>>;
    using Predicate = std::function<bool(const QByteArray &)>;

    /// The close code of RFC 6455, 7.1.5, for a connection that ended without a close frame.
    static constexpr int AbnormalClosure = 1006;

    WsClient() = default;
    ~WsClient();
    Q_DISABLE_COPY_MOVE(WsClient)

    /// Connects and waits for it; false if the other side refuses. What an earlier connection heard is
    /// forgotten.
    bool connectTo(const QUrl &url, const QString &origin = {}, const Headers &headers = {},
                   std::chrono::milliseconds timeout = DefaultTimeout);

    /// As above, but waits for nothing: for many clients at once.
    void startConnecting(const QUrl &url, const QString &origin = {}, const Headers &headers = {});

    bool isConnected() const;
    QString errorString() const;

    void sendText(const QByteArray &utf8);
    void sendBinary(const QByteArray &payload);

    /// Sends a close frame and ends the connection.
    void close(QWebSocketProtocol::CloseCode code = QWebSocketProtocol::CloseCodeNormal);

    /// Drops the connection without a word.
    void abort();

    /// All text messages so far, as UTF-8, in order.
    const QList<QByteArray> &messages() const { return m_messages; }
    const QList<QByteArray> &binaryMessages() const { return m_binaryMessages; }

    /// Waits until there are at least \a count text messages.
    bool waitForMessages(qsizetype count, std::chrono::milliseconds timeout = DefaultTimeout);

    /// Waits until there is a text message that is \a wanted; one that is there already counts.
    bool waitForMessage(const QByteArray &wanted, std::chrono::milliseconds timeout = DefaultTimeout);
    bool waitForMessage(const Predicate &wanted, std::chrono::milliseconds timeout = DefaultTimeout);

    /// Takes the oldest text message, waiting for it if there is none; empty if none comes.
    QByteArray takeMessage(std::chrono::milliseconds timeout = DefaultTimeout);

    /// Forgets the messages so far.
    void clear();

    /// Waits for the end of the connection, whoever ends it.
    bool waitForClose(std::chrono::milliseconds timeout = DefaultTimeout);

    /// The code the connection was closed with, AbnormalClosure if without one; 0 while it is open.
    int closeCode() const { return m_closeCode; }
    QString closeReason() const;

    /// The socket below; there is one after the first connectTo().
    QWebSocket *socket() const { return m_socket.get(); }

private:
    void createSocket(const QString &origin);
    void onDisconnected();

    std::unique_ptr<QWebSocket> m_socket;
    QList<QByteArray> m_messages;
    QList<QByteArray> m_binaryMessages;
    bool m_failed = false;
    bool m_closeFrameSeen = false;
    int m_closeCode = 0;
};

} // namespace switchboard::test
