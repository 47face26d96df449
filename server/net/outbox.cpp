// SPDX-License-Identifier: BSD-3-Clause
#include "net/outbox.h"

#include "net/framejoiner.h"

#include <array>
#include <cerrno>
#include <span>
#include <sys/socket.h>
#include <sys/uio.h>

namespace switchboard {

namespace {

// More slices in one call gain nothing that shows; the array stays small on the stack.
constexpr std::size_t slicesPerCall = 64;

ssize_t sendSlices(int descriptor, std::span<iovec> slices)
{
    constexpr int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
    if (slices.size() == 1) {
        // The same for less.
        return ::send(descriptor, slices.front().iov_base, slices.front().iov_len, flags);
    }
    msghdr message = {};
    message.msg_iov = slices.data();
    message.msg_iovlen = slices.size();
    return ::sendmsg(descriptor, &message, flags);
}

} // namespace

void Outbox::clear()
{
    m_frames.clear();
    m_first = 0;
    m_sentOfFirst = 0;
    m_bytes = 0;
}

void Outbox::clearUnbegun()
{
    if (m_sentOfFirst == 0) {
        clear();
        return;
    }
    const Frame begun = m_frames[m_first];
    m_frames.clear();
    m_frames.push_back(begun);
    m_first = 0;
    m_bytes = begun.size() - m_sentOfFirst;
}

void Outbox::join(FrameJoiner &joiner)
{
    if (m_first > 0 || m_sentOfFirst > 0 || m_frames.size() < 2) {
        return;
    }
    if (const Frame *joined = joiner.join(m_frames, m_bytes)) {
        m_frames.clear();
        m_frames.push_back(*joined);
    }
}

Outbox::WriteResult Outbox::writeTo(int descriptor)
{
    while (!isEmpty()) {
        std::array<iovec, slicesPerCall> slices;
        std::size_t count = 0;
        qsizetype offset = m_sentOfFirst;
        for (std::size_t i = m_first; i < m_frames.size() && count < slices.size(); ++i, ++count) {
            const QByteArray &frame = m_frames[i].bytes();
            // sendmsg() does not write to what it is given, but its type cannot say so.
            slices[count].iov_base = const_cast<char *>(frame.constData() + offset);
            slices[count].iov_len = static_cast<std::size_t>(frame.size() - offset);
            offset = 0;
        }
        const ssize_t sent = sendSlices(descriptor, {slices.data(), count});
        if (sent < 0) {
            if (errno == EINTR) {
                continue;
            }
            return errno == EAGAIN || errno == EWOULDBLOCK ? WriteResult::WouldBlock : WriteResult::Failed;
        }
        consume(sent);
    }
    return WriteResult::Done;
}

QByteArray Outbox::takeFirst()
{
    if (isEmpty()) {
        return {};
    }
    QByteArray rest = m_frames[m_first].bytes().sliced(m_sentOfFirst);
    consume(rest.size());
    return rest;
}

void Outbox::releaseMemory()
{
    if (isEmpty()) {
        m_frames = {};
    }
}

void Outbox::consume(qsizetype bytes)
{
    m_bytes -= bytes;
    if (m_bytes == 0) {
        clear();
        return;
    }
    bytes += m_sentOfFirst;
    while (bytes >= m_frames[m_first].size()) {
        bytes -= m_frames[m_first].size();
        ++m_first;
    }
    m_sentOfFirst = bytes;
    if (m_first > m_frames.size() / 2) {
        m_frames.erase(m_frames.begin(), m_frames.begin() + static_cast<std::ptrdiff_t>(m_first));
        m_first = 0;
    }
}

} // namespace switchboard
