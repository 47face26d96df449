// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "view/pane.h"

QT_BEGIN_NAMESPACE
class QButtonGroup;
class QStackedWidget;
QT_END_NAMESPACE

namespace switchboard::monitor {

/// The clients of all nodes: those that are connected, and those that were until recently.
class ClientsPane : public Pane
{
    Q_OBJECT

public:
    explicit ClientsPane(const PaneContext &context, QWidget *parent = nullptr);

    [[nodiscard]] FilteredView *currentView() const override;
    [[nodiscard]] QString exportName() const override;
    void saveState() const override;

private:
    [[nodiscard]] FilteredView *createConnected();
    [[nodiscard]] FilteredView *createClosed();
    [[nodiscard]] QWidget *createSwitch();
    void present(int place);
    void updateSwitch();
    void updateNotes();

    FilteredView *m_connected;
    FilteredView *m_closed;
    QStackedWidget *m_stack;
    QButtonGroup *m_buttons;
    QWidget *m_switch;
};

} // namespace switchboard::monitor
