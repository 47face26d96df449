// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "view/pane.h"

namespace switchboard::monitor {

/// All rooms of the cluster with their members.
class RoomsPane : public Pane
{
    Q_OBJECT

public:
    explicit RoomsPane(const PaneContext &context, QWidget *parent = nullptr);

    [[nodiscard]] FilteredView *currentView() const override { return m_rooms; }
    [[nodiscard]] QString exportName() const override;
    void saveState() const override;

private:
    FilteredView *m_rooms;
};

} // namespace switchboard::monitor
