// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/inflater.h"

#include "net/websocket/zlibbuffers.h"

#include <algorithm>
#include <new>

namespace switchboard {

namespace {

constexpr qsizetype initialRoom = qsizetype(4) * 1024;
constexpr qsizetype keptRoom = qsizetype(64) * 1024;

// What a sender cut off (RFC 7692 section 7.2.2).
constexpr QByteArrayView tail("\x00\x00\xFF\xFF", 4);

// What zlib says in data_type when it stands before the first bit of a block, at the beginning of a byte.
constexpr int betweenBlocks = 128;

struct Progress
{
    /// What there is of the message so far.
    qsizetype size = 0;
    /// The input ended in a final block.
    bool hasEnded = false;
};

using Result = tl::expected<Progress, InflateFault>;

// Inflates all input of the stream behind the first bytes of the workspace.
Result inflateInput(z_stream &stream, InflateWorkspace &workspace, qsizetype size, qsizetype maxBytes)
{
    const qsizetype limit = maxBytes + 1; // with the byte that shows that it is too long
    for (;;) {
        if (size == qsizetype(workspace.room().size())) {
            workspace.grow(limit);
        }
        const qsizetype end = std::min(qsizetype(workspace.room().size()), limit);
        setOutput(stream, workspace.room().data() + size, end - size);
        const int result = inflate(&stream, Z_SYNC_FLUSH);
        size = end - stream.avail_out;
        if (size > maxBytes) {
            return tl::unexpected(InflateFault::TooBig);
        }
        if (result == Z_STREAM_END) {
            // What follows is another stream that may refer to this one (RFC 7692 section 7.2.3.5).
            inflateResetKeep(&stream);
            if (stream.avail_in == 0) {
                return Progress{.size = size, .hasEnded = true};
            }
            continue;
        }
        if (result != Z_OK && result != Z_BUF_ERROR) {
            return tl::unexpected(InflateFault::Corrupt);
        }
        if (stream.avail_out > 0) { // so there is no more input
            return Progress{.size = size, .hasEnded = false};
        }
    }
}

Result inflateMessage(z_stream &stream, InflateWorkspace &workspace, QByteArrayView compressed,
                      qsizetype maxBytes)
{
    setInput(stream, compressed);
    Result progress = inflateInput(stream, workspace, 0, maxBytes);
    // A message may end in a final block, without the empty one that the tail belongs to.
    if (!progress || progress->hasEnded) {
        return progress;
    }
    setInput(stream, tail);
    progress = inflateInput(stream, workspace, progress->size, maxBytes);
    if (progress && !progress->hasEnded && stream.data_type != betweenBlocks) {
        return tl::unexpected(InflateFault::Corrupt);
    }
    return progress;
}

} // namespace

void InflateWorkspace::grow(qsizetype maxBytes)
{
    m_bytes.resize(std::min(std::max(initialRoom, m_bytes.size() * 2), maxBytes));
}

void InflateWorkspace::trim()
{
    if (m_bytes.size() > keptRoom) {
        m_bytes = QByteArray();
    }
}

void Inflater::StreamDeleter::operator()(z_stream_s *stream) const
{
    inflateEnd(stream);
    delete stream;
}

Inflater::Inflater(int windowBits, bool keepsContext, InflateWorkspace &workspace)
    : m_workspace(workspace)
    , m_windowBits(windowBits)
    , m_keepsContext(keepsContext)
{ }

tl::expected<QByteArrayView, InflateFault> Inflater::inflate(QByteArrayView compressed, qsizetype maxBytes)
{
    // An empty message should be one byte; some senders leave that out too.
    if (compressed.isEmpty()) {
        return QByteArrayView();
    }
    if (!m_stream) {
        start();
    }
    const Result progress = inflateMessage(*m_stream, m_workspace, compressed, maxBytes);
    if (!progress) {
        m_stream.reset();
        return tl::unexpected(progress.error());
    }
    if (!m_keepsContext) {
        inflateReset(m_stream.get());
    }
    return QByteArrayView(m_workspace.room().data(), progress->size);
}

void Inflater::start()
{
    auto stream = std::make_unique<z_stream>();
    if (inflateInit2(stream.get(), -m_windowBits) != Z_OK) {
        throw std::bad_alloc();
    }
    m_stream.reset(stream.release());
}

} // namespace switchboard
