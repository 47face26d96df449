// SPDX-License-Identifier: BSD-3-Clause
#include "wiredsession.h"

#include "net/websocket/descriptortransport.h"
#include "net/websocket/sockettransport.h"
#include "support/rawsocket.h"
#include "support/testcertificate.h"

#include <QAbstractEventDispatcher>
#include <QCoreApplication>
#include <QEvent>
#include <QFile>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslSocket>
#include <QTcpServer>

#include <poll.h>
#include <sys/socket.h>

namespace switchboard::test {

namespace {

// Small, so that little is enough for a connection that takes nothing more.
constexpr int sendBufferBytes = 131072;

/// Accepts one connection and keeps its descriptor.
class OneConnectionServer : public QTcpServer
{
public:
    FileDescriptor accepted;

protected:
    void incomingConnection(qintptr descriptor) override
    {
        accepted = FileDescriptor(static_cast<int>(descriptor));
    }
};

// The same certificate for all: making one takes its time.
const QSslConfiguration *serverConfiguration()
{
    static const auto configuration = []() -> std::unique_ptr<QSslConfiguration> {
        TestCertificate certificate;
        QFile keyFile(certificate.keyFile());
        if (!certificate.make() || !keyFile.open(QIODevice::ReadOnly)) {
            return nullptr;
        }
        auto made = std::make_unique<QSslConfiguration>(QSslConfiguration::defaultConfiguration());
        made->setPrivateKey(QSslKey(&keyFile, QSsl::Ec));
        made->setLocalCertificate(QSslCertificate::fromPath(certificate.certificateFile()).value(0));
        made->setPeerVerifyMode(QSslSocket::VerifyNone);
        return made;
    }();
    return configuration.get();
}

std::unique_ptr<QSslSocket> encryptedSocket(FileDescriptor descriptor, QSslSocket &client)
{
    const QSslConfiguration *configuration = serverConfiguration();
    auto socket = std::make_unique<QSslSocket>();
    if (!configuration || !socket->setSocketDescriptor(descriptor.release())) {
        return nullptr;
    }
    socket->setSslConfiguration(*configuration);
    socket->startServerEncryption();
    client.setPeerVerifyMode(QSslSocket::VerifyNone);
    client.startClientEncryption();
    const bool isEncrypted = turnUntil([&] { return socket->isEncrypted() && client.isEncrypted(); });
    return isEncrypted ? std::move(socket) : nullptr;
}

} // namespace

bool turnUntil(const std::function<bool()> &condition)
{
    constexpr int mostIdleTurns = 10'000;
    for (int idleTurns = 0; idleTurns < mostIdleTurns;) {
        const bool isBusy = QAbstractEventDispatcher::instance()->processEvents(QEventLoop::AllEvents);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        if (condition()) {
            return true;
        }
        if (!isBusy) {
            ++idleTurns;
            ::poll(nullptr, 0, 1); // the loop itself cannot wait
        }
    }
    return false;
}

void SessionRecorder::sessionMessage(WebSocketSession &session, QByteArrayView message, Opcode type)
{
    messages.append((type == Opcode::Binary ? "binary " : "") + message.toByteArray());
    if (onMessage) {
        onMessage(session);
    }
}

void SessionRecorder::sessionClosed(WebSocketSession &, const CloseStatus &status)
{
    codes.append(status.code);
    reasons.append(status.reason);
}

SessionLoop::SessionLoop(const SessionLimits &limits)
    : services{queue, wheel, limits}
    , engine(services, DeflateMode::Shared)
{
    services.limits.rate.perSecond = 0;
}

SessionPeer::SessionPeer(std::unique_ptr<QTcpSocket> socket)
    : m_socket(std::move(socket))
{
    QObject::connect(m_socket.get(), &QTcpSocket::readyRead, m_socket.get(), [this] { collect(); });
}

SessionPeer::~SessionPeer()
{
    m_socket->disconnect();
    m_socket->abort();
}

void SessionPeer::write(const QByteArray &bytes)
{
    m_socket->write(bytes);
    m_socket->flush();
}

std::optional<RawFrame> SessionPeer::takeFrame()
{
    std::optional<RawFrame> frame;
    turnUntil([&] {
        const bool isOver = hasEnded(); // asked first: its last bytes may hold a frame
        frame = RawFrame::takeFrom(m_buffer);
        return frame || isOver;
    });
    return frame;
}

QByteArray SessionPeer::takeFrameBytes()
{
    QByteArray bytes;
    turnUntil([&] {
        const bool isOver = hasEnded();
        QByteArray rest = m_buffer;
        if (RawFrame::takeFrom(rest)) {
            bytes = m_buffer.first(m_buffer.size() - rest.size());
            m_buffer = rest;
        }
        return !bytes.isEmpty() || isOver;
    });
    return bytes;
}

QByteArray SessionPeer::takeUntil(const QByteArray &needle)
{
    turnUntil([&] { return m_buffer.contains(needle) || hasEnded(); });
    const qsizetype at = m_buffer.indexOf(needle);
    const QByteArray taken = at < 0 ? QByteArray() : m_buffer.first(at + needle.size());
    m_buffer.remove(0, taken.size());
    return taken;
}

QByteArrayList SessionPeer::takeFrames(qsizetype count)
{
    QByteArrayList frames;
    while (frames.size() < count) {
        const auto frame = takeFrame();
        if (!frame) {
            break;
        }
        frames.append(QByteArray::number(frame->opcode) + ' ' + frame->payload);
    }
    return frames;
}

bool SessionPeer::waitForEnd()
{
    return turnUntil([this] { return hasEnded(); });
}

bool SessionPeer::hasEnded() const
{
    return m_socket->state() == QAbstractSocket::UnconnectedState;
}

void SessionPeer::setReading(bool isReading)
{
    m_isReading = isReading;
    m_socket->setReadBufferSize(isReading ? 0 : 1);
    if (isReading) {
        collect();
    }
}

void SessionPeer::shutdownWrite()
{
    m_socket->flush();
    ::shutdown(static_cast<int>(m_socket->socketDescriptor()), SHUT_WR);
}

void SessionPeer::reset()
{
    resetConnection(*m_socket);
}

void SessionPeer::collect()
{
    if (m_isReading && m_socket->isOpen()) {
        m_buffer += m_socket->readAll();
    }
}

WiredPair makeWiredPair(Wire wire, SessionLoop &loop)
{
    OneConnectionServer server;
    std::unique_ptr<QTcpSocket> client =
        wire == Wire::Tls ? std::make_unique<QSslSocket>() : std::make_unique<QTcpSocket>();
    if (!server.listen(QHostAddress::LocalHost)) {
        return {};
    }
    client->connectToHost(QHostAddress::LocalHost, server.serverPort());
    if (!turnUntil([&] {
            return server.accepted.isValid() && client->state() == QAbstractSocket::ConnectedState;
        })) {
        return {};
    }
    ::setsockopt(server.accepted.get(), SOL_SOCKET, SO_SNDBUF, &sendBufferBytes, sizeof sendBufferBytes);
    client->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    std::unique_ptr<Transport> transport;
    if (auto *encrypted = qobject_cast<QSslSocket *>(client.get())) {
        auto socket = encryptedSocket(std::move(server.accepted), *encrypted);
        if (!socket) {
            return {};
        }
        transport = std::make_unique<SocketTransport>(socket.release(), loop.services, &loop.engine.poller());
    } else {
        transport = std::make_unique<DescriptorTransport>(std::move(server.accepted), loop.engine.poller(),
                                                          loop.services);
    }
    return {std::move(transport), std::make_unique<SessionPeer>(std::move(client))};
}

WiredSession::WiredSession(SessionLoop &loop, Wire wire, const std::optional<DeflateAgreement> &deflate,
                           const QByteArray &surplus)
{
    WiredPair pair = makeWiredPair(wire, loop);
    if (!pair.transport) {
        return;
    }
    m_peer = std::move(pair.peer);
    const LeanEngine::Handshake handshake{"HTTP/1.1 101 Go on\r\n\r\n", deflate};
    ClientInfo info{.id = QUuid::createUuid(),
                    .address = QHostAddress(QHostAddress::LocalHost),
                    .userAgent = "test",
                    .connectedAt = protocol::Timestamp::now()};
    m_session = loop.engine.makeSession(std::move(info), handshake, std::move(pair.transport));
    m_session->setListener(&heard);
    m_session->begin(handshake.answer, surplus);
    m_isConnected = m_peer->takeUntil("\r\n\r\n") == handshake.answer;
}

} // namespace switchboard::test
