// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "model/filterproxymodel.h"

namespace switchboard::monitor {

class NodesModel;

/// What a person calls the node \a id: its address, or the beginning of the id where that is not known.
[[nodiscard]] QString nodeName(const NodesModel &nodes, const QString &id);

/// Filtered rows in which nodes are called by their names instead of their ids, which are in the tool tips. A
/// filter finds them by either.
class NamedRows : public FilterProxyModel
{
    Q_OBJECT

public:
    /// \a nodes outlives this.
    explicit NamedRows(const NodesModel *nodes, QObject *parent = nullptr);

    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

protected:
    [[nodiscard]] QString searchedText(const QModelIndex &index, int role) const override;

private:
    const NodesModel *m_nodes;
};

} // namespace switchboard::monitor
