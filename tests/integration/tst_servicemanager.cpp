// SPDX-License-Identifier: BSD-3-Clause
#include "cluster.h"
#include "support/frozenthread.h"
#include "support/httprequest.h"

#include <QTemporaryDir>
#include <QTest>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

// What a service manager hears on the socket of sd_notify(3).
class NotifySocket
{
public:
    // With a '@' in front the name is an abstract one, without a file.
    explicit NotifySocket(QByteArray name)
        : m_name(std::move(name))
        , m_descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0))
    {
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, m_name.constData(), static_cast<std::size_t>(m_name.size()));
        if (m_name.startsWith('@')) {
            address.sun_path[0] = '\0';
        }
        const auto length = offsetof(sockaddr_un, sun_path) + static_cast<std::size_t>(m_name.size());
        m_isBound =
            ::bind(m_descriptor, reinterpret_cast<const sockaddr *>(&address), static_cast<socklen_t>(length))
            == 0;
    }
    ~NotifySocket() { ::close(m_descriptor); }
    Q_DISABLE_COPY_MOVE(NotifySocket)

    [[nodiscard]] bool isBound() const { return m_isBound; }

    [[nodiscard]] QProcessEnvironment environment(std::chrono::microseconds watchdog = {}) const
    {
        QProcessEnvironment environment;
        environment.insert(u"NOTIFY_SOCKET"_s, QString::fromLatin1(m_name));
        if (watchdog.count() > 0) {
            environment.insert(u"WATCHDOG_USEC"_s, QString::number(watchdog.count()));
        }
        return environment;
    }

    // Whether a message comes that has this line, of those that have not been asked for.
    bool hears(const QByteArray &line, std::chrono::milliseconds timeout = DefaultTimeout)
    {
        return waitUntil(
            [&] {
                while (const auto message = next()) {
                    if (message->split('\n').contains(line)) {
                        m_latest = *message;
                        return true;
                    }
                }
                return false;
            },
            timeout);
    }

    // Forgets what has come.
    void clear()
    {
        while (next()) { }
    }

    // The message that hears() has found.
    [[nodiscard]] QByteArray latest() const { return m_latest; }

private:
    std::optional<QByteArray> next()
    {
        QByteArray message(4096, '\0');
        const ssize_t length =
            ::recv(m_descriptor, message.data(), static_cast<std::size_t>(message.size()), 0);
        if (length < 0) {
            return std::nullopt;
        }
        message.truncate(length);
        return message;
    }

    QByteArray m_name;
    int m_descriptor;
    bool m_isBound = false;
    QByteArray m_latest;
};

} // namespace

/// What the daemon tells the service manager that has started it.
class ServiceManagerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readyReloadingStopping_data();
    void readyReloadingStopping();
    void badStartIsNeverReady();
    void nobodyListens();
    void watchdog();
    void watchdogOfAnotherProcess();
    void oneLoopThatStandsStillIsFound();

private:
    QByteArray socketName() const
    {
        // Of this process and test, so that tests may run side by side.
        return '@' + QByteArray("switchboard-test-") + QByteArray::number(QCoreApplication::applicationPid())
            + '-' + QTest::currentTestFunction();
    }
};

void ServiceManagerTest::readyReloadingStopping_data()
{
    QTest::addColumn<bool>("isAbstract");
    QTest::newRow("in the file system") << false;
    QTest::newRow("abstract") << true;
}

