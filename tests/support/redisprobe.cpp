// SPDX-License-Identifier: BSD-3-Clause
#include "support/redisprobe.h"

#include <algorithm>
#include <utility>

#include <QHostAddress>

namespace switchboard::test {

RedisProbe::RedisProbe(quint16 port, QByteArray password)
    : m_password(std::move(password))
    , m_port(port)
{ }

RedisProbe::~RedisProbe()
{
    m_socket.abort();
}

bool RedisProbe::connectToServer(std::chrono::milliseconds timeout)
{
    if (m_socket.state() == QAbstractSocket::ConnectedState) {
        return true;
    }
    m_socket.abort();
    m_reader = {};
    m_socket.connectToHost(QHostAddress::LocalHost, m_port);
    waitUntil([this] { return m_socket.state() != QAbstractSocket::ConnectingState; }, timeout);
    if (m_socket.state() != QAbstractSocket::ConnectedState) {
        m_error = m_socket.errorString().toUtf8();
        m_socket.abort();
        return false;
    }
    m_socket.setSocketOption(QAbstractSocket::LowDelayOption, 1);
    return m_password.isEmpty() || command({"AUTH", m_password}, timeout) == QByteArray("OK");
}

QVariant RedisProbe::command(const QList<QByteArray> &command, std::chrono::milliseconds timeout)
{
    m_error.clear();
    if (!connectToServer(timeout)) {
        return {};
    }
    send(command);
    return takeReply(timeout);
}

void RedisProbe::send(const QList<QByteArray> &command)
{
    m_socket.write(RespReader::encodeCommand(command));
    m_socket.flush();
}

QVariant RedisProbe::takeReply(std::chrono::milliseconds timeout)
{
    std::optional<QVariant> reply;
    waitUntil(
        [&] {
            if (m_socket.isOpen()) {
                m_reader.feed(m_socket.readAll());
            }
            reply = m_reader.takeReply();
            return reply || m_reader.isBroken() || m_socket.state() != QAbstractSocket::ConnectedState;
        },
        timeout);
    if (m_reader.isBroken()) {
        return fail("this is not Redis' protocol");
    }
    if (!reply) {
        return fail("no reply");
    }
    if (reply->canConvert<RespError>()) {
        m_error = reply->value<RespError>().message;
    }
    return *reply;
}

QVariant RedisProbe::fail(const QByteArray &reason)
{
    m_error = reason;
    m_socket.abort(); // a late reply would be taken for that of the next command
    return {};
}

QVariant redisCommand(quint16 port, const QList<QByteArray> &command, std::chrono::milliseconds timeout)
{
    return RedisProbe(port).command(command, timeout);
}

QList<QByteArray> toByteArrays(const QVariant &reply)
{
    const QVariantList elements = reply.toList();
    QList<QByteArray> strings;
    std::transform(elements.cbegin(), elements.cend(), std::back_inserter(strings),
                   [](const QVariant &element) { return element.toByteArray(); });
    return strings;
}

} // namespace switchboard::test
