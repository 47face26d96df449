// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QSettings>
#include <QStringList>
#include <QUrl>

namespace switchboard::monitor {

/// Which palette the window has.
enum class Appearance { Desktop, Light, Dark };

/// What is remembered from one run to the next. Only the token is a secret, and it is kept only where the
/// user asks for that; the file can then be read by its owner alone.
class Settings
{
public:
    static constexpr qsizetype maxRecentUrls = 10;

    /// The nodes that were connected to, the last one first.
    [[nodiscard]] QList<QUrl> recentUrls() const;
    void addRecentUrl(const QUrl &url);

    /// The token kept for \a url; empty if there is none.
    [[nodiscard]] QByteArray token(const QUrl &url) const;
    void setToken(const QUrl &url, const QByteArray &token);
    void removeToken(const QUrl &url);

    [[nodiscard]] Appearance appearance() const;
    void setAppearance(Appearance appearance);

    /// A state as QMainWindow and QHeaderView save it; \a name tells whose.
    [[nodiscard]] QByteArray state(const QString &name) const;
    void setState(const QString &name, const QByteArray &state);
    void removeStates();

private:
    QSettings m_settings;
};

} // namespace switchboard::monitor
