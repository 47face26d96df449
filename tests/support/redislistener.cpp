// SPDX-License-Identifier: BSD-3-Clause
#include "support/redislistener.h"

#include <algorithm>
#include <utility>

#include <QHostAddress>

#include "support/redisprobe.h"

namespace switchboard::test {

RedisListener::RedisListener(quint16 port, QByteArray password)
    : m_password(std::move(password))
    , m_port(port)
{
    QObject::connect(&m_socket, &QTcpSocket::readyRead, &m_socket, [this] { collect(); });
}

RedisListener::~RedisListener()
{
    m_socket.disconnect(); // the reader goes before the socket does
    m_socket.abort();
}

bool RedisListener::subscribe(const QList<QByteArray> &channels, std::chrono::milliseconds timeout)
{
    return sendSubscription("SUBSCRIBE", channels, timeout);
}

bool RedisListener::subscribePatterns(const QList<QByteArray> &patterns, std::chrono::milliseconds timeout)
{
    return sendSubscription("PSUBSCRIBE", patterns, timeout);
}

QList<QByteArray> RedisListener::payloads(const QByteArray &channel) const
{
    QList<QByteArray> payloads;
    for (const RedisMessage &message : m_messages) {
        if (message.channel == channel) {
            payloads.append(message.payload);
        }
    }
    return payloads;
}

bool RedisListener::waitForMessages(qsizetype count, std::chrono::milliseconds timeout)
{
    return waitUntil([&] { return m_messages.size() >= count; }, timeout);
}

bool RedisListener::waitForMessage(const Predicate &wanted, std::chrono::milliseconds timeout)
{
    return waitUntil([&] { return std::any_of(m_messages.cbegin(), m_messages.cend(), wanted); }, timeout);
}

bool RedisListener::connectToServer(std::chrono::milliseconds timeout)
{
    if (isConnected()) {
        return true;
    }
    m_socket.abort();
    m_reader = {};
    m_confirmed.clear();
    m_socket.connectToHost(QHostAddress::LocalHost, m_port);
    waitUntil([this] { return m_socket.state() != QAbstractSocket::ConnectingState; }, timeout);
    if (isConnected() && !m_password.isEmpty()) {
        m_socket.write(RespReader::encodeCommand({"AUTH", m_password}));
    }
    return isConnected();
}

bool RedisListener::sendSubscription(const QByteArray &command, const QList<QByteArray> &names,
                                     std::chrono::milliseconds timeout)
{
    if (!connectToServer(timeout)) {
        return false;
    }
    m_socket.write(RespReader::encodeCommand(QList<QByteArray>{command} + names));
    const auto isConfirmed = [this](const QByteArray &name) { return m_confirmed.contains(name); };
    const auto allConfirmed = [&] { return std::all_of(names.cbegin(), names.cend(), isConfirmed); };
    waitUntil([&] { return allConfirmed() || !isConnected(); }, timeout);
    return allConfirmed();
}

void RedisListener::collect()
{
    m_reader.feed(m_socket.readAll());
    while (const std::optional<QVariant> reply = m_reader.takeReply()) {
        take(*reply);
    }
}

void RedisListener::take(const QVariant &reply)
{
    const QList<QByteArray> parts = toByteArrays(reply);
    if (parts.size() < 3) {
        return; // the answer to AUTH
    }
    const QByteArray &kind = parts.first();
    if (kind == "subscribe" || kind == "psubscribe") {
        m_confirmed.append(parts.at(1));
    } else if (kind == "message") {
        m_messages.append({parts.at(1), parts.at(2)});
    } else if (kind == "pmessage" && parts.size() > 3) {
        m_messages.append({parts.at(2), parts.at(3)});
    }
}

} // namespace switchboard::test
