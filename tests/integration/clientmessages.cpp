// SPDX-License-Identifier: BSD-3-Clause
#include "integration/clientmessages.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace switchboard::test {

namespace {

const QByteArray ChatHead = QByteArrayLiteral(R"({"channel":"chat","message":{"contents":{"content":)");
const QByteArray ChatMiddle = QByteArrayLiteral(R"(,"postedAt":")");
const QByteArray ChatTail = QByteArrayLiteral(R"("},"type":"NewMessageReceived"}})");

QByteArray textMember(const QJsonObject &object, QLatin1StringView key)
{
    const QJsonValue value = object.value(key);
    return value.isString() ? value.toString().toUtf8() : QByteArray();
}

} // namespace

QByteArray submitJson(const QByteArray &json)
{
    return R"({"channel":"chat","message":{"type":"SubmitMessage","contents":)" + json + "}}";
}

QByteArray submitMessage(const QByteArray &content)
{
    const QByteArray array =
        QJsonDocument(QJsonArray{QString::fromUtf8(content)}).toJson(QJsonDocument::Compact);
    return submitJson(array.sliced(1).chopped(1));
}

std::optional<qint64> ChatMessage::postedAtMilliseconds() const
{
    static const QRegularExpression form(
        u"^(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d)(?:\\.(\\d{0,8}[1-9]))?Z$"_s);
    const QRegularExpressionMatch match = form.match(QString::fromLatin1(postedAt));
    const QDateTime time = QDateTime::fromString(match.captured(1) + u'Z', Qt::ISODate);
    if (!match.hasMatch() || !time.isValid()) {
        return std::nullopt;
    }
    return time.toMSecsSinceEpoch() + match.captured(2).left(3).leftJustified(3, u'0').toInt();
}

QByteArray chatFrame(const QByteArray &contentJson, const QByteArray &postedAt)
{
    return ChatHead + contentJson + ChatMiddle + postedAt + ChatTail;
}

std::optional<ChatMessage> parseChatMessage(const QByteArray &frame)
{
    if (!frame.startsWith(ChatHead) || !frame.endsWith(ChatTail)) {
        return std::nullopt;
    }
    const qsizetype middle = frame.lastIndexOf(ChatMiddle);
    if (middle < ChatHead.size()) {
        return std::nullopt;
    }
    const QByteArray contentJson = frame.sliced(ChatHead.size(), middle - ChatHead.size());
    const QJsonArray array = QJsonDocument::fromJson('[' + contentJson + ']').array();
    if (array.size() != 1 || !array.first().isString()) {
        return std::nullopt;
    }
    return ChatMessage{array.first().toString().toUtf8(),
                       frame.sliced(middle + ChatMiddle.size()).chopped(ChatTail.size())};
}

QList<QByteArray> chatContents(const QList<QByteArray> &frames)
{
    QList<QByteArray> contents;
    for (const QByteArray &frame : frames) {
        if (const auto message = parseChatMessage(frame)) {
            contents.append(message->content);
        }
    }
    return contents;
}

std::optional<Rejection> parseRejection(const QByteArray &frame)
{
    const QJsonObject root = QJsonDocument::fromJson(frame).object();
    const QJsonObject message = root.value("message"_L1).toObject();
    if (textMember(root, "channel"_L1) != "error" || textMember(message, "type"_L1) != "Rejected") {
        return std::nullopt;
    }
    const QJsonObject contents = message.value("contents"_L1).toObject();
    return Rejection{textMember(contents, "code"_L1), textMember(contents, "reason"_L1),
                     textMember(contents, "channel"_L1), textMember(contents, "type"_L1)};
}

QByteArray pingFrame(int number)
{
    return R"({"channel":"ping","message":{"contents":)" + QByteArray::number(number) + R"(,"type":"Ping"}})";
}

} // namespace switchboard::test
