// SPDX-License-Identifier: BSD-3-Clause
#include "view/settings.h"

#include <QFile>

#include <array>
#include <utility>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

namespace {

const QString recentKey = u"connection/recent"_s;
const QString tokenGroup = u"token/"_s;
const QString appearanceKey = u"appearance"_s;
// Raised when the window's parts change, so that a state saved by an older one is not half applied.
const QString stateGroup = u"state1"_s;

constexpr std::array<std::pair<Appearance, QLatin1StringView>, 3> appearances{{
    {Appearance::Desktop, "desktop"_L1},
    {Appearance::Light, "light"_L1},
    {Appearance::Dark, "dark"_L1},
}};

// Slashes would make groups.
QString tokenKey(const QUrl &url)
{
    return tokenGroup + QString::fromLatin1(QUrl::toPercentEncoding(url.toString()));
}

} // namespace

QList<QUrl> Settings::recentUrls() const
{
    QList<QUrl> urls;
    const QStringList texts = m_settings.value(recentKey).toStringList();
    for (const QString &text : texts) {
        urls.append(QUrl(text));
    }
    return urls;
}

void Settings::addRecentUrl(const QUrl &url)
{
    QStringList texts = m_settings.value(recentKey).toStringList();
    texts.removeAll(url.toString());
    texts.prepend(url.toString());
    m_settings.setValue(recentKey, texts.mid(0, maxRecentUrls));
}

QByteArray Settings::token(const QUrl &url) const
{
    return m_settings.value(tokenKey(url)).toString().toUtf8();
}

void Settings::setToken(const QUrl &url, const QByteArray &token)
{
    // First a file that nobody else can read, then the secret in it.
    m_settings.sync();
    QFile::setPermissions(m_settings.fileName(), QFile::ReadOwner | QFile::WriteOwner);
    m_settings.setValue(tokenKey(url), QString::fromUtf8(token));
    m_settings.sync();
    QFile::setPermissions(m_settings.fileName(), QFile::ReadOwner | QFile::WriteOwner);
}

void Settings::removeToken(const QUrl &url)
{
    m_settings.remove(tokenKey(url));
}

Appearance Settings::appearance() const
{
    const QString name = m_settings.value(appearanceKey).toString();
    for (const auto &[appearance, text] : appearances) {
        if (text == name) {
            return appearance;
        }
    }
    return Appearance::Desktop;
}

void Settings::setAppearance(Appearance appearance)
{
    for (const auto &[known, text] : appearances) {
        if (known == appearance) {
            m_settings.setValue(appearanceKey, QString(text));
        }
    }
}

QByteArray Settings::state(const QString &name) const
{
    return m_settings.value(stateGroup + u'/' + name).toByteArray();
}

void Settings::setState(const QString &name, const QByteArray &state)
{
    m_settings.setValue(stateGroup + u'/' + name, state);
}

void Settings::removeStates()
{
    m_settings.remove(stateGroup);
}

} // namespace switchboard::monitor
