// SPDX-License-Identifier: BSD-3-Clause
#include "democlient.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkRequest>
#include <QRandomGenerator>

#include <chrono>

namespace switchboard::demo {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

const QStringList rooms{u"lobby"_s, u"kitchen"_s, u"standup"_s, u"support"_s, u"release-2.1"_s};

const QStringList userAgents{
    u"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"_s,
    u"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15"_s,
    u"okhttp/4.12.0"_s,
    u"python-websockets/12.0"_s,
};

const QStringList sentences{
    u"Good morning!"_s,
    u"Is the build green again?"_s,
    u"Yes, since ten minutes ago"_s,
    u"Deploying 2.1 to staging now"_s,
    u"Coffee?"_s,
    u"I take the ticket about the search box"_s,
    u"The second node took over within a second, nobody noticed"_s,
    u"Could somebody look at ticket 4711? The customer says that a message shows up twice after the phone "
    "changes from one network to another."_s,
    u"Looks like the client sends it again after the reconnect, I will answer there"_s,
    u"Where are the release notes?"_s,
    u"docs/CHANGELOG.md, at the top"_s,
    u"Lunch at twelve, the usual place"_s,
    u"Danke, das war's – bis später!"_s,
};

const QString &anyOf(const QStringList &list)
{
    return list.at(QRandomGenerator::global()->bounded(static_cast<int>(list.size())));
}

std::chrono::milliseconds between(std::chrono::milliseconds least, std::chrono::milliseconds most)
{
    return std::chrono::milliseconds(
        QRandomGenerator::global()->bounded(static_cast<int>(least.count()), static_cast<int>(most.count())));
}

} // namespace

DemoClient::DemoClient(const QUrl &url, int number, QObject *parent)
    : QObject(parent)
    , m_url(url)
    , m_number(number)
{
    for (int room = 0; room < rooms.size(); ++room) {
        if ((number + room) % 3 == 0) {
            m_rooms.append(rooms.at(room));
        }
    }
    m_speakTimer.setSingleShot(true);
    m_leaveTimer.setSingleShot(true);
    connect(&m_speakTimer, &QTimer::timeout, this, &DemoClient::speak);
    connect(&m_leaveTimer, &QTimer::timeout, this, &DemoClient::leave);
    connect(&m_socket, &QWebSocket::connected, this, &DemoClient::onConnected);
    connect(&m_socket, &QWebSocket::disconnected, this, [this] {
        m_speakTimer.stop();
        m_leaveTimer.stop();
        QTimer::singleShot(between(300ms, 3s), this, &DemoClient::connectNow);
    });
    QTimer::singleShot(between(0ms, 2s), this, &DemoClient::connectNow);
}

void DemoClient::connectNow()
{
    QNetworkRequest request(m_url);
    request.setRawHeader("User-Agent", userAgents.at(m_number % userAgents.size()).toUtf8());
    m_socket.open(request);
}

void DemoClient::onConnected()
{
    for (const QString &room : std::as_const(m_rooms)) {
        send(u"chat-room"_s, u"JoinRoom"_s, QJsonObject{{u"room"_s, room}});
    }
    m_speakTimer.start(between(500ms, 6s));
    if (m_number % 4 == 0) {
        m_leaveTimer.start(between(10s, 60s));
    }
}

void DemoClient::speak()
{
    if (m_rooms.isEmpty() || QRandomGenerator::global()->bounded(3) == 0) {
        send(u"chat"_s, u"SubmitMessage"_s, anyOf(sentences));
    } else {
        send(u"chat-room"_s, u"SendMessage"_s,
             QJsonObject{{u"room"_s, anyOf(m_rooms)}, {u"message"_s, anyOf(sentences)}});
    }
    m_speakTimer.start(between(800ms, 6s));
}

// Most say good-bye; a phone in a tunnel does not.
void DemoClient::leave()
{
    if (QRandomGenerator::global()->bounded(3) == 0) {
        m_socket.abort();
    } else {
        m_socket.close(QWebSocketProtocol::CloseCodeNormal);
    }
}

void DemoClient::send(const QString &channel, const QString &type, const QJsonValue &contents)
{
    const QJsonObject message{{u"type"_s, type}, {u"contents"_s, contents}};
    const QJsonObject envelope{{u"channel"_s, channel}, {u"message"_s, message}};
    m_socket.sendTextMessage(QString::fromUtf8(QJsonDocument(envelope).toJson(QJsonDocument::Compact)));
}

} // namespace switchboard::demo
