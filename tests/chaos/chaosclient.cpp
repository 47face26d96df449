// SPDX-License-Identifier: BSD-3-Clause
#include "chaos/chaosclient.h"

#include "integration/clientmessages.h"
#include "support/clientframes.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace switchboard::test {

namespace {

constexpr int tooSlow = 4008; // the close code of who left too much unread

} // namespace

ChaosClient::ChaosClient(Journal &journal)
    : m_journal(journal)
{ }

void ChaosClient::connectTo(int daemon, quint16 port)
{
    m_daemon = daemon;
    m_rooms.clear();
    m_joining.clear();
    m_leaving.clear();
    m_isReading = true;
    m_mayBeCutOff = false;
    m_isClosing = false;
    m_isConnecting = m_socket.connectTo(port, 1s);
    if (m_isConnecting) {
        m_socket.write(RawSocket::handshake());
    }
}

void ChaosClient::look(Time now)
{
    if (!m_isReading) {
        return;
    }
    const bool isAlive = m_socket.isConnected(); // asked first: frames may have come before the end
    if (m_isConnecting) {
        const QByteArray answer = m_socket.readUntil("\r\n\r\n", 0ms);
        if (answer.startsWith("HTTP/1.1 101 ")) {
            m_session = m_journal.open(m_daemon, now);
        } else if (!answer.isEmpty()) {
            m_socket.reset();
        }
        m_isConnecting = answer.isEmpty() && isAlive;
    }
    if (m_session) {
        takeFrames(now);
        if (!isAlive) {
            end(now);
        }
    }
    m_lastLook = now;
}

int ChaosClient::say(const QByteArray &room)
{
    const int number = m_journal.say(*m_session, room, Clock::now());
    const QByteArray text = messageText(number);
    m_socket.write(textFrame(room.isEmpty() ? submitMessage(text) : sayInRoom(room, text)));
    if (room.isEmpty() && !m_leaving.isNull() && m_afterLeaving < 0) {
        m_afterLeaving = number;
    }
    return number;
}

void ChaosClient::join(const QByteArray &room)
{
    if (m_joining.isNull() && m_rooms[room].state() == RoomView::State::Out) {
        m_joining = room;
        m_rooms[room] = {};
        m_rooms[room].setState(RoomView::State::Joining);
        m_socket.write(textFrame(joinRoom(room)));
    }
}

void ChaosClient::leave(const QByteArray &room)
{
    if (m_leaving.isNull() && m_rooms[room].state() == RoomView::State::In) {
        m_leaving = room;
        m_afterLeaving = -1;
        m_rooms[room].setState(RoomView::State::Leaving);
        m_journal.leave(*m_session, room, Clock::now());
        m_socket.write(textFrame(leaveRoom(room)));
    }
}

void ChaosClient::setReading(bool reading)
{
    m_isReading = reading;
    m_mayBeCutOff = m_mayBeCutOff || !reading;
    m_socket.setReading(reading);
}

void ChaosClient::reset()
{
    setReading(true);
    m_isClosing = true;
    m_socket.reset();
}

void ChaosClient::close()
{
    m_isClosing = true;
    m_socket.write(closeFrame(1000));
}

QList<QByteArray> ChaosClient::rooms() const
{
    QList<QByteArray> rooms;
    for (auto room = m_rooms.cbegin(); room != m_rooms.cend(); ++room) {
        if (room->state() == RoomView::State::In) {
            rooms.append(room.key());
        }
    }
    return rooms;
}

bool ChaosClient::isSettled() const
{
    return m_joining.isNull() && m_leaving.isNull();
}

QByteArray ChaosClient::user() const
{
    return m_session ? m_journal.sessions().at(static_cast<std::size_t>(*m_session)).user : QByteArray();
}

