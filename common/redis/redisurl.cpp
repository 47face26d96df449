// SPDX-License-Identifier: BSD-3-Clause
#include "redis/redisurl.h"

#include <QHostAddress>
#include <QUrl>
#include <algorithm>
#include <limits>
#include <optional>

namespace switchboard::redis {

namespace {

// Each step changes the URL or gives the reason why it cannot. None repeats its input: a slip of the pen
// can put a password anywhere.
using Failure = std::optional<QString>;

constexpr qsizetype maximumPathBytes = 107; // sun_path of unix(7), less the NUL

bool isScheme(QStringView text)
{
    const auto isAllowed = [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') || c == u'+' || c == u'-' || c == u'.';
    };
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), isAllowed);
}

bool isDigits(QStringView text)
{
    return !text.isEmpty()
        && std::all_of(text.begin(), text.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
}

tl::expected<QString, QString> decoded(QStringView text, const QString &what)
{
    const auto isHex = [text](qsizetype i) {
        const QChar c = i < text.size() ? text.at(i).toLower() : QChar();
        return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f');
    };
    for (qsizetype i = text.indexOf(u'%'); i >= 0; i = text.indexOf(u'%', i + 1)) {
        if (!isHex(i + 1) || !isHex(i + 2)) {
            return tl::make_unexpected(
                QStringLiteral("bad percent-encoding in the %1: write \"%\" itself as %25").arg(what));
        }
    }
    return QUrl::fromPercentEncoding(text.toUtf8());
}

Failure readDatabase(QStringView text, RedisUrl &url)
{
    bool isInt = false;
    const int database = text.toInt(&isInt);
    if (!isDigits(text) || !isInt) {
        return QStringLiteral("bad database: it must be a number from 0 to %1")
            .arg(std::numeric_limits<int>::max());
    }
    url.database = database;
    return {};
}

Failure readUserInfo(QStringView text, RedisUrl &url)
{
    constexpr QStringView reserved = u"/?#";
    if (std::any_of(text.begin(), text.end(), [&](QChar c) { return reserved.contains(c); })) {
        return QStringLiteral(
            "\"/\", \"?\" and \"#\" in a user name or password must be written %2F, %3F and %23");
    }
    const qsizetype colon = text.indexOf(u':');
    if (colon < 0) {
        return QStringLiteral("a password is missing: it must be user:password@, or :password@ for no user");
    }
    const auto user = decoded(text.left(colon), QStringLiteral("user name"));
    const auto password = decoded(text.mid(colon + 1), QStringLiteral("password"));
    if (!user || !password) {
        return user ? password.error() : user.error();
    }
    url.user = *user;
    url.password = *password;
    return {};
}

Failure readPort(QStringView text, RedisUrl &url)
{
    const uint port = isDigits(text) ? text.toUInt() : 0; // 0 too if it does not fit
    if (port == 0 || port > std::numeric_limits<quint16>::max()) {
        return QStringLiteral(
            "bad port: it must be a number from 1 to 65535 (a password is followed by \"@\")");
    }
    url.port = static_cast<quint16>(port);
    return {};
}

Failure readHost(QStringView text, RedisUrl &url)
{
    constexpr QStringView forbidden = u" \t\r\n%[]\"<>\\^`{|}";
    if (std::any_of(text.begin(), text.end(), [&](QChar c) { return forbidden.contains(c) || c.isNull(); })) {
        return QStringLiteral("bad host: it must be a name, an IPv4 address, or an IPv6 address in brackets");
    }
    if (!text.isEmpty()) {
        url.host = text.toString();
    }
    return {};
}

Failure readBracketedHost(QStringView text, RedisUrl &url)
{
    const qsizetype end = text.indexOf(u']');
    const QString address = text.mid(1, end - 1).toString();
    if (end < 0 || QHostAddress(address).protocol() != QAbstractSocket::IPv6Protocol) {
        return QStringLiteral("bad IPv6 address: it must be as in redis://[::1]:6379");
    }
    url.host = address;
    const QStringView rest = text.mid(end + 1);
    if (rest.isEmpty()) {
        return {};
    }
    if (!rest.startsWith(u':')) {
        return QStringLiteral("only \":\" and a port may follow the brackets, as in redis://[::1]:6379");
    }
    return readPort(rest.mid(1), url);
}

Failure readHostAndPort(QStringView text, RedisUrl &url)
{
    if (text.startsWith(u'[')) {
        return readBracketedHost(text, url);
    }
    const qsizetype colon = text.indexOf(u':');
    if (colon < 0) {
        return readHost(text, url);
    }
    if (text.count(u':') > 1) {
        return QStringLiteral(
            "more than one \":\": an IPv6 address needs brackets, as in redis://[::1]:6379, "
            "and a password is followed by \"@\"");
    }
    if (auto failure = readHost(text.left(colon), url)) {
        return failure;
    }
    return readPort(text.mid(colon + 1), url);
}

// [[user]:password@][host][:port][/database]
Failure readTcp(QStringView text, RedisUrl &url)
{
    // Nothing behind the user's part may contain "@", so the last one ends it.
    const qsizetype at = text.lastIndexOf(u'@');
    if (at >= 0) {
        if (auto failure = readUserInfo(text.left(at), url)) {
            return failure;
        }
    }
    const QStringView rest = text.mid(at + 1);
    if (rest.contains(u'#')) {
        return QStringLiteral("a fragment (\"#\" and what follows) has no meaning here");
    }
    if (rest.contains(u'?')) {
        return QStringLiteral("a query (\"?\" and what follows) has no meaning here: "
                              "the database is the path, as in redis://localhost:6379/2");
    }
    const qsizetype slash = rest.indexOf(u'/');
    if (auto failure = readHostAndPort(slash < 0 ? rest : rest.left(slash), url)) {
        return failure;
    }
    const QStringView database = slash < 0 ? QStringView() : rest.mid(slash + 1);
    return database.isEmpty() ? Failure() : readDatabase(database, url);
}

Failure readUnixQuery(QStringView text, RedisUrl &url)
{
    constexpr QStringView key = u"db=";
    if (!text.startsWith(key) || text.contains(u'&')) {
        return QStringLiteral("unknown query key: only db=N may stand behind the \"?\"");
    }
    return readDatabase(text.mid(key.size()), url);
}

// [[user]:password@]/path[?db=database]
Failure readUnix(QStringView text, RedisUrl &url)
{
    const qsizetype at = text.startsWith(u'/') ? -1 : text.indexOf(u"@/");
    if (at >= 0) {
        if (auto failure = readUserInfo(text.left(at), url)) {
            return failure;
        }
    }
    const QStringView rest = text.mid(at + 1);
    if (rest.contains(u'#')) {
        return QStringLiteral(
            "a fragment (\"#\" and what follows) has no meaning here: in a path \"#\" is written %23");
    }
    const qsizetype query = rest.indexOf(u'?');
    const auto path = decoded(query < 0 ? rest : rest.left(query), QStringLiteral("path"));
    if (!path) {
        return path.error();
    }
    if (!path->startsWith(u'/') || path->size() < 2) {
        return QStringLiteral(
            "no path: it must be the absolute path of a socket, as in unix:///run/redis/redis.sock");
    }
    if (path->contains(QChar()) || path->toUtf8().size() > maximumPathBytes) {
        return QStringLiteral("bad path: a socket's path has at most %1 bytes, none of them NUL")
            .arg(maximumPathBytes);
    }
    url.path = *path;
    return query < 0 ? Failure() : readUnixQuery(rest.mid(query + 1), url);
}

} // namespace

