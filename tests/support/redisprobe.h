// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>

#include <QByteArray>
#include <QList>
#include <QTcpSocket>
#include <QVariant>

#include "support/respreader.h"
#include "support/waituntil.h"

namespace switchboard::test {

/// One connection to a Redis on 127.0.0.1 that sends any command and waits for its reply.
class RedisProbe
{
public:
    /// \param password sent as AUTH on connecting where it is not empty
    explicit RedisProbe(quint16 port, QByteArray password = {});
    ~RedisProbe();
    Q_DISABLE_COPY_MOVE(RedisProbe)

    /// Connects unless it is connected.
    bool connectToServer(std::chrono::milliseconds timeout = DefaultTimeout);

    /**
     * Sends \a command, connecting first where needed, and waits for its reply, which is as RespReader
     * describes. An invalid QVariant, and errorString(), where none came.
     */
    QVariant command(const QList<QByteArray> &command, std::chrono::milliseconds timeout = DefaultTimeout);

    /// Sends \a command and waits for nothing.
    void send(const QList<QByteArray> &command);

    /// Waits for the next reply or push message.
    QVariant takeReply(std::chrono::milliseconds timeout = DefaultTimeout);

    /// Why the last command got no reply, or the text of the error it got; empty if all was well.
    QByteArray errorString() const { return m_error; }

private:
    QVariant fail(const QByteArray &reason);

    QTcpSocket m_socket;
    RespReader m_reader;
    QByteArray m_password;
    QByteArray m_error;
    quint16 m_port;
};

/// Sends one command on a connection of its own; see RedisProbe::command().
QVariant redisCommand(quint16 port, const QList<QByteArray> &command,
                      std::chrono::milliseconds timeout = DefaultTimeout);

/// The strings of an array reply; numbers as their digits.
QList<QByteArray> toByteArrays(const QVariant &reply);

} // namespace switchboard::test
