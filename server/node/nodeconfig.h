// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/handshakegate.h"
#include "net/httpconnection.h"
#include "net/websocket/deflatenegotiation.h"
#include "net/websocketsession.h"
#include "redis/redisurl.h"

#include <QHostAddress>
#include <QString>

#include <chrono>

namespace switchboard {

/// The least severe kind of log line that is written.
enum class LogLevel { Debug, Info, Warning, Critical };

/// How log lines are written.
enum class LogFormat {
    Human,
    Json, ///< one object a line
};

/// What speaks WebSocket with the clients.
enum class Engine {
    Lean, ///< LeanEngine
    Qt, ///< QtWebSockets
};

/// What a daemon is told from outside, with its defaults.
struct NodeConfig
{
    quint16 port = 9001;
    /// QHostAddress::Any is every address of the machine, IPv4 and IPv6.
    QHostAddress address = QHostAddress(QHostAddress::Any);
    /// Files in PEM: the certificate with its chain, and its key. Both empty: no TLS.
    QString tlsCertificateFile;
    QString tlsKeyFile;
    redis::RedisUrl redisUrl;
    /// Nodes in the process, each with a thread of its own, on one port.
    int workers = 1;
    /// How long the subscribing connection may be silent before it is probed; 0: never.
    std::chrono::milliseconds probeInterval = std::chrono::seconds(10);
    Engine engine = Engine::Lean;
    /// For Engine::Lean; QtWebSockets does not compress.
    DeflateMode deflate = DeflateMode::Shared;
    SessionLimits sessions;
    AdmissionLimits admission;
    /// Rooms that one client may be in at once.
    int maxRooms = 100;
    HttpLimits http;
    /// Whether there is a page at `/`.
    bool hasWebPage = true;
    /// Over which time a stopping daemon closes its clients.
    std::chrono::milliseconds drainTime = std::chrono::seconds(5);
    /// How long a stopping daemon waits, beyond that, for its clients to take what they are owed.
    std::chrono::milliseconds stopTimeout = std::chrono::seconds(5);
    /// What the tokens of clients are signed with; empty: clients need none.
    QByteArray authSecret;
    /// What lets a client watch the cluster, beside its own token; empty: only clients on this machine may.
    QByteArray monitorToken;
    LogLevel logLevel = LogLevel::Info;
    LogFormat logFormat = LogFormat::Human;
};

} // namespace switchboard
