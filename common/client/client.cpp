// SPDX-License-Identifier: BSD-3-Clause
#include "client/client.h"

#include "client/logging.h"
#include "protocol/chat.h"
#include "protocol/chatroom.h"
#include "protocol/ping.h"

namespace switchboard::client {

using namespace std::chrono_literals;

namespace {

// Until a room is asked for again that could not be joined while Redis was away.
constexpr auto joinDelay = 3s;

QDateTime dateTimeOf(const protocol::Timestamp &time)
{
    const auto sinceEpoch = time.toTime().time_since_epoch();
    return QDateTime::fromMSecsSinceEpoch(std::chrono::floor<std::chrono::milliseconds>(sinceEpoch).count(),
                                          Qt::UTC);
}

} // namespace

Client::Client(const ConnectionOptions &options, QObject *parent)
    : QObject(parent)
    , m_connection(options)
{
    connect(&m_connection, &Connection::stateChanged, this, &Client::onStateChanged);
    connect(&m_connection, &Connection::messageReceived, this, &Client::onMessage);
    connect(&m_connection, &Connection::refused, this, &Client::refused);
    // It has answered a ping, so it serves.
    connect(&m_connection, &Connection::latencyChanged, this, [this] {
        if (m_connection.latency()) {
            m_connection.noteSuccess();
        }
    });
    m_joinTimer.setSingleShot(true);
    m_joinTimer.setInterval(joinDelay);
    connect(&m_joinTimer, &QTimer::timeout, this, &Client::joinMissing);
}

bool Client::sendChat(const QString &text)
{
    return m_connection.send(protocol::SubmitMessage{text.toUtf8()}.toClientMessage());
}

bool Client::sendRoomMessage(const QString &room, const QString &text)
{
    return m_connection.send(protocol::SendMessage{room.toUtf8(), text.toUtf8()}.toClientMessage());
}

void Client::join(const QString &room)
{
    m_rooms.insert(room);
    m_connection.send(protocol::RoomRequest{room.toUtf8()}.toJoinMessage());
}

void Client::leave(const QString &room)
{
    m_rooms.remove(room);
    m_joined.remove(room);
    m_connection.send(protocol::RoomRequest{room.toUtf8()}.toLeaveMessage());
}

void Client::joinMissing()
{
    for (const QString &room : std::as_const(m_rooms)) {
        if (!m_joined.contains(room)) {
            m_connection.send(protocol::RoomRequest{room.toUtf8()}.toJoinMessage());
        }
    }
}

void Client::onStateChanged(State state)
{
    m_joinTimer.stop();
    m_joined.clear();
    if (state == State::Connected) {
        joinMissing();
    }
    Q_EMIT stateChanged(state);
}

void Client::onMessage(const QByteArray &message)
{
    const auto envelope = protocol::parseEnvelope(m_parser, message);
    const QByteArray fault = envelope ? take(*envelope) : envelope.error().reason;
    if (!fault.isEmpty()) {
        qCWarning(clientLog) << "the node sends what cannot be read:" << fault;
    }
}

QByteArray Client::take(const protocol::Envelope &envelope)
{
    using namespace protocol;
    if (envelope.channel == chatChannel && envelope.type == NewMessageReceived::typeName) {
        const auto said = NewMessageReceived::fromContents(envelope.contents);
        if (!said) {
            return said.error();
        }
        Q_EMIT chatReceived(QString::fromUtf8(said->content), dateTimeOf(said->postedAt));
    } else if (envelope.channel == chatRoomChannel) {
        return takeRoomEvent(envelope);
    } else if (envelope.channel == pingChannel && envelope.type == Ping::typeName) {
        const auto ping = Ping::fromContents(envelope.contents);
        if (!ping) {
            return ping.error();
        }
        Q_EMIT pinged(static_cast<int>(ping->number));
    } else if (envelope.channel == errorChannel && envelope.contents) {
        const auto rejection = Rejected::fromContents(*envelope.contents);
        if (!rejection) {
            return rejection.error();
        }
        onRejected(*rejection);
    }
    return {}; // other channels are for others, or of newer nodes
}

QByteArray Client::takeRoomEvent(const protocol::Envelope &envelope)
{
    using namespace protocol;
    if (envelope.type == MemberList::typeName) {
        const auto list = MemberList::fromContents(envelope.contents);
        if (!list) {
            return list.error();
        }
        QList<QUuid> members;
        for (const QByteArray &user : list->users) {
            members.append(QUuid::fromString(QLatin1StringView(user)));
        }
        const QString room = QString::fromUtf8(list->room);
        if (m_rooms.contains(room)) {
            m_joined.insert(room);
        }
        Q_EMIT roomJoined(room, members);
        return {};
    }
    const auto event = roomEventFromContents(envelope.type, envelope.contents);
    if (!event) {
        return event.error();
    }
    if (const auto *came = std::get_if<JoinedRoom>(&*event)) {
        Q_EMIT memberCame(QString::fromUtf8(came->room), came->user);
    } else if (const auto *went = std::get_if<LeftRoom>(&*event)) {
        Q_EMIT memberWent(QString::fromUtf8(went->room), went->user);
    } else if (const auto *said = std::get_if<NewRoomMessage>(&*event)) {
        Q_EMIT roomMessageReceived(QString::fromUtf8(said->room), said->user,
                                   QString::fromUtf8(said->message),
                                   said->postedAt ? dateTimeOf(*said->postedAt) : QDateTime());
    }
    return {};
}

void Client::onRejected(const protocol::Rejected &rejection)
{
    if (rejection.code == protocol::RejectCode::RelayUnavailable
        && rejection.type == protocol::RoomRequest::joinTypeName) {
        m_joinTimer.start();
    }
    Q_EMIT rejected(rejection);
}

} // namespace switchboard::client
