// SPDX-License-Identifier: BSD-3-Clause
#include "node/configreloader.h"

#include "node/commandline.h"
#include "node/logging.h"
#include "node/logoutput.h"
#include "node/settings.h"
#include "node/workers.h"

namespace switchboard {

using namespace Qt::StringLiterals;

namespace {

void warnNotReloaded(const QString &fault)
{
    qCWarning(lcNode, "Not reloaded: %ls; the configuration of before stays", qUtf16Printable(fault));
}

// The setting and its new value, for the log.
QString described(const Setting &setting, const NodeConfig &config)
{
    const QString shown = setting.value.show(config);
    return shown.isEmpty() ? setting.flag : setting.flag + u" = "_s + shown;
}

} // namespace

ConfigReloader::ConfigReloader(NodeConfig running, QStringList arguments,
                               const QProcessEnvironment &environment, Workers &workers, QObject *parent)
    : QObject(parent)
    , m_running(std::move(running))
    , m_arguments(std::move(arguments))
    , m_environment(environment)
    , m_workers(workers)
{ }

void ConfigReloader::reload()
{
    const auto fresh = parseCommandLine(m_arguments, m_environment);
    if (!fresh) {
        warnNotReloaded(QString(fresh.error()).replace(u'\n', u"; "_s));
        return;
    }
    NodeConfig next = m_running;
    QStringList changed;
    QStringList waiting;
    for (const Setting &setting : settings()) {
        if (setting.value.isSame(m_running, fresh->config)) {
            continue;
        }
        if (canChange(setting, fresh->config)) {
            setting.value.copy(fresh->config, next);
            changed.append(described(setting, next));
        } else {
            waiting.append(described(setting, fresh->config));
        }
    }
    if (const auto reloaded = m_workers.reload(next); !reloaded) {
        warnNotReloaded(reloaded.error());
        return;
    }
    installLogOutput(next.logLevel, next.logFormat);
    m_running = std::move(next);
    qCInfo(lcNode, "Reloaded: %ls",
           qUtf16Printable(changed.isEmpty() ? u"no setting has changed"_s : changed.join(u", "_s)));
    if (!waiting.isEmpty()) {
        qCWarning(lcNode, "Changed, but a restart is needed for it: %ls",
                  qUtf16Printable(waiting.join(u", "_s)));
    }
}

bool ConfigReloader::canChange(const Setting &setting, const NodeConfig &fresh) const
{
    switch (setting.reload) {
    case Setting::Reload::Never:
        return false;
    case Setting::Reload::WhileSet:
        return !setting.value.show(m_running).isEmpty() && !setting.value.show(fresh).isEmpty();
    case Setting::Reload::Always:
        return true;
    }
    Q_UNREACHABLE();
}

} // namespace switchboard
