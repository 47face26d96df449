// SPDX-License-Identifier: BSD-3-Clause
#include "link/pingsender.h"

#include "client/authorization.h"
#include "client/nodeaddress.h"

#include <QElapsedTimer>
#include <QNetworkReply>
#include <QNetworkRequest>

namespace switchboard::monitor {

namespace {

// What the node itself says, such as "Redis is away", tells more than Qt's summary of the status.
QString reasonOf(QNetworkReply &reply)
{
    const QString body = reply.isOpen() ? QString::fromUtf8(reply.read(500)).simplified() : QString();
    return body.isEmpty() ? reply.errorString() : body;
}

} // namespace

PingSender::PingSender(std::chrono::milliseconds timeout, QObject *parent)
    : QObject(parent)
{
    m_network.setTransferTimeout(static_cast<int>(timeout.count()));
    m_network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
}

void PingSender::send(const QUrl &node, const QByteArray &token, protocol::PingNumber number)
{
    QElapsedTimer sent;
    sent.start();
    QNetworkRequest request(client::pingUrl(node, number));
    request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArrayLiteral("text/plain"));
    client::authorize(request, token);
    QNetworkReply *reply = m_network.post(request, QByteArray());
    connect(reply, &QNetworkReply::finished, this, [this, reply, number, sent] {
        reply->deleteLater();
        if (reply->error() == QNetworkReply::NoError) {
            const std::chrono::nanoseconds elapsed(sent.nsecsElapsed());
            Q_EMIT answered(number, std::chrono::duration_cast<std::chrono::microseconds>(elapsed));
        } else {
            Q_EMIT failed(number, reasonOf(*reply));
        }
    });
}

} // namespace switchboard::monitor
