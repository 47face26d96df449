// SPDX-License-Identifier: BSD-3-Clause
#include "api/apirouter.h"

#include "api/problem.h"

namespace switchboard {

namespace {

constexpr QByteArrayView anySegment = "{}";

// Split before they are decoded: an encoded slash is part of a name.
QList<QByteArray> segmentsOf(const QByteArray &encodedPath)
{
    QList<QByteArray> segments = encodedPath.split('/');
    for (QByteArray &segment : segments) {
        segment = QByteArray::fromPercentEncoding(segment);
    }
    return segments;
}

} // namespace

void ApiRouter::add(const QByteArray &method, const QByteArray &pattern, const Operation &operation)
{
    m_routes.push_back({method, pattern.split('/'), operation});
}

std::optional<QList<QByteArray>> ApiRouter::Route::match(const QList<QByteArray> &path) const
{
    if (path.size() != pattern.size()) {
        return std::nullopt;
    }
    QList<QByteArray> parameters;
    for (qsizetype i = 0; i < path.size(); ++i) {
        if (pattern[i] != anySegment) {
            if (path[i] != pattern[i]) {
                return std::nullopt;
            }
        } else if (path[i].isEmpty()) {
            return std::nullopt;
        } else {
            parameters.append(path[i]);
        }
    }
    return parameters;
}

void ApiRouter::dispatch(const HttpRequest &request, const HttpResponder &responder) const
{
    const QByteArray method = request.head.method == "HEAD" ? QByteArray("GET") : request.head.method;
    const QList<QByteArray> path = segmentsOf(request.head.encodedPath());
    QList<QByteArray> allowed;
    for (const Route &route : m_routes) {
        auto parameters = route.match(path);
        if (!parameters) {
            continue;
        }
        if (route.method == method) {
            route.operation({request, *std::move(parameters)}, responder);
            return;
        }
        allowed.append(route.method);
        if (route.method == "GET") {
            allowed.append("HEAD");
        }
    }
    if (allowed.isEmpty()) {
        responder.send(problem(404, "There is nothing at this path."));
    } else {
        const QByteArray list = allowed.join(", ");
        responder.send(problem(405, "What is at this path takes " + list + ".", {{"Allow", list}}));
    }
}

} // namespace switchboard
