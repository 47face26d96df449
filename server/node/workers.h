// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "metrics/metricshub.h"
#include "node/node.h"

#include <QSslConfiguration>
#include <QThread>

#include <memory>
#include <optional>
#include <tl/expected.hpp>
#include <vector>

namespace switchboard {

/// The nodes of one process: NodeConfig::workers of them, each with an event loop of its own, all on one
/// port. The first runs on the thread that made this, the others on threads of their own. They share nothing
/// but the log and the hub by which they ask each other for figures.
class Workers : public QObject
{
    Q_OBJECT

public:
    explicit Workers(const NodeConfig &config, QObject *parent = nullptr);
    /// Ends the threads; nodes that were not stopped drop their clients.
    ~Workers() override;

    /// Listens and starts every node. Returns the port, or in one line what is wrong.
    [[nodiscard]] tl::expected<quint16, QString> start();

    /// Brings \a config into effect, as far as Node::reconfigure() can, and certificate and key from their
    /// files for new connections. Returns in one line what is wrong with those files; then nothing changes.
    [[nodiscard]] tl::expected<void, QString> reload(const NodeConfig &config);

    /// Asks every node's event loop for a sign of life; alive() tells when all have given it. Does nothing
    /// while an earlier question waits for its answers.
    void checkAlive();

    /// Stops every node; see Node::stop().
    void stop();

Q_SIGNALS:
    /// Every node has stopped.
    void stopped();
    /// Every event loop has turned since checkAlive() asked.
    void alive();

private:
    [[nodiscard]] static tl::expected<std::optional<QSslConfiguration>, QString>
    loadTls(const NodeConfig &config);
    [[nodiscard]] tl::expected<std::vector<FileDescriptor>, QString> openSockets() const;
    void startThread(int number, FileDescriptor socket);
    void onNodeStopped();
    void onNodeAlive();

    NodeConfig m_config;
    std::optional<QSslConfiguration> m_tls;
    MetricsHub m_metricsHub; // outlives them all
    std::unique_ptr<Node> m_first;
    std::vector<std::unique_ptr<QThread>> m_threads;
    std::vector<Node *> m_nodes; // all, the first included
    std::size_t m_stoppedCount = 0;
    std::size_t m_unanswered = 0; // of what checkAlive() asked
};

} // namespace switchboard
