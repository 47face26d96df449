// SPDX-License-Identifier: BSD-3-Clause
#include "model/exporter.h"

#include "model/roles.h"
#include "protocol/json.h"

#include <QAbstractItemModel>
#include <QIODevice>

#include <algorithm>
#include <vector>

namespace switchboard::monitor {

namespace {

constexpr qsizetype chunk = 65'536;

bool isText(const QVariant &value)
{
    return value.typeId() == QMetaType::QString;
}

// A number or a boolean as JSON and CSV alike have it.
QByteArray plain(const QVariant &value)
{
    return value.typeId() == QMetaType::Double ? QByteArray::number(value.toDouble(), 'g', 10)
                                               : value.toString().toUtf8();
}

// What clients say is not to run in a spreadsheet: with an apostrophe in front none takes it for a formula
// (OWASP, "CSV Injection").
QByteArray defused(const QByteArray &text)
{
    constexpr QByteArrayView formulaStarts = "=+-@\t\r\n";
    return !text.isEmpty() && formulaStarts.contains(text.front()) ? '\'' + text : text;
}

QByteArray csvField(const QByteArray &value)
{
    const bool isPlain = std::none_of(value.begin(), value.end(),
                                      [](char c) { return c == ',' || c == '"' || c == '\r' || c == '\n'; });
    return isPlain ? value : '"' + QByteArray(value).replace('"', "\"\"") + '"';
}

class Writer
{
public:
    Writer(const QAbstractItemModel &model, ExportFormat format, QIODevice &device)
        : m_model(model)
        , m_format(format)
        , m_device(device)
    {
        for (int column = 0; column < model.columnCount(); ++column) {
            m_keys.push_back(model.headerData(column, Qt::Horizontal, KeyRole).toString().toUtf8());
        }
    }

    bool writeAll()
    {
        if (m_format == ExportFormat::Csv) {
            QByteArrayList header;
            std::transform(m_keys.begin(), m_keys.end(), std::back_inserter(header), csvField);
            m_buffer.append(header.join(',')).append("\r\n");
        }
        return writeBelow({}) && flush();
    }

    [[nodiscard]] qint64 rows() const { return m_rows; }

private:
    bool writeBelow(const QModelIndex &parent)
    {
        for (int row = 0; row < m_model.rowCount(parent); ++row) {
            m_buffer.append(m_format == ExportFormat::Csv ? csvLine(row, parent) : jsonLine(row, parent));
            ++m_rows;
            if (m_buffer.size() >= chunk && !flush()) {
                return false;
            }
            if (!writeBelow(m_model.index(row, 0, parent))) {
                return false;
            }
        }
        return true;
    }

    [[nodiscard]] QVariant value(int row, std::size_t column, const QModelIndex &parent) const
    {
        return m_model.index(row, static_cast<int>(column), parent).data(ExportRole);
    }

    [[nodiscard]] QByteArray csvLine(int row, const QModelIndex &parent) const
    {
        QByteArrayList fields;
        for (std::size_t column = 0; column < m_keys.size(); ++column) {
            const QVariant exported = value(row, column, parent);
            fields.append(
                csvField(isText(exported) ? defused(exported.toString().toUtf8()) : plain(exported)));
        }
        return fields.join(',') + "\r\n";
    }

    [[nodiscard]] QByteArray jsonLine(int row, const QModelIndex &parent) const
    {
        protocol::JsonWriter writer;
        writer.beginObject();
        for (std::size_t column = 0; column < m_keys.size(); ++column) {
            const QVariant exported = value(row, column, parent);
            if (isText(exported)) {
                writer.key(m_keys[column]).string(exported.toString().toUtf8());
            } else if (exported.isValid()) {
                writer.key(m_keys[column]).raw(plain(exported));
            }
        }
        writer.endObject();
        return writer.take() + '\n';
    }

    // A device may take less than it is given.
    bool flush()
    {
        qsizetype written = 0;
        while (written < m_buffer.size()) {
            const qint64 taken = m_device.write(m_buffer.constData() + written, m_buffer.size() - written);
            if (taken <= 0) {
                return false;
            }
            written += taken;
        }
        m_buffer.clear();
        return true;
    }

    const QAbstractItemModel &m_model;
    ExportFormat m_format;
    QIODevice &m_device;
    std::vector<QByteArray> m_keys;
    QByteArray m_buffer;
    qint64 m_rows = 0;
};

} // namespace

tl::expected<qint64, QString> Exporter::write(const QAbstractItemModel &model, ExportFormat format,
                                              QIODevice &device)
{
    if (!device.isWritable()) {
        return tl::unexpected(tr("The file is not open for writing."));
    }
    Writer writer(model, format, device);
    if (!writer.writeAll()) {
        return tl::unexpected(device.errorString());
    }
    return writer.rows();
}

} // namespace switchboard::monitor
