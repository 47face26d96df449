// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QString>

namespace switchboard::test {

/// All that is in the file \a path; empty where it cannot be read.
QByteArray contentsOf(const QString &path);

} // namespace switchboard::test
