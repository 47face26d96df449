// SPDX-License-Identifier: BSD-3-Clause
#include "gui/fakenode.h"

#include <QHostAddress>
#include <QWebSocket>
#include <QWebSocketServer>

#include <utility>

namespace switchboard::test {

using namespace Qt::StringLiterals;

FakeNode::FakeNode(QObject *parent)
    : QObject(parent)
    , m_server(new QWebSocketServer(u"fake"_s, QWebSocketServer::NonSecureMode, this))
{
    connect(m_server, &QWebSocketServer::newConnection, this, &FakeNode::accept);
}

FakeNode::~FakeNode()
{
    stop();
}

bool FakeNode::start()
{
    const bool listens = m_server->listen(QHostAddress::LocalHost, m_port);
    m_port = m_server->serverPort();
    return listens;
}

void FakeNode::stop()
{
    m_server->close();
    const QList<QWebSocket *> sockets = m_sockets;
    for (QWebSocket *socket : sockets) {
        socket->abort();
    }
}

QUrl FakeNode::url() const
{
    return {u"ws://127.0.0.1:%1/websockets"_s.arg(m_port)};
}

void FakeNode::send(const QByteArray &message)
{
    for (QWebSocket *socket : std::as_const(m_sockets)) {
        socket->sendTextMessage(QString::fromUtf8(message));
    }
}

void FakeNode::close(int code, const QString &reason)
{
    const QList<QWebSocket *> sockets = m_sockets;
    for (QWebSocket *socket : sockets) {
        socket->close(static_cast<QWebSocketProtocol::CloseCode>(code), reason);
    }
}

void FakeNode::accept()
{
    QWebSocket *socket = m_server->nextPendingConnection();
    socket->setOutgoingFrameSize(QWebSocket::maxOutgoingFrameSize());
    m_sockets.append(socket);
    ++m_connectionsSoFar;
    connect(socket, &QWebSocket::textMessageReceived, this, [this](const QString &text) {
        m_received.append(text.toUtf8());
        Q_EMIT messageReceived(m_received.constLast());
    });
    connect(socket, &QWebSocket::disconnected, this, [this, socket] {
        m_sockets.removeAll(socket);
        socket->deleteLater();
    });
}

} // namespace switchboard::test
