// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/socketpoller.h"

#include <QCoreApplication>
#include <QList>
#include <QTest>

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

using namespace switchboard;

namespace {

// Two connected sockets: what the far end writes, the near end may be watched for.
struct Pair
{
    Pair()
    {
        std::array<int, 2> ends = {-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0) {
            near = FileDescriptor(ends[0]);
            far = FileDescriptor(ends[1]);
        }
    }

    // Only a near end.
    explicit Pair(FileDescriptor descriptor)
        : near(std::move(descriptor))
    { }

    void send() const { (void)::send(far.get(), "x", 1, MSG_NOSIGNAL); }
    void receive() const
    {
        char byte = 0;
        (void)::recv(near.get(), &byte, 1, MSG_DONTWAIT);
    }

    FileDescriptor near;
    FileDescriptor far;
};

// A descriptor that is watched while this lives.
class Watched : public SocketPoller::Watcher
{
public:
    explicit Watched(SocketPoller &poller, Pair pair = {})
        : m_poller(poller)
        , m_pair(std::move(pair))
        , m_isAdded(poller.add(m_pair.near.get(), *this))
    { }
    ~Watched() override { m_poller.remove(m_pair.near.get(), *this); }
    Q_DISABLE_COPY_MOVE(Watched)

    [[nodiscard]] bool isAdded() const { return m_isAdded; }
    [[nodiscard]] int descriptor() const { return m_pair.near.get(); }
    [[nodiscard]] Pair &pair() { return m_pair; }
    void setWriting(bool isWriting) { m_poller.setWriting(m_pair.near.get(), *this, isWriting); }

    int readable = 0;
    int writable = 0;
    // In place of taking the byte.
    std::function<void()> onReadable;
    std::function<void()> onWritable;

    void descriptorReadable() override
    {
        ++readable;
        // A copy: what it does may destroy this.
        if (const auto act = onReadable) {
            act();
        } else {
            m_pair.receive();
        }
    }
    void descriptorWritable() override
    {
        ++writable;
        if (const auto act = onWritable) {
            act();
        }
    }

private:
    SocketPoller &m_poller;
    Pair m_pair;
    bool m_isAdded;
};

using WatchedList = std::vector<std::unique_ptr<Watched>>;

WatchedList watchMany(SocketPoller &poller, int count)
{
    WatchedList list;
    for (int i = 0; i < count; ++i) {
        list.push_back(std::make_unique<Watched>(poller));
    }
    return list;
}

void turn()
{
    QCoreApplication::processEvents();
}

} // namespace

class SocketPollerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsWhatIsReadable();
    void tellsAgainWhatIsStillReadable();
    void tellsWhatIsWritableOnlyWhenAsked();
    void tellsBothOfOne();
    void tellsTheEnd_data();
    void tellsTheEnd();
    void tellsMoreThanOneTurnTakes();
    void removedOnesHearNothing();
    void removalDuringDispatch_data();
    void removalDuringDispatch();
    void numberGivenOutAgainDuringDispatch();
    void removalBetweenWritableAndReadable();
    void refusesWhatIsNoDescriptor();
};

void SocketPollerTest::tellsWhatIsReadable()
{
    SocketPoller poller;
    const WatchedList list = watchMany(poller, 3);
    turn();
    QCOMPARE(list[0]->readable + list[1]->readable + list[2]->readable, 0);
    list[1]->pair().send();
    turn();
    QCOMPARE(list[0]->readable, 0);
    QCOMPARE(list[1]->readable, 1);
    QCOMPARE(list[2]->readable, 0);
    turn();
    QCOMPARE(list[1]->readable, 1);
}

void SocketPollerTest::tellsAgainWhatIsStillReadable()
{
    SocketPoller poller;
    Watched watched(poller);
    watched.pair().send();
    watched.pair().send();
    turn();
    QTRY_COMPARE(watched.readable, 2);
}

void SocketPollerTest::tellsWhatIsWritableOnlyWhenAsked()
{
    SocketPoller poller;
    Watched watched(poller);
    turn();
    QCOMPARE(watched.writable, 0);
    watched.setWriting(true);
    QTRY_VERIFY(watched.writable > 0);
    QCOMPARE(watched.readable, 0);
    watched.setWriting(false);
    const int before = watched.writable;
    turn();
    turn();
    QCOMPARE(watched.writable, before);
    watched.pair().send();
    QTRY_COMPARE(watched.readable, 1);
}

void SocketPollerTest::tellsBothOfOne()
{
    SocketPoller poller;
    Watched watched(poller);
    watched.onWritable = [&] { watched.setWriting(false); };
    watched.setWriting(true);
    watched.pair().send();
    turn();
    QCOMPARE(watched.writable, 1);
    QCOMPARE(watched.readable, 1);
}

