// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "node/commandline.h"

#include <QFile>
#include <QTemporaryDir>

#include <utility>

namespace switchboard::test {

/// A folder with one configuration file in it, and what the daemon makes of that.
class ConfigFolder
{
public:
    /// The file's name for messages.
    [[nodiscard]] QString path() const { return m_folder.filePath(QStringLiteral("switchboard.toml")); }
    [[nodiscard]] QString filePath(const QString &name) const { return m_folder.filePath(name); }

    void write(const QByteArray &contents) { writeFile(QStringLiteral("switchboard.toml"), contents); }
    void writeFile(const QString &name, const QByteArray &contents)
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(contents) != contents.size()) {
            qFatal("cannot write a temporary file");
        }
    }

    [[nodiscard]] tl::expected<CommandLine, QString>
    parse(const QStringList &arguments = {}, const QList<std::pair<QString, QString>> &variables = {}) const
    {
        QProcessEnvironment environment;
        for (const auto &[name, value] : variables) {
            environment.insert(name, value);
        }
        return parseCommandLine(
            QStringList{QStringLiteral("switchboard-server"), QStringLiteral("--config"), path()} + arguments,
            environment);
    }

    /// What is wrong, without the file's path; empty if nothing is.
    [[nodiscard]] QString errors(const QStringList &arguments = {}) const
    {
        const auto commandLine = parse(arguments);
        return commandLine ? QString() : QString(commandLine.error()).remove(path() + QLatin1Char(':'));
    }

private:
    QTemporaryDir m_folder;
};

} // namespace switchboard::test
