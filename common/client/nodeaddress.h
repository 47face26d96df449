// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/ping.h"

#include <QString>
#include <QUrl>

#include <tl/expected.hpp>

namespace switchboard::client {

/// Reads the address of a node as a person writes it: `host`, `host:port` or a whole `ws://` or `wss://` URL.
/// What is left out is filled in: `ws`, port 9001, path `/websockets`. The error says what would be right.
[[nodiscard]] tl::expected<QUrl, QString> parseNodeUrl(const QString &text);

/// The WebSocket URL of another node of the cluster that \a reference belongs to: same scheme, same path.
[[nodiscard]] QUrl siblingUrl(const QUrl &reference, const QString &host, quint16 port);

/// The address at which the node with the WebSocket URL \a node takes pings by HTTP.
[[nodiscard]] QUrl pingUrl(const QUrl &node, protocol::PingNumber number);

/// `host:port`, short enough for a status bar.
[[nodiscard]] QString displayAddress(const QUrl &node);

} // namespace switchboard::client
