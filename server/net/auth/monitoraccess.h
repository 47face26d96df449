// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/httprequest.h"
#include "net/websocketsession.h"

#include <QByteArray>
#include <QHostAddress>

#include <optional>
#include <tl/expected.hpp>
#include <utility>

namespace switchboard {

class Authenticator;

/// Decides who may watch the cluster and act on it: those whose own token says so (Claims::mayWatch); else
/// with a token configured here, whoever presents it; with none, clients that are ClientInfo::isLocal.
class MonitorAccess
{
public:
    /// An empty \a token is none. \a authenticator, which must outlive it, knows the clients' own tokens.
    MonitorAccess(QByteArray token, Authenticator &authenticator);

    /// From now on \a token is what lets a client watch; those who watch go on.
    void setToken(QByteArray token) { m_token = std::move(token); }

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
    [[nodiscard]] bool isToken(const std::optional<QByteArray> &token) const;

    QByteArray m_token;
    Authenticator &m_authenticator;
};

} // namespace switchboard
