// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "view/pane.h"

QT_BEGIN_NAMESPACE
class QComboBox;
class QLineEdit;
class QPushButton;
QT_END_NAMESPACE

namespace switchboard::monitor {

/// A line to say something to everyone or to a room, so that the monitor is a test client, too.
class ComposePane : public Pane
{
    Q_OBJECT

public:
    explicit ComposePane(const PaneContext &context, QWidget *parent = nullptr);

    void takeFocus() override;

private:
    void send();
    void offerRooms();
    void updateEnabled();
    [[nodiscard]] QString room() const;
    [[nodiscard]] QString fault() const;

    QComboBox *m_room;
    QLineEdit *m_text;
    QPushButton *m_send;
    QStringList m_roomsOffered;
};

} // namespace switchboard::monitor
