// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/memberreader.h"

#include "protocol/envelope.h"

namespace switchboard::protocol {

namespace {

QByteArray quoted(QByteArrayView key)
{
    return '"' + key.toByteArray() + '"';
}

QByteArray wrongKind(QByteArrayView key, QByteArrayView expected, const JsonValue &value)
{
    return quoted(key) + " must be " + expected.toByteArray() + ", not " + value.kindName().toByteArray();
}

} // namespace

MemberReader::MemberReader(const JsonValue &object, QByteArrayView what)
    : m_object(object)
{
    if (!object.isObject()) {
        fail(what.toByteArray() + " must be an object, not " + object.kindName().toByteArray());
    }
}

void MemberReader::fail(const QByteArray &error)
{
    if (m_error.isEmpty()) {
        m_error = error;
    }
}

bool MemberReader::isThere(QByteArrayView key) const
{
    const auto value = m_object.member(key);
    return value && !value->isNull();
}

std::optional<JsonValue> MemberReader::member(QByteArrayView key)
{
    const auto value = m_object.member(key);
    if (!value) {
        fail("the key " + quoted(key) + " is missing");
    }
    return value;
}

QByteArray MemberReader::string(QByteArrayView key)
{
    const auto value = member(key);
    if (!value) {
        return {};
    }
    if (!value->isString()) {
        fail(wrongKind(key, "a string", *value));
    }
    return value->text().toByteArray();
}

QByteArray MemberReader::optionalString(QByteArrayView key)
{
    return m_object.member(key) ? string(key) : QByteArray();
}

qint64 MemberReader::integer(QByteArrayView key, qint64 maximum)
{
    const auto value = member(key);
    if (!value) {
        return 0;
    }
    const auto number = value->integer();
    if (!number || *number < 0 || *number > maximum) {
        fail(quoted(key) + " must be a whole number from 0 to " + QByteArray::number(maximum));
        return 0;
    }
    return *number;
}

PingNumber MemberReader::pingNumber(QByteArrayView key)
{
    const auto value = member(key);
    const qint64 number = value ? value->integer().value_or(0) : 1;
    if (number != 1 && number != 2) {
        fail(quoted(key) + " must be 1 or 2");
    }
    return number == 2 ? PingNumber::Two : PingNumber::One;
}

Timestamp MemberReader::timestamp(QByteArrayView key)
{
    const QByteArray text = string(key);
    if (m_error.isEmpty()) {
        if (auto time = Timestamp::parse(text)) {
            return std::move(*time);
        }
        fail(quoted(key) + " is no time in ISO 8601 with a zone: \"" + text + '"');
    }
    return Timestamp::fromTime({});
}

std::optional<JsonValue> MemberReader::array(QByteArrayView key)
{
    const auto value = member(key);
    if (value && !value->isArray()) {
        fail(wrongKind(key, "an array", *value));
        return std::nullopt;
    }
    return value;
}

std::vector<QByteArray> MemberReader::strings(QByteArrayView key)
{
    std::vector<QByteArray> read;
    const auto values = array(key);
    for (qsizetype i = 0; values && i < values->size(); ++i) {
        const JsonValue value = values->at(i);
        if (!value.isString()) {
            fail("in " + quoted(key) + ", element " + QByteArray::number(i) + " must be a string, not "
                 + value.kindName().toByteArray());
            break;
        }
        read.push_back(value.text().toByteArray());
    }
    return read;
}

} // namespace switchboard::protocol
