// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/monitorlink.h"

#include <QObject>

#include <memory>

namespace switchboard::monitor {

class ClusterModel;

/// The cluster that is watched: the link to it, and what is known of it.
class Session : public QObject
{
    Q_OBJECT

public:
    explicit Session(const LinkOptions &options = {}, QObject *parent = nullptr);
    ~Session() override;

    [[nodiscard]] MonitorLink *link() const { return m_link; }
    /// Another one after each open().
    [[nodiscard]] ClusterModel *cluster() const { return m_cluster.get(); }

    /// Watches the cluster of the node \a url, knowing nothing of it at first.
    void open(const QUrl &url, const QByteArray &token);

Q_SIGNALS:
    /// cluster() is another one. The one before lives until this signal's slots are through.
    void clusterChanged();

private:
    void createCluster();
    void tellKnownNodes();

    MonitorLink *m_link;
    std::unique_ptr<ClusterModel> m_cluster;
    QUrl m_lastConnected; ///< the node of this cluster that there was a connection to
};

} // namespace switchboard::monitor
