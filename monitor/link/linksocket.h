// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <QUrl>

#include <chrono>

QT_FORWARD_DECLARE_CLASS(QWebSocket)

namespace switchboard::monitor {

/// How long a connection may be silent at each stage.
struct SocketDeadlines
{
    /// From the first SYN to the end of the WebSocket handshake.
    std::chrono::milliseconds connect = std::chrono::seconds(5);
    /// Between two pings to the node. One that is not answered when the next is due ends the connection.
    std::chrono::milliseconds ping = std::chrono::seconds(5);
};

/// One attempt to connect to a node, and the connection if it succeeds. Used once.
///
/// It ends exactly once, by ended(), whatever QWebSocket does: a handshake that is refused, never answered or
/// half answered, a peer that vanishes without a word, an address that resolves to nothing.
class LinkSocket : public QObject
{
    Q_OBJECT

public:
    /// The close code of a connection that ended without a closing handshake (RFC 6455, 7.1.5).
    static constexpr int abnormalClosure = 1006;

    explicit LinkSocket(const SocketDeadlines &deadlines, QObject *parent = nullptr);
    ~LinkSocket() override;
    Q_DISABLE_COPY_MOVE(LinkSocket)

    /// Begins to connect, with \a token where that is not empty.
    void open(const QUrl &url, const QByteArray &token);

    /// Sends a text message; does nothing unless connected.
    void send(const QByteArray &utf8);

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
    /// It is over, or never began: the close code, abnormalClosure where none came, and why, for a person.
    void ended(int code, const QString &reason);

private:
    void onConnected();
    void onDisconnected();
    void onPingDue();
    void sendPing();
    void onPong();
    void giveUp(const QString &reason);

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

} // namespace switchboard::monitor
