// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/filedescriptor.h"

#include <QHostAddress>
#include <QString>

#include <tl/expected.hpp>

namespace switchboard {

/// Who may listen on the same address and port.
enum class PortUse {
    Alone, ///< Nobody else.
    Shared, ///< Others of this user that ask for it too (SO_REUSEPORT, socket(7)): connections are spread.
};

/// Opens a listening TCP socket, with Nagle's algorithm off, keepalive on and a user time-out of a minute for
/// what it will accept, on \a address (QHostAddress::Any: IPv4 and IPv6) and \a port (0: any free
/// one), or says why it cannot.
[[nodiscard]] tl::expected<FileDescriptor, QString> openListenSocket(const QHostAddress &address,
                                                                     quint16 port, PortUse use);

/// The port that a socket is bound to.
[[nodiscard]] quint16 localPort(int descriptor);

} // namespace switchboard
