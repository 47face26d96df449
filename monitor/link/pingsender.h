// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/ping.h"

#include <QNetworkAccessManager>
#include <QObject>
#include <QUrl>

#include <chrono>

namespace switchboard::monitor {

/// Sends pings through the HTTP side of a node.
class PingSender : public QObject
{
    Q_OBJECT

public:
    explicit PingSender(std::chrono::milliseconds timeout, QObject *parent = nullptr);

    /// Asks the node with the WebSocket URL \a node to ping every client of the cluster, with \a token where
    /// that is not empty.
    void send(const QUrl &node, const QByteArray &token, protocol::PingNumber number);

Q_SIGNALS:
    /// The node has taken the ping, after this time.
    void answered(switchboard::protocol::PingNumber number, std::chrono::microseconds time);
    /// It has not; \a reason is for a person.
    void failed(switchboard::protocol::PingNumber number, const QString &reason);

private:
    QNetworkAccessManager m_network;
};

} // namespace switchboard::monitor
