// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "view/pane.h"

namespace switchboard::monitor {

/// All nodes of the cluster and how they do.
class NodesPane : public Pane
{
    Q_OBJECT

public:
    explicit NodesPane(const PaneContext &context, QWidget *parent = nullptr);

    [[nodiscard]] FilteredView *currentView() const override { return m_nodes; }
    [[nodiscard]] QString exportName() const override;
    void saveState() const override;

private:
    FilteredView *m_nodes;
};

} // namespace switchboard::monitor
