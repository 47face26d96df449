// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/deflater.h"

#include "net/websocket/zlibbuffers.h"

#include <algorithm>
#include <new>

namespace switchboard {

namespace {

// What a flush ends in; it is cut off (RFC 7692 section 7.2.1).
constexpr qsizetype tailBytes = 4;
// zlib has no raw streams with a window of 8 bits. With 9 bits it never refers back more than 250 bytes: it
// keeps 262 of the 512 to look ahead. So they serve for 8.
constexpr int smallestWindowBits = 9;
constexpr int memoryLevel = 8;

} // namespace

void Deflater::StreamDeleter::operator()(z_stream_s *stream) const
{
    deflateEnd(stream);
    delete stream;
}

Deflater::Deflater(int windowBits, bool keepsContext)
    : m_windowBits(std::max(windowBits, smallestWindowBits))
    , m_keepsContext(keepsContext)
{ }

QByteArray Deflater::deflate(QByteArrayView message)
{
    // zlib flushes nothing twice, so an empty block is written here (RFC 7692 section 7.2.3.6).
    if (message.isEmpty()) {
        return QByteArrayLiteral("\0");
    }
    if (!m_stream) {
        start();
    }
    QByteArray compressed;
    setInput(*m_stream, message);
    // Room for the flush as well, so one call does nearly always.
    qsizetype room = static_cast<qsizetype>(deflateBound(m_stream.get(), m_stream->avail_in)) + 16;
    qsizetype size = 0;
    do {
        compressed.resize(size + room);
        setOutput(*m_stream, compressed.data() + size, room);
        ::deflate(m_stream.get(), Z_SYNC_FLUSH);
        size = compressed.size() - m_stream->avail_out;
    } while (m_stream->avail_out == 0);
    compressed.truncate(size - tailBytes);
    if (!m_keepsContext) {
        deflateReset(m_stream.get());
    }
    return compressed;
}

void Deflater::start()
{
    auto stream = std::make_unique<z_stream>();
    if (deflateInit2(stream.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, -m_windowBits, memoryLevel,
                     Z_DEFAULT_STRATEGY)
        != Z_OK) {
        throw std::bad_alloc();
    }
    m_stream.reset(stream.release());
}

} // namespace switchboard
