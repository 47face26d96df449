// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QList>
#include <QUrl>

#include <chrono>

namespace switchboard::client {

/// Decides which node of a cluster is tried next, and after which delay.
///
/// Delays grow exponentially up to a ceiling, with full jitter below it, so that many clients of a cluster
/// that was restarted do not come back all at once. A node that failed three times in a row makes room for
/// the next one known.
class RetryPlan
{
public:
    /// So many failures in a row, and another node is tried.
    static constexpr int failuresPerNode = 3;

    /// Delays lie between \a minimum and \a maximum, both positive and in this order.
    explicit RetryPlan(std::chrono::milliseconds minimum = std::chrono::milliseconds{500},
                       std::chrono::milliseconds maximum = std::chrono::seconds{20});

    /// Starts over with \a urls, at least one, which the user has chosen, the first of them first; nothing is
    /// known of other nodes.
    void start(const QList<QUrl> &urls);

    /// The other nodes of the cluster. Those that the user has chosen always stay among those tried.
    void setKnownNodes(const QList<QUrl> &nodes);

    /// The node to try now.
    [[nodiscard]] const QUrl &url() const { return m_url; }

    /// Failures in a row, on whichever nodes.
    [[nodiscard]] int failures() const { return m_failures; }

    /// A node works: short delays again, and url() is stayed with.
    void noteSuccess();

    /// An attempt failed or a connection broke. Returns the time to wait; url() may be another one now.
    [[nodiscard]] std::chrono::milliseconds noteFailure();

private:
    void moveOn();

    std::chrono::milliseconds m_minimum;
    std::chrono::milliseconds m_maximum;
    std::chrono::milliseconds m_ceiling;
    QList<QUrl> m_chosen;
    QUrl m_url;
    QList<QUrl> m_knownNodes;
    int m_failures = 0;
    int m_failuresHere = 0;
};

} // namespace switchboard::client
