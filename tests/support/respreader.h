// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>

#include <QByteArray>
#include <QList>
#include <QMetaType>
#include <QVariant>

namespace switchboard::test {

/// An error that Redis answered with.
struct RespError
{
    QByteArray message;
};

/**
 * Reads and writes Redis' protocol (RESP 2), independently of the wrapper that the daemon uses: tests do
 * not prove that one with itself.
 *
 * A reply is a QVariant: QByteArray for simple and bulk strings, qlonglong for integers, QVariantList for
 * arrays, nullptr for nil, RespError for errors.
 */
class RespReader
{
public:
    void feed(const QByteArray &bytes) { m_buffer += bytes; }

    /// Takes the next reply; nothing while it is not whole, nor after bytes that are no RESP.
    std::optional<QVariant> takeReply();

    /// Whether something came that is no RESP.
    bool isBroken() const { return m_broken; }

    static QByteArray encodeCommand(const QList<QByteArray> &command);

private:
    std::optional<QVariant> parse(qsizetype &position);
    std::optional<QVariant> parseBulk(qsizetype &position, qlonglong size);
    std::optional<QVariant> parseArray(qsizetype &position, qlonglong size);

    QByteArray m_buffer;
    bool m_broken = false;
};

} // namespace switchboard::test

Q_DECLARE_METATYPE(switchboard::test::RespError)
