// SPDX-License-Identifier: BSD-3-Clause
#include "integration/openapidocument.h"

#include <cmath>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace switchboard::test {

namespace {

QJsonObject resolve(const QJsonValue &value, const QJsonObject &root)
{
    QJsonObject object = value.toObject();
    const QString reference = object.value("$ref"_L1).toString();
    if (reference.isEmpty()) {
        return object;
    }
    QJsonValue target = root;
    const QStringList keys = reference.mid(2).split(u'/');
    for (const QString &key : keys) {
        target = target.toObject()[key];
    }
    return target.toObject();
}

bool isOfType(const QJsonValue &value, const QString &type)
{
    if (type == "integer"_L1) {
        return value.isDouble() && std::trunc(value.toDouble()) == value.toDouble();
    }
    return (type == "object"_L1 && value.isObject()) || (type == "array"_L1 && value.isArray())
        || (type == "string"_L1 && value.isString()) || (type == "boolean"_L1 && value.isBool());
}

bool isOfFormat(const QString &text, const QString &format)
{
    static const QRegularExpression uuid(u"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"_s);
    // RFC 3339 section 5.6.
    static const QRegularExpression dateTime(
        uR"(^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$)"_s);
    return (format == "uuid"_L1 && uuid.match(text).hasMatch())
        || (format == "date-time"_L1 && dateTime.match(text).hasMatch());
}

// What is wrong with \a value by one keyword of a schema, in a word or two; empty if nothing is.
QString keywordFault(const QJsonValue &value, const QString &keyword, const QJsonValue &rule)
{
    const auto unless = [&](bool isRight) { return isRight ? QString() : keyword; };
    if (keyword == "type"_L1) {
        return unless(isOfType(value, rule.toString()));
    }
    if (keyword == "format"_L1) {
        return unless(isOfFormat(value.toString(), rule.toString()));
    }
    if (keyword == "minimum"_L1) {
        return unless(value.toDouble() >= rule.toDouble());
    }
    if (keyword == "maximum"_L1) {
        return unless(value.toDouble() <= rule.toDouble());
    }
    if (keyword == "minLength"_L1) {
        return unless(value.toString().size() >= rule.toInt());
    }
    if (keyword == "maxLength"_L1) {
        return unless(value.toString().size() <= rule.toInt());
    }
    if (keyword == "maxItems"_L1) {
        return unless(value.toArray().size() <= rule.toInt());
    }
    if (keyword == "required"_L1) {
        const QJsonArray keys = rule.toArray();
        for (const auto &key : keys) {
            if (!value.toObject().contains(key.toString())) {
                return u"%1 is missing"_s.arg(key.toString());
            }
        }
        return {};
    }
    const bool isKnown =
        QStringList{u"description"_s, u"default"_s, u"properties"_s, u"additionalProperties"_s, u"items"_s}
            .contains(keyword);
    return isKnown ? QString() : u"unknown keyword "_s + keyword;
}

QStringList partFaults(const QJsonValue &value, const QJsonObject &schema, const QJsonObject &root,
                       const QString &where)
{
    QStringList faults;
    const QJsonObject properties = schema["properties"_L1].toObject();
    const QJsonObject object = value.toObject();
    const bool isClosed = schema["additionalProperties"_L1] == QJsonValue(false);
    for (auto member = object.begin(); member != object.end(); ++member) {
        if (properties.contains(member.key())) {
            faults += schemaFaults(member.value(), properties[member.key()].toObject(), root,
                                   where + u'.' + member.key());
        } else if (isClosed) {
            faults += u"%1: %2 is not documented"_s.arg(where, member.key());
        }
    }
    const QJsonArray array = value.toArray();
    for (qsizetype i = 0; i < array.size(); ++i) {
        faults += schemaFaults(array[i], schema["items"_L1].toObject(), root, u"%1[%2]"_s.arg(where).arg(i));
    }
    return faults;
}

} // namespace

