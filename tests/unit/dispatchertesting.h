// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "eventloop/epolleventdispatcher.h"

#include <QDeadlineTimer>
#include <QEventLoop>
#include <QTest>
#include <QThread>
#include <QTimer>

#include <array>
#include <chrono>
#include <functional>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace switchboard::test {

/// Runs \a body in a thread with the dispatcher under test, or with the one that Qt brings along.
inline void runInThread(bool isOurs, const std::function<void()> &body)
{
    // Ours stands in for Qt's Unix dispatcher; GLib's, the default, has ways of its own.
    qputenv("QT_NO_GLIB", "1");
    QThread thread;
    if (isOurs) {
        thread.setEventDispatcher(new EpollEventDispatcher);
    }
    QObject worker;
    worker.moveToThread(&thread);
    QObject::connect(&thread, &QThread::started, &worker, [&] {
        body();
        thread.quit();
    });
    thread.start();
    QVERIFY2(thread.wait(std::chrono::seconds(30)), "the event loop hangs");
}

/// Test data: every case runs on Qt's dispatcher and on ours, since what holds for one must hold for the
/// other.
inline void addDispatchers()
{
    QTest::addColumn<bool>("isOurs");
    QTest::newRow("Qt") << false;
    QTest::newRow("epoll") << true;
}

/// Runs \a body on the dispatcher of the current row of that data.
inline void runOnDispatcher(const std::function<void()> &body)
{
    QFETCH(bool, isOurs);
    runInThread(isOurs, body);
}

/// Lets the loop of this thread turn until \a condition holds, or for \a time.
inline bool spinUntil(const std::function<bool()> &condition,
                      std::chrono::milliseconds time = std::chrono::seconds(5))
{
    const QDeadlineTimer deadline(time);
    while (!condition() && !deadline.hasExpired()) {
        QEventLoop loop;
        QTimer::singleShot(std::chrono::milliseconds(1), &loop, &QEventLoop::quit);
        loop.exec();
    }
    return condition();
}

/// Two connected sockets; closed with it.
class SocketPair
{
public:
    SocketPair()
    {
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds.data()) != 0) {
            qFatal("no socketpair");
        }
    }
    ~SocketPair()
    {
        closeEnd(0);
        closeEnd(1);
    }
    Q_DISABLE_COPY_MOVE(SocketPair)

    void closeEnd(std::size_t end)
    {
        if (fds.at(end) >= 0) {
            ::close(std::exchange(fds.at(end), -1));
        }
    }
    void send(std::size_t end) const { QCOMPARE(::write(fds.at(end), "x", 1), 1); }

    std::array<int, 2> fds{-1, -1};
};

} // namespace switchboard::test
