// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/timingwheel.h"
#include "protocol/clusterquery.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QObject>
#include <QUuid>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <tl/expected.hpp>
#include <unordered_map>
#include <vector>

namespace switchboard {

class Presence;
class Relay;

/// What the nodes of the cluster have answered.
struct ClusterAnswers
{
    std::vector<protocol::ClusterAnswer> answers;
    /// The ids of nodes that live and have not answered in time, sorted.
    QList<QByteArray> missing;
};

/// Asks all nodes something at once, this one too, through Redis, and waits for the answers.
class ClusterQuestions : public QObject
{
    Q_OBJECT

public:
    /// How long nodes have to answer.
    static constexpr std::chrono::milliseconds deadline{2000};
    /// How many questions may wait for answers at a time.
    static constexpr qsizetype mostAtOnce = 32;

    /// Told what was answered once all nodes have, or one had the client that was asked for, or the deadline
    /// has passed. The error says why nothing was asked or nobody answered.
    using Handler = std::function<void(const tl::expected<ClusterAnswers, QString> &result)>;

    /// \a nodeId is this node's.
    ClusterQuestions(Relay &relay, Presence &presence, TimingWheel &wheel, const QUuid &nodeId,
                     QObject *parent = nullptr);
    ~ClusterQuestions() override;

    /// Asks \a query, whose node and number are filled in here.
    void ask(protocol::ClusterQuery query, Handler handler);

private:
    struct Question;

    void onNodesListed(qint64 number, const QList<QByteArray> &nodes);
    void onAnswer(QByteArrayView payload);
    void finishIfComplete(qint64 number);
    void finish(qint64 number);
    void fail(qint64 number, const QString &reason);
    [[nodiscard]] std::unique_ptr<Question> take(qint64 number);

    Relay &m_relay;
    Presence &m_presence;
    TimingWheel &m_wheel;
    QByteArray m_node;
    std::unordered_map<qint64, std::unique_ptr<Question>> m_questions;
    qint64 m_lastNumber = 0;
    protocol::JsonParser m_parser;
};

} // namespace switchboard
