// SPDX-License-Identifier: BSD-3-Clause
//
// Lets clients come, talk and go on the nodes of a cluster until it is ended, so that there is something to
// look at:
//
//   demotraffic CLIENTS URL…     so many clients on each of the nodes, such as ws://localhost:9001/websockets
#include "democlient.h"

#include <QCoreApplication>
#include <QNetworkAccessManager>
#include <QNetworkReply>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const int clients = arguments.value(1).toInt();
    const QStringList urls = arguments.mid(2);
    if (clients <= 0 || urls.isEmpty()) {
        std::fputs("usage: demotraffic CLIENTS URL…\n", stderr);
        return 2;
    }
    QObject owner;
    int number = 0;
    for (const QString &url : urls) {
        // Not the same number on each node: charts show a line for each.
        const int here = clients + 3 * static_cast<int>(urls.indexOf(url));
        for (int client = 0; client < here; ++client) {
            new switchboard::demo::DemoClient(QUrl(url), number++, &owner);
        }
    }

    QNetworkAccessManager network;
    QTimer pings;
    int pingsSent = 0;
    QObject::connect(&pings, &QTimer::timeout, &network, [&] {
        QUrl url(urls.at(pingsSent % urls.size()));
        url.setScheme(u"http"_s);
        url.setPath(pingsSent % 3 == 0 ? u"/ping2"_s : u"/ping1"_s);
        ++pingsSent;
        QNetworkReply *reply = network.get(QNetworkRequest(url));
        QObject::connect(reply, &QNetworkReply::finished, reply, &QObject::deleteLater);
    });
    pings.start(7s);
    return QCoreApplication::exec();
}
