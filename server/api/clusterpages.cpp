// SPDX-License-Identifier: BSD-3-Clause
#include "api/clusterpages.h"

#include "protocol/json.h"

#include <algorithm>
#include <map>

namespace switchboard {

namespace {

using protocol::JsonWriter;

// Elements as JSON texts, sorted by what each is called, of which page() writes the first.
class ElementList
{
public:
    void add(const QByteArray &key, const QByteArray &json) { m_elements.emplace(key, json); }

    // A node has more elements behind \a last, which nobody may be told past without them.
    void cutBehind(const QByteArray &last)
    {
        m_isCut = true;
        m_end = m_end.isEmpty() ? last : std::min(m_end, last);
    }

    // Writes them, and what is to be said of the rest, into an object that is open.
    void write(JsonWriter &writer, QByteArrayView name, qint64 limit) const
    {
        QByteArray last;
        bool isTruncated = m_isCut;
        writer.key(name).beginArray();
        for (const auto &[key, json] : m_elements) {
            if (limit-- == 0 || (m_isCut && m_end < key)) {
                isTruncated = true;
                break;
            }
            writer.raw(json);
            last = key;
        }
        writer.endArray();
        if (isTruncated) {
            writer.key("next").string(last);
        }
        writer.key("truncated").boolean(isTruncated);
    }

private:
    std::map<QByteArray, QByteArray> m_elements;
    QByteArray m_end;
    bool m_isCut = false;
};

QByteArray page(const ElementList &elements, QByteArrayView name, qint64 limit, const ClusterAnswers &answers)
{
    JsonWriter writer;
    writer.beginObject().key("missing").beginArray();
    for (const QByteArray &node : answers.missing) {
        writer.string(node);
    }
    writer.endArray();
    elements.write(writer, name, limit);
    writer.endObject();
    return writer.take();
}

QByteArray nodeJson(const protocol::ClusterAnswer &answer)
{
    const protocol::NodeSnapshot &node = answer.snapshot;
    JsonWriter writer;
    writer.beginObject().key("clients").integer(answer.clients).key("host").string(node.host);
    writer.key("node").string(node.node).key("pid").integer(node.pid).key("port").integer(node.port);
    writer.key("rooms").integer(answer.rooms).key("startedAt").string(node.startedAt.text());
    writer.key("version").string(node.version);
    if (node.worker > 0) {
        writer.key("worker").integer(node.worker);
    }
    writer.endObject();
    return writer.take();
}

// A client as its node tells of it, with the node.
QByteArray clientJson(const protocol::NodeSnapshot::Client &client, const QByteArray &node)
{
    JsonWriter writer;
    writer.beginObject().key("node").string(node).endObject();
    return writer.take().chopped(1) + ',' + client.toJson().sliced(1);
}

} // namespace

QByteArray nodesPage(const ClusterAnswers &answers, qint64 limit, const QByteArray &after)
{
    ElementList nodes;
    for (const protocol::ClusterAnswer &answer : answers.answers) {
        if (after < answer.snapshot.node) {
            nodes.add(answer.snapshot.node, nodeJson(answer));
        }
    }
    return page(nodes, "nodes", limit, answers);
}

QByteArray clientsPage(const ClusterAnswers &answers, qint64 limit)
{
    ElementList clients;
    for (const protocol::ClusterAnswer &answer : answers.answers) {
        for (const protocol::NodeSnapshot::Client &client : answer.snapshot.clients) {
            clients.add(client.client, clientJson(client, answer.snapshot.node));
        }
        if (answer.hasMore && !answer.snapshot.clients.empty()) {
            clients.cutBehind(answer.snapshot.clients.back().client);
        }
    }
    return page(clients, "clients", limit, answers);
}

QByteArray roomsPage(const ClusterAnswers &answers, qint64 limit)
{
    ElementList rooms;
    std::map<QByteArray, qint64> members;
    for (const protocol::ClusterAnswer &answer : answers.answers) {
        for (const protocol::NodeSnapshot::Room &room : answer.snapshot.rooms) {
            members[room.room] += room.members;
        }
        if (answer.hasMore && !answer.snapshot.rooms.empty()) {
            rooms.cutBehind(answer.snapshot.rooms.back().room);
        }
    }
    for (const auto &[room, count] : members) {
        rooms.add(room, protocol::NodeSnapshot::Room{room, count}.toJson());
    }
    return page(rooms, "rooms", limit, answers);
}

QByteArray membersPage(const QByteArray &room, QList<QByteArray> members, qint64 limit,
                       const QByteArray &after)
{
    std::ranges::sort(members);
    const auto first = std::ranges::upper_bound(members, after);
    const qint64 count = std::min<qint64>(limit, members.end() - first);
    JsonWriter writer;
    writer.beginObject().key("members").beginArray();
    std::for_each(first, first + count, [&](const QByteArray &member) { writer.string(member); });
    writer.endArray();
    const bool isTruncated = first + count != members.end();
    if (isTruncated) {
        writer.key("next").string(first[count - 1]);
    }
    writer.key("room").string(room).key("truncated").boolean(isTruncated).endObject();
    return writer.take();
}

} // namespace switchboard
