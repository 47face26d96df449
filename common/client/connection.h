// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "client/nodesocket.h"
#include "client/retryplan.h"

#include <QByteArray>
#include <QObject>
#include <QPointer>
#include <QTimer>
#include <QUrl>

#include <chrono>
#include <optional>

namespace switchboard::client {

/// How patient a Connection is, and what it calls itself.
struct ConnectionOptions
{
    SocketDeadlines deadlines = {};
    /// The shortest and the longest time between two attempts, see RetryPlan.
    std::chrono::milliseconds minRetryDelay = std::chrono::milliseconds(500);
    std::chrono::milliseconds maxRetryDelay = std::chrono::seconds(20);
    /// The User-Agent by which monitors of the cluster know this client; empty: the name and version of
    /// QCoreApplication.
    QByteArray userAgent = {};
};

/// The lasting connection to a cluster, through one of its nodes. When it loses the node it comes back by
/// itself, to another known one after three failures. It knows nothing of what is said.
///
/// It stops, and says why, where trying again would not help: the node wants another token, or has sent this
/// client away for good.
///
/// Needs a running event loop in its thread; not thread-safe.
class Connection : public QObject
{
    Q_OBJECT

public:
    enum class State {
        Disconnected, ///< and nothing is tried
        Connecting,
        Connected,
        Waiting, ///< for the next attempt
    };
    Q_ENUM(State)

    explicit Connection(const ConnectionOptions &options = {}, QObject *parent = nullptr);
    ~Connection() override;
    Q_DISABLE_COPY_MOVE(Connection)

    /// Connects to the cluster that the nodes with the WebSocket URLs \a urls, at least one, belong to, in
    /// place of the one so far. \a token is presented in the handshake; with an empty one none is.
    void open(const QList<QUrl> &urls, const QByteArray &token = {});

    /// Ends the connection and tries nothing any more.
    void close();

    /// As close(), because trying again would not help; \a reason, for a person, is told by refused().
    void stop(const QString &reason);

    /// Drops what there is and connects at once; does nothing before the first open().
    void reconnect();

    /// Sends a text message, UTF-8. False without a connection, when nothing is sent.
    bool send(const QByteArray &message);

    /// The node has proved good: delays are short again, and it is stayed with. That a node accepts does not
    /// say so much, since it may then send away.
    void noteSuccess() { m_plan.noteSuccess(); }

    [[nodiscard]] State state() const { return m_state; }

    /// The node that it is connected to, or tries next; empty before the first open().
    [[nodiscard]] QUrl url() const { return m_plan.url(); }

    [[nodiscard]] const QByteArray &token() const { return m_token; }

    /// Why there is no connection, for a person; empty while connected.
    [[nodiscard]] QString problem() const { return m_problem; }

    /// While waiting: the time until the next attempt.
    [[nodiscard]] std::optional<std::chrono::milliseconds> nextAttemptIn() const;

    /// The last round trip to the node; nothing before the first, or without a connection.
    [[nodiscard]] std::optional<std::chrono::microseconds> latency() const { return m_latency; }

    /// More nodes that may be connected to when the present one is lost.
    void setKnownNodes(const QList<QUrl> &nodes) { m_plan.setKnownNodes(nodes); }

Q_SIGNALS:
    void stateChanged(switchboard::client::Connection::State state);
    /// A text message, UTF-8.
    void messageReceived(const QByteArray &message);
    /// latency() is another one.
    void latencyChanged();
    /// Trying has stopped, because it would not help; \a reason is for a person.
    void refused(const QString &reason);

private:
    void connectNow();
    void dropSocket();
    void onConnected();
    void onEnded(const SocketEnd &end);
    void setState(State state);

    ConnectionOptions m_options;
    RetryPlan m_plan;
    QByteArray m_token;
    QPointer<NodeSocket> m_socket;
    QTimer m_retryTimer;
    State m_state = State::Disconnected;
    QString m_problem;
    std::optional<std::chrono::microseconds> m_latency;
};

} // namespace switchboard::client
