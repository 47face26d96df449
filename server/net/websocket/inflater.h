// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <memory>
#include <span>
#include <tl/expected.hpp>

struct z_stream_s;

namespace switchboard {

/// Why a message cannot be inflated.
enum class InflateFault {
    /// It is no deflate stream, or ends inside one.
    Corrupt,
    /// It is longer than allowed.
    TooBig,
};

/// The memory that inflated messages lie in. One does for all the inflaters of an event loop, since a message
/// is dealt with before the next one is inflated.
class InflateWorkspace
{
public:
    /// The room that is there, from the first byte on. Its content outlives growing.
    [[nodiscard]] std::span<char> room()
    {
        return {m_bytes.data(), static_cast<std::size_t>(m_bytes.size())};
    }
    /// Makes more room, at most \a maxBytes in all.
    void grow(qsizetype maxBytes);
    /// Gives memory back, unless it is at most 64 KiB.
    void trim();

private:
    QByteArray m_bytes;
};

/// Inflates the messages of a client for permessage-deflate (RFC 7692 section 7.2.2). It takes zlib's memory,
/// up to 42 KB for a window of 15 bits, with the first message.
class Inflater
{
public:
    /// \a windowBits from 8 to 15, not less than the client's. \a keepsContext says that a message may refer
    /// to earlier ones; without it one Inflater does for many clients. \a workspace has to outlive it.
    Inflater(int windowBits, bool keepsContext, InflateWorkspace &workspace);

    /// The message that \a compressed is the payload of. The view lasts until anything else is inflated with
    /// the same workspace, or trim(). Takes no more memory than \a maxBytes for it, however long the message
    /// would be. After a fault the context is lost.
    [[nodiscard]] tl::expected<QByteArrayView, InflateFault> inflate(QByteArrayView compressed,
                                                                     qsizetype maxBytes);

    /// Trims the workspace when the message is dealt with.
    void trim() { m_workspace.trim(); }

private:
    struct StreamDeleter
    {
        void operator()(z_stream_s *stream) const;
    };

    void start();

    std::unique_ptr<z_stream_s, StreamDeleter> m_stream;
    InflateWorkspace &m_workspace;
    int m_windowBits;
    bool m_keepsContext;
};

} // namespace switchboard
