// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "model/clientsmodel.h"
#include "model/closedclientsmodel.h"
#include "model/clustermodel.h"
#include "model/nodesmodel.h"
#include "model/roomsmodel.h"
#include "model/trafficmodel.h"
#include "sampleevents.h"

#include <QAbstractItemModelTester>

#include <utility>
#include <vector>

namespace switchboard::test {

/// A cluster with a clock that stands still, whose models are watched for faults.
struct WatchedCluster
{
    WatchedCluster()
        : model(clock.options())
    {
        for (QAbstractItemModel *watched : {static_cast<QAbstractItemModel *>(model.nodes()),
                                            static_cast<QAbstractItemModel *>(model.clients()),
                                            static_cast<QAbstractItemModel *>(model.closedClients()),
                                            static_cast<QAbstractItemModel *>(model.rooms()),
                                            static_cast<QAbstractItemModel *>(model.traffic())}) {
            new QAbstractItemModelTester(watched, QAbstractItemModelTester::FailureReportingMode::QtTest,
                                         &model);
        }
    }

    void take(std::vector<protocol::MonitorEvent> events)
    {
        for (auto &event : events) {
            model.add(std::move(event));
        }
        model.flush();
    }

    [[nodiscard]] int state(const QByteArray &node) const
    {
        return model.nodes()->index(model.nodes()->rowOf(node), 0).data(monitor::StateRole).toInt();
    }

    [[nodiscard]] QString client(const QByteArray &id, int column, int role = monitor::ExportRole) const
    {
        return model.clients()->index(model.clients()->rowOf(id), column).data(role).toString();
    }

    [[nodiscard]] QByteArrayList clientIds() const
    {
        QByteArrayList ids;
        for (int row = 0; row < model.clients()->rowCount(); ++row) {
            ids.append(model.clients()->index(row, 0).data().toString().toUtf8());
        }
        return ids;
    }

    [[nodiscard]] int members(const QByteArray &room) const
    {
        const QModelIndex index = model.rooms()->roomIndex(room);
        return index.isValid() ? model.rooms()->rowCount(index) : -1;
    }

    SampleClock clock;
    monitor::ClusterModel model;
};

} // namespace switchboard::test
