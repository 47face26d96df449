// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QObject>
#include <QStringList>
#include <QTimer>
#include <QUrl>
#include <QWebSocket>

namespace switchboard::demo {

/// A client that behaves like a person at a chat: it joins some rooms, says something now and then, and goes
/// and comes back.
class DemoClient : public QObject
{
    Q_OBJECT

public:
    /// The \a number tells clients apart: it decides what this one is like.
    DemoClient(const QUrl &url, int number, QObject *parent = nullptr);

private:
    void connectNow();
    void onConnected();
    void speak();
    void leave();
    void send(const QString &channel, const QString &type, const QJsonValue &contents);

    QUrl m_url;
    int m_number;
    QStringList m_rooms;
    QWebSocket m_socket;
    QTimer m_speakTimer;
    QTimer m_leaveTimer;
};

} // namespace switchboard::demo
