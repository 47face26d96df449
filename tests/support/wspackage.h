// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QString>

namespace switchboard::test {

/**
 * The folder of the package ws for Node.js: of bench/peers in the folder \a sources, where
 * bench/peers/install has been run, else Debian's node-ws; empty where there is neither.
 */
QString findWsPackage(const QString &sources);

} // namespace switchboard::test
