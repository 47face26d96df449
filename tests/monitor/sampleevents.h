// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "model/clustermodel.h"
#include "protocol/monitor.h"

#include <QByteArray>

#include <chrono>
#include <vector>

namespace switchboard::test {

/// The clocks of a ClusterModel, which stand still until they are moved.
class SampleClock
{
public:
    void advance(std::chrono::milliseconds by)
    {
        m_steady += by;
        m_wall += by;
    }

    /// Options that read this clock, which must outlive their model.
    [[nodiscard]] monitor::ClusterOptions options() const;

private:
    std::chrono::steady_clock::time_point m_steady{std::chrono::hours(100)};
    std::chrono::system_clock::time_point m_wall{std::chrono::hours(490'000)};
};

/// A moment, so many milliseconds after 2026-03-01 10:00 UTC.
[[nodiscard]] protocol::Timestamp sampleTime(qint64 millis = 0);

/// Events with something in every field.
[[nodiscard]] protocol::MonitorEvent connected(const QByteArray &node, const QByteArray &client);
[[nodiscard]] protocol::MonitorEvent disconnected(const QByteArray &node, const QByteArray &client,
                                                  quint16 code = 1000);
[[nodiscard]] protocol::MonitorEvent joined(const QByteArray &node, const QByteArray &client,
                                            const QByteArray &room);
[[nodiscard]] protocol::MonitorEvent left(const QByteArray &node, const QByteArray &client,
                                          const QByteArray &room);
[[nodiscard]] protocol::MonitorEvent said(const QByteArray &node, const QByteArray &client,
                                          const QByteArray &text);
[[nodiscard]] protocol::MonitorEvent saidInRoom(const QByteArray &node, const QByteArray &client,
                                                const QByteArray &room, const QByteArray &text);
[[nodiscard]] protocol::MonitorEvent stats(const QByteArray &node, qint64 clients = 0, qint64 sampledOut = 0);

/// A client of a snapshot.
[[nodiscard]] protocol::NodeSnapshot::Client
snapshotClient(const QByteArray &client, const std::vector<QByteArray> &rooms = {}, qint64 received = 0);
/// A part of a snapshot.
[[nodiscard]] protocol::NodeSnapshot snapshotPart(const QByteArray &node, int part, int parts,
                                                  const std::vector<protocol::NodeSnapshot::Client> &clients);

} // namespace switchboard::test
