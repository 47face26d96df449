// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/httprequest.h"

#include <QHostAddress>

namespace switchboard {

/// Whether a request comes from a program on this very machine that its user chose to run: from a loopback
/// address, past no proxy (which would make everybody local), and not from a page of some other site in the
/// user's browser (an Origin that is not this server, or a name that a stranger's DNS gave to this address).
[[nodiscard]] bool isLocalRequest(const HttpHead &head, const QHostAddress &peer);

} // namespace switchboard