void SocketPollerTest::tellsTheEnd_data()
{
    QTest::addColumn<bool>("isShut");
    QTest::newRow("closed") << false;
    QTest::newRow("shut for writing") << true;
}

void SocketPollerTest::tellsTheEnd()
{
    QFETCH(const bool, isShut);
    SocketPoller poller;
    Watched watched(poller);
    if (isShut) {
        ::shutdown(watched.pair().far.get(), SHUT_WR);
    } else {
        watched.pair().far.reset();
    }
    QTRY_VERIFY(watched.readable > 0);
}

void SocketPollerTest::tellsMoreThanOneTurnTakes()
{
    constexpr int count = 700;
    SocketPoller poller;
    WatchedList list;
    for (int i = 0; i < count; ++i) {
        Pair pair(FileDescriptor(::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK)));
        list.push_back(std::make_unique<Watched>(poller, std::move(pair)));
        QVERIFY(list.back()->isAdded());
        list.back()->onReadable = [descriptor = list.back()->descriptor()] {
            eventfd_t value = 0;
            ::eventfd_read(descriptor, &value);
        };
    }
    for (int round = 1; round <= 3; ++round) {
        for (const auto &watched : list) {
            QTRY_COMPARE(watched->readable, round);
        }
        for (const auto &watched : list) {
            ::eventfd_write(watched->descriptor(), 1);
        }
    }
}

void SocketPollerTest::removedOnesHearNothing()
{
    SocketPoller poller;
    Watched stays(poller);
    auto goes = std::make_unique<Watched>(poller);
    goes->onReadable = [] { QFAIL("it is not watched any more"); };
    goes->pair().send();
    stays.pair().send();
    goes.reset();
    turn();
    QCOMPARE(stays.readable, 1);
}

void SocketPollerTest::removalDuringDispatch_data()
{
    QTest::addColumn<int>("killer");
    QTest::addColumn<int>("victim");
    for (int killer = 0; killer < 4; ++killer) {
        for (int victim = 0; victim < 4; ++victim) {
            QTest::addRow("%d removes %d", killer, victim) << killer << victim;
        }
    }
}

// The one that is told destroys one that has been told, itself, or one that is still to be told.
void SocketPollerTest::removalDuringDispatch()
{
    QFETCH(const int, killer);
    QFETCH(const int, victim);
    SocketPoller poller;
    WatchedList list = watchMany(poller, 4);
    QList<int> told;
    for (int i = 0; i < 4; ++i) {
        list[static_cast<std::size_t>(i)]->onReadable = [&, i] {
            told.append(i);
            list[static_cast<std::size_t>(i)]->pair().receive();
            if (i == killer) {
                list[static_cast<std::size_t>(victim)].reset();
            }
        };
        list[static_cast<std::size_t>(i)]->pair().send();
    }
    turn();
    turn();
    QList<int> expected{0, 1, 2, 3};
    if (victim > killer) {
        expected.removeOne(victim);
    }
    std::sort(told.begin(), told.end());
    QCOMPARE(told, expected);
}

// The number of a closed descriptor is the next one to be given out. What was ready under it is not.
void SocketPollerTest::numberGivenOutAgainDuringDispatch()
{
    SocketPoller poller;
    auto first = std::make_unique<Watched>(poller);
    auto second = std::make_unique<Watched>(poller);
    std::unique_ptr<Watched> successor;
    int told = 0;
    const auto replaceOther = [&](std::unique_ptr<Watched> &other) {
        ++told;
        Pair next;
        const int number = other->descriptor();
        other.reset();
        ::dup3(next.near.get(), number, O_CLOEXEC);
        next.near = FileDescriptor(number);
        successor = std::make_unique<Watched>(poller, std::move(next));
    };
    first->onReadable = [&] {
        first->pair().receive();
        replaceOther(second);
    };
    second->onReadable = [&] {
        second->pair().receive();
        replaceOther(first);
    };
    first->pair().send();
    second->pair().send();
    turn();
    turn();
    QCOMPARE(told, 1);
    QVERIFY(successor && successor->isAdded());
    QCOMPARE(successor->readable, 0);
    successor->pair().send();
    QTRY_COMPARE(successor->readable, 1);
}

void SocketPollerTest::removalBetweenWritableAndReadable()
{
    SocketPoller poller;
    auto watched = std::make_unique<Watched>(poller);
    bool isTold = false;
    watched->onReadable = [] { QFAIL("it has gone"); };
    watched->onWritable = [&] {
        isTold = true;
        watched.reset();
    };
    watched->setWriting(true);
    watched->pair().send();
    turn();
    QVERIFY(isTold);
}

void SocketPollerTest::refusesWhatIsNoDescriptor()
{
    SocketPoller poller;
    Pair none;
    none.near.reset();
    const Watched watched(poller, std::move(none));
    QVERIFY(!watched.isAdded());
}

QTEST_GUILESS_MAIN(SocketPollerTest)
#include "tst_socketpoller.moc"
