// SPDX-License-Identifier: BSD-3-Clause
#include "view/composepane.h"

#include "link/monitorlink.h"
#include "model/clustermodel.h"
#include "model/roomsmodel.h"
#include "protocol/chatroom.h"
#include "view/actionlock.h"
#include "view/glyphs.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include <algorithm>
#include <utility>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

namespace {

constexpr int maxRoomsOffered = 50;
// The smallest limit that a node has by default, less what surrounds the text.
constexpr int maxTextLength = 16'000;

} // namespace

ComposePane::ComposePane(const PaneContext &context, QWidget *parent)
    : Pane(context, parent)
    , m_room(new QComboBox(this))
    , m_text(new QLineEdit(this))
    , m_send(new QPushButton(glyphIcon(Glyph::Send), tr("&Send"), this))
{
    m_room->setObjectName(u"room"_s);
    m_text->setObjectName(u"message"_s);
    m_room->setEditable(true);
    m_room->setInsertPolicy(QComboBox::NoInsert);
    m_room->lineEdit()->setPlaceholderText(tr("Everyone"));
    m_room->lineEdit()->setClearButtonEnabled(true);
    m_room->setMinimumContentsLength(12);
    m_room->setAccessibleName(tr("Room; empty for everyone"));
    m_room->setToolTip(tr("The room to say it in, which this monitor joins. Empty: to every client."));
    m_text->setPlaceholderText(tr("Message"));
    m_text->setMaxLength(maxTextLength);
    m_text->setAccessibleName(tr("Message"));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    auto *label = new QLabel(tr("&To:"), this);
    label->setBuddy(m_room);
    layout->addWidget(label);
    layout->addWidget(m_room);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_send);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setMaximumHeight(sizeHint().height());

    connect(m_send, &QPushButton::clicked, this, &ComposePane::send);
    connect(m_text, &QLineEdit::returnPressed, this, &ComposePane::send);
    connect(m_text, &QLineEdit::textChanged, this, &ComposePane::updateEnabled);
    connect(m_room, &QComboBox::editTextChanged, this, &ComposePane::updateEnabled);
    connect(context.lock, &ActionLock::unlockedChanged, this, &ComposePane::updateEnabled);
    connect(context.link, &MonitorLink::stateChanged, this, &ComposePane::updateEnabled);
    connect(context.cluster, &ClusterModel::totalsChanged, this, &ComposePane::offerRooms);
    offerRooms();
    updateEnabled();
}

void ComposePane::takeFocus()
{
    m_text->setFocus(Qt::ShortcutFocusReason);
}

QString ComposePane::room() const
{
    return m_room->currentText();
}

QString ComposePane::fault() const
{
    if (!context().lock->isUnlocked()) {
        return tr("Locked: choose \"Unlock actions\" in the menu Actions first.");
    }
    if (context().link->state() != MonitorLink::State::Connected) {
        return tr("There is no connection to a node.");
    }
    if (!room().isEmpty()) {
        if (const auto roomFault = protocol::roomNameFault(room().toUtf8())) {
            return QString::fromUtf8(*roomFault);
        }
    }
    return m_text->text().isEmpty() ? tr("There is nothing to send yet.") : QString();
}

void ComposePane::send()
{
    if (!fault().isEmpty()) {
        return;
    }
    if (room().isEmpty()) {
        context().link->sendChat(m_text->text());
    } else {
        context().link->sendRoomMessage(room(), m_text->text());
    }
    m_text->clear();
}

// What is typed stays; an open list stays as it is.
void ComposePane::offerRooms()
{
    if (m_room->view()->isVisible()) {
        return;
    }
    QStringList names;
    const RoomsModel *rooms = context().cluster->rooms();
    for (int row = 0; row < std::min(rooms->rowCount(), maxRoomsOffered); ++row) {
        names.append(rooms->index(row, RoomsModel::RoomColumn).data(RoomRole).toString());
    }
    names.sort();
    if (names == std::exchange(m_roomsOffered, names)) {
        return;
    }
    const QString typed = room();
    const int cursor = m_room->lineEdit()->cursorPosition();
    const QSignalBlocker blocker(m_room);
    m_room->clear();
    m_room->addItems(names);
    m_room->setEditText(typed);
    m_room->lineEdit()->setCursorPosition(cursor);
}

void ComposePane::updateEnabled()
{
    const bool canAct =
        context().lock->isUnlocked() && context().link->state() == MonitorLink::State::Connected;
    m_room->setEnabled(canAct);
    m_text->setEnabled(canAct);
    const QString why = fault();
    m_send->setEnabled(why.isEmpty());
    m_send->setToolTip(why.isEmpty() ? tr("Send the message (Enter)") : why);
    m_text->setToolTip(canAct ? QString() : why);
    m_text->setPlaceholderText(context().lock->isUnlocked() ? tr("Message")
                                                            : tr("Locked: menu Actions, \"Unlock actions\""));
}

} // namespace switchboard::monitor
