// SPDX-License-Identifier: BSD-3-Clause
#include "eventloop/epolleventdispatcher.h"
#include "node/commandline.h"
#include "node/configreloader.h"
#include "node/logoutput.h"
#include "node/servicenotifier.h"
#include "node/signalwatcher.h"
#include "node/workers.h"

#include <QCoreApplication>

#include <cstdio>
#include <sys/resource.h>

namespace {

using namespace switchboard;

// A wrong setting, a port in use: what a person must put right before it can start.
constexpr int exitBadStart = 2;

int fail(const QString &text)
{
    const QStringList lines = text.split(u'\n');
    for (const QString &line : lines) {
        std::fprintf(stderr, "switchboard-server: %s\n", qUtf8Printable(line));
    }
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

int run(const NodeConfig &config, const QProcessEnvironment &environment)
{
    installLogOutput(config.logLevel, config.logFormat);
    raiseDescriptorLimit();
    const SignalWatcher signalWatcher;
    ServiceNotifier notifier(environment);
    Workers workers(config);
    const auto port = workers.start();
    if (!port) {
        return fail(port.error());
    }
    const QByteArray status = "Listening on port " + QByteArray::number(*port);
    ConfigReloader reloader(config, QCoreApplication::arguments(), environment, workers);
    QObject::connect(&signalWatcher, &SignalWatcher::terminationRequested, &workers, [&] {
        notifier.stopping(Node::longestStop(reloader.running()));
        workers.stop();
    });
    QObject::connect(&signalWatcher, &SignalWatcher::reloadRequested, &reloader, [&] {
        notifier.reloading();
        reloader.reload();
        notifier.ready(status);
    });
    QObject::connect(&notifier, &ServiceNotifier::watchdogDue, &workers, &Workers::checkAlive);
    QObject::connect(&workers, &Workers::alive, &notifier, &ServiceNotifier::keepAlive);
    QObject::connect(&workers, &Workers::stopped, qApp, &QCoreApplication::quit);
    notifier.ready(status);
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char *argv[])
{
    // The application takes it over.
    QCoreApplication::setEventDispatcher(new EpollEventDispatcher);
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("switchboard-server"));
    const QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    const auto commandLine = parseCommandLine(QCoreApplication::arguments(), environment);
    if (!commandLine) {
        return fail(commandLine.error());
    }
    if (commandLine->message) {
        std::fputs(qUtf8Printable(*commandLine->message), stdout);
        return 0;
    }
    return run(commandLine->config, environment);
}
