// SPDX-License-Identifier: BSD-3-Clause
#include "support/respreader.h"

namespace switchboard::test {

namespace {

const QByteArray LineEnd = QByteArrayLiteral("\r\n");

} // namespace

std::optional<QVariant> RespReader::takeReply()
{
    if (m_broken) {
        return std::nullopt;
    }
    qsizetype position = 0;
    std::optional<QVariant> reply = parse(position);
    if (reply) {
        m_buffer.remove(0, position);
    }
    return reply;
}

QByteArray RespReader::encodeCommand(const QList<QByteArray> &command)
{
    QByteArray bytes = '*' + QByteArray::number(command.size()) + LineEnd;
    for (const QByteArray &argument : command) {
        bytes += '$' + QByteArray::number(argument.size()) + LineEnd + argument + LineEnd;
    }
    return bytes;
}

std::optional<QVariant> RespReader::parse(qsizetype &position)
{
    const qsizetype end = m_buffer.indexOf(LineEnd, position);
    if (end < 0) {
        return std::nullopt;
    }
    const char type = m_buffer.at(position);
    const QByteArray line = m_buffer.sliced(position + 1, end - position - 1);
    position = end + LineEnd.size();
    switch (type) {
    case '+':
        return line;
    case '-':
        return QVariant::fromValue(RespError{line});
    case ':':
        return line.toLongLong();
    case '$':
        return parseBulk(position, line.toLongLong());
    case '*':
        return parseArray(position, line.toLongLong());
    default:
        m_broken = true;
        return std::nullopt;
    }
}

std::optional<QVariant> RespReader::parseBulk(qsizetype &position, qlonglong size)
{
    if (size < 0) {
        return QVariant::fromValue(nullptr);
    }
    if (m_buffer.size() - position < size + LineEnd.size()) {
        return std::nullopt;
    }
    const QByteArray bulk = m_buffer.sliced(position, size);
    position += size + LineEnd.size();
    return bulk;
}

std::optional<QVariant> RespReader::parseArray(qsizetype &position, qlonglong size)
{
    if (size < 0) {
        return QVariant::fromValue(nullptr);
    }
    QVariantList array;
    for (qlonglong i = 0; i < size; ++i) {
        const std::optional<QVariant> element = parse(position);
        if (!element) {
            return std::nullopt;
        }
        array.append(*element);
    }
    return array;
}

} // namespace switchboard::test
