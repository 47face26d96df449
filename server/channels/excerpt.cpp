// SPDX-License-Identifier: BSD-3-Clause
#include "channels/excerpt.h"

namespace switchboard {

namespace {

constexpr qsizetype shownBytes = 200;

bool isContinuation(char c)
{
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

} // namespace

QByteArray excerpt(QByteArrayView text)
{
    if (text.size() <= shownBytes) {
        return text.toByteArray();
    }
    qsizetype end = shownBytes;
    while (end > 0 && isContinuation(text[end])) {
        --end;
    }
    return text.first(end).toByteArray() + "… (" + QByteArray::number(text.size()) + " bytes)";
}

} // namespace switchboard
