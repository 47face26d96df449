// SPDX-License-Identifier: BSD-3-Clause
#include "integration/roomclient.h"

#include <algorithm>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "integration/clientmessages.h"
#include "support/redisprobe.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace switchboard::test {

namespace {

/// A JSON string as the protocol escapes it.
QByteArray quoted(const QByteArray &text)
{
    QByteArray json = "\"";
    for (const char c : text) {
        switch (c) {
        case '"':
        case '\\':
            json += '\\';
            json += c;
            break;
        case '\n':
            json += "\\n";
            break;
        case '\r':
            json += "\\r";
            break;
        case '\t':
            json += "\\t";
            break;
        default:
            if (static_cast<unsigned char>(c) < 0x20) {
                json += "\\u" + QByteArray::number(c, 16).rightJustified(4, '0');
            } else {
                json += c;
            }
        }
    }
    return json + '"';
}

QByteArray request(const QByteArray &type, const QByteArray &contents)
{
    return R"({"channel":"chat-room","message":{"type":")" + type + R"(","contents":)" + contents + "}}";
}

QByteArray shown(const QByteArray &type, const QByteArray &contents)
{
    return R"({"channel":"chat-room","message":{"contents":)" + contents + R"(,"type":")" + type + R"("}})";
}

QByteArray membership(const QByteArray &room, const QByteArray &user)
{
    return R"({"room":)" + quoted(room) + R"(,"user":)" + quoted(user) + '}';
}

/// The frame that says what \a frame does.
QByteArray write(const RoomFrame &frame)
{
    if (frame.type == "MemberList") {
        return memberListFrame(frame.room, frame.users);
    }
    if (frame.type == "NewMessage") {
        return newMessageFrame(frame.room, frame.user, frame.message, frame.postedAt);
    }
    return frame.type == "LeftRoom" ? leftFrame(frame.room, frame.user) : joinedFrame(frame.room, frame.user);
}

/// A room that nobody else joins.
QByteArray privateRoom()
{
    static int count = 0;
    return "private " + QByteArray::number(++count);
}

} // namespace

QByteArray joinRoom(const QByteArray &room)
{
    return request("JoinRoom", R"({"room":)" + quoted(room) + '}');
}

QByteArray leaveRoom(const QByteArray &room)
{
    return request("LeaveRoom", R"({"room":)" + quoted(room) + '}');
}

QByteArray sayInRoom(const QByteArray &room, const QByteArray &message)
{
    return request("SendMessage", R"({"room":)" + quoted(room) + R"(,"message":)" + quoted(message) + '}');
}

QByteArray memberListFrame(const QByteArray &room, const QList<QByteArray> &users)
{
    QList<QByteArray> strings;
    std::transform(users.cbegin(), users.cend(), std::back_inserter(strings), quoted);
    return shown("MemberList", R"({"room":)" + quoted(room) + R"(,"users":[)" + strings.join(',') + "]}");
}

QByteArray joinedFrame(const QByteArray &room, const QByteArray &user)
{
    return shown("JoinedRoom", membership(room, user));
}

QByteArray leftFrame(const QByteArray &room, const QByteArray &user)
{
    return shown("LeftRoom", membership(room, user));
}

QByteArray newMessageFrame(const QByteArray &room, const QByteArray &user, const QByteArray &message,
                           const QByteArray &postedAt)
{
    const QByteArray time = postedAt.isNull() ? ""_ba : R"("postedAt":)" + quoted(postedAt) + ',';
    return shown("NewMessage",
                 R"({"message":)" + quoted(message) + ',' + time + membership(room, user).sliced(1));
}

std::optional<RoomFrame> parseRoomFrame(const QByteArray &frame)
{
    const QJsonObject message = QJsonDocument::fromJson(frame).object().value("message"_L1).toObject();
    const QJsonObject contents = message.value("contents"_L1).toObject();
    const auto text = [&contents](QLatin1StringView key) { return contents.value(key).toString().toUtf8(); };
    RoomFrame read{message.value("type"_L1).toString().toUtf8(),
                   text("room"_L1),
                   text("user"_L1),
                   text("message"_L1),
                   contents.contains("postedAt"_L1) ? text("postedAt"_L1) : QByteArray(),
                   {}};
    const QJsonArray users = contents.value("users"_L1).toArray();
    for (const QJsonValue &user : users) {
        read.users.append(user.toString().toUtf8());
    }
    return write(read) == frame ? std::optional(read) : std::nullopt;
}

QByteArray withoutPostedAt(const QByteArray &frame)
{
    const auto read = parseRoomFrame(frame);
    return read && read->type == "NewMessage" ? newMessageFrame(read->room, read->user, read->message)
                                              : frame;
}

QList<QByteArray> sorted(QList<QByteArray> list)
{
    std::sort(list.begin(), list.end());
    return list;
}

bool RoomClient::connectTo(const QUrl &url, const WsClient::Headers &headers)
{
    const QByteArray room = privateRoom();
    m_views.clear();
    m_taken = 0;
    if (!m_socket.connectTo(url, {}, headers)) {
        return false;
    }
    join(room);
    if (!m_socket.waitForMessages(2, 30s)) {
        return false;
    }
    const auto list = parseRoomFrame(m_socket.messages().first());
    if (!list || list->users.size() != 1) {
        return false;
    }
    m_id = list->users.first();
    leave(room);
    const bool isTold = m_socket.messages().last() == joinedFrame(room, m_id);
    m_socket.clear();
    return isTold;
}

