// SPDX-License-Identifier: BSD-3-Clause
#include "net/chunkedbody.h"

#include <algorithm>
#include <optional>

namespace switchboard {

namespace {

// The longest line that tells a chunk's size: sixteen digits and an extension nobody needs.
constexpr qsizetype longestChunkLine = 128;
// Four gigabytes less one, which no limit lets through.
constexpr qsizetype longestChunkSize = 8;

// The number in the line before a chunk, in hexadecimal digits and nothing else; the extension behind it is
// passed over.
std::optional<qsizetype> chunkSize(QByteArrayView line)
{
    const qsizetype extension = line.indexOf(';');
    const QByteArrayView digits = extension < 0 ? line : line.first(extension);
    const bool isNumber = !digits.isEmpty() && digits.size() <= longestChunkSize
        && std::all_of(digits.begin(), digits.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
           });
    if (!isNumber || line.contains('\n') || line.contains('\r')) {
        return std::nullopt;
    }
    return static_cast<qsizetype>(digits.toLongLong(nullptr, 16));
}

} // namespace

ChunkedBodyScanner::Result ChunkedBodyScanner::scan(QByteArrayView body)
{
    for (;;) {
        if (m_chunkRest > 0) {
            // The chunk's data and the CR LF behind it.
            if (body.size() - m_position < m_chunkRest + 2) {
                return Result::Incomplete;
            }
            m_position += m_chunkRest;
            m_chunkRest = 0;
            if (body.sliced(m_position, 2) != QByteArrayView("\r\n")) {
                return Result::Malformed;
            }
            m_position += 2;
        }
        if (m_isLast) {
            if (body.size() - m_position < 2) {
                return Result::Incomplete;
            }
            const bool isEnd = body.sliced(m_position, 2) == QByteArrayView("\r\n");
            m_position += 2;
            return isEnd ? Result::Complete : Result::Malformed;
        }
        const qsizetype end = body.indexOf("\r\n", m_position);
        // Where the rest of its end has not come, the CR is no part of the line.
        const qsizetype lineEnd = end < 0 ? body.size() - (body.endsWith('\r') ? 1 : 0) : end;
        if (lineEnd - m_position > longestChunkLine) {
            return Result::Malformed;
        }
        if (end < 0) {
            return Result::Incomplete;
        }
        const std::optional<qsizetype> size = chunkSize(body.sliced(m_position, end - m_position));
        if (!size) {
            return Result::Malformed;
        }
        m_position = end + 2;
        m_chunkRest = *size;
        m_isLast = *size == 0;
    }
}

} // namespace switchboard
