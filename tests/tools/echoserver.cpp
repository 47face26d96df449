// SPDX-License-Identifier: BSD-3-Clause
//
// Sends every message back to its sender, as text or binary as it came, so that programs that test WebSocket
// servers can be pointed at the daemon's own engines:
//
//   echoserver [--engine lean|qt] [--port N] [--deflate shared|dedicated|off] [--max-message-bytes N] …
//
// It takes the flags of switchboard-server; those that have nothing to do with sessions change nothing. Every
// path is "/". SIGTERM and SIGINT end it.
#include "eventloop/epolleventdispatcher.h"
#include "net/auth/authenticator.h"
#include "net/flushqueue.h"
#include "net/handshakegate.h"
#include "net/httpfront.h"
#include "net/listensocket.h"
#include "net/sessionregistry.h"
#include "node/commandline.h"
#include "node/nodeconfig.h"
#include "node/signalwatcher.h"

#include <QCoreApplication>

#include <cstdio>

using namespace switchboard;

namespace {

int fail(const QString &text)
{
    std::fprintf(stderr, "echoserver: %s\n", qUtf8Printable(text));
    return 2;
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication::setEventDispatcher(new EpollEventDispatcher);
    const QCoreApplication application(argc, argv);
    const auto commandLine =
        parseCommandLine(QCoreApplication::arguments(), QProcessEnvironment::systemEnvironment());
    if (!commandLine) {
        return fail(commandLine.error());
    }
    const NodeConfig &config = commandLine->config;

    FlushQueue flushQueue;
    TimingWheel wheel;
    SessionServices services{flushQueue, wheel, config.sessions};
    const auto leanEngine =
        config.engine == Engine::Lean ? std::make_unique<LeanEngine>(services, config.deflate) : nullptr;
    SessionRegistry registry;
    QObject::connect(&registry, &SessionRegistry::messageReceived,
                     [](WebSocketSession *session, QByteArrayView message, Opcode type) {
                         session->send(Frame::message(type, message));
                     });
    Authenticator authenticator{QByteArray()};
    const HandshakeGate gate(registry, authenticator, {});
    HttpFront front("/", registry, services, gate, config.http, leanEngine.get());
    auto listenSocket = openListenSocket(config.address, config.port, PortUse::Alone);
    if (!listenSocket) {
        return fail(listenSocket.error());
    }
    std::printf("Listening on port %d\n", localPort(listenSocket->get()));
    std::fflush(stdout);
    front.start(*std::move(listenSocket));
    const SignalWatcher signalWatcher;
    QObject::connect(&signalWatcher, &SignalWatcher::terminationRequested, &application,
                     &QCoreApplication::quit);
    return QCoreApplication::exec();
}