void ServiceManagerTest::readyReloadingStopping()
{
    QFETCH(const bool, isAbstract);
    const QTemporaryDir folder;
    NotifySocket manager(isAbstract ? socketName() : folder.filePath(u"notify"_s).toLocal8Bit());
    QVERIFY(manager.isBound());
    DaemonProcess daemon({u"--drain-seconds"_s, u"3"_s}, manager.environment());
    QVERIFY(daemon.start());
    QVERIFY(manager.hears("READY=1"));
    const QByteArray status = "STATUS=Listening on port " + QByteArray::number(daemon.port());
    QVERIFY2(manager.latest().split('\n').contains(status), manager.latest().constData());

    QCOMPARE(::kill(static_cast<pid_t>(daemon.pid()), SIGHUP), 0);
    QVERIFY(manager.hears("RELOADING=1"));
    QVERIFY2(manager.latest().contains("\nMONOTONIC_USEC="), manager.latest().constData());
    QVERIFY(manager.hears("READY=1"));

    daemon.terminate();
    QVERIFY(manager.hears("STOPPING=1"));
    const QByteArray key = "EXTEND_TIMEOUT_USEC=";
    const QByteArray extension =
        manager.latest().mid(manager.latest().indexOf(key) + key.size()).split('\n').constFirst();
    QVERIFY2(extension.toLongLong() > 3'000'000, manager.latest().constData());
    QVERIFY(daemon.waitForExit());
    QCOMPARE(daemon.exitCode(), 0);
}

void ServiceManagerTest::badStartIsNeverReady()
{
    NotifySocket manager(socketName());
    DaemonProcess first({});
    QVERIFY(first.start());
    DaemonProcess second({u"--port"_s, QString::number(first.port())}, manager.environment());
    second.launch();
    QVERIFY(second.waitForExit());
    QCOMPARE(second.exitCode(), 2);
    QVERIFY(!manager.hears("READY=1", 0ms));
}

void ServiceManagerTest::nobodyListens()
{
    QProcessEnvironment environment;
    environment.insert(u"NOTIFY_SOCKET"_s, u"/nonexistent/notify"_s);
    environment.insert(u"WATCHDOG_USEC"_s, u"200000"_s);
    DaemonProcess daemon({}, environment);
    QVERIFY(daemon.start());
    QVERIFY(daemon.waitForOutput("The service manager cannot be told: No such file or directory"));
    QCOMPARE(httpRequest(daemon.port(), "GET", "/healthz").status, 200);
}

void ServiceManagerTest::watchdog()
{
    NotifySocket manager(socketName());
    DaemonProcess daemon({u"--workers"_s, u"3"_s}, manager.environment(200ms));
    QVERIFY(daemon.start());
    for (int i = 0; i < 5; ++i) {
        QVERIFY(manager.hears("WATCHDOG=1"));
    }
    // Not asked for, not given.
    NotifySocket other(socketName() + "-other");
    DaemonProcess unwatched({}, other.environment());
    QVERIFY(unwatched.start());
    QVERIFY(other.hears("READY=1"));
    QVERIFY(!other.hears("WATCHDOG=1", 500ms));
}

void ServiceManagerTest::watchdogOfAnotherProcess()
{
    NotifySocket manager(socketName());
    QProcessEnvironment environment = manager.environment(200ms);
    environment.insert(u"WATCHDOG_PID"_s, u"1"_s);
    DaemonProcess daemon({}, environment);
    QVERIFY(daemon.start());
    QVERIFY(manager.hears("READY=1"));
    QVERIFY(!manager.hears("WATCHDOG=1", 500ms));
}

void ServiceManagerTest::oneLoopThatStandsStillIsFound()
{
    NotifySocket manager(socketName());
    DaemonProcess daemon({u"--workers"_s, u"3"_s}, manager.environment(200ms));
    QVERIFY(daemon.start());
    QVERIFY(manager.hears("WATCHDOG=1"));
    const pid_t thread = threadNamed(daemon.pid(), "worker 2");
    QVERIFY(thread > 0);
    {
        const FrozenThread frozen(thread);
        if (!frozen.isFrozen()) {
            QSKIP("this system does not let one process stop a thread of another (ptrace)");
        }
        manager.clear();
        // One may have been under way when it stopped.
        QVERIFY(!manager.hears("WATCHDOG=1", 200ms) || !manager.hears("WATCHDOG=1", 1s));
    }
    QVERIFY(manager.hears("WATCHDOG=1"));
}

QTEST_GUILESS_MAIN(ServiceManagerTest)

#include "tst_servicemanager.moc"
