// SPDX-License-Identifier: BSD-3-Clause
#include "node/servicenotifier.h"

#include "net/filedescriptor.h"
#include "node/logging.h"

#include <QCoreApplication>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <sys/socket.h>
#include <sys/un.h>

namespace switchboard {

using namespace Qt::StringLiterals;

namespace {

QByteArray microseconds(std::chrono::microseconds time)
{
    return QByteArray::number(static_cast<qint64>(time.count()));
}

// What the service manager asks for; 0: nothing, or not of this process.
std::chrono::microseconds watchdogTime(const QProcessEnvironment &environment)
{
    const QString pid = environment.value(u"WATCHDOG_PID"_s);
    if (!pid.isEmpty() && pid.toLongLong() != QCoreApplication::applicationPid()) {
        return {};
    }
    return std::chrono::microseconds(std::max<qint64>(0, environment.value(u"WATCHDOG_USEC"_s).toLongLong()));
}

} // namespace

ServiceNotifier::ServiceNotifier(const QProcessEnvironment &environment, QObject *parent)
    : QObject(parent)
    , m_socket(environment.value(u"NOTIFY_SOCKET"_s).toLocal8Bit())
{
    const auto interval =
        std::chrono::duration_cast<std::chrono::milliseconds>(watchdogTime(environment) / 2);
    if (m_socket.isEmpty() || interval.count() == 0) {
        return;
    }
    connect(&m_watchdog, &QTimer::timeout, this, &ServiceNotifier::watchdogDue);
    m_watchdog.setTimerType(Qt::PreciseTimer);
    m_watchdog.start(interval);
}

std::chrono::milliseconds ServiceNotifier::watchdogInterval() const
{
    return m_watchdog.isActive() ? m_watchdog.intervalAsDuration() : std::chrono::milliseconds(0);
}

void ServiceNotifier::ready(const QByteArray &status)
{
    send("READY=1\nSTATUS=" + status);
}

void ServiceNotifier::reloading()
{
    timespec now = {};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const auto time = std::chrono::seconds(now.tv_sec)
        + std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::nanoseconds(now.tv_nsec));
    send("RELOADING=1\nMONOTONIC_USEC=" + microseconds(time));
}

void ServiceNotifier::stopping(std::chrono::milliseconds atMost)
{
    // More than the unit may have granted.
    send("STOPPING=1\nSTATUS=Closing clients\nEXTEND_TIMEOUT_USEC=" + microseconds(atMost));
}

void ServiceNotifier::keepAlive()
{
    send("WATCHDOG=1");
}

void ServiceNotifier::send(const QByteArray &message)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const auto length = static_cast<std::size_t>(m_socket.size());
    if (m_socket.isEmpty() || length > sizeof address.sun_path) {
        return;
    }
    std::memcpy(address.sun_path, m_socket.constData(), length);
    if (address.sun_path[0] == '@') {
        address.sun_path[0] = '\0'; // an abstract name (unix(7)); it ends with the address
    }
    const auto addressLength = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    const FileDescriptor descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    // Not waiting: an event loop that does could not tell that it turns.
    const auto sent =
        ::sendto(descriptor.get(), message.constData(), static_cast<std::size_t>(message.size()),
                 MSG_NOSIGNAL | MSG_DONTWAIT, reinterpret_cast<const sockaddr *>(&address), addressLength);
    if (sent < 0) {
        qCWarning(lcNode, "The service manager cannot be told: %s", std::strerror(errno));
    }
}

} // namespace switchboard
