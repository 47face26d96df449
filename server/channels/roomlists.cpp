// SPDX-License-Identifier: BSD-3-Clause
#include "channels/roomlists.h"

#include "channels/room.h"
#include "relay/logging.h"
#include "relay/presence.h"
#include "relay/relay.h"

#include <utility>

namespace switchboard {

namespace {

// Clients that are joined by one step of a script.
constexpr qsizetype maxJoinsAtOnce = 500;
// Rooms that are reviewed at a time.
constexpr qsizetype maxReviewsAtOnce = 8;

} // namespace

RoomLists::RoomLists(Relay &relay, Presence &presence, QObject *parent)
    : QObject(parent)
    , m_relay(relay)
    , m_presence(presence)
{
    connect(&presence, &Presence::listReceived, this, &RoomLists::onListReceived);
    connect(&presence, &Presence::forgotten, this, &RoomLists::reviewDue);
    m_doubt.setSingleShot(true);
    m_doubt.setInterval(Presence::nodeLifetime);
    connect(&m_doubt, &QTimer::timeout, this, &RoomLists::reviewDue);
}

void RoomLists::request(const RoomPtr &room)
{
    if (!room->needsList() || !m_relay.isSubscribed(room->relayChannel())) {
        return;
    }
    const quint64 number = ++m_lastNumber;
    m_requests.insert(number, {room, false});
    m_presence.join(room->name(), room->beginRequest(number, maxJoinsAtOnce), number,
                    [this, number](const QString &fault) { onFault(number, fault); });
}

void RoomLists::review(const QList<RoomPtr> &rooms)
{
    m_toReview.clear();
    for (const RoomPtr &room : rooms) {
        room->setNeedsReview(true);
        m_toReview.append(room);
    }
    startReviews();
}

void RoomLists::startReviews()
{
    while (m_reviewing < maxReviewsAtOnce && !m_toReview.isEmpty()) {
        const RoomPtr room = m_toReview.takeFirst().lock();
        if (!room || !room->needsReview() || room->request() != 0) {
            continue; // goOn() comes back to one that has a list on the way
        }
        room->setNeedsReview(false);
        if (room->active().empty()) {
            request(room);
            continue;
        }
        const quint64 number = ++m_lastNumber;
        m_requests.insert(number, {room, true});
        room->beginRequest(number, 0);
        ++m_reviewing;
        m_presence.join(room->name(), room->activeClients(), number,
                        [this, number](const QString &fault) { onFault(number, fault); });
    }
}

void RoomLists::cancel()
{
    m_requests.clear();
    m_toReview.clear();
    m_reviewing = 0;
}

RoomLists::RoomPtr RoomLists::finish(const Request &request, quint64 number)
{
    if (request.isReview) {
        --m_reviewing;
    }
    const RoomPtr room = request.room.lock();
    return room && room->request() == number ? room : nullptr;
}

void RoomLists::goOn(const RoomPtr &room)
{
    if (room && room->needsReview()) {
        m_toReview.append(room);
    } else if (room) {
        request(room);
    }
    startReviews();
}

void RoomLists::onListReceived(quint64 number, const QByteArray &added, const QList<QUuid> &members)
{
    if (!m_requests.contains(number)) {
        return;
    }
    const Request request = m_requests.take(number);
    const RoomPtr room = finish(request, number);
    if (room) {
        const QList<QUuid> clients = room->endRequest();
        if (!request.isReview) {
            Q_EMIT joined(room, clients, added, members);
        } else {
            if (added.contains('1')) {
                m_doubt.start();
            }
            Q_EMIT reviewed(room, members);
        }
    }
    goOn(room);
}

void RoomLists::onFault(quint64 number, const QString &fault)
{
    if (!m_requests.contains(number)) {
        return;
    }
    const Request request = m_requests.take(number);
    const RoomPtr room = finish(request, number);
    if (request.isReview) {
        if (!m_doubt.isActive()) {
            qCWarning(lcRedis, "Members of a room could not be put back: %ls", qUtf16Printable(fault));
        }
        m_doubt.start(); // and then again
    }
    if (room) {
        const QList<QUuid> clients = room->endRequest();
        if (!request.isReview) {
            Q_EMIT refused(room, clients, fault);
        }
    }
    goOn(room);
}

} // namespace switchboard
