// SPDX-License-Identifier: BSD-3-Clause
#include "net/frame.h"

#include <QtEndian>

namespace switchboard {

namespace {

constexpr char finalText = static_cast<char>(0x81);
constexpr qsizetype longestShortPayload = 125;
constexpr qsizetype longestMediumPayload = 0xFFFF;
constexpr char mediumLength = 126;
constexpr char longLength = 127;

template <typename Integer>
void appendBigEndian(QByteArray &bytes, Integer number)
{
    char encoded[sizeof(Integer)];
    qToBigEndian(number, encoded);
    bytes.append(encoded, sizeof encoded);
}

} // namespace

Frame Frame::text(QByteArrayView utf8)
{
    QByteArray bytes;
    bytes.reserve(utf8.size() + 10);
    bytes.append(finalText);
    if (utf8.size() <= longestShortPayload) {
        bytes.append(static_cast<char>(utf8.size()));
    } else if (utf8.size() <= longestMediumPayload) {
        bytes.append(mediumLength);
        appendBigEndian(bytes, static_cast<quint16>(utf8.size()));
    } else {
        bytes.append(longLength);
        appendBigEndian(bytes, static_cast<quint64>(utf8.size()));
    }
    bytes.append(utf8);
    return Frame(std::move(bytes));
}

} // namespace switchboard
