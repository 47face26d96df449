// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/websocket/messagereader.h"

#include <QByteArrayList>

#include <algorithm>
#include <functional>

namespace switchboard::test {

/// Keeps what a MessageReader gives, each as one line: what it is, a blank, and the payload.
class RecordingSink final : public MessageReader::Sink
{
public:
    QByteArrayList lines;
    /// Called with the payload of each message, as the reader gave it.
    std::function<void(QByteArrayView)> onMessage = [](QByteArrayView) {};

    void messageRead(Opcode type, QByteArrayView payload) override
    {
        lines.append((type == Opcode::Text ? "text " : "binary ") + payload.toByteArray());
        onMessage(payload);
    }
    void pingRead(QByteArrayView payload) override { lines.append("ping " + payload.toByteArray()); }
    void pongRead(QByteArrayView payload) override { lines.append("pong " + payload.toByteArray()); }
    void closeRead(quint16 code, QByteArrayView reason) override
    {
        lines.append("close " + QByteArray::number(code) + ' ' + reason.toByteArray());
    }

    /// Gives \a bytes to \a reader; a fault becomes a line with its code and reason.
    void read(MessageReader &reader, QByteArray bytes)
    {
        const auto result = reader.read({bytes.data(), std::size_t(bytes.size())}, *this);
        if (!result) {
            const auto code = static_cast<int>(result.error().code);
            lines.append("fault " + QByteArray::number(code) + ' ' + result.error().reason);
        }
    }

    /// The same in pieces, each of the size that \a nextSize gives and in memory of its own.
    void readInPieces(MessageReader &reader, const QByteArray &bytes,
                      const std::function<qsizetype()> &nextSize)
    {
        for (qsizetype at = 0; at < bytes.size();) {
            const qsizetype size = std::min(nextSize(), bytes.size() - at);
            read(reader, QByteArray(bytes.constData() + at, size));
            at += size;
        }
    }
};

} // namespace switchboard::test
