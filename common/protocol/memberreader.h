// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/json.h"
#include "protocol/ping.h"
#include "protocol/timestamp.h"

#include <QByteArray>
#include <QByteArrayView>

#include <concepts>
#include <limits>
#include <optional>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace switchboard::protocol {

/// Reads an object's members one after the other and remembers the first thing that is wrong, so that a
/// message with many members is read without a branch for each.
class MemberReader
{
public:
    /// Reads from \a object, which is called \a what where it turns out to be no object.
    explicit MemberReader(const JsonValue &object, QByteArrayView what = "\"contents\"");

    /// A string, as UTF-8.
    [[nodiscard]] QByteArray string(QByteArrayView key);

    /// A string, or empty where there is none.
    [[nodiscard]] QByteArray optionalString(QByteArrayView key);

    /// A whole number from 0 to what \a Number holds.
    template <std::integral Number>
    [[nodiscard]] Number number(QByteArrayView key)
    {
        return static_cast<Number>(integer(key, static_cast<qint64>(std::numeric_limits<Number>::max())));
    }

    /// The same, where the key may be missing or null.
    template <std::integral Number>
    [[nodiscard]] std::optional<Number> optionalNumber(QByteArrayView key)
    {
        return isThere(key) ? std::optional(number<Number>(key)) : std::nullopt;
    }

    /// The number of a ping.
    [[nodiscard]] PingNumber pingNumber(QByteArrayView key);

    /// A moment in any form that Timestamp reads.
    [[nodiscard]] Timestamp timestamp(QByteArrayView key);

    /// An array of strings.
    [[nodiscard]] std::vector<QByteArray> strings(QByteArrayView key);

    /// An array of what \a Element::fromJson reads.
    template <typename Element>
    [[nodiscard]] std::vector<Element> elements(QByteArrayView key)
    {
        std::vector<Element> read;
        const auto values = array(key);
        for (qsizetype i = 0; values && i < values->size() && m_error.isEmpty(); ++i) {
            if (auto element = Element::fromJson(values->at(i))) {
                read.push_back(std::move(*element));
            } else {
                fail("in \"" + key.toByteArray() + "\", element " + QByteArray::number(i) + ": "
                     + element.error());
            }
        }
        return read;
    }

    /// Adds \a error unless there is one already.
    void fail(const QByteArray &error);

    /// \a value if everything so far was as it should be, else what was not.
    template <typename Value>
    [[nodiscard]] tl::expected<Value, QByteArray> result(Value value) const
    {
        if (!m_error.isEmpty()) {
            return tl::unexpected(m_error);
        }
        return value;
    }

private:
    [[nodiscard]] bool isThere(QByteArrayView key) const;
    [[nodiscard]] std::optional<JsonValue> member(QByteArrayView key);
    [[nodiscard]] std::optional<JsonValue> array(QByteArrayView key);
    [[nodiscard]] qint64 integer(QByteArrayView key, qint64 maximum);

    JsonValue m_object;
    QByteArray m_error;
};

} // namespace switchboard::protocol
