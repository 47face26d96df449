// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/auth/claims.h"
#include "net/httprequest.h"

#include <QHash>
#include <QHostAddress>
#include <QObject>

#include <optional>
#include <tl/expected.hpp>
#include <vector>

namespace switchboard {

class Authenticator;
class SessionRegistry;
class WebSocketSession;

/// Whom a node lets in.
struct AdmissionLimits
{
    /// Clients of the node; 0: as many as there are descriptors for.
    qsizetype maxClients = 0;
    /// Clients from one IP address; 0: any number.
    qsizetype maxClientsPerAddress = 0;
    /// The origins of pages that may connect, such as `https://example.org`; empty: any. Clients that are no
    /// browsers send none and are not concerned (RFC 6455 section 10.2).
    std::vector<QByteArray> allowedOrigins;
};

/// Decides whether a client with a faultless handshake is let in.
class HandshakeGate : public QObject
{
    Q_OBJECT

public:
    /// Counts the clients in \a registry, and asks \a authenticator who they are; both must outlive it.
    HandshakeGate(const SessionRegistry &registry, Authenticator &authenticator, AdmissionLimits limits,
                  QObject *parent = nullptr);

    /// Goes by other \a limits from the next client on.
    void setLimits(AdmissionLimits limits);

    /// Lets a client from \a address in: what its token says, or null where clients need none. The error is
    /// the answer that refuses it (401, 403, 503).
    [[nodiscard]] tl::expected<ClaimsPtr, HttpReply> admit(const HttpHead &head,
                                                           const QHostAddress &address) const;

private:
    [[nodiscard]] bool countsAddresses() const { return m_limits.maxClientsPerAddress > 0; }
    void countIn(const WebSocketSession *session);
    void countOut(const WebSocketSession *session);

    const SessionRegistry &m_registry;
    Authenticator &m_authenticator;
    AdmissionLimits m_limits;
    QHash<QHostAddress, qsizetype> m_clientsByAddress; // empty unless that is limited
};

/// An origin in the form in which two are compared (RFC 6454 section 6.2): `scheme://host[:port]` in lower
/// case, without the scheme's own port. Nothing where \a text is no such thing.
[[nodiscard]] std::optional<QByteArray> normalOrigin(const QByteArray &text);

} // namespace switchboard
