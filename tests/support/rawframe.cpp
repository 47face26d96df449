// SPDX-License-Identifier: BSD-3-Clause
#include "support/rawframe.h"

#include <QtEndian>

namespace switchboard::test {

namespace {

constexpr qsizetype MaskSize = 4;
constexpr quint8 FinBit = 0x80;
constexpr quint8 MaskBit = 0x80;
constexpr quint8 Length16 = 126;
constexpr quint8 Length64 = 127;

void applyMask(QByteArray &payload, const QByteArray &mask)
{
    for (qsizetype i = 0; i < payload.size(); ++i) {
        payload[i] = static_cast<char>(payload.at(i) ^ mask.at(i % MaskSize));
    }
}

template <typename T>
void appendBigEndian(QByteArray &bytes, T value)
{
    value = qToBigEndian(value);
    bytes.append(reinterpret_cast<const char *>(&value), sizeof(value));
}

/// Bytes that an extended length takes after the first two of a frame.
qsizetype extendedLengthSize(quint8 shortLength)
{
    switch (shortLength) {
    case Length16:
        return sizeof(quint16);
    case Length64:
        return sizeof(quint64);
    default:
        return 0;
    }
}

} // namespace

int RawFrame::closeCode() const
{
    constexpr int NoStatus = 1005;
    constexpr qsizetype CodeSize = 2;
    return payload.size() < CodeSize ? NoStatus : qFromBigEndian<quint16>(payload.constData());
}

QByteArray RawFrame::encode() const
{
    const quint8 maskBit = masked ? MaskBit : 0;
    QByteArray bytes;
    bytes.append(static_cast<char>((fin ? FinBit : 0) | (reservedBits << 4) | opcode));
    if (payload.size() < Length16) {
        bytes.append(static_cast<char>(maskBit | payload.size()));
    } else if (payload.size() <= 0xFFFF) {
        bytes.append(static_cast<char>(maskBit | Length16));
        appendBigEndian(bytes, static_cast<quint16>(payload.size()));
    } else {
        bytes.append(static_cast<char>(maskBit | Length64));
        appendBigEndian(bytes, static_cast<quint64>(payload.size()));
    }
    if (!masked) {
        return bytes + payload;
    }
    const QByteArray mask("\x5A\xC3\x3C\xA5", MaskSize); // the same every time: failures can be repeated
    QByteArray body = payload;
    applyMask(body, mask);
    return bytes + mask + body;
}

std::optional<RawFrame> RawFrame::takeFrom(QByteArray &bytes)
{
    constexpr qsizetype ShortHeader = 2;
    if (bytes.size() < ShortHeader) {
        return std::nullopt;
    }
    const auto first = static_cast<quint8>(bytes.at(0));
    const auto second = static_cast<quint8>(bytes.at(1));
    const quint8 shortLength = second & 0x7F;
    const bool masked = (second & MaskBit) != 0;
    const qsizetype lengthSize = extendedLengthSize(shortLength);
    const qsizetype headerSize = ShortHeader + lengthSize + (masked ? MaskSize : 0);
    if (bytes.size() < headerSize) {
        return std::nullopt;
    }
    const char *extended = bytes.constData() + ShortHeader;
    quint64 length = shortLength;
    if (shortLength == Length16) {
        length = qFromBigEndian<quint16>(extended);
    } else if (shortLength == Length64) {
        length = qFromBigEndian<quint64>(extended);
    }
    if (static_cast<quint64>(bytes.size() - headerSize) < length) {
        return std::nullopt;
    }

    RawFrame frame;
    frame.fin = (first & FinBit) != 0;
    frame.reservedBits = (first >> 4) & 0x7;
    frame.opcode = first & 0xF;
    frame.masked = masked;
    frame.payload = bytes.sliced(headerSize, static_cast<qsizetype>(length));
    if (masked) {
        applyMask(frame.payload, bytes.sliced(headerSize - MaskSize, MaskSize));
    }
    bytes.remove(0, headerSize + frame.payload.size());
    return frame;
}

} // namespace switchboard::test
