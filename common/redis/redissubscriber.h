// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "redis/persistentconnection.h"

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QObject>
#include <QTimer>

namespace switchboard::redis {

/// Keeps a set of wanted channels subscribed on a connection of its own, over reconnects.
class RedisSubscriber : public QObject
{
    Q_OBJECT

public:
    RedisSubscriber(const RedisUrl &url, const RedisLinkOptions &options, QObject *parent = nullptr);
    Q_DISABLE_COPY_MOVE(RedisSubscriber)

    void open() { m_connection.open(); }
    void close() { m_connection.close(); }
    /// Drops the connection and builds it anew.
    void rebuild() { m_connection.rebuild(); }

    /// As RedisLink::subscribe().
    void subscribe(const QByteArray &channel);
    /// As RedisLink::unsubscribe().
    void unsubscribe(const QByteArray &channel);

    [[nodiscard]] bool isSubscribed(const QByteArray &channel) const;
    /// Whether connected, and everything that was wanted then has been confirmed since. Channels that are
    /// wanted later do not change it.
    [[nodiscard]] bool isComplete() const { return m_isComplete; }

    [[nodiscard]] const PersistentConnection &connection() const { return m_connection; }

Q_SIGNALS:
    void connected();
    /// The connection is gone and with it every subscription.
    void lost();
    void failed(const switchboard::redis::RedisError &error);
    /// A wanted channel is confirmed.
    void confirmed(const QByteArray &channel);
    /// isComplete() may have changed.
    void changed();
    /// The server refuses a channel. It is asked again from time to time.
    void refused(const switchboard::redis::RedisError &error);
    void messageReceived(const QByteArray &channel, const QByteArray &payload);

private:
    /// What is wanted of a channel, and what the server knows of it. Commands are answered in order, so
    /// once nothing is in flight the server holds what was sent last.
    struct Channel
    {
        bool wanted = false;
        bool subscribed = false; ///< what was sent last on this connection
        bool touched = false; ///< waits for synchronise()
        int inFlight = 0; ///< commands for it that are not answered yet

        [[nodiscard]] bool isConfirmed() const { return wanted && subscribed && inFlight == 0; }
    };

    void onConnected();
    void onDisconnected();
    void onAnswered(const QByteArray &channel);
    void onSubscribeAnswered(quint64 session, const QList<QByteArray> &channels, const RedisResult &result);
    void onUnsubscribeAnswered(quint64 session, const QList<QByteArray> &channels, const RedisResult &result);
    [[nodiscard]] QList<QByteArray> takeBack(const QList<QByteArray> &channels);
    void touch(const QByteArray &channel);
    void noteChange();
    void synchronise();
    void sendSubscribe(const QList<QByteArray> &channels);
    void sendUnsubscribe(const QList<QByteArray> &channels);
    void retryRefused();

    PersistentConnection m_connection;
    QHash<QByteArray, Channel> m_channels;
    QList<QByteArray> m_touched; ///< channels to be looked at by synchronise()
    QList<QByteArray> m_refused; ///< channels to be asked for again
    QTimer m_retryTimer{this};
    qsizetype m_wanted = 0;
    qsizetype m_confirmed = 0;
    bool m_isComplete = false;
    quint64 m_session = 0; ///< counts connections: answers of a former one are void
};

} // namespace switchboard::redis
