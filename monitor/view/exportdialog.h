// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QString>

#include <tl/expected.hpp>

QT_BEGIN_NAMESPACE
class QAbstractItemModel;
class QWidget;
QT_END_NAMESPACE

namespace switchboard::monitor {

/// Asks for a file and writes the rows of \a rows to it, as JSON Lines or as CSV; \a name is what the file is
/// called unless the user chooses another name. What goes wrong is told in a dialog. \a rows may go
/// meanwhile.
void presentExportDialog(QAbstractItemModel *rows, const QString &name, QWidget *parent);

/// Writes the rows of \a rows to the file \a path, whole or not at all: CSV where its name ends so, else JSON
/// Lines. Returns how many, or what is wrong, for a person.
[[nodiscard]] tl::expected<qint64, QString> exportToFile(const QAbstractItemModel &rows, const QString &path);

} // namespace switchboard::monitor
