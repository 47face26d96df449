// SPDX-License-Identifier: BSD-3-Clause
#include "node/settings.h"

#include "net/auth/tokenverifier.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace switchboard {

using namespace Qt::StringLiterals;

namespace {

using Apply = Setting::Apply;

// A setting that is a whole number of \a minimum to \a maximum.
Apply number(qint64 minimum, qint64 maximum, const QString &what,
             const std::function<void(NodeConfig &, qint64)> &assign)
{
    return [=](NodeConfig &config, const QString &value) -> std::optional<QString> {
        const QString digits = value.trimmed();
        const bool isPlain = !digits.isEmpty()
            && std::all_of(digits.begin(), digits.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
        bool isNumber = false;
        const qint64 parsed = digits.toLongLong(&isNumber);
        if (!isPlain || !isNumber || parsed < minimum || parsed > maximum) {
            return u"%1 from %2 to %3"_s.arg(what).arg(minimum).arg(maximum);
        }
        assign(config, parsed);
        return std::nullopt;
    };
}

// A setting that is a file which can be read.
Apply file(QString NodeConfig::*member)
{
    return [=](NodeConfig &config, const QString &value) -> std::optional<QString> {
        const QFileInfo info(value);
        if (!info.isFile() || !info.isReadable()) {
            return u"a file that can be read"_s;
        }
        config.*member = value;
        return std::nullopt;
    };
}

// A setting that takes away what is there by default.
Apply without(bool NodeConfig::*member)
{
    return [=](NodeConfig &config, const QString &value) -> std::optional<QString> {
        const bool isSet = value == "true"_L1 || value == "1"_L1;
        if (!isSet && value != "false"_L1 && value != "0"_L1) {
            return u"true or false"_s;
        }
        config.*member = !isSet;
        return std::nullopt;
    };
}

std::optional<QString> applyAddress(NodeConfig &config, const QString &value)
{
    if (value == "any"_L1) {
        config.address = QHostAddress(QHostAddress::Any);
        return std::nullopt;
    }
    QHostAddress address;
    if (!address.setAddress(value)) {
        return u"an IP address of this machine, or any"_s;
    }
    config.address = address;
    return std::nullopt;
}

std::optional<QString> applyRedisUrl(NodeConfig &config, const QString &value)
{
    auto url = redis::RedisUrl::parse(value);
    if (!url) {
        return url.error();
    }
    config.redisUrl = std::move(*url);
    return std::nullopt;
}

std::optional<QString> applyMonitorToken(NodeConfig &config, const QString &value)
{
    config.monitorToken = value.trimmed().toUtf8();
    if (config.monitorToken.isEmpty()) {
        return u"the token is empty"_s;
    }
    return std::nullopt;
}

std::optional<QString> applyAuthSecret(NodeConfig &config, const QString &value)
{
    config.authSecret = value.trimmed().toUtf8();
    // Whoever signs would not see which bytes those are that were no text.
    if (value.contains(QChar::ReplacementCharacter)) {
        return u"the secret is not text in UTF-8"_s;
    }
    if (config.authSecret.size() < TokenVerifier::minSecretBytes) {
        return u"the secret has %1 bytes, it needs at least %2"_s.arg(config.authSecret.size())
            .arg(TokenVerifier::minSecretBytes);
    }
    return std::nullopt;
}

// A setting in a file of its own, of which \a apply takes the contents.
Apply fromFile(const Apply &apply)
{
    return [=](NodeConfig &config, const QString &value) -> std::optional<QString> {
        QFile file(value);
        if (!file.open(QIODevice::ReadOnly)) {
            return u"cannot read %1: %2"_s.arg(value, file.errorString());
        }
        constexpr qint64 longestSecret = 4096;
        const QByteArray contents = file.read(longestSecret);
        if (!file.atEnd()) {
            return u"%1 has more than %2 bytes"_s.arg(value).arg(longestSecret);
        }
        return apply(config, QString::fromUtf8(contents));
    };
}

std::optional<QString> applyOrigins(NodeConfig &config, const QString &value)
{
    std::vector<QByteArray> origins;
    const QStringList texts = value.split(u',');
    for (const QString &text : texts) {
        auto origin = normalOrigin(text.trimmed().toUtf8());
        if (!origin) {
            return u"an origin such as https://example.org, without a path"_s;
        }
        origins.push_back(*std::move(origin));
    }
    config.admission.allowedOrigins = std::move(origins);
    return std::nullopt;
}

template <typename Value>
using Choice = std::pair<QString, Value>;

// A setting that is one of a few words; \a member is the place for what the word stands for.
template <typename Value>
Apply oneOf(Value NodeConfig::*member, const std::vector<Choice<Value>> &choices)
{
    return [=](NodeConfig &config, const QString &value) -> std::optional<QString> {
        QStringList words;
        for (const auto &[word, choice] : choices) {
            if (word == value) {
                config.*member = choice;
                return std::nullopt;
            }
            words.append(word);
        }
        const QString last = words.takeLast();
        return words.join(u", "_s) + u" or "_s + last;
    };
}

} // namespace

std::vector<Setting> settings()
{
    constexpr qint64 mebibyte = qint64{1024} * 1024;
    const auto seconds = [](qint64 count) { return std::chrono::seconds(count); };
    const QString bytes = u"a number of bytes"_s;
    return {
        {u"port"_s, u"PORT"_s, u"port"_s, u"Port for HTTP and WebSocket; 0 takes any free one (9001)."_s,
         number(0, 65535, u"a port"_s,
                [](auto &config, qint64 value) { config.port = static_cast<quint16>(value); })},
        {u"address"_s, u"ADDRESS"_s, u"address"_s,
         u"Address to listen on; any is all, IPv4 and IPv6 (any)."_s, applyAddress},
        {u"tls-cert"_s, u"TLS_CERT"_s, u"file"_s,
         u"Certificate and its chain in PEM: the port speaks TLS (https, wss). Read again on SIGHUP (none)."_s,
         file(&NodeConfig::tlsCertificateFile)},
        {u"tls-key"_s, u"TLS_KEY"_s, u"file"_s,
         u"Private key of the certificate in PEM, without a password. Read again on SIGHUP (none)."_s,
         file(&NodeConfig::tlsKeyFile)},
        {u"redis-url"_s, u"REDIS_URL"_s, u"url"_s,
         u"Redis: redis://user:password@host:port/db, rediss:// with TLS, or unix:///path?db=n "
         "(redis://127.0.0.1:6379). A password is safer in the environment: ps shows flags."_s,
         applyRedisUrl},
        {u"probe-interval"_s, u"PROBE_INTERVAL"_s, u"seconds"_s,
         u"Silence after which the connection that hears from Redis is tested; 0: never (10)."_s,
         number(0, 3600, u"a number of seconds"_s,
                [=](auto &config, qint64 value) { config.probeInterval = seconds(value); })},
        {u"workers"_s, u"WORKERS"_s, u"count"_s,
         u"Nodes in this process, each with a thread of its own, all on one port (1)."_s,
         number(1, 256, u"a number of workers"_s,
                [](auto &config, qint64 value) { config.workers = static_cast<int>(value); })},
        {u"max-clients"_s, u"MAX_CLIENTS"_s, u"count"_s,
         u"Clients of a node; more are refused with 503; 0: as many as there are file descriptors for (0)."_s,
         number(0, 10000000, u"a number of clients"_s,
                [](auto &config, qint64 value) {
                    config.admission.maxClients = static_cast<qsizetype>(value);
                })},
        {u"max-clients-per-address"_s, u"MAX_CLIENTS_PER_ADDRESS"_s, u"count"_s,
         u"Clients of a node from one IP address; more are refused with 503; 0: any number (0)."_s,
         number(0, 10000000, u"a number of clients"_s,
                [](auto &config, qint64 value) {
                    config.admission.maxClientsPerAddress = static_cast<qsizetype>(value);
                })},
        {u"allow-origin"_s,
         u"ALLOW_ORIGIN"_s,
         u"origin"_s,
         u"Origin of pages that may connect, such as https://example.org; repeat it for more, or separate "
         u"them "
         "with commas. Pages of others are refused with 403 (any)."_s,
         applyOrigins,
         {},
         true},
        {u"no-web"_s,
         u"NO_WEB"_s,
         {},
         u"Serve no page at /; the variable is true or false (false)."_s,
         without(&NodeConfig::hasWebPage)},
        {u"engine"_s, u"ENGINE"_s, u"engine"_s,
         u"What speaks WebSocket: lean, or qt for QtWebSockets, which costs more memory and does not "
         u"compress "
         "(lean)."_s,
         oneOf<Engine>(&NodeConfig::engine, {{u"lean"_s, Engine::Lean}, {u"qt"_s, Engine::Qt}})},
        {u"deflate"_s, u"DEFLATE"_s, u"mode"_s,
         u"Compression (permessage-deflate) for clients that offer it: shared compresses a message once for "
         "all, dedicated with a context for each client, off not at all (shared)."_s,
         oneOf<DeflateMode>(&NodeConfig::deflate,
                            {{u"shared"_s, DeflateMode::Shared},
                             {u"dedicated"_s, DeflateMode::Dedicated},
                             {u"off"_s, DeflateMode::Off}})},
        {u"max-message-bytes"_s, u"MAX_MESSAGE_BYTES"_s, u"bytes"_s,
         u"Longest message a client may send; a longer one closes its connection with 1009 (65536)."_s,
         number(1, 64 * mebibyte, bytes,
                [](auto &config, qint64 value) {
                    config.sessions.maxMessageBytes = static_cast<qsizetype>(value);
                })},
        {u"max-queued-bytes"_s, u"MAX_QUEUED_BYTES"_s, u"bytes"_s,
         u"Most unread output of a client; beyond it the connection is closed with 4008 (1048576)."_s,
         number(1024, 1024 * mebibyte, bytes,
                [](auto &config, qint64 value) {
                    config.sessions.maxQueuedBytes = static_cast<qsizetype>(value);
                })},
        {u"rate-limit"_s, u"RATE_LIMIT"_s, u"messages"_s,
         u"Messages a second that a client may send, twice as many at once; beyond it they are refused, and "
         "who goes on for ten seconds is closed with 1008; 0: any number (100)."_s,
         number(
             0, 1000000, u"a number of messages"_s,
             [](auto &config, qint64 value) { config.sessions.rate.perSecond = static_cast<int>(value); })},
        {u"keepalive"_s, u"KEEPALIVE"_s, u"seconds"_s,
         u"Time between pings to a client; one that leaves two unanswered is cut off; 0: no pings (30)."_s,
         number(0, 3600, u"a number of seconds"_s,
                [=](auto &config, qint64 value) { config.sessions.keepalive = seconds(value); })},
        {u"drain-seconds"_s, u"DRAIN_SECONDS"_s, u"seconds"_s,
         u"Time over which a daemon that stops closes its clients, so that they do not all come back at once "
         "(5)."_s,
         number(0, 3600, u"a number of seconds"_s,
                [=](auto &config, qint64 value) { config.drainTime = seconds(value); })},
        {u"max-rooms"_s, u"MAX_ROOMS"_s, u"rooms"_s, u"Rooms that a client may be in at once (100)."_s,
         number(0, 100000, u"a number of rooms"_s,
                [](auto &config, qint64 value) { config.maxRooms = static_cast<int>(value); })},
        {u"auth-secret-file"_s, u"AUTH_SECRET"_s, u"file"_s,
         u"File with the secret, of 32 bytes or more, that the tokens of clients are signed with (JSON Web "
         u"Tokens, HS256); the variable holds the secret itself. Without one, clients need no token."_s,
         fromFile(applyAuthSecret), applyAuthSecret},
        {u"monitor-token-file"_s, u"MONITOR_TOKEN"_s, u"file"_s,
         u"File with the token that lets a client watch the cluster; the variable holds the token itself. "
         "Without one, only clients on this machine may watch."_s,
         fromFile(applyMonitorToken), applyMonitorToken},
        {u"log-level"_s, u"LOG_LEVEL"_s, u"level"_s,
         u"Least severe log lines to write: debug, info, warning or error (info). QT_LOGGING_RULES selects "
         u"by "
         "category."_s,
         oneOf<LogLevel>(&NodeConfig::logLevel,
                         {{u"debug"_s, LogLevel::Debug},
                          {u"info"_s, LogLevel::Info},
                          {u"warning"_s, LogLevel::Warning},
                          {u"error"_s, LogLevel::Critical}})},
    };
}

} // namespace switchboard
