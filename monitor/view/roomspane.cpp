// SPDX-License-Identifier: BSD-3-Clause
#include "view/roomspane.h"

#include "model/clustermodel.h"
#include "model/roomsmodel.h"
#include "view/filteredview.h"
#include "view/itemviews.h"

#include <QHeaderView>
#include <QVBoxLayout>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

RoomsPane::RoomsPane(const PaneContext &context, QWidget *parent)
    : Pane(context, parent)
{
    auto *tree = new TreeView;
    m_rooms = new FilteredView(u"rooms"_s, tree, context.cluster->rooms(), context, this);
    tree->setAccessibleName(tr("Rooms and their members"));
    tree->header()->setSortIndicator(RoomsModel::MembersColumn, Qt::DescendingOrder);
    tree->setSortingEnabled(true);
    tree->setColumnHidden(RoomsModel::ClientColumn, true);
    setColumnWidths(
        tree, {u"      00000000-0000-0000-0000-000"_s, u"000,000"_s, u"00,000/s"_s, u"127.0.0.1:9000"_s});
    m_rooms->setEmptyText([this] {
        return emptyText(
            tr("No client is in a room.\nA message to a room, sent from the pane Compose, joins it."));
    });

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(m_rooms);
    adopt(m_rooms);
}

QString RoomsPane::exportName() const
{
    return tr("rooms");
}

void RoomsPane::saveState() const
{
    m_rooms->saveState(*context().settings);
}

} // namespace switchboard::monitor
