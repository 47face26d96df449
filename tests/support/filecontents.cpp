// SPDX-License-Identifier: BSD-3-Clause
#include "support/filecontents.h"

#include <QFile>

namespace switchboard::test {

QByteArray contentsOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace switchboard::test
