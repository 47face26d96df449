// SPDX-License-Identifier: BSD-3-Clause
// Chats on the terminal: switchboard-chat ws://localhost:9000,ws://localhost:9001 [ROOM]
#include "client/client.h"
#include "client/nodeaddress.h"

#include <QCoreApplication>
#include <QFile>
#include <QSocketNotifier>
#include <QTextStream>

#include <unistd.h>

using switchboard::client::Client;

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    const QString room = QCoreApplication::arguments().value(2);
    QTextStream out(stdout);
    const auto print = [&out](const QString &line) { out << line << Qt::endl; };

    Client client;
    QObject::connect(&client, &Client::stateChanged, [&](Client::State state) {
        if (state != Client::State::Connecting) {
            print(client.isConnected() ? "Connected to " + client.connection().url().toString()
                                       : client.connection().problem());
        }
    });
    QObject::connect(&client, &Client::refused, [] { QCoreApplication::exit(1); });
    QObject::connect(&client, &Client::rejected, [&](const auto &why) { print("Not taken: " + why.reason); });
    QObject::connect(&client, &Client::pinged, [&](int number) { print(QString("Ping %1").arg(number)); });
    QObject::connect(&client, &Client::chatReceived, [&](const QString &text) { print("Chat: " + text); });
    QObject::connect(&client, &Client::roomJoined, [&](const QString &name, const QList<QUuid> &members) {
        print(QString("%1 in %2").arg(members.size()).arg(name));
    });
    QObject::connect(&client, &Client::roomMessageReceived,
                     [&](const QString &, const QUuid &member, const QString &text) {
                         print(member.toString(QUuid::WithoutBraces) + ": " + text);
                     });

    QFile input;
    input.open(STDIN_FILENO, QFile::ReadOnly | QFile::Unbuffered);
    QSocketNotifier notifier(input.handle(), QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, [&] {
        const QByteArray line = input.readLine();
        const QString text = QString::fromUtf8(line).trimmed();
        if (line.isEmpty()) {
            QCoreApplication::quit();
        } else if (!(room.isEmpty() ? client.sendChat(text) : client.sendRoomMessage(room, text))) {
            print("Not sent: there is no connection");
        }
    });

    QList<QUrl> urls;
    for (const QString &url : QCoreApplication::arguments().value(1).split(',')) {
        urls += switchboard::client::parseNodeUrl(url).value_or(QUrl());
    }
    if (!room.isEmpty()) {
        client.join(room);
    }
    client.open(urls, qgetenv("SWITCHBOARD_TOKEN"));
    return QCoreApplication::exec();
}
