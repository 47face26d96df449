// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "client/connection.h"
#include "protocol/envelope.h"
#include "protocol/rejected.h"

#include <QDateTime>
#include <QList>
#include <QObject>
#include <QSet>
#include <QString>
#include <QTimer>
#include <QUuid>

namespace switchboard::client {

/// A client of a Switchboard cluster: it chats, is in rooms, and hears pings. It connects to one of several
/// nodes, comes back when that is lost, and joins its rooms again. docs/PROTOCOL.md says what the cluster
/// promises.
///
///     switchboard::client::Client client;
///     QObject::connect(&client, &Client::chatReceived, … );
///     client.join("#haskell");
///     client.open({QUrl("ws://localhost:9001/websockets")});
///
/// Needs a running event loop in its thread; not thread-safe.
class Client : public QObject
{
    Q_OBJECT

public:
    using State = Connection::State;

    explicit Client(const ConnectionOptions &options = {}, QObject *parent = nullptr);

    /// The connection below: its state, what is wrong with it, and where it leads.
    [[nodiscard]] const Connection &connection() const { return m_connection; }
    [[nodiscard]] bool isConnected() const { return m_connection.state() == State::Connected; }

    /// Connects to the cluster that the nodes with the WebSocket URLs \a urls, at least one, belong to, in
    /// place of the one so far; see parseNodeUrl(). With \a token where the nodes want one.
    void open(const QList<QUrl> &urls, const QByteArray &token = {}) { m_connection.open(urls, token); }

    /// Ends the connection and tries nothing any more.
    void close() { m_connection.close(); }

    /// Drops what there is and connects at once; does nothing before the first open().
    void reconnect() { m_connection.reconnect(); }

    // The following return false without a connection, when nothing is sent. What the node does not accept
    // comes by rejected().

    /// Says \a text to every client.
    bool sendChat(const QString &text);

    /// Says \a text in \a room, which was joined before.
    bool sendRoomMessage(const QString &room, const QString &text);

    /// Wants to be in \a room, from now on and after every reconnect, until leave(). Where Redis is away it
    /// is joined as soon as that is back; where the node refuses it, it is asked for again with the next
    /// connection.
    void join(const QString &room);

    /// Wants to be in \a room no more.
    void leave(const QString &room);

    /// The rooms that are wanted.
    [[nodiscard]] const QSet<QString> &rooms() const { return m_rooms; }

    /// Whether this client is in \a room now.
    [[nodiscard]] bool isIn(const QString &room) const { return m_joined.contains(room); }

Q_SIGNALS:
    void stateChanged(switchboard::client::Connection::State state);
    /// Trying has stopped, because it would not help; \a reason is for a person. Another open() goes on.
    void refused(const QString &reason);

    /// Something was said to everyone.
    void chatReceived(const QString &text, const QDateTime &postedAt);
    /// A ping was sent, 1 or 2.
    void pinged(int number);

    /// This client is in \a room, with \a members, itself among them; after every join.
    void roomJoined(const QString &room, const QList<QUuid> &members);
    /// Somebody came into a room, this client too, and went.
    void memberCame(const QString &room, const QUuid &member);
    void memberWent(const QString &room, const QUuid &member);
    /// Something was said in a room; \a postedAt is not valid where a node of the prototype did not say.
    void roomMessageReceived(const QString &room, const QUuid &member, const QString &text,
                             const QDateTime &postedAt);

    /// The node did not accept a message.
    void rejected(const switchboard::protocol::Rejected &rejection);

private:
    void onStateChanged(State state);
    void onMessage(const QByteArray &message);
    /// What is wrong with a message, or empty.
    [[nodiscard]] QByteArray take(const protocol::Envelope &envelope);
    [[nodiscard]] QByteArray takeRoomEvent(const protocol::Envelope &envelope);
    void onRejected(const protocol::Rejected &rejection);
    void joinMissing();

    Connection m_connection;
    protocol::JsonParser m_parser;
    QSet<QString> m_rooms;
    QSet<QString> m_joined;
    QTimer m_joinTimer;
};

} // namespace switchboard::client
