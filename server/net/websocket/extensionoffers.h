// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QList>

#include <optional>

namespace switchboard {

/// One parameter of an extension, as `server_max_window_bits=10`.
struct ExtensionParameter
{
    QByteArray name;
    /// Without its quotes; nothing where there is no equals sign.
    std::optional<QByteArray> value;
};

/// One extension that a client offers, with its parameters in their order.
struct ExtensionOffer
{
    QByteArray name;
    QList<ExtensionParameter> parameters;
};

/// Reads the value of Sec-WebSocket-Extensions (RFC 6455 section 9.1), or several joined with commas. Empty
/// elements of the list are passed over (RFC 9110 section 5.6.1). Nothing where it is malformed.
[[nodiscard]] std::optional<QList<ExtensionOffer>> parseExtensionOffers(const QByteArray &value);

} // namespace switchboard
