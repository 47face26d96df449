// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

#include "support/httprequest.h"

namespace switchboard::test {

/// What is wrong with \a value by \a schema, a line each; \a root holds what `$ref` points to. Knows the part
/// of JSON Schema that docs/openapi.json uses; any other keyword is a fault, so that nothing goes unchecked.
QStringList schemaFaults(const QJsonValue &value, const QJsonObject &schema, const QJsonObject &root,
                         const QString &where = QStringLiteral("the body"));

/// The description of the HTTP API, docs/openapi.json.
class OpenApiDocument
{
public:
    /// One method of one path.
    struct Operation
    {
        QByteArray method;
        QByteArray path; ///< with `{name}` for parameters, behind the API's own
        QJsonObject description;

        /// The statuses that are documented.
        QList<int> statuses() const;
    };

    /// Empty if the file cannot be read.
    static OpenApiDocument load();

    const QJsonObject &root() const { return m_root; }
    QList<Operation> operations() const;
    QList<QByteArray> paths() const;
    /// Documented for \a path.
    QList<QByteArray> methods(const QByteArray &path) const;

    /// What in \a reply is not as documented for \a operation, a line each.
    QStringList faults(const Operation &operation, const HttpReply &reply) const;

private:
    QJsonObject resolved(const QJsonValue &value) const;

    QJsonObject m_root;
};

} // namespace switchboard::test
