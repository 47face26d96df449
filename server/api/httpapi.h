// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "api/apirouter.h"
#include "api/clusterquestions.h"

#include <QObject>
#include <QUuid>

namespace switchboard {

class ChatChannel;
class ChatRoomChannel;
class MonitorAccess;
struct PageRequest;
struct SessionLimits;

/// The HTTP API below `/api/v1`, for programs of the cluster's operators: it tells of the whole cluster, says
/// things, and disconnects clients. docs/openapi.json describes it.
class HttpApi : public QObject
{
    Q_OBJECT

public:
    /// What it works with; all must outlive it.
    struct Services
    {
        const MonitorAccess &access;
        Relay &relay;
        Presence &presence;
        ChatChannel &chat;
        ChatRoomChannel &chatRooms;
        TimingWheel &wheel;
        /// A body may be as long as a message.
        const SessionLimits &limits;
    };

    /// \a nodeId is this node's.
    HttpApi(const Services &services, const QUuid &nodeId, QObject *parent = nullptr);

    /// Answers \a request, for anything at or below `/api`.
    void handle(const HttpRequest &request, const HttpResponder &responder) const;

private:
    using PageWriter = std::function<QByteArray(const ClusterAnswers &answers, const PageRequest &page)>;

    void addOperations();
    [[nodiscard]] ApiRouter::Operation listing(protocol::ClusterQuery::Kind kind, const PageWriter &write);
    void listMembers(const ApiRequest &request, const HttpResponder &responder);
    void postChat(const ApiRequest &request, const HttpResponder &responder);
    void postRoomMessage(const ApiRequest &request, const HttpResponder &responder);
    void deleteClient(const ApiRequest &request, const HttpResponder &responder);

    Services m_services;
    ClusterQuestions m_questions;
    ApiRouter m_router;
};

} // namespace switchboard
