// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QObject>
#include <QTimer>
#include <QUuid>

#include <memory>

namespace switchboard {

class Presence;
class Relay;
class Room;

/// Gets member lists of this node's rooms from Redis, where asking for one also puts clients in.
///
/// One list of a room is on the way at a time. It serves all who have come to wait for one meanwhile: a list
/// of a large room is large, and Redis cuts a node off that it owes too much.
class RoomLists : public QObject
{
    Q_OBJECT

public:
    using RoomPtr = std::shared_ptr<Room>;

    RoomLists(Relay &relay, Presence &presence, QObject *parent = nullptr);

    /// Asks for the list that clients in \a room wait for, if there are any and it can be asked for now.
    /// Called again by itself when the list on the way has come.
    void request(const RoomPtr &room);

    /// Puts members of \a rooms back who are missing in Redis, and asks who is in; nobody joins before that
    /// is known.
    void review(const QList<RoomPtr> &rooms);

    /// Lists that were asked for will not come.
    void cancel();

    /// Whether Redis may lack members of other nodes that live, since it has lately lacked some of this one.
    [[nodiscard]] bool isInDoubt() const { return m_doubt.isActive(); }

Q_SIGNALS:
    /// The list has come that \a clients waited for. \a added has a '1' for each of them that was not in the
    /// room before and whose JoinedRoom follows, and a '0' for each of the others.
    void joined(const std::shared_ptr<switchboard::Room> &room, const QList<QUuid> &clients,
                const QByteArray &added, const QList<QUuid> &members);
    /// Redis did not do it.
    void refused(const std::shared_ptr<switchboard::Room> &room, const QList<QUuid> &clients,
                 const QString &fault);
    /// Who is in a room that was to be reviewed.
    void reviewed(const std::shared_ptr<switchboard::Room> &room, const QList<QUuid> &members);
    /// All rooms are to be reviewed (again): doubts are over, or Redis may have lost members.
    void reviewDue();

private:
    struct Request
    {
        std::weak_ptr<Room> room;
        bool isReview = false;
    };

    void startReviews();
    /// The room that \a request was for, if it is still there.
    [[nodiscard]] RoomPtr finish(const Request &request, quint64 number);
    void goOn(const RoomPtr &room);
    void onListReceived(quint64 number, const QByteArray &added, const QList<QUuid> &members);
    void onFault(quint64 number, const QString &fault);

    Relay &m_relay;
    Presence &m_presence;
    QHash<quint64, Request> m_requests;
    QList<std::weak_ptr<Room>> m_toReview;
    qsizetype m_reviewing = 0;
    quint64 m_lastNumber = 0;
    QTimer m_doubt;
};

} // namespace switchboard