bool RoomClient::joinAndWait(const QByteArray &room)
{
    const QByteArray frame = joinedFrame(room, m_id);
    const qsizetype before = count(room, frame);
    join(room);
    return waitUntil([&] { return count(room, frame) > before; });
}

QList<QByteArray> RoomClient::told(const QByteArray &room)
{
    return view(room).told;
}

bool RoomClient::waitFor(const QByteArray &room, const QByteArray &frame, std::chrono::milliseconds timeout)
{
    return waitUntil([&] { return view(room).told.contains(frame); }, timeout);
}

QList<QByteArray> RoomClient::heard(const QByteArray &room)
{
    return view(room).heard;
}

QList<QByteArray> RoomClient::members(const QByteArray &room)
{
    return sorted(view(room).members.values());
}

bool RoomClient::waitForMembers(const QByteArray &room, const QList<QByteArray> &members,
                                std::chrono::milliseconds timeout)
{
    return waitUntil([&] { return this->members(room) == members; }, timeout);
}

QList<QByteArray> RoomClient::rejections() const
{
    QList<QByteArray> rejections;
    for (const QByteArray &frame : m_socket.messages()) {
        const auto rejection = parseRejection(frame);
        if (rejection && rejection->channel == "chat-room") {
            rejections.append(rejection->code + ' ' + rejection->type);
        }
    }
    return rejections;
}

bool RoomClient::waitForRejection(const QByteArray &rejection)
{
    return waitUntil([&] { return rejections().contains(rejection); });
}

void RoomClient::forget()
{
    view({}); // takes what is there
    for (View &view : m_views) {
        view.told.clear();
        view.heard.clear();
    }
    m_socket.clear();
    m_taken = 0;
}

RoomClient::View &RoomClient::view(const QByteArray &room)
{
    for (; m_taken < m_socket.messages().size(); ++m_taken) {
        const QByteArray &bytes = m_socket.messages().at(m_taken);
        if (const auto frame = parseRoomFrame(bytes)) {
            take(*frame, bytes);
        }
    }
    return m_views[room];
}

void RoomClient::take(const RoomFrame &frame, const QByteArray &bytes)
{
    View &view = m_views[frame.room];
    view.told.append(withoutPostedAt(bytes));
    if (frame.type == "MemberList") {
        view.members = QSet<QByteArray>(frame.users.cbegin(), frame.users.cend());
    } else if (frame.type == "JoinedRoom") {
        view.members.insert(frame.user);
    } else if (frame.type == "LeftRoom") {
        view.members.remove(frame.user);
    } else {
        view.heard.append(frame.message);
    }
}

QList<QByteArray> idsOf(const RoomClients &clients)
{
    QList<QByteArray> ids;
    for (const RoomClient &client : clients) {
        ids.append(client.id());
    }
    return sorted(ids);
}

bool connectRoomClients(Cluster &cluster, RoomClients &clients, qsizetype perDaemon)
{
    for (const DaemonProcess &daemon : cluster.daemons()) {
        for (qsizetype i = 0; i < perDaemon; ++i) {
            if (!clients.emplace_back().connectTo(daemon.webSocketUrl())) {
                return false;
            }
        }
    }
    return true;
}

void forgetAll(RoomClients &clients)
{
    for (RoomClient &client : clients) {
        client.forget();
    }
}

bool joinAll(RoomClients &clients, const QByteArray &room)
{
    const auto join = [&room](RoomClient &client) { return client.joinAndWait(room); };
    const QList<QByteArray> ids = idsOf(clients);
    const auto knowsAll = [&](RoomClient &client) { return client.waitForMembers(room, ids); };
    return std::all_of(clients.begin(), clients.end(), join)
        && std::all_of(clients.begin(), clients.end(), knowsAll);
}

bool settle(RoomClients &clients)
{
    static int count = 0;
    QList<QByteArray> said;
    for (RoomClient &client : clients) {
        said.append("settled " + QByteArray::number(++count));
        client.socket().sendText(submitMessage(said.last()));
    }
    const auto hasAll = [&said](RoomClient &client) {
        return waitUntil([&] {
            const QList<QByteArray> heard = chatContents(client.socket().messages());
            return std::all_of(said.cbegin(), said.cend(),
                               [&heard](const QByteArray &content) { return heard.contains(content); });
        });
    };
    return std::all_of(clients.begin(), clients.end(), hasAll);
}

QByteArray findId(RawSocket &socket)
{
    const QByteArray room = privateRoom();
    socket.write(RawSocket::frame(RawFrame::Text, joinRoom(room)));
    while (const auto frame = socket.readFrame()) {
        const auto told = parseRoomFrame(frame->payload);
        if (told && told->type == "JoinedRoom") {
            socket.write(RawSocket::frame(RawFrame::Text, leaveRoom(room)));
            return told->user;
        }
    }
    return {};
}

int subscribers(Cluster &cluster, const QByteArray &room)
{
    const QVariant reply = redisCommand(cluster.redis().port(), {"PUBSUB", "NUMSUB", "chat-room-" + room});
    return reply.toList().value(1, -1).toInt();
}

QList<QByteArray> redisKeys(Cluster &cluster, const QByteArray &pattern)
{
    return sorted(toByteArrays(redisCommand(cluster.redis().port(), {"KEYS", pattern})));
}

QList<QByteArray> membersInRedis(Cluster &cluster, const QByteArray &room)
{
    return sorted(toByteArrays(redisCommand(cluster.redis().port(), {"HKEYS", "switchboard:room:" + room})));
}

} // namespace switchboard::test
