// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QtGlobal>

namespace switchboard::test {

/**
 * A random TCP port of 127.0.0.1 on which nobody listens now; 0 if none was found.
 *
 * It lies below the range the kernel gives to outgoing connections. A port from that range could be
 * taken by any client while its server is down, even by a connection to itself when a client keeps
 * trying to reconnect, and the server could not come back.
 */
quint16 freePort();

} // namespace switchboard::test
