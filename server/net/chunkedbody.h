// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArrayView>

namespace switchboard {

/// Finds the end of a chunked body (RFC 9112 section 7.1) in bytes that come bit by bit.
class ChunkedBodyScanner
{
public:
    enum class Result { Incomplete, Complete, Malformed };

    /// Looks at all that is there of the body so far, going on where it was. Trailers are taken for
    /// malformed.
    [[nodiscard]] Result scan(QByteArrayView body);
    /// Where the body ends, once scan() said Complete.
    [[nodiscard]] qsizetype end() const { return m_position; }

private:
    qsizetype m_position = 0;
    qsizetype m_chunkRest = 0;
    bool m_isLast = false;
};

} // namespace switchboard
