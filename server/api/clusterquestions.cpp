// SPDX-License-Identifier: BSD-3-Clause
#include "api/clusterquestions.h"

#include "protocol/monitorcontrol.h"
#include "relay/logging.h"
#include "relay/presence.h"
#include "relay/relay.h"

#include <algorithm>

namespace switchboard {

struct ClusterQuestions::Question
{
    Question(TimingWheel &wheel, std::function<void()> onLate, Handler whenDone)
        : handler(std::move(whenDone))
        , late(wheel, std::move(onLate))
    { }

    [[nodiscard]] bool isAnsweredBy(const QByteArray &node) const
    {
        return std::ranges::any_of(
            answers, [&](const protocol::ClusterAnswer &answer) { return answer.snapshot.node == node; });
    }

    [[nodiscard]] QList<QByteArray> missing() const
    {
        QList<QByteArray> nodes;
        std::ranges::copy_if(expected.value_or(QList<QByteArray>()), std::back_inserter(nodes),
                             [this](const QByteArray &node) { return !isAnsweredBy(node); });
        std::ranges::sort(nodes);
        return nodes;
    }

    Handler handler;
    Deadline late;
    std::optional<QList<QByteArray>> expected; // nothing until Redis has said who lives
    std::vector<protocol::ClusterAnswer> answers;
};

ClusterQuestions::ClusterQuestions(Relay &relay, Presence &presence, TimingWheel &wheel, const QUuid &nodeId,
                                   QObject *parent)
    : QObject(parent)
    , m_relay(relay)
    , m_presence(presence)
    , m_wheel(wheel)
    , m_node(nodeId.toByteArray(QUuid::WithoutBraces))
{
    m_relay.listen(protocol::repliesRelayChannel(m_node),
                   [this](QByteArrayView payload) { onAnswer(payload); });
}

ClusterQuestions::~ClusterQuestions() = default;

void ClusterQuestions::ask(protocol::ClusterQuery query, Handler handler)
{
    if (!m_relay.isReady()) {
        handler(tl::unexpected(QStringLiteral("Redis is not connected")));
        return;
    }
    if (m_questions.size() >= mostAtOnce) {
        handler(tl::unexpected(QStringLiteral("too many questions wait for answers; ask again later")));
        return;
    }
    const qint64 number = ++m_lastNumber;
    query.node = m_node;
    query.query = number;
    auto question = std::make_unique<Question>(
        m_wheel, [this, number] { finish(number); }, std::move(handler));
    question->late.start(deadline);
    m_questions.emplace(number, std::move(question));
    m_presence.listNodes([this, number](const tl::expected<QList<QByteArray>, QString> &nodes) {
        if (nodes) {
            onNodesListed(number, *nodes);
        } else {
            fail(number, nodes.error());
        }
    });
    m_relay.publish(protocol::controlRelayChannel.toByteArray(), protocol::toRelayPayload(query),
                    [this, number](const std::optional<QString> &fault) {
                        if (fault) {
                            fail(number, *fault);
                        }
                    });
}

void ClusterQuestions::onNodesListed(qint64 number, const QList<QByteArray> &nodes)
{
    const auto question = m_questions.find(number);
    if (question == m_questions.end()) {
        return;
    }
    question->second->expected = nodes;
    if (!nodes.contains(m_node)) {
        question->second->expected->append(m_node); // Redis was emptied a moment ago
    }
    finishIfComplete(number);
}

void ClusterQuestions::onAnswer(QByteArrayView payload)
{
    auto answer = protocol::ClusterAnswer::fromRelayPayload(m_parser, payload);
    if (!answer) {
        qCWarning(lcRedis, "Skipped an answer of a node: %s", answer.error().constData());
        return;
    }
    const qint64 number = answer->query;
    const auto question = m_questions.find(number);
    if (question == m_questions.end() || question->second->isAnsweredBy(answer->snapshot.node)) {
        return;
    }
    const bool isEnough = answer->wasHere;
    question->second->answers.push_back(*std::move(answer));
    if (isEnough) {
        finish(number);
    } else {
        finishIfComplete(number);
    }
}

void ClusterQuestions::finishIfComplete(qint64 number)
{
    const Question &question = *m_questions.at(number);
    if (question.expected && question.missing().isEmpty()) {
        finish(number);
    }
}

void ClusterQuestions::finish(qint64 number)
{
    const std::unique_ptr<Question> question = take(number);
    if (!question) {
        return;
    }
    const bool isEnough = !question->answers.empty() && question->answers.back().wasHere;
    if (question->answers.empty() || !(question->expected || isEnough)) {
        question->handler(tl::unexpected(QStringLiteral("Redis did not answer in time")));
        return;
    }
    QList<QByteArray> missing = question->missing();
    question->handler(ClusterAnswers{std::move(question->answers), std::move(missing)});
}

void ClusterQuestions::fail(qint64 number, const QString &reason)
{
    if (const std::unique_ptr<Question> question = take(number)) {
        question->handler(tl::unexpected(reason));
    }
}

std::unique_ptr<ClusterQuestions::Question> ClusterQuestions::take(qint64 number)
{
    auto node = m_questions.extract(number);
    return node ? std::move(node.mapped()) : nullptr;
}

} // namespace switchboard
