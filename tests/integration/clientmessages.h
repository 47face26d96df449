// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>

#include <QByteArray>
#include <QList>
#include <QMetaType>

namespace switchboard::test {

// What clients send and hear, written and read without the code that the daemon uses for it.

/// A chat message from a client whose contents are \a json, which is taken as it is.
QByteArray submitJson(const QByteArray &json);

/// A chat message from a client that says \a content, UTF-8.
QByteArray submitMessage(const QByteArray &content);

/// What a daemon shows of a chat message.
struct ChatMessage
{
    QByteArray content; ///< UTF-8
    QByteArray postedAt;

    /// When it was posted, in whole milliseconds since 1970; nothing if it is not in the protocol's form.
    std::optional<qint64> postedAtMilliseconds() const;
};

/// The frame that shows such a message; \a contentJson is a JSON string as it stands on the wire.
QByteArray chatFrame(const QByteArray &contentJson, const QByteArray &postedAt);

/// Reads a frame that is letter by letter in that form; nothing if it is not.
std::optional<ChatMessage> parseChatMessage(const QByteArray &frame);

/// The contents of all chat messages among \a frames, in their order.
QList<QByteArray> chatContents(const QList<QByteArray> &frames);

/// A daemon's answer to a message that it does not accept.
struct Rejection
{
    QByteArray code;
    QByteArray reason;
    QByteArray channel; ///< null where the answer does not name it
    QByteArray type; ///< null where the answer does not name it
};

/// Reads such an answer; nothing if \a frame is something else.
std::optional<Rejection> parseRejection(const QByteArray &frame);

/// The frame that a ping is shown with, byte by byte.
QByteArray pingFrame(int number);

} // namespace switchboard::test
