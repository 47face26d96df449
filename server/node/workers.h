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

    /// Reads the files again that may have changed: certificate and key. Where that fails, what there was
    /// stays, and the log says why.
    void reload();

    /// Stops every node; see Node::stop().
    void stop();

Q_SIGNALS:
    /// Every node has stopped.
    void stopped();

private:
    [[nodiscard]] tl::expected<void, QString> loadTls();
    [[nodiscard]] tl::expected<std::vector<FileDescriptor>, QString> openSockets() const;
    void startThread(int number, FileDescriptor socket);
    void onNodeStopped();

    NodeConfig m_config;
    std::optional<QSslConfiguration> m_tls;
    MetricsHub m_metricsHub; // outlives them all
    std::unique_ptr<Node> m_first;
    std::vector<std::unique_ptr<QThread>> m_threads;
    std::vector<Node *> m_nodes; // all, the first included
    std::size_t m_stoppedCount = 0;
};

} // namespace switchboard