tl::expected<RedisUrl, QString> RedisUrl::parse(const QString &text)
{
    const qsizetype separator = text.indexOf(QLatin1String("://"));
    const QString scheme = text.left(std::max<qsizetype>(separator, 0)).toLower();
    if (!isScheme(scheme)) {
        return tl::make_unexpected(
            QStringLiteral("no scheme: it must begin with redis://, rediss:// or unix://"));
    }
    RedisUrl url;
    Failure failure;
    const QStringView rest = QStringView(text).mid(separator + 3);
    if (scheme == QLatin1String("unix")) {
        url.transport = Transport::Unix;
        failure = readUnix(rest, url);
    } else if (scheme == QLatin1String("redis") || scheme == QLatin1String("rediss")) {
        url.transport = scheme == QLatin1String("redis") ? Transport::Tcp : Transport::Tls;
        failure = readTcp(rest, url);
    } else {
        failure = QStringLiteral("unknown scheme \"%1\": use redis://, rediss:// or unix://").arg(scheme);
    }
    if (failure) {
        return tl::make_unexpected(*failure);
    }
    return url;
}

QString RedisUrl::toDisplayString() const
{
    const auto encoded = [](const QString &text, const QByteArray &unchanged = {}) {
        return QString::fromLatin1(QUrl::toPercentEncoding(text, unchanged));
    };
    QString login;
    if (!user.isEmpty() || !password.isEmpty()) {
        login = encoded(user) + (password.isEmpty() ? QLatin1String(":@") : QLatin1String(":***@"));
    }
    if (transport == Transport::Unix) {
        const QString query = database != 0 ? QStringLiteral("?db=%1").arg(database) : QString();
        return QStringLiteral("unix://") + login + encoded(path, "/") + query;
    }
    const QString scheme =
        transport == Transport::Tls ? QStringLiteral("rediss://") : QStringLiteral("redis://");
    const QString name = host.contains(u':') ? u'[' + host + u']' : host;
    const QString suffix = database != 0 ? u'/' + QString::number(database) : QString();
    return scheme + login + name + u':' + QString::number(port) + suffix;
}

} // namespace switchboard::redis
