// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "node/nodeconfig.h"

#include <QObject>
#include <QProcessEnvironment>
#include <QStringList>

namespace switchboard {

struct Setting;
class Workers;

/// Reads the settings again while the daemon runs, and brings into effect what can be. Environment and flags
/// are those it was started with, so what may have changed is the configuration file and the files that
/// settings name. All or nothing: where anything is wrong, everything stays as it is.
class ConfigReloader : public QObject
{
    Q_OBJECT

public:
    /// \a running is what \a arguments and \a environment came to; \a workers, who run by it, must outlive
    /// this.
    ConfigReloader(NodeConfig running, QStringList arguments, const QProcessEnvironment &environment,
                   Workers &workers, QObject *parent = nullptr);

    /// Reads all again. The log says what has changed, what of that takes a restart, or what is wrong.
    void reload();

    /// What the daemon runs by.
    [[nodiscard]] const NodeConfig &running() const { return m_running; }

private:
    [[nodiscard]] bool canChange(const Setting &setting, const NodeConfig &fresh) const;

    NodeConfig m_running;
    QStringList m_arguments;
    QProcessEnvironment m_environment;
    Workers &m_workers;
};

} // namespace switchboard
