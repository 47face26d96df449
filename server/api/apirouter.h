// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/httpconnection.h"

#include <QByteArray>
#include <QList>

#include <functional>
#include <optional>
#include <vector>

namespace switchboard {

/// A request to one operation of the API.
struct ApiRequest
{
    const HttpRequest &http;
    /// What stands in the path where the operation's pattern has `{}`, percent-decoded.
    QList<QByteArray> parameters;
};

/// Finds the operation that a request is for by its path and its method.
class ApiRouter
{
public:
    /// Answers a request, at once or later; what it was given ends with the call.
    using Operation = std::function<void(const ApiRequest &request, const HttpResponder &responder)>;

    /// Requests with \a method whose path is like \a pattern go to \a operation. A segment `{}` of the
    /// pattern stands for any one segment that is not empty. Who answers GET answers HEAD.
    void add(const QByteArray &method, const QByteArray &pattern, const Operation &operation);

    /// Gives \a request to its operation, or answers it: 404 where no pattern is like its path, 405 where no
    /// operation there has its method.
    void dispatch(const HttpRequest &request, const HttpResponder &responder) const;

private:
    struct Route
    {
        QByteArray method;
        QList<QByteArray> pattern; // segments

        /// What stands for its parameters in \a path; nothing where that is not like it.
        [[nodiscard]] std::optional<QList<QByteArray>> match(const QList<QByteArray> &path) const;

        Operation operation;
    };

    std::vector<Route> m_routes;
};

} // namespace switchboard
