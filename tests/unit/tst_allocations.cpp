// SPDX-License-Identifier: BSD-3-Clause
#include "net/flushqueue.h"
#include "net/sessionregistry.h"
#include "net/websocket/leanengine.h"
#include "net/websocket/leansession.h"
#include "relay/broadcaster.h"

#include <QCoreApplication>
#include <QTest>

#include <array>
#include <cstddef>
#include <sys/socket.h>
#include <utility>
#include <vector>

using namespace switchboard;

namespace {

bool isCounting = false;
qsizetype allocations = 0;

} // namespace

// Sanitizers have an allocator of their own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define SWITCHBOARD_COUNTS_ALLOCATIONS

// glibc's own, below whatever stands for malloc(). NOLINTBEGIN(bugprone-reserved-identifier,readability-*)
extern "C" void *__libc_malloc(std::size_t size);
extern "C" void *__libc_realloc(void *memory, std::size_t size);
extern "C" void *__libc_calloc(std::size_t count, std::size_t size);

extern "C" void *malloc(std::size_t size) noexcept
{
    allocations += isCounting ? 1 : 0;
    return __libc_malloc(size);
}

extern "C" void *realloc(void *memory, std::size_t size) noexcept
{
    allocations += isCounting ? 1 : 0;
    return __libc_realloc(memory, size);
}

extern "C" void *calloc(std::size_t count, std::size_t size) noexcept
{
    allocations += isCounting ? 1 : 0;
    return __libc_calloc(count, size);
}
// NOLINTEND(bugprone-reserved-identifier,readability-*)
#endif

namespace {

// A node's way out, from the broadcaster to the sockets of its clients.
class Audience
{
public:
    explicit Audience(int size)
    {
        for (int i = 0; i < size; ++i) {
            std::array<int, 2> descriptors{};
            if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, descriptors.data())
                != 0) {
                qFatal("socketpair() failed");
            }
            m_clients.emplace_back(descriptors[1]);
            ClientInfo info{.id = QUuid::createUuid(),
                            .address = QHostAddress(QHostAddress::LocalHost),
                            .userAgent = "test",
                            .connectedAt = protocol::Timestamp::now()};
            m_registry.add(m_engine.makeSession(std::move(info), {}, FileDescriptor(descriptors[0])));
        }
    }

    // One turn of the event loop that brings \a messages for all; the clients read them.
    void turn(int messages)
    {
        for (int i = 0; i < messages; ++i) {
            m_broadcaster.sendToAll(Frame::text("a message that everybody gets"));
        }
        QCoreApplication::processEvents();
        for (const FileDescriptor &client : m_clients) {
            char bytes[4096];
            m_received += ::recv(client.get(), bytes, sizeof bytes, 0);
        }
    }

    // What a turn allocates when it is not the first of its kind.
    qsizetype allocationsOfTurn(int messages)
    {
        turn(messages);
        allocations = 0;
        isCounting = true;
        turn(messages);
        isCounting = false;
        return allocations;
    }

    qsizetype received() const { return m_received; }

private:
    FlushQueue m_queue;
    TimingWheel m_wheel;
    SessionServices m_services{m_queue, m_wheel, {}};
    LeanEngine m_engine{m_services, DeflateMode::Off};
    SessionRegistry m_registry;
    Broadcaster m_broadcaster{m_registry};
    std::vector<FileDescriptor> m_clients;
    qsizetype m_received = 0;
};

} // namespace

class AllocationsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void deliveriesAllocateNothing_data();
    void deliveriesAllocateNothing();
};

void AllocationsTest::initTestCase()
{
#ifndef SWITCHBOARD_COUNTS_ALLOCATIONS
    QSKIP("this build has an allocator that cannot be counted");
#endif
}

void AllocationsTest::deliveriesAllocateNothing_data()
{
    QTest::addColumn<int>("messages");
    QTest::newRow("one message a turn") << 1;
    QTest::newRow("a few") << 7;
    QTest::newRow("many") << 60;
}

void AllocationsTest::deliveriesAllocateNothing()
{
    QFETCH(const int, messages);
    Audience few(2);
    Audience many(200);
    const qsizetype ofFew = few.allocationsOfTurn(messages);
    const qsizetype ofMany = many.allocationsOfTurn(messages);
    // It does count: a message allocates, however many get it.
    QVERIFY2(ofFew >= messages, qPrintable(QString::number(ofFew)));
    QCOMPARE(ofMany, ofFew);
    QCOMPARE(many.received(), 100 * few.received());
}

QTEST_GUILESS_MAIN(AllocationsTest)

#include "tst_allocations.moc"
