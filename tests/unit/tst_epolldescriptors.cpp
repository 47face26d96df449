// SPDX-License-Identifier: BSD-3-Clause
#include "dispatchertesting.h"

#include <QAbstractEventDispatcher>
#include <QDeadlineTimer>
#include <QEventLoop>
#include <QProcess>
#include <QSignalSpy>
#include <QSocketNotifier>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryFile>
#include <QTest>
#include <QTimer>

#include <fcntl.h>
#include <functional>
#include <memory>
#include <sys/socket.h>
#include <vector>

using namespace std::chrono_literals;
using namespace switchboard::test;

/// Descriptors, and what Qt builds on them, on the dispatcher on epoll.
class TestEpollDescriptors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readAndWriteNotifiers_data() { addDispatchers(); }
    void readAndWriteNotifiers();
    void hangUpReachesReadAndWrite_data() { addDispatchers(); }
    void hangUpReachesReadAndWrite();
    void hangUpWithoutNotifierDoesNotSpin();
    void notifierDeletedBySibling_data() { addDispatchers(); }
    void notifierDeletedBySibling();
    void descriptorReusedInOneTurn_data() { addDispatchers(); }
    void descriptorReusedInOneTurn();
    void descriptorClosedBeforeNotifier_data() { addDispatchers(); }
    void descriptorClosedBeforeNotifier();
    void notifierToggledTwice_data() { addDispatchers(); }
    void notifierToggledTwice();
    void exceptionNotifier_data() { addDispatchers(); }
    void exceptionNotifier();
    void regularFileIsReady();
    void notifiersCanBeExcluded_data() { addDispatchers(); }
    void notifiersCanBeExcluded();
    void tcpEcho_data() { addDispatchers(); }
    void tcpEcho();
    void processOutput_data() { addDispatchers(); }
    void processOutput();
};

void TestEpollDescriptors::readAndWriteNotifiers()
{
    runOnDispatcher([] {
        SocketPair pair;
        QSocketNotifier reader(pair.fds[0], QSocketNotifier::Read);
        QSocketNotifier writer(pair.fds[0], QSocketNotifier::Write);
        int reads = 0;
        int writes = 0;
        QObject::connect(&reader, &QSocketNotifier::activated, [&] { ++reads; });
        QObject::connect(&writer, &QSocketNotifier::activated, [&] { ++writes; });
        QVERIFY(spinUntil([&] { return writes > 3; }));
        QCOMPARE(reads, 0);
        writer.setEnabled(false);
        const int writesThen = writes;
        pair.send(1);
        // Level-triggered: it is told again as long as it is not read.
        QVERIFY(spinUntil([&] { return reads > 3; }));
        QCOMPARE(writes, writesThen);
    });
}

void TestEpollDescriptors::hangUpReachesReadAndWrite()
{
    runOnDispatcher([] {
        SocketPair pair;
        QSocketNotifier reader(pair.fds[0], QSocketNotifier::Read);
        QSocketNotifier writer(pair.fds[0], QSocketNotifier::Write);
        bool isRead = false;
        bool isWritten = false;
        QObject::connect(&reader, &QSocketNotifier::activated, [&] { isRead = true; });
        QObject::connect(&writer, &QSocketNotifier::activated, [&] { isWritten = true; });
        pair.closeEnd(1);
        QVERIFY(spinUntil([&] { return isRead && isWritten; }));
    });
}

void TestEpollDescriptors::hangUpWithoutNotifierDoesNotSpin()
{
    runInThread(true, [] {
        SocketPair pair;
        QSocketNotifier reader(pair.fds[0], QSocketNotifier::Read);
        spinUntil([] { return false; }, 10ms);
        reader.setEnabled(false);
        pair.closeEnd(1);
        int turns = 0;
        QObject::connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake,
                         [&] { ++turns; });
        QEventLoop loop;
        QTimer::singleShot(200ms, &loop, &QEventLoop::quit);
        loop.exec();
        QVERIFY2(turns < 50, qPrintable(QString::number(turns)));
    });
}

void TestEpollDescriptors::notifierDeletedBySibling()
{
    runOnDispatcher([] {
        SocketPair first;
        SocketPair second;
        auto a = std::make_unique<QSocketNotifier>(first.fds[0], QSocketNotifier::Read);
        auto b = std::make_unique<QSocketNotifier>(second.fds[0], QSocketNotifier::Read);
        int activations = 0;
        QObject::connect(a.get(), &QSocketNotifier::activated, [&] {
            ++activations;
            b.reset();
            a->setEnabled(false);
        });
        QObject::connect(b.get(), &QSocketNotifier::activated, [&] {
            ++activations;
            a.reset();
            b->setEnabled(false);
        });
        first.send(1);
        second.send(1);
        QVERIFY(spinUntil([&] { return activations > 0; }));
        QVERIFY(!spinUntil([&] { return activations > 1; }, 50ms));
    });
}

void TestEpollDescriptors::descriptorReusedInOneTurn()
{
    runOnDispatcher([] {
        // The handler closes its descriptor and opens another file, which gets the same number.
        auto pair = std::make_unique<SocketPair>();
        SocketPair other;
        auto notifier = std::make_unique<QSocketNotifier>(pair->fds[0], QSocketNotifier::Read);
        const int number = pair->fds[0];
        std::unique_ptr<QSocketNotifier> successor;
        bool isHeard = false;
        QObject::connect(notifier.get(), &QSocketNotifier::activated, [&] {
            notifier->setEnabled(false);
            notifier.release()->deleteLater();
            pair->closeEnd(0);
            QCOMPARE(::fcntl(other.fds[0], F_DUPFD, number), number);
            pair->fds[0] = number;
            successor = std::make_unique<QSocketNotifier>(number, QSocketNotifier::Read);
            QObject::connect(successor.get(), &QSocketNotifier::activated, [&] { isHeard = true; });
        });
        pair->send(1);
        QVERIFY(spinUntil([&] { return successor != nullptr; }));
        QVERIFY(!spinUntil([&] { return isHeard; }, 50ms));
        other.send(1);
        QVERIFY(spinUntil([&] { return isHeard; }));
        successor.reset();
    });
}

