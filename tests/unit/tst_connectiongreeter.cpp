// SPDX-License-Identifier: BSD-3-Clause
#include "manualwheel.h"
#include "net/connectiongreeter.h"
#include "net/flushqueue.h"
#include "support/clientframes.h"
#include "support/rawsocket.h"

#include <QCoreApplication>
#include <QTest>

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/socket.h>

using namespace std::chrono_literals;
using namespace switchboard;
using namespace switchboard::test;

namespace {

// A client's end of a connection.
class Client
{
public:
    // The server's end.
    FileDescriptor connect()
    {
        std::array<int, 2> ends = {-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0) {
            return {};
        }
        m_own = FileDescriptor(ends[0]);
        return FileDescriptor(ends[1]);
    }

    void write(const QByteArray &bytes) const
    {
        (void)::send(m_own.get(), bytes.constData(), static_cast<std::size_t>(bytes.size()), MSG_NOSIGNAL);
    }
    void close() { m_own.reset(); }

    // Whether the server has closed its end.
    [[nodiscard]] bool isCutOff() const
    {
        char byte = 0;
        const ssize_t size = ::recv(m_own.get(), &byte, 1, MSG_DONTWAIT);
        return size == 0 || (size < 0 && errno == ECONNRESET);
    }

private:
    FileDescriptor m_own;
};

QByteArray unreadOf(const FileDescriptor &descriptor)
{
    QByteArray bytes(100'000, Qt::Uninitialized);
    const ssize_t size =
        ::recv(descriptor.get(), bytes.data(), static_cast<std::size_t>(bytes.size()), MSG_DONTWAIT);
    return bytes.first(qMax<ssize_t>(0, size));
}

// Accepts handshakes for /websockets, and keeps all that it gets.
class Host : public ConnectionGreeter::Host
{
public:
    explicit Host(SessionServices &services)
        : engine(services, DeflateMode::Off)
    { }

    LeanEngine engine;
    QByteArrayList surpluses; // one for each handshake
    QByteArrayList answers;
    QByteArrayList connections; // what each began with
    std::vector<FileDescriptor> descriptors;

private:
    [[nodiscard]] std::optional<LeanEngine::Handshake> accepted(const HttpHead &head,
                                                                const Peer &) const override
    {
        auto handshake = engine.accept(head);
        const bool isLetIn = handshake && head.path() == "/websockets";
        return isLetIn ? std::optional(*std::move(handshake)) : std::nullopt;
    }
    void takeHandshake(const HttpHead &, const Peer &, const LeanEngine::Handshake &handshake,
                       FileDescriptor descriptor, QByteArray surplus) override
    {
        answers.append(handshake.answer);
        surpluses.append(surplus + unreadOf(descriptor));
        descriptors.push_back(std::move(descriptor));
    }
    void takeConnection(FileDescriptor descriptor, const QByteArray &bytes) override
    {
        connections.append(bytes + unreadOf(descriptor));
        descriptors.push_back(std::move(descriptor));
    }
};

struct Fixture
{
    FlushQueue queue;
    ManualWheel wheel;
    SessionServices services{queue, wheel, {}};
    Host host{services};
    ConnectionGreeter greeter{host, host.engine.poller(), wheel, 10s};
};

void turn()
{
    QCoreApplication::processEvents();
}

void addRequests()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("surplus"); // null: it goes on as HTTP
    const QByteArray handshake = RawSocket::handshake();
    QTest::newRow("handshake") << handshake << QByteArray("");
    QTest::newRow("handshake and frames")
        << handshake + textFrame("a") + textFrame("b") << textFrame("a") + textFrame("b");
    QTest::newRow("handshake and part of a frame") << handshake + "\x81" << QByteArray("\x81");
    QTest::newRow("part of a handshake") << handshake.chopped(1) << QByteArray();
    QTest::newRow("one byte") << handshake.first(1) << QByteArray();
    QTest::newRow("handshake for another path") << RawSocket::handshake("/") << QByteArray();
    QTest::newRow("handshake with a fault")
        << QByteArray(handshake).replace("Version: 13", "Version: 8") << QByteArray();
    QTest::newRow("request") << QByteArray("GET / HTTP/1.1\r\nHost: x\r\n\r\n") << QByteArray();
    QTest::newRow("request and handshake") << "GET / HTTP/1.1\r\nHost: x\r\n\r\n" + handshake << QByteArray();
    QTest::newRow("no HTTP") << QByteArray("\x16\x03\x01\r\n\r\n") << QByteArray();
    QTest::newRow("a long head") << RawSocket::handshake("/websockets",
                                                         "X: " + QByteArray(20'000, 'x') + "\r\n")
                                 << QByteArray();
    QTest::newRow("a handshake that just fits") << RawSocket::handshake(
        "/websockets", "X: " + QByteArray(16'384 - handshake.size() - 5, 'x') + "\r\n")
                                                << QByteArray("");
    QTest::newRow("one that does so, and a frame")
        << RawSocket::handshake("/websockets",
                                "X: " + QByteArray(16'384 - handshake.size() - 5, 'x') + "\r\n")
            + textFrame("a")
        << textFrame("a");
}

} // namespace

class ConnectionGreeterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void passesOnWhatIsThere_data() { addRequests(); }
    void passesOnWhatIsThere();
    void passesOnWhatComesLater_data() { addRequests(); }
    void passesOnWhatComesLater();
    void closesTheSilent();
    void forgetsThoseWhoLeave();
    void dismissesAll();
    void greetsMany();
};

// Only an accepted handshake is read; of all else nothing is.
void ConnectionGreeterTest::passesOnWhatIsThere()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArray, surplus);
    Fixture fixture;
    Client client;
    FileDescriptor descriptor = client.connect();
    client.write(bytes);
    fixture.greeter.greet(std::move(descriptor));
    QCOMPARE(fixture.greeter.count(), std::size_t(0));
    QCOMPARE(fixture.host.surpluses, surplus.isNull() ? QByteArrayList() : QByteArrayList{surplus});
    QCOMPARE(fixture.host.connections, surplus.isNull() ? QByteArrayList{bytes} : QByteArrayList());
}

void ConnectionGreeterTest::passesOnWhatComesLater()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArray, surplus);
    Fixture fixture;
    Client client;
    fixture.greeter.greet(client.connect());
    turn();
    QCOMPARE(fixture.greeter.count(), std::size_t(1));
    client.write(bytes);
    turn();
    QCOMPARE(fixture.greeter.count(), std::size_t(0));
    QCOMPARE(fixture.host.surpluses, surplus.isNull() ? QByteArrayList() : QByteArrayList{surplus});
    QCOMPARE(fixture.host.connections, surplus.isNull() ? QByteArrayList{bytes} : QByteArrayList());
    QVERIFY(!client.isCutOff());
    if (!surplus.isNull()) {
        QVERIFY(fixture.host.answers.first().startsWith("HTTP/1.1 101 "));
    }
    // It is not greeted any more: what comes now, and the deadline, are its new owner's.
    client.write("more");
    turn();
    fixture.wheel.run(11s);
    QVERIFY(!client.isCutOff());
}

void ConnectionGreeterTest::closesTheSilent()
{
    Fixture fixture;
    Client early;
    Client late;
    fixture.greeter.greet(early.connect());
    fixture.wheel.run(5s);
    fixture.greeter.greet(late.connect());
    fixture.wheel.run(4800ms);
    QVERIFY(!early.isCutOff());
    fixture.wheel.run(400ms);
    QVERIFY(early.isCutOff());
    QVERIFY(!late.isCutOff());
    QCOMPARE(fixture.greeter.count(), std::size_t(1));
    fixture.wheel.run(5s);
    QVERIFY(late.isCutOff());
    QCOMPARE(fixture.greeter.count(), std::size_t(0));
    QCOMPARE(fixture.host.descriptors.size(), std::size_t(0));
}

void ConnectionGreeterTest::forgetsThoseWhoLeave()
{
    Fixture fixture;
    Client client;
    fixture.greeter.greet(client.connect());
    client.close();
    turn();
    QCOMPARE(fixture.greeter.count(), std::size_t(0));
    FileDescriptor gone = client.connect();
    client.close();
    fixture.greeter.greet(std::move(gone));
    QCOMPARE(fixture.greeter.count(), std::size_t(0));
    QCOMPARE(fixture.host.descriptors.size(), std::size_t(0));
}

void ConnectionGreeterTest::dismissesAll()
{
    Fixture fixture;
    std::array<Client, 3> clients;
    for (Client &client : clients) {
        fixture.greeter.greet(client.connect());
    }
    clients[1].write(RawSocket::handshake()); // not looked at yet
    fixture.greeter.dismissAll();
    turn();
    fixture.wheel.run(11s);
    QCOMPARE(fixture.greeter.count(), std::size_t(0));
    QCOMPARE(fixture.host.descriptors.size(), std::size_t(0));
    for (const Client &client : clients) {
        QVERIFY(client.isCutOff());
    }
}

void ConnectionGreeterTest::greetsMany()
{
    Fixture fixture;
    std::array<Client, 200> clients;
    for (Client &client : clients) {
        fixture.greeter.greet(client.connect());
    }
    QCOMPARE(fixture.greeter.count(), clients.size());
    for (std::size_t i = 0; i < clients.size(); i += 2) {
        clients[i].write(RawSocket::handshake() + QByteArray::number(i));
    }
    turn();
    QCOMPARE(fixture.greeter.count(), clients.size() / 2);
    QByteArrayList expected;
    for (std::size_t i = 0; i < clients.size(); i += 2) {
        expected.append(QByteArray::number(i));
    }
    std::sort(expected.begin(), expected.end());
    std::sort(fixture.host.surpluses.begin(), fixture.host.surpluses.end());
    QCOMPARE(fixture.host.surpluses, expected);
    fixture.wheel.run(11s);
    QCOMPARE(fixture.greeter.count(), std::size_t(0));
}

QTEST_GUILESS_MAIN(ConnectionGreeterTest)
#include "tst_connectiongreeter.moc"
