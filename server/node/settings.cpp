// SPDX-License-Identifier: BSD-3-Clause
#include "node/settings.h"

#include "net/auth/tokenverifier.h"

namespace switchboard {

using namespace Qt::StringLiterals;

namespace {

using Reload = Setting::Reload;

SettingValue address()
{
    const auto access = [](auto &config) -> auto &
    {
        return config.address;
    };
    const auto apply = [](NodeConfig &config, const QString &value) -> std::optional<QString> {
        if (value == "any"_L1) {
            config.address = QHostAddress(QHostAddress::Any);
            return std::nullopt;
        }
        QHostAddress parsed;
        if (!parsed.setAddress(value)) {
            return u"an IP address of this machine, or any"_s;
        }
        config.address = parsed;
        return std::nullopt;
    };
    return valueAt(SettingKind::Text, access, apply, [](const NodeConfig &config) {
        return config.address == QHostAddress(QHostAddress::Any) ? u"any"_s : config.address.toString();
    });
}

SettingValue redisUrl()
{
    const auto access = [](auto &config) -> auto &
    {
        return config.redisUrl;
    };
    const auto apply = [](NodeConfig &config, const QString &value) -> std::optional<QString> {
        auto url = redis::RedisUrl::parse(value);
        if (!url) {
            return url.error();
        }
        config.redisUrl = std::move(*url);
        return std::nullopt;
    };
    SettingValue value = valueAt(SettingKind::Text, access, apply,
                                 [](const NodeConfig &config) { return config.redisUrl.toDisplayString(); });
    value.isSecret = true;
    return value;
}

SettingValue monitorToken()
{
    const auto apply = [](NodeConfig &config, const QString &value) -> std::optional<QString> {
        config.monitorToken = value.trimmed().toUtf8();
        if (config.monitorToken.isEmpty()) {
            return u"the token is empty"_s;
        }
        return std::nullopt;
    };
    return secret(
        [](auto &config) -> auto & { return config.monitorToken; }, apply);
}

SettingValue authSecret()
{
    const auto apply = [](NodeConfig &config, const QString &value) -> std::optional<QString> {
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
    };
    return secret(
        [](auto &config) -> auto & { return config.authSecret; }, apply);
}

// What takes away something that is there by default.
SettingValue without(bool NodeConfig::*member)
{
    const auto access = [member](auto &config) -> auto &
    {
        return config.*member;
    };
    const auto apply = [access](NodeConfig &config, const QString &value) -> std::optional<QString> {
        const bool isSet = value == "true"_L1 || value == "1"_L1;
        if (!isSet && value != "false"_L1 && value != "0"_L1) {
            return u"true or false"_s;
        }
        access(config) = !isSet;
        return std::nullopt;
    };
    return valueAt(SettingKind::Switch, access, apply,
                   [access](const NodeConfig &config) { return access(config) ? u"false"_s : u"true"_s; });
}

SettingValue origins()
{
    const auto access = [](auto &config) -> auto &
    {
        return config.admission.allowedOrigins;
    };
    const auto apply = [](NodeConfig &config, const QString &value) -> std::optional<QString> {
        std::vector<QByteArray> normal;
        const QStringList texts = value.split(u',');
        for (const QString &text : texts) {
            auto origin = normalOrigin(text.trimmed().toUtf8());
            if (!origin) {
                return u"an origin such as https://example.org, without a path"_s;
            }
            normal.push_back(*std::move(origin));
        }
        config.admission.allowedOrigins = std::move(normal);
        return std::nullopt;
    };
    return valueAt(SettingKind::List, access, apply, [](const NodeConfig &config) {
        const auto &all = config.admission.allowedOrigins;
        return QString::fromLatin1(QByteArrayList(all.begin(), all.end()).join(','));
    });
}

} // namespace

std::vector<Setting> settings()
{
    constexpr qint64 mebibyte = qint64{1024} * 1024;
    const QString bytes = u"a number of bytes"_s;
    return {
        {u"port"_s, u"PORT"_s, u"port"_s, u"Port for HTTP and WebSocket; 0 takes any free one (9001)."_s,
         number(
             0, 65535, u"a port"_s, [](auto &config) -> auto & { return config.port; })},
        {u"address"_s, u"ADDRESS"_s, u"address"_s,
         u"Address to listen on; any is all, IPv4 and IPv6 (any)."_s, address()},
        {u"tls-cert"_s, u"TLS_CERT"_s, u"file"_s,
         u"Certificate and its chain in PEM: the port speaks TLS (https, wss). Read again on SIGHUP (none)."_s,
         readableFile(&NodeConfig::tlsCertificateFile), Reload::WhileSet},
        {u"tls-key"_s, u"TLS_KEY"_s, u"file"_s,
         u"Private key of the certificate in PEM, without a password. Read again on SIGHUP (none)."_s,
         readableFile(&NodeConfig::tlsKeyFile), Reload::WhileSet},
        {u"redis-url"_s, u"REDIS_URL"_s, u"url"_s,
         u"Redis: redis://user:password@host:port/db, rediss:// with TLS, or unix:///path?db=n "
         "(redis://127.0.0.1:6379). A password is safer in the environment or the file: ps shows flags."_s,
         redisUrl()},
        {u"probe-interval"_s, u"PROBE_INTERVAL"_s, u"seconds"_s,
         u"Silence after which the connection that hears from Redis is tested; 0: never (10)."_s,
         number(
             0, 3600, u"a number of seconds"_s, [](auto &config) -> auto & { return config.probeInterval; })},
        {u"workers"_s, u"WORKERS"_s, u"count"_s,
         u"Nodes in this process, each with a thread of its own, all on one port (1)."_s,
         number(
             1, 256, u"a number of workers"_s, [](auto &config) -> auto & { return config.workers; })},
        {u"max-clients"_s, u"MAX_CLIENTS"_s, u"count"_s,
         u"Clients of a node; more are refused with 503; 0: as many as there are file descriptors for (0)."_s,
         number(
             0, 10000000, u"a number of clients"_s,
             [](auto &config) -> auto & { return config.admission.maxClients; }),
         Reload::Always},
        {u"max-clients-per-address"_s, u"MAX_CLIENTS_PER_ADDRESS"_s, u"count"_s,
         u"Clients of a node from one IP address; more are refused with 503; 0: any number (0)."_s,
         number(
             0, 10000000, u"a number of clients"_s,
             [](auto &config) -> auto & { return config.admission.maxClientsPerAddress; }),
         Reload::Always},
        {u"allow-origin"_s, u"ALLOW_ORIGIN"_s, u"origin"_s,
         u"Origin of pages that may connect, such as https://example.org; repeat it for more, or separate "
         "them with commas. Pages of others are refused with 403 (any)."_s,
         origins(), Reload::Always},
        {u"no-web"_s,
         u"NO_WEB"_s,
         {},
         u"Serve no page at /; the variable is true or false (false)."_s,
         without(&NodeConfig::hasWebPage)},
        {u"engine"_s, u"ENGINE"_s, u"engine"_s,
         u"What speaks WebSocket: lean, or qt for QtWebSockets, which costs more memory and does not "
         "compress (lean)."_s,
         oneOf(
             [](auto &config) -> auto & { return config.engine; },
             Choices<Engine>{{u"lean"_s, Engine::Lean}, {u"qt"_s, Engine::Qt}})},
        {u"deflate"_s, u"DEFLATE"_s, u"mode"_s,
         u"Compression (permessage-deflate) for clients that offer it: shared compresses a message once for "
         "all, dedicated with a context for each client, off not at all (shared)."_s,
         oneOf(
             [](auto &config) -> auto & { return config.deflate; },
             Choices<DeflateMode>{{u"shared"_s, DeflateMode::Shared},
                                  {u"dedicated"_s, DeflateMode::Dedicated},
                                  {u"off"_s, DeflateMode::Off}})},
        {u"max-message-bytes"_s, u"MAX_MESSAGE_BYTES"_s, u"bytes"_s,
         u"Longest message a client may send; a longer one closes its connection with 1009 (65536)."_s,
         number(
             1, 64 * mebibyte, bytes,
             [](auto &config) -> auto & { return config.sessions.maxMessageBytes; })},
        {u"max-queued-bytes"_s, u"MAX_QUEUED_BYTES"_s, u"bytes"_s,
         u"Most unread output of a client; beyond it the connection is closed with 4008 (1048576)."_s,
         number(
             1024, 1024 * mebibyte, bytes,
             [](auto &config) -> auto & { return config.sessions.maxQueuedBytes; }),
         Reload::Always},
        {u"rate-limit"_s, u"RATE_LIMIT"_s, u"messages"_s,
         u"Messages a second that a client may send, twice as many at once; beyond it they are refused, and "
         "who goes on for ten seconds is closed with 1008; 0: any number (100)."_s,
         number(
             0, 1000000, u"a number of messages"_s,
             [](auto &config) -> auto & { return config.sessions.rate.perSecond; }),
         Reload::Always},
        {u"keepalive"_s, u"KEEPALIVE"_s, u"seconds"_s,
         u"Time between pings to a client; one that leaves two unanswered is cut off; 0: no pings (30)."_s,
         number(
             0, 3600, u"a number of seconds"_s,
             [](auto &config) -> auto & { return config.sessions.keepalive; })},
        {u"drain-seconds"_s, u"DRAIN_SECONDS"_s, u"seconds"_s,
         u"Time over which a daemon that stops closes its clients, so that they do not all come back at once "
         "(5)."_s,
         number(
             0, 3600, u"a number of seconds"_s, [](auto &config) -> auto & { return config.drainTime; }),
         Reload::Always},
        {u"max-rooms"_s, u"MAX_ROOMS"_s, u"rooms"_s, u"Rooms that a client may be in at once (100)."_s,
         number(
             0, 100000, u"a number of rooms"_s, [](auto &config) -> auto & { return config.maxRooms; }),
         Reload::Always},
        {u"auth-secret-file"_s, u"AUTH_SECRET"_s, u"file"_s,
         u"File with the secret, of 32 bytes or more, that the tokens of clients are signed with (JSON Web "
         u"Tokens, HS256); the variable holds the secret itself. Without one, clients need no token."_s,
         authSecret(), Reload::Always},
        {u"monitor-token-file"_s, u"MONITOR_TOKEN"_s, u"file"_s,
         u"File with the token that lets a client watch the cluster; the variable holds the token itself. "
         "Without one, only clients on this machine may watch."_s,
         monitorToken(), Reload::Always},
        {u"log-level"_s, u"LOG_LEVEL"_s, u"level"_s,
         u"Least severe log lines to write: debug, info, warning or error (info). QT_LOGGING_RULES selects "
         "by category."_s,
         oneOf(
             [](auto &config) -> auto & { return config.logLevel; },
             Choices<LogLevel>{{u"debug"_s, LogLevel::Debug},
                               {u"info"_s, LogLevel::Info},
                               {u"warning"_s, LogLevel::Warning},
                               {u"error"_s, LogLevel::Critical}}),
         Reload::Always},
        {u"log-format"_s, u"LOG_FORMAT"_s, u"format"_s,
         u"How log lines are written: human, or json for one object a line (human)."_s,
         oneOf(
             [](auto &config) -> auto & { return config.logFormat; },
             Choices<LogFormat>{{u"human"_s, LogFormat::Human}, {u"json"_s, LogFormat::Json}}),
         Reload::Always},
    };
}

} // namespace switchboard