void TestEpollDescriptors::descriptorClosedBeforeNotifier()
{
    runOnDispatcher([] {
        SocketPair pair;
        QSocketNotifier notifier(pair.fds[0], QSocketNotifier::Read);
        spinUntil([] { return false; }, 10ms);
        pair.closeEnd(0);
        notifier.setEnabled(false);
        QVERIFY(!spinUntil([] { return false; }, 20ms));
    });
}

void TestEpollDescriptors::notifierToggledTwice()
{
    runOnDispatcher([] {
        SocketPair pair;
        QSocketNotifier reader(pair.fds[0], QSocketNotifier::Read);
        QSocketNotifier writer(pair.fds[0], QSocketNotifier::Write);
        int reads = 0;
        QObject::connect(&reader, &QSocketNotifier::activated, [&] {
            ++reads;
            writer.setEnabled(false);
            writer.setEnabled(true);
            reader.setEnabled(false);
            reader.setEnabled(true);
        });
        pair.send(1);
        QVERIFY(spinUntil([&] { return reads > 5; }));
    });
}

void TestEpollDescriptors::exceptionNotifier()
{
    runOnDispatcher([] {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        QTcpSocket client;
        client.connectToHost(QHostAddress::LocalHost, server.serverPort());
        QVERIFY(spinUntil([&] { return server.hasPendingConnections(); }));
        const std::unique_ptr<QTcpSocket> peer(server.nextPendingConnection());
        QSocketNotifier urgent(peer->socketDescriptor(), QSocketNotifier::Exception);
        bool isUrgent = false;
        QObject::connect(&urgent, &QSocketNotifier::activated, [&] {
            isUrgent = true;
            urgent.setEnabled(false);
        });
        QCOMPARE(::send(static_cast<int>(client.socketDescriptor()), "!", 1, MSG_OOB), 1);
        QVERIFY(spinUntil([&] { return isUrgent; }));
    });
}

void TestEpollDescriptors::regularFileIsReady()
{
    runInThread(true, [] {
        QTemporaryFile file;
        QVERIFY(file.open());
        QSocketNotifier notifier(file.handle(), QSocketNotifier::Read);
        int activations = 0;
        QObject::connect(&notifier, &QSocketNotifier::activated, [&] { ++activations; });
        QVERIFY(spinUntil([&] { return activations > 2; }));
        notifier.setEnabled(false);
        spinUntil([] { return false; }, 5ms);
        const int then = activations;
        QVERIFY(!spinUntil([&] { return activations > then; }, 30ms));
    });
}

void TestEpollDescriptors::notifiersCanBeExcluded()
{
    runOnDispatcher([] {
        SocketPair pair;
        QSocketNotifier notifier(pair.fds[0], QSocketNotifier::Read);
        int activations = 0;
        QObject::connect(&notifier, &QSocketNotifier::activated, [&] { ++activations; });
        pair.send(1);
        const QDeadlineTimer deadline(50ms);
        while (!deadline.hasExpired()) {
            QAbstractEventDispatcher::instance()->processEvents(QEventLoop::ExcludeSocketNotifiers);
        }
        QCOMPARE(activations, 0);
        QVERIFY(spinUntil([&] { return activations > 0; }));
    });
}

void TestEpollDescriptors::tcpEcho()
{
    runOnDispatcher([] {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        QObject::connect(&server, &QTcpServer::newConnection, [&] {
            QTcpSocket *peer = server.nextPendingConnection();
            QObject::connect(peer, &QTcpSocket::readyRead, peer, [peer] { peer->write(peer->readAll()); });
        });
        constexpr int clients = 50;
        const QByteArray message(100'000, 'x');
        std::vector<std::unique_ptr<QTcpSocket>> sockets;
        qsizetype echoed = 0;
        for (int i = 0; i < clients; ++i) {
            sockets.push_back(std::make_unique<QTcpSocket>());
            QTcpSocket *socket = sockets.back().get();
            QObject::connect(socket, &QTcpSocket::connected, [&, socket] { socket->write(message); });
            QObject::connect(socket, &QTcpSocket::readyRead,
                             [&, socket] { echoed += socket->readAll().size(); });
            socket->connectToHost(QHostAddress::LocalHost, server.serverPort());
        }
        QVERIFY(spinUntil([&] { return echoed == clients * message.size(); }, 20s));
    });
}

void TestEpollDescriptors::processOutput()
{
    runOnDispatcher([] {
        QProcess process;
        process.start(u"/bin/sh"_qs, {u"-c"_qs, u"echo out; echo err >&2; exit 3"_qs});
        QSignalSpy finished(&process, &QProcess::finished);
        QVERIFY(spinUntil([&] { return !finished.isEmpty(); }));
        QCOMPARE(process.exitCode(), 3);
        QCOMPARE(process.readAllStandardOutput(), QByteArray("out\n"));
        QCOMPARE(process.readAllStandardError(), QByteArray("err\n"));
    });
}

QTEST_GUILESS_MAIN(TestEpollDescriptors)
#include "tst_epolldescriptors.moc"
