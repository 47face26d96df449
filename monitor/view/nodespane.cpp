// SPDX-License-Identifier: BSD-3-Clause
#include "view/nodespane.h"

#include "model/clustermodel.h"
#include "model/filterproxymodel.h"
#include "model/nodesmodel.h"
#include "view/celldelegate.h"
#include "view/filterbar.h"
#include "view/filteredview.h"
#include "view/itemviews.h"

#include <QHeaderView>
#include <QVBoxLayout>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

NodesPane::NodesPane(const PaneContext &context, QWidget *parent)
    : Pane(context, parent)
{
    auto *table = new TableView;
    m_nodes = new FilteredView(u"nodes"_s, table, context.cluster->nodes(), context, this);
    table->setAccessibleName(tr("Nodes"));
    table->horizontalHeader()->setSortIndicator(NodesModel::AddressColumn, Qt::AscendingOrder);
    table->setSortingEnabled(true);
    table->hideColumn(NodesModel::NodeColumn);
    setColumnWidths(table,
                    {u"● Live 0"_s, u"00000000"_s, u"192.168.100.100:9000"_s, u"100,000"_s, u"10,000"_s,
                     u"100,000/s"_s, u"1,000,000/s"_s, u"1,000,000/s"_s, u"00.0 ms"_s, u"00.0 ms"_s,
                     u"00.0 MiB"_s, u"0,000"_s, u"00 d 00 h"_s, u"0.0.0"_s});
    m_nodes->delegate()->setSignColumn(NodesModel::StateColumn);
    m_nodes->filterBar()->setKeys(m_nodes->proxy()->filterKeys(), {u"address"_s});
    m_nodes->setFilterOnDemand();
    m_nodes->setEmptyText([this] { return emptyText(tr("Waiting for the nodes to tell of themselves.")); });

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(m_nodes);
    adopt(m_nodes);
    // Uptimes are shown as of the moment they are painted.
    connect(context.cluster, &ClusterModel::totalsChanged, table->viewport(), qOverload<>(&QWidget::update));
}

QString NodesPane::exportName() const
{
    return tr("nodes");
}

void NodesPane::saveState() const
{
    m_nodes->saveState(*context().settings);
}

} // namespace switchboard::monitor
