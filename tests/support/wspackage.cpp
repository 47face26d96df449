// SPDX-License-Identifier: BSD-3-Clause
#include "support/wspackage.h"

#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace switchboard::test {

QString findWsPackage(const QString &sources)
{
    for (const QString &folder : {sources + u"/bench/peers/node_modules/ws"_s, u"/usr/share/nodejs/ws"_s}) {
        if (QFileInfo::exists(folder + u"/package.json"_s)) {
            return folder;
        }
    }
    return {};
}

} // namespace switchboard::test
