// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>

#include <QByteArray>
#include <QHash>
#include <QList>

#include "chaos/journal.h"
#include "chaos/roomview.h"
#include "support/rawsocket.h"

namespace switchboard::test {

/// A client of a daemon that may misbehave in many ways, and writes all it says and hears into a journal. It
/// reads when it is told to, by look().
class ChaosClient
{
public:
    explicit ChaosClient(Journal &journal);

    /// Begins a connection to \a daemon, which listens on \a port; look() goes on with it.
    void connectTo(int daemon, quint16 port);

    /// Whether it has a WebSocket, open as far as it knows, and not about to end.
    [[nodiscard]] bool isOpen() const { return m_session.has_value() && !m_isClosing; }
    /// Whether it has none and is not about to have one.
    [[nodiscard]] bool isGone() const { return !m_session && !m_isConnecting; }
    [[nodiscard]] bool isReading() const { return m_isReading; }
    [[nodiscard]] int daemon() const { return m_daemon; }

    /// Takes what has come, unless it is not reading. \a now is not before it came.
    void look(Time now);

    // The following take an open connection.

    /// Says something in \a room, or if that is empty in the global chat; the number of the message.
    int say(const QByteArray &room = {});

    /// Joins or leaves \a room, if it is not in it or is. Only one of each is on its way at a time.
    void join(const QByteArray &room);
    void leave(const QByteArray &room);

    /// Stops reading, or goes on.
    void setReading(bool reading);

    /// Ends the connection by RST, or with a close frame.
    void reset();
    void close();

    /// Its daemon is killed, so that it will break.
    void expectEnd() { m_isClosing = true; }

    /// The rooms it is in for certain.
    [[nodiscard]] QList<QByteArray> rooms() const;
    /// Whether no request of it about a room waits for what becomes of it. That something it said later was
    /// heard says so of leaving.
    [[nodiscard]] bool isSettled() const;
    /// Whether it has to say something for that.
    [[nodiscard]] bool mustSpeakToSettle() const { return !m_leaving.isNull() && m_afterLeaving < 0; }
    [[nodiscard]] QSet<QByteArray> members(const QByteArray &room) const { return m_rooms[room].members(); }
    /// What daemons call it; empty while that is not known.
    [[nodiscard]] QByteArray user() const;

private:
    void takeFrames(Time now);
    void takeText(const QByteArray &text, Time now);
    void takeRejection(const QByteArray &text, Time now);
    void takeRoomFrame(const RoomFrame &frame, Time now);
    void takeClose(const RawFrame &frame);
    void endLeaving(int heard);
    void end(Time now);

    Journal &m_journal;
    RawSocket m_socket;
    int m_daemon = 0;
    std::optional<int> m_session;
    QHash<QByteArray, RoomView> m_rooms;
    QByteArray m_joining; ///< the room it has asked to be in; null: none
    QByteArray m_leaving;
    int m_afterLeaving = -1; ///< the first message it said after asking to leave
    Time m_lastLook; ///< at all there was
    bool m_isConnecting = false;
    bool m_isReading = true;
    bool m_mayBeCutOff = false; ///< for not reading
    bool m_isClosing = false; ///< its end is no surprise
};

} // namespace switchboard::test
