// SPDX-License-Identifier: BSD-3-Clause
#include "view/session.h"

#include "client/nodeaddress.h"
#include "model/clustermodel.h"
#include "model/nodesmodel.h"

#include <utility>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

namespace {

QUrl urlOf(const NodeRow::Identity &node, const QUrl &connected, const QByteArray &hostHere)
{
    // What a node calls its host may lead elsewhere from here. On the machine of the node that we are
    // connected to, the address that we got there by is the better one.
    const bool isHere = node.host.isEmpty() || node.host == hostHere;
    return client::siblingUrl(connected, isHere ? connected.host() : QString::fromUtf8(node.host), node.port);
}

} // namespace

Session::Session(const LinkOptions &options, QObject *parent)
    : QObject(parent)
    , m_link(new MonitorLink(options, this))
{
    createCluster();
    connect(m_link, &MonitorLink::eventReceived, this,
            [this](const protocol::MonitorEvent &event) { m_cluster->add(event); });
    connect(m_link, &MonitorLink::stateChanged, this, [this](MonitorLink::State state) {
        m_cluster->setConnected(state == MonitorLink::State::Connected);
        if (state == MonitorLink::State::Connected) {
            m_lastConnected = m_link->url();
        } else if (state == MonitorLink::State::Waiting) {
            tellKnownNodes();
        }
    });
}

Session::~Session() = default;

void Session::open(const QUrl &url, const QByteArray &token)
{
    m_link->close();
    const std::unique_ptr<ClusterModel> before = std::move(m_cluster);
    createCluster();
    Q_EMIT clusterChanged();
    m_link->open(url, token);
}

void Session::createCluster()
{
    m_cluster = std::make_unique<ClusterModel>();
    m_lastConnected.clear();
}

void Session::tellKnownNodes()
{
    if (m_lastConnected.isEmpty()) {
        return;
    }
    const RowSet<NodeRow> &rows = std::as_const(*m_cluster->nodes()).rows();
    QByteArray hostHere;
    for (int row = 0; row < rows.shownCount(); ++row) {
        const auto &identity = rows.shownAt(row).identity;
        if (identity && identity->port == m_lastConnected.port()) {
            hostHere = identity->host;
        }
    }
    QList<QUrl> urls;
    for (int row = 0; row < rows.shownCount(); ++row) {
        const NodeRow &node = rows.shownAt(row);
        if (node.identity && node.state != NodeState::Dead) {
            urls.append(urlOf(*node.identity, m_lastConnected, hostHere));
        }
    }
    m_link->setKnownNodes(urls);
}

} // namespace switchboard::monitor
