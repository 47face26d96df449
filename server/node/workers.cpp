// SPDX-License-Identifier: BSD-3-Clause
#include "node/workers.h"

#include "eventloop/epolleventdispatcher.h"
#include "net/listensocket.h"
#include "net/tlsidentity.h"
#include "node/logging.h"

namespace switchboard {

Workers::Workers(const NodeConfig &config, QObject *parent)
    : QObject(parent)
    , m_config(config)
{ }

Workers::~Workers()
{
    for (const auto &thread : m_threads) {
        thread->quit();
    }
    for (const auto &thread : m_threads) {
        thread->wait();
    }
}

tl::expected<quint16, QString> Workers::start()
{
    auto tls = loadTls(m_config);
    if (!tls) {
        return tl::unexpected(tls.error());
    }
    m_tls = *std::move(tls);
    auto sockets = openSockets();
    if (!sockets) {
        return tl::unexpected(QStringLiteral("cannot listen on %1 port %2: %3")
                                  .arg(m_config.address.toString())
                                  .arg(m_config.port)
                                  .arg(sockets.error()));
    }
    const quint16 port = localPort(sockets->front().get());
    // Before any client of theirs is in the log.
    if (m_config.workers == 1) {
        qCInfo(lcNode, "Listening on port %d", port);
    } else {
        qCInfo(lcNode, "Listening on port %d with %d workers", port, m_config.workers);
    }
    m_first = std::make_unique<Node>(m_config, m_metricsHub, 1);
    m_nodes.push_back(m_first.get());
    connect(m_first.get(), &Node::stopped, this, &Workers::onNodeStopped);
    if (m_tls) {
        m_first->setTls(*m_tls);
    }
    m_first->start(std::move(sockets->front()));
    for (int number = 2; number <= m_config.workers; ++number) {
        startThread(number, std::move(sockets->at(static_cast<std::size_t>(number) - 1)));
    }
    return port;
}

tl::expected<std::vector<FileDescriptor>, QString> Workers::openSockets() const
{
    std::vector<FileDescriptor> sockets;
    auto alone = openListenSocket(m_config.address, m_config.port, PortUse::Alone);
    if (!alone) {
        return tl::unexpected(alone.error());
    }
    if (m_config.workers == 1) {
        sockets.push_back(std::move(*alone));
        return sockets;
    }
    // A shared port may be shared with another daemon, which nobody wants; this one was free for us alone.
    const quint16 port = localPort(alone->get());
    alone->reset();
    for (int i = 0; i < m_config.workers; ++i) {
        auto shared = openListenSocket(m_config.address, port, PortUse::Shared);
        if (!shared) {
            return tl::unexpected(shared.error());
        }
        sockets.push_back(std::move(*shared));
    }
    return sockets;
}

void Workers::startThread(int number, FileDescriptor socket)
{
    auto &thread = m_threads.emplace_back(std::make_unique<QThread>());
    thread->setObjectName(QStringLiteral("worker %1").arg(number));
    thread->setEventDispatcher(new EpollEventDispatcher);
    thread->start();
    // An object that lives there makes the node there, with all its timers and sockets.
    QObject context;
    context.moveToThread(thread.get());
    Node *node = nullptr;
    QMetaObject::invokeMethod(
        &context,
        [&] {
            node = new Node(m_config, m_metricsHub, number);
            if (m_tls) {
                node->setTls(*m_tls);
            }
            node->start(std::move(socket));
            context.moveToThread(this->thread());
        },
        Qt::BlockingQueuedConnection);
    connect(node, &Node::stopped, this, &Workers::onNodeStopped);
    connect(thread.get(), &QThread::finished, node, &QObject::deleteLater);
    m_nodes.push_back(node);
}

tl::expected<std::optional<QSslConfiguration>, QString> Workers::loadTls(const NodeConfig &config)
{
    if (config.tlsCertificateFile.isEmpty()) {
        return std::nullopt;
    }
    auto loaded = loadTlsIdentity(config.tlsCertificateFile, config.tlsKeyFile);
    if (!loaded) {
        return tl::unexpected(loaded.error());
    }
    return *std::move(loaded);
}

tl::expected<void, QString> Workers::reload(const NodeConfig &config)
{
    auto tls = loadTls(config);
    if (!tls) {
        return tl::unexpected(tls.error());
    }
    m_config = config;
    m_tls = *std::move(tls);
    for (Node *node : m_nodes) {
        QMetaObject::invokeMethod(
            node,
            [node, config, tls = m_tls] {
                node->reconfigure(config);
                if (tls) {
                    node->setTls(*tls);
                }
            },
            Qt::QueuedConnection);
    }
    if (m_tls) {
        qCInfo(lcNode, "The certificate is reloaded; new connections get it");
    }
    return {};
}

void Workers::checkAlive()
{
    if (m_unanswered > 0) {
        return;
    }
    m_unanswered = m_nodes.size();
    for (Node *node : m_nodes) {
        // There and back: what answers is the other loop.
        const auto answer = [this] {
            QMetaObject::invokeMethod(this, &Workers::onNodeAlive, Qt::QueuedConnection);
        };
        QMetaObject::invokeMethod(node, answer, Qt::QueuedConnection);
    }
}

void Workers::onNodeAlive()
{
    if (--m_unanswered == 0) {
        Q_EMIT alive();
    }
}

void Workers::stop()
{
    for (Node *node : m_nodes) {
        QMetaObject::invokeMethod(node, &Node::stop, Qt::QueuedConnection);
    }
}

void Workers::onNodeStopped()
{
    if (++m_stoppedCount == m_nodes.size()) {
        Q_EMIT stopped();
    }
}

} // namespace switchboard
