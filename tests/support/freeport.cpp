// SPDX-License-Identifier: BSD-3-Clause
#include "support/freeport.h"

#include <QHostAddress>
#include <QRandomGenerator>
#include <QTcpServer>

namespace switchboard::test {

quint16 freePort()
{
    constexpr int Attempts = 100;
    constexpr quint32 First = 12000;
    constexpr quint32 End = 32000; // the kernel's own range begins at 32768 (ip_local_port_range)

    for (int attempt = 0; attempt < Attempts; ++attempt) {
        // Not the global generator: a test may seed that, and its neighbours would get the same ports.
        const auto port = static_cast<quint16>(QRandomGenerator::system()->bounded(First, End));
        QTcpServer probe;
        if (probe.listen(QHostAddress::LocalHost, port)) {
            return port;
        }
    }
    return 0;
}

} // namespace switchboard::test
