// SPDX-License-Identifier: BSD-3-Clause
#include "support/deflatestream.h"

#include <array>
#include <stdexcept>

#define ZLIB_CONST
#include <zlib.h>

namespace switchboard::test {

namespace {

const QByteArray Tail("\x00\x00\xFF\xFF", 4); // RFC 7692, 7.2.1

void setInput(z_stream &stream, const QByteArray &bytes)
{
    stream.next_in = reinterpret_cast<const Bytef *>(bytes.constData());
    stream.avail_in = static_cast<uInt>(bytes.size());
}

/// Takes what \a step makes of the input of \a stream. The last result of \a step is in \a result.
template <typename Step>
QByteArray takeOutput(z_stream &stream, int &result, Step step)
{
    QByteArray output;
    std::array<char, 16384> piece{};
    do {
        stream.next_out = reinterpret_cast<Bytef *>(piece.data());
        stream.avail_out = piece.size();
        result = step(&stream, Z_SYNC_FLUSH);
        output.append(piece.data(), static_cast<qsizetype>(piece.size() - stream.avail_out));
    } while (result == Z_OK && stream.avail_out == 0);
    return output;
}

void check(int result)
{
    if (result != Z_OK) {
        throw std::runtime_error("zlib makes no stream");
    }
}

} // namespace

DeflateStream::DeflateStream(int windowBits)
    : m_stream(std::make_unique<z_stream>())
{
    check(
        deflateInit2(m_stream.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, -windowBits, 8, Z_DEFAULT_STRATEGY));
}

DeflateStream::~DeflateStream()
{
    deflateEnd(m_stream.get());
}

QByteArray DeflateStream::deflate(const QByteArray &message)
{
    setInput(*m_stream, message);
    int result = Z_OK;
    const QByteArray output = takeOutput(*m_stream, result, ::deflate);
    return output.endsWith(Tail) ? output.chopped(Tail.size()) : output;
}

void DeflateStream::reset()
{
    deflateReset(m_stream.get());
}

InflateStream::InflateStream(int windowBits)
    : m_stream(std::make_unique<z_stream>())
{
    check(inflateInit2(m_stream.get(), -windowBits));
}

InflateStream::~InflateStream()
{
    inflateEnd(m_stream.get());
}

std::optional<QByteArray> InflateStream::inflate(const QByteArray &payload)
{
    const QByteArray whole = payload + Tail;
    setInput(*m_stream, whole);
    int result = Z_OK;
    const QByteArray output = takeOutput(*m_stream, result, ::inflate);
    const bool isGood = (result == Z_OK || result == Z_BUF_ERROR) && m_stream->avail_in == 0;
    return isGood ? std::optional(output) : std::nullopt;
}

} // namespace switchboard::test
