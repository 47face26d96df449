// SPDX-License-Identifier: BSD-3-Clause
#include "net/frame.h"

#include <QtEndian>

#include <algorithm>

namespace switchboard {

namespace {

constexpr quint8 finalFrame = 0x80;
constexpr quint8 compressedPayload = 0x40; // RSV1, RFC 7692 section 6
constexpr qsizetype longestShortPayload = 125;
constexpr qsizetype longestMediumPayload = 0xFFFF;
constexpr char mediumLength = 126;
constexpr char longLength = 127;
constexpr qsizetype longestHeader = 10;

template <typename Integer>
void appendBigEndian(QByteArray &bytes, Integer number)
{
    char encoded[sizeof(Integer)];
    qToBigEndian(number, encoded);
    bytes.append(encoded, sizeof encoded);
}

} // namespace

Frame Frame::encode(quint8 flags, Opcode type, QByteArrayView payload)
{
    QByteArray bytes;
    bytes.reserve(payload.size() + longestHeader);
    bytes.append(static_cast<char>(flags | static_cast<quint8>(type)));
    if (payload.size() <= longestShortPayload) {
        bytes.append(static_cast<char>(payload.size()));
    } else if (payload.size() <= longestMediumPayload) {
        bytes.append(mediumLength);
        appendBigEndian(bytes, static_cast<quint16>(payload.size()));
    } else {
        bytes.append(longLength);
        appendBigEndian(bytes, static_cast<quint64>(payload.size()));
    }
    const auto headerBytes = static_cast<quint8>(bytes.size());
    bytes.append(payload);
    return Frame(new Data{.type = type, .headerBytes = headerBytes, .bytes = std::move(bytes)});
}

Frame Frame::message(Opcode type, QByteArrayView payload)
{
    return encode(finalFrame, type, payload);
}

Frame Frame::compressedMessage(Opcode type, QByteArrayView deflated)
{
    return encode(finalFrame | compressedPayload, type, deflated);
}

Frame Frame::control(Opcode type, QByteArrayView payload)
{
    Q_ASSERT(payload.size() <= longestControlPayload);
    return encode(finalFrame, type, payload);
}

Frame Frame::close(quint16 code, QByteArrayView reason)
{
    QByteArray payload;
    if (code != static_cast<quint16>(CloseCode::NoStatus)) {
        appendBigEndian(payload, code);
        payload.append(reason.first(qMin(reason.size(), longestControlPayload - payload.size())));
    }
    return encode(finalFrame, Opcode::Close, payload);
}

Frame Frame::verbatim(QByteArray bytes)
{
    return Frame(new Data{.bytes = std::move(bytes)});
}

std::optional<Frame> Frame::compressed(int windowBits) const
{
    for (const auto &[bits, frame] : m_data->compressed) {
        if (bits == windowBits) {
            return frame;
        }
    }
    return std::nullopt;
}

void Frame::keepCompressed(int windowBits, const Frame &frame) const
{
    m_data->compressed.emplace_back(windowBits, frame);
}

} // namespace switchboard
