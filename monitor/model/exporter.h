// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QCoreApplication>
#include <QString>

#include <tl/expected.hpp>

QT_BEGIN_NAMESPACE
class QAbstractItemModel;
class QIODevice;
class QModelIndex;
QT_END_NAMESPACE

namespace switchboard::monitor {

/// How rows are written to a file.
enum class ExportFormat {
    JsonLines, ///< A JSON object a line, its keys in the columns' order; UTF-8.
    /// RFC 4180 with a header line, CRLF and UTF-8. A text that a spreadsheet would take for a formula gets
    /// an apostrophe in front.
    Csv,
};

/// Writes what a model shows.
class Exporter
{
    Q_DECLARE_TR_FUNCTIONS(switchboard::monitor::Exporter)

public:
    /// Writes all rows of \a model in its order, those below a row behind it, to the open \a device: each
    /// column's ExportRole under its KeyRole. Returns how many rows, or what the device says, for a person.
    [[nodiscard]] static tl::expected<qint64, QString> write(const QAbstractItemModel &model,
                                                             ExportFormat format, QIODevice &device);
};

} // namespace switchboard::monitor
