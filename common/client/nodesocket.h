// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <QUrl>

#include <chrono>

QT_FORWARD_DECLARE_CLASS(QWebSocket)

namespace switchboard::client {

/// How long a connection may be silent at each stage.
struct SocketDeadlines
{
    /// From the first SYN to the end of the WebSocket handshake.
    std::chrono::milliseconds connect = std::chrono::seconds(5);
    /// Between two pings to the node. One that is not answered when the next is due ends the connection.
    std::chrono::milliseconds ping = std::chrono::seconds(5);
};

/// How a connection ended, or why it never began.
struct SocketEnd
{
    /// The close code, NodeSocket::abnormalClosure where none came.
    int code = 0;
    /// For a person.
    QString reason;
    /// What the node has answered in place of a WebSocket; 0 if nothing.
    int httpStatus = 0;
};

/// One attempt to connect to a node, and the connection if it succeeds. Used once.
///
/// It ends exactly once, by ended(), whatever QWebSocket does: a handshake that is refused, never answered or
/// half answered, a peer that vanishes without a word, an address that resolves to nothing.
class NodeSocket : public QObject
{
    Q_OBJECT

public:
    /// The close code of a connection that ended without a closing handshake (RFC 6455, 7.1.5).
    static constexpr int abnormalClosure = 1006;

    explicit NodeSocket(const SocketDeadlines &deadlines, QObject *parent = nullptr);
    ~NodeSocket() override;
    Q_DISABLE_COPY_MOVE(NodeSocket)

    /// Begins to connect, with \a token where that is not empty, and as \a userAgent; where that is empty, as
    /// the program.
    void open(const QUrl &url, const QByteArray &token, const QByteArray &userAgent = {});

    /// Sends a text message; false, and nothing is done, unless connected.
    bool send(const QByteArray &utf8);

    /// Says good-bye and deletes this object when that is done; nothing is emitted any more.
    void dismiss();

Q_SIGNALS:
    /// The handshake is done.
    void connected();
    /// A text message, as UTF-8.
    void messageReceived(const QByteArray &utf8);
    /// Pings were answered, the quickest after this time: the others may have waited for this program to
    /// draw.
    void latencyMeasured(std::chrono::microseconds latency);
    /// It is over, or never began.
    void ended(const switchboard::client::SocketEnd &end);

private:
    void onConnected();
    void onDisconnected();
    void onPingDue();
    void sendPing();
    void onPong();
    void giveUp(const QString &reason, int httpStatus = 0);

    SocketDeadlines m_deadlines;
    QWebSocket *m_socket;
    QTimer m_connectDeadline;
    QTimer m_pingTimer;
    QElapsedTimer m_pingSent; ///< invalid while no ping is on the way
    std::chrono::nanoseconds m_quickest{0};
    int m_pingsLeft = 0; ///< of this round
    bool m_closeFrameSeen = false;
    bool m_over = false;
};

} // namespace switchboard::client
