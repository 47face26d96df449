// SPDX-License-Identifier: BSD-3-Clause
#include "web/webpage.h"

#include "net/httpfront.h"

#include <QCryptographicHash>
#include <QFile>

#include <algorithm>
#include <array>

// Resources of a static library have to be asked for, outside of any namespace.
static void initializeResources()
{
    Q_INIT_RESOURCE(web);
}

namespace switchboard {

namespace {

struct Asset
{
    const char *path; // in the URL
    const char *file; // among the resources
    const char *contentType;
};

constexpr std::array<Asset, 5> assets{{
    {"/", ":/web/index.html", "text/html; charset=utf-8"},
    {"/style.css", ":/web/style.css", "text/css; charset=utf-8"},
    {"/app.js", ":/web/app.js", "text/javascript; charset=utf-8"},
    {"/switchboard.js", ":/web/switchboard.js", "text/javascript; charset=utf-8"},
    {"/icon.svg", ":/web/icon.svg", "image/svg+xml"},
}};

// 'self' in connect-src stands for WebSockets to the same host and port as well.
constexpr const char *contentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

HttpReply replyOf(const Asset &asset)
{
    QFile file(QString::fromLatin1(asset.file));
    const bool isOpen = file.open(QIODevice::ReadOnly);
    Q_ASSERT(isOpen);
    HttpReply reply{200, isOpen ? file.readAll() : QByteArray(), asset.contentType};
    const QByteArray hash = QCryptographicHash::hash(reply.body, QCryptographicHash::Sha256).toHex();
    reply.fields = {
        {"ETag", '"' + hash.first(16) + '"'},       {"Cache-Control", "no-cache"},
        {"Content-Security-Policy", contentPolicy}, {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Referrer-Policy", "no-referrer"},         {"X-Content-Type-Options", "nosniff"},
    };
    return reply;
}

// RFC 9110 section 13.1.2: the comparison is weak, as a proxy that compresses weakens a tag.
bool isKnownTo(const HttpHead &head, const QByteArray &tag)
{
    const auto field = head.field("If-None-Match");
    if (!field) {
        return false;
    }
    const QList<QByteArray> tags = field->split(',');
    return std::any_of(tags.begin(), tags.end(), [&](const QByteArray &element) {
        const QByteArray known = element.trimmed();
        return known == "*" || (known.startsWith("W/") ? known.sliced(2) : known) == tag;
    });
}

HttpReply answer(const HttpHead &head, const HttpReply &asset)
{
    if (head.method != "GET" && head.method != "HEAD") {
        return {405, "This is a page: GET it.\n", HttpReply().contentType, {{"Allow", "GET, HEAD"}}};
    }
    if (isKnownTo(head, asset.fields.constFirst().second)) {
        HttpReply reply = asset;
        reply.status = 304;
        reply.body.clear();
        return reply;
    }
    return asset;
}

} // namespace

void serveWebPage(HttpFront &front)
{
    initializeResources();
    for (const Asset &asset : assets) {
        front.route(asset.path,
                    [reply = replyOf(asset)](const HttpRequest &request, const HttpResponder &responder) {
                        responder.send(answer(request.head, reply));
                    });
    }
}

} // namespace switchboard
