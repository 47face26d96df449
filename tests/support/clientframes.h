// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "support/rawframe.h"

#include <QtEndian>

namespace switchboard::test {

/// A frame as clients send them; \a reservedBits is 4 with RSV1.
inline QByteArray clientFrame(RawFrame::Opcode opcode, const QByteArray &payload, bool isFinal = true,
                              quint8 reservedBits = 0)
{
    return RawFrame{
        .fin = isFinal, .reservedBits = reservedBits, .opcode = opcode, .masked = true, .payload = payload}
        .encode();
}

/// One that is not the last of its message.
inline QByteArray openFrame(RawFrame::Opcode opcode, const QByteArray &payload, quint8 reservedBits = 0)
{
    return clientFrame(opcode, payload, false, reservedBits);
}

inline QByteArray textFrame(const QByteArray &payload)
{
    return clientFrame(RawFrame::Text, payload);
}

inline QByteArray closeFrame(quint16 code, const QByteArray &reason = {})
{
    QByteArray payload(sizeof code, Qt::Uninitialized);
    qToBigEndian(code, payload.data());
    return clientFrame(RawFrame::Close, payload + reason);
}

} // namespace switchboard::test
