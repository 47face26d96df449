// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/httprequest.h"
#include "net/websocketsession.h"

#include <QByteArray>
#include <QHostAddress>

#include <optional>
#include <tl/expected.hpp>

namespace switchboard {

class Authenticator;

/// Decides who may watch the cluster and act on it: those whose own token says so (Claims::mayWatch); else
/// with an operator's token configured, whoever presents it; with none, clients that are ClientInfo::isLocal.
class MonitorAccess
{
public:
    /// \a authenticator, which must outlive it, knows the operator's token and the clients' own.
    explicit MonitorAccess(Authenticator &authenticator);

    /// Whether \a client, which the authenticator has let in, may; it presents \a token.
    [[nodiscard]] bool allows(const ClientInfo &client, const std::optional<QByteArray> &token) const;

    /// Whether whoever sends a request with \a head from \a peer may; a token of either kind stands in
    /// `Authorization: Bearer …`. The error is the answer that refuses it (401, 403).
    [[nodiscard]] tl::expected<void, HttpReply> admit(const HttpHead &head, const QHostAddress &peer) const;

    /// Why one who was not allowed was not, for a person.
    [[nodiscard]] QByteArray refusal() const;

private:
    [[nodiscard]] bool allows(const ClaimsPtr &claims, bool isLocal,
                              const std::optional<QByteArray> &token) const;

    Authenticator &m_authenticator;
};

} // namespace switchboard
