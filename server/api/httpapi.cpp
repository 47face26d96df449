// SPDX-License-Identifier: BSD-3-Clause
#include "api/httpapi.h"

#include "api/clusterpages.h"
#include "api/problem.h"
#include "api/requestreading.h"
#include "channels/chatchannel.h"
#include "channels/chatroomchannel.h"
#include "net/auth/monitoraccess.h"
#include "net/logging.h"
#include "protocol/chatroom.h"
#include "relay/presence.h"
#include "relay/relay.h"

namespace switchboard {

namespace {

using Kind = protocol::ClusterQuery::Kind;

HttpReply unavailable(const QString &why)
{
    return problem(503, why.toUtf8() + '.');
}

// Answers with what Redis said to a message that was posted at that time.
Relay::PublishHandler confirmation(const HttpResponder &responder, const protocol::Timestamp &postedAt)
{
    return [responder, postedAt](const std::optional<QString> &fault) {
        if (fault) {
            responder.send(unavailable(QStringLiteral("The message was not relayed: ") + *fault));
            return;
        }
        protocol::JsonWriter writer;
        writer.beginObject().key("postedAt").string(postedAt.text()).endObject();
        responder.send(jsonReply(202, writer.take()));
    };
}

// Whether \a room may be a room's name; answers if not.
bool checkRoom(const QByteArray &room, const HttpResponder &responder)
{
    const auto fault = protocol::roomNameFault(room);
    if (fault) {
        responder.send(problem(400, "The room's name " + *fault + '.'));
    }
    return !fault;
}

} // namespace

HttpApi::HttpApi(const Services &services, const QUuid &nodeId, QObject *parent)
    : QObject(parent)
    , m_services(services)
    , m_questions(services.relay, services.presence, services.wheel, nodeId)
{
    addOperations();
}

void HttpApi::addOperations()
{
    using Method = void (HttpApi::*)(const ApiRequest &, const HttpResponder &);
    const auto call = [this](Method method) {
        return [this, method](const ApiRequest &request, const HttpResponder &responder) {
            (this->*method)(request, responder);
        };
    };
    m_router.add("GET", "/api/v1/nodes", listing(Kind::Nodes, [](const auto &answers, const auto &page) {
                     return nodesPage(answers, page.limit, page.after);
                 }));
    m_router.add("GET", "/api/v1/clients", listing(Kind::Clients, [](const auto &answers, const auto &page) {
                     return clientsPage(answers, page.limit);
                 }));
    m_router.add("GET", "/api/v1/rooms", listing(Kind::Rooms, [](const auto &answers, const auto &page) {
                     return roomsPage(answers, page.limit);
                 }));
    m_router.add("GET", "/api/v1/rooms/{}/members", call(&HttpApi::listMembers));
    m_router.add("POST", "/api/v1/chat", call(&HttpApi::postChat));
    m_router.add("POST", "/api/v1/rooms/{}/messages", call(&HttpApi::postRoomMessage));
    m_router.add("DELETE", "/api/v1/clients/{}", call(&HttpApi::deleteClient));
}

void HttpApi::handle(const HttpRequest &request, const HttpResponder &responder) const
{
    if (const auto admitted = m_services.access.admit(request.head, request.peerAddress); !admitted) {
        const HttpReply &refusal = admitted.error();
        responder.send(problem(refusal.status, refusal.body, refusal.fields));
        return;
    }
    m_router.dispatch(request, responder);
}

ApiRouter::Operation HttpApi::listing(Kind kind, const PageWriter &write)
{
    return [this, kind, write](const ApiRequest &request, const HttpResponder &responder) {
        const auto page = readPageRequest(request.http.head);
        if (!page) {
            responder.send(page.error());
            return;
        }
        const protocol::ClusterQuery query{.kind = kind, .limit = page->limit, .after = page->after};
        m_questions.ask(query, [write, page = *page, responder](const auto &result) {
            responder.send(result ? jsonReply(200, write(*result, page)) : unavailable(result.error()));
        });
    };
}

void HttpApi::listMembers(const ApiRequest &request, const HttpResponder &responder)
{
    const QByteArray &room = request.parameters.constFirst();
    const auto page = readPageRequest(request.http.head);
    if (!page) {
        responder.send(page.error());
        return;
    }
    if (!checkRoom(room, responder)) {
        return;
    }
    m_services.presence.listMembers(room, [room, page = *page, responder](const auto &members) {
        responder.send(members ? jsonReply(200, membersPage(room, *members, page.limit, page.after))
                               : unavailable(members.error()));
    });
}

void HttpApi::postChat(const ApiRequest &request, const HttpResponder &responder)
{
    const auto content = readTextOfBody(request.http, "content", m_services.limits.maxMessageBytes);
    if (!content) {
        responder.send(content.error());
        return;
    }
    const protocol::NewMessageReceived message{*content, protocol::Timestamp::now()};
    m_services.chat.post(message, confirmation(responder, message.postedAt));
}

void HttpApi::postRoomMessage(const ApiRequest &request, const HttpResponder &responder)
{
    const QByteArray &room = request.parameters.constFirst();
    if (!checkRoom(room, responder)) {
        return;
    }
    const auto text = readTextOfBody(request.http, "message", m_services.limits.maxMessageBytes);
    if (!text) {
        responder.send(text.error());
        return;
    }
    const protocol::Timestamp now = protocol::Timestamp::now();
    m_services.chatRooms.post({*text, now, room, QUuid()}, confirmation(responder, now));
}

void HttpApi::deleteClient(const ApiRequest &request, const HttpResponder &responder)
{
    const auto client = protocol::parseClientId(request.parameters.constFirst());
    if (!client) {
        responder.send(problem(400, "What stands behind /clients/ must be a client's id."));
        return;
    }
    const QByteArray id = client->toByteArray(QUuid::WithoutBraces);
    qCInfo(lcHttp, "Disconnects %s", id.constData());
    m_questions.ask({.kind = Kind::Disconnect, .client = id}, [responder](const auto &result) {
        if (!result) {
            responder.send(unavailable(result.error()));
        } else if (result->answers.back().wasHere) {
            responder.send({204});
        } else if (result->missing.isEmpty()) {
            responder.send(problem(404, "No node has this client."));
        } else {
            responder.send(problem(
                504,
                "No node that answered has this client; these did not: " + result->missing.join(", ") + '.'));
        }
    });
}

} // namespace switchboard
