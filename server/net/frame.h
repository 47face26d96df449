// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace switchboard {

/// A WebSocket frame from server to client, encoded and immutable (RFC 6455 section 5.2). Such a frame is not
/// masked, so it is the same bytes for every client: it is made once and shared by reference.
class Frame
{
public:
    /// A whole text message of valid UTF-8 in one frame.
    [[nodiscard]] static Frame text(QByteArrayView utf8);

    /// Header and payload as they go out.
    [[nodiscard]] const QByteArray &bytes() const { return m_bytes; }

    /// The number of those bytes.
    [[nodiscard]] qsizetype size() const { return m_bytes.size(); }

private:
    explicit Frame(QByteArray bytes)
        : m_bytes(std::move(bytes))
    { }

    QByteArray m_bytes;
};

} // namespace switchboard
