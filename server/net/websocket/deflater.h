// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <memory>

struct z_stream_s;

namespace switchboard {

/// Compresses messages for permessage-deflate (RFC 7692 section 7.2.1). It takes zlib's memory, up to 268 KB
/// for a window of 15 bits, with the first message.
class Deflater
{
public:
    /// \a windowBits from 8 to 15: no reference reaches back more than 2 to the power of it. \a keepsContext
    /// lets a message refer to earlier ones; else each stands for itself, and may go to any client.
    Deflater(int windowBits, bool keepsContext);

    /// The payload of a compressed message, at least one byte.
    [[nodiscard]] QByteArray deflate(QByteArrayView message);

private:
    struct StreamDeleter
    {
        void operator()(z_stream_s *stream) const;
    };

    void start();

    std::unique_ptr<z_stream_s, StreamDeleter> m_stream;
    int m_windowBits;
    bool m_keepsContext;
};

} // namespace switchboard
