// SPDX-License-Identifier: BSD-3-Clause
#include "net/clientids.h"

#include <QRandomGenerator>

#include <cstring>

namespace switchboard {

QUuid ClientIds::next()
{
    if (m_next == m_words.size()) {
        QRandomGenerator::system()->fillRange(m_words.data(), static_cast<qsizetype>(m_words.size()));
        m_next = 0;
    }
    std::array<uchar, 16> bytes{};
    std::memcpy(bytes.data(), &m_words[m_next], bytes.size());
    // It is nobody's business which random numbers come before or behind this one.
    std::memset(&m_words[m_next], 0, bytes.size());
    m_next += wordsPerId;
    bytes[6] = static_cast<uchar>((bytes[6] & 0x0F) | 0x40); // version 4
    bytes[8] = static_cast<uchar>((bytes[8] & 0x3F) | 0x80); // variant of RFC 4122
    return QUuid::fromRfc4122(QByteArrayView(bytes.data(), static_cast<qsizetype>(bytes.size())));
}

} // namespace switchboard
