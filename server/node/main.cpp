// SPDX-License-Identifier: BSD-3-Clause
#include "eventloop/epolleventdispatcher.h"
#include "node/logoutput.h"
#include "node/nodeconfig.h"
#include "node/signalwatcher.h"
#include "node/workers.h"

#include <QCoreApplication>

#include <cstdio>
#include <sys/resource.h>

namespace {

// A wrong setting, a port in use: what a person must put right before it can start.
constexpr int exitBadStart = 2;

int fail(const QString &text)
{
    std::fprintf(stderr, "switchboard-server: %s\n", qUtf8Printable(text));
    return exitBadStart;
}

// Every client is a descriptor, and the usual soft limit is 1024.
void raiseDescriptorLimit()
{
    rlimit limit = {};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

} // namespace

int main(int argc, char *argv[])
{
    // The application takes it over.
    QCoreApplication::setEventDispatcher(new switchboard::EpollEventDispatcher);
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("switchboard-server"));
    const auto commandLine = switchboard::parseCommandLine(QCoreApplication::arguments(),
                                                           QProcessEnvironment::systemEnvironment());
    if (!commandLine) {
        return fail(commandLine.error());
    }
    if (commandLine->message) {
        std::fputs(qUtf8Printable(*commandLine->message), stdout);
        return 0;
    }

    switchboard::installLogOutput(commandLine->config.logLevel);
    raiseDescriptorLimit();
    const switchboard::SignalWatcher signalWatcher;
    switchboard::Workers workers(commandLine->config);
    QObject::connect(&signalWatcher, &switchboard::SignalWatcher::terminationRequested, &workers,
                     &switchboard::Workers::stop);
    QObject::connect(&signalWatcher, &switchboard::SignalWatcher::reloadRequested, &workers,
                     &switchboard::Workers::reload);
    QObject::connect(&workers, &switchboard::Workers::stopped, &application, &QCoreApplication::quit);
    const auto port = workers.start();
    if (!port) {
        return fail(port.error());
    }
    return QCoreApplication::exec();
}