void ChaosClient::takeFrames(Time now)
{
    while (const auto frame = m_socket.readFrame(0ms)) {
        switch (frame->opcode) {
        case RawFrame::Text:
            takeText(frame->payload, now);
            break;
        case RawFrame::Ping:
            m_socket.write(clientFrame(RawFrame::Pong, frame->payload));
            break;
        case RawFrame::Close:
            takeClose(*frame);
            break;
        default:
            m_journal.addFault(u"session %1 got a frame of kind %2"_s.arg(*m_session).arg(frame->opcode));
        }
    }
}

void ChaosClient::takeText(const QByteArray &text, Time now)
{
    if (const auto message = parseChatMessage(text)) {
        m_journal.hear(*m_session, {}, message->content, {}, now);
        endLeaving(message->content.left(message->content.indexOf(' ')).toInt());
    } else if (const auto frame = parseRoomFrame(text)) {
        takeRoomFrame(*frame, now);
    } else {
        takeRejection(text, now);
    }
}

void ChaosClient::takeRoomFrame(const RoomFrame &frame, Time now)
{
    RoomView &view = m_rooms[frame.room];
    if (!view.take(frame)) {
        m_journal.addFault(
            u"session %1 was told, in state %2, what does not follow: %3 %4 %5"_s.arg(*m_session)
                .arg(static_cast<int>(view.state()))
                .arg(QString::fromUtf8(frame.type), QString::fromUtf8(frame.room),
                     QString::fromUtf8(frame.user)));
    }
    if (frame.type == "MemberList" && view.state() == RoomView::State::Joining) {
        view.setState(RoomView::State::In);
        m_journal.enter(*m_session, frame.room, now);
        m_joining.clear();
    } else if (frame.type == "NewMessage") {
        m_journal.hear(*m_session, frame.room, frame.message, frame.user, now);
    }
}

void ChaosClient::takeRejection(const QByteArray &text, Time now)
{
    const Rejection rejection = parseRejection(text).value_or(Rejection());
    const bool isKnown = rejection.code == "relay-unavailable"
        && (rejection.type != "JoinRoom" || !m_joining.isNull())
        && (rejection.type != "LeaveRoom" || !m_leaving.isNull());
    if (!isKnown) {
        m_journal.addFault(u"session %1 was told: %2"_s.arg(*m_session).arg(QString::fromUtf8(text)));
    } else if (rejection.type == "JoinRoom") {
        m_rooms[m_joining].setState(RoomView::State::Out);
        m_joining.clear();
    } else if (rejection.type == "LeaveRoom") {
        // It is still in.
        m_rooms[m_leaving].setState(RoomView::State::In);
        m_journal.enter(*m_session, m_leaving, now);
        m_leaving.clear();
    } else {
        m_journal.refuse(*m_session, {now, m_lastLook, rejection.type == "SendMessage"});
        m_afterLeaving = -1; // that one may never be heard
    }
}

void ChaosClient::takeClose(const RawFrame &frame)
{
    const bool isExpected = m_isClosing || (m_mayBeCutOff && frame.closeCode() == tooSlow);
    if (!isExpected) {
        m_journal.addFault(u"session %1 on daemon %2 was closed with %3"_s.arg(*m_session)
                               .arg(m_daemon)
                               .arg(frame.closeCode()));
    }
    m_isClosing = true;
    m_socket.write(closeFrame(static_cast<quint16>(frame.closeCode())));
    m_socket.close();
}

void ChaosClient::endLeaving(int heard)
{
    if (!m_leaving.isNull() && heard == m_afterLeaving) {
        m_rooms[m_leaving].setState(RoomView::State::Out);
        m_leaving.clear();
    }
}

void ChaosClient::end(Time now)
{
    if (!m_isClosing && !m_mayBeCutOff) {
        m_journal.addFault(u"session %1 on daemon %2 ended without a word"_s.arg(*m_session).arg(m_daemon));
    }
    m_journal.end(*m_session, now);
    m_session.reset();
}

} // namespace switchboard::test
