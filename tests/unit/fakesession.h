// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/flushqueue.h"
#include "net/websocketsession.h"

#include <QList>

#include <functional>
#include <limits>

namespace switchboard::test {

/// A session without a connection: it keeps what it was told to write, and a test plays its client.
class FakeSession : public WebSocketSession
{
public:
    explicit FakeSession(SessionServices &services, ClaimsPtr claims = {})
        : WebSocketSession({.id = QUuid::createUuid(),
                            .address = QHostAddress(QHostAddress::LocalHost),
                            .userAgent = "test",
                            .connectedAt = protocol::Timestamp::now(),
                            .claims = std::move(claims)},
                           services)
    { }
    ~FakeSession() override
    {
        if (onDestroyed) {
            onDestroyed();
        }
    }
    Q_DISABLE_COPY_MOVE(FakeSession)

    // What an engine says.
    using WebSocketSession::deliver;
    using WebSocketSession::noteAlive;
    using WebSocketSession::noteClosed;
    using WebSocketSession::noteClosing;

    /// The client takes frames as long as this is more than nothing; each takes its bytes off.
    qsizetype room = std::numeric_limits<qsizetype>::max();
    /// What is said to stand in the transport.
    qsizetype bytesInTransport = 0;
    /// Whether close() and cut() end the connection before they return.
    bool endsAtOnce = false;
    /// Called when it is to write, and when it is destroyed.
    std::function<void()> onWriteOut;
    std::function<void()> onDestroyed;

    /// What went out.
    QByteArrayList written;
    int writeOuts = 0;
    int pings = 0;
    int cuts = 0;
    QList<quint16> closeCodes;
    QByteArrayList closeReasons;

private:
    [[nodiscard]] qsizetype transportBytes() const override { return bytesInTransport; }

    void writeOut() override
    {
        ++writeOuts;
        if (onWriteOut) {
            onWriteOut();
        }
        takeWhatFits();
    }

    void sendPing() override { ++pings; }

    void sendClose(CloseCode code, QByteArrayView reason) override
    {
        takeWhatFits();
        closeCodes.append(static_cast<quint16>(code));
        closeReasons.append(reason.toByteArray());
        if (endsAtOnce) {
            noteClosed({static_cast<quint16>(code), reason.toByteArray()});
        }
    }

    void cut() override
    {
        ++cuts;
        if (endsAtOnce) {
            noteClosed({});
        }
    }

    void takeWhatFits()
    {
        while (room > 0 && !outbox().isEmpty()) {
            const QByteArray frame = outbox().takeFirst();
            room -= frame.size();
            written.append(frame);
        }
    }
};

} // namespace switchboard::test
