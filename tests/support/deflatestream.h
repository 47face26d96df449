// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <optional>

#include <QByteArray>

struct z_stream_s;

namespace switchboard::test {

/// Compresses messages as a client with permessage-deflate does (RFC 7692, 7.2.1).
class DeflateStream
{
public:
    explicit DeflateStream(int windowBits = 15);
    ~DeflateStream();
    Q_DISABLE_COPY_MOVE(DeflateStream)

    /// The payload of \a message, which may refer to those before.
    QByteArray deflate(const QByteArray &message);
    /// Forgets those before.
    void reset();

private:
    std::unique_ptr<z_stream_s> m_stream;
};

/// Inflates them.
class InflateStream
{
public:
    explicit InflateStream(int windowBits = 15);
    ~InflateStream();
    Q_DISABLE_COPY_MOVE(InflateStream)

    /// The message of \a payload, which may refer to those before; nothing if it is no such payload.
    std::optional<QByteArray> inflate(const QByteArray &payload);

private:
    std::unique_ptr<z_stream_s> m_stream;
};

} // namespace switchboard::test