QStringList schemaFaults(const QJsonValue &value, const QJsonObject &schemaOrReference,
                         const QJsonObject &root, const QString &where)
{
    const QJsonObject schema = resolve(schemaOrReference, root);
    QStringList faults;
    if (schema.isEmpty()) {
        faults += where + u": no schema"_s;
    }
    for (auto rule = schema.begin(); rule != schema.end(); ++rule) {
        if (const QString fault = keywordFault(value, rule.key(), rule.value()); !fault.isEmpty()) {
            faults += where + u": "_s + fault;
        }
    }
    return faults + partFaults(value, schema, root, where);
}

QList<int> OpenApiDocument::Operation::statuses() const
{
    QList<int> statuses;
    const QStringList keys = description["responses"_L1].toObject().keys();
    for (const QString &key : keys) {
        statuses.append(key.toInt());
    }
    return statuses;
}

OpenApiDocument OpenApiDocument::load()
{
    OpenApiDocument document;
    QFile file(QStringLiteral(SWITCHBOARD_OPENAPI_JSON));
    if (file.open(QFile::ReadOnly)) {
        document.m_root = QJsonDocument::fromJson(file.readAll()).object();
    }
    return document;
}

QList<QByteArray> OpenApiDocument::paths() const
{
    QList<QByteArray> paths;
    const QStringList keys = m_root["paths"_L1].toObject().keys();
    for (const QString &key : keys) {
        paths.append(key.toUtf8());
    }
    return paths;
}

QList<OpenApiDocument::Operation> OpenApiDocument::operations() const
{
    QList<Operation> operations;
    const QList<QByteArray> all = paths();
    for (const QByteArray &path : all) {
        const QJsonObject item = m_root["paths"_L1][QString::fromUtf8(path)].toObject();
        for (auto member = item.begin(); member != item.end(); ++member) {
            if (member.key() != "parameters"_L1) {
                operations.append({member.key().toUpper().toUtf8(), path, member.value().toObject()});
            }
        }
    }
    return operations;
}

QList<QByteArray> OpenApiDocument::methods(const QByteArray &path) const
{
    QList<QByteArray> methods;
    const QList<Operation> all = operations();
    for (const Operation &operation : all) {
        if (operation.path == path) {
            methods.append(operation.method);
        }
    }
    return methods;
}

QJsonObject OpenApiDocument::resolved(const QJsonValue &value) const
{
    return resolve(value, m_root);
}

QStringList OpenApiDocument::faults(const Operation &operation, const HttpReply &reply) const
{
    const QJsonObject responses = operation.description["responses"_L1].toObject();
    const QString status = QString::number(reply.status);
    if (!responses.contains(status)) {
        return {u"status %1 is not documented"_s.arg(status)};
    }
    const QJsonObject response = resolved(responses[status]);
    QStringList faults;
    const QJsonObject headers = response["headers"_L1].toObject();
    for (auto header = headers.begin(); header != headers.end(); ++header) {
        if (reply.header(header.key().toLatin1()).isEmpty()) {
            faults += header.key() + u" is not sent"_s;
        }
    }
    const QJsonObject content = response["content"_L1].toObject();
    if (content.isEmpty()) {
        return reply.body.isEmpty() ? faults : faults + QStringList{u"a body that is not documented"_s};
    }
    const QString type = QString::fromLatin1(reply.header("Content-Type").split(';').first());
    if (!content.contains(type)) {
        return faults + QStringList{u"type %1 is not documented"_s.arg(type)};
    }
    QJsonParseError error;
    // A body of its own kind, such as a string, needs something around it to be read.
    const QJsonDocument body = QJsonDocument::fromJson('[' + reply.body + ']', &error);
    if (type.endsWith("json"_L1) && error.error != QJsonParseError::NoError) {
        return faults + QStringList{u"the body is not JSON"_s};
    }
    const QJsonValue value = type.endsWith("json"_L1) ? body[0] : QJsonValue(QString::fromUtf8(reply.body));
    return faults + schemaFaults(value, content[type].toObject()["schema"_L1].toObject(), m_root);
}

} // namespace switchboard::test
