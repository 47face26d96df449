// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "api/clusterquestions.h"

#include <QByteArray>
#include <QList>

namespace switchboard {

// The answers of all nodes as one sorted list, a page of it as a JSON text: the elements under the name of
// what they are, "truncated" and, if it is, the "next" page's `after`, and the "missing" nodes. A page has at
// most so many elements as \a limit says.

/// The nodes, behind \a after, sorted by their ids.
[[nodiscard]] QByteArray nodesPage(const ClusterAnswers &answers, qint64 limit, const QByteArray &after);

/// The clients that were asked for with the same \a limit, sorted by their ids.
[[nodiscard]] QByteArray clientsPage(const ClusterAnswers &answers, qint64 limit);

/// The rooms that were asked for with the same \a limit, sorted by the bytes of their names, with their
/// members on all nodes.
[[nodiscard]] QByteArray roomsPage(const ClusterAnswers &answers, qint64 limit);

/// The \a members of \a room, which Redis knows, behind \a after, sorted by their ids.
[[nodiscard]] QByteArray membersPage(const QByteArray &room, QList<QByteArray> members, qint64 limit,
                                     const QByteArray &after);

} // namespace switchboard
