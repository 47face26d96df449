// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QVarLengthArray>

#include <memory>
#include <optional>
#include <rapidjson/fwd.h>
#include <tl/expected.hpp>

namespace switchboard::protocol {

/// Why a text is not JSON, and the byte at which that shows.
struct JsonError
{
    QByteArray reason;
    qsizetype offset = 0;
};

/// A value inside a parsed JSON text. It is a view: it lives as long as the JsonParser that made it keeps
/// that text, that is until the next parse().
class JsonValue
{
public:
    [[nodiscard]] bool isObject() const;
    [[nodiscard]] bool isArray() const;
    [[nodiscard]] bool isString() const;
    [[nodiscard]] bool isNull() const;

    /// The name of the value's kind as a person would say it: "an object", "a string", "null" …
    [[nodiscard]] QByteArrayView kindName() const;

    /// The member \a key of an object. Where a key is there twice the first one counts. Nothing when there is
    /// no such member or this is no object.
    [[nodiscard]] std::optional<JsonValue> member(QByteArrayView key) const;

    /// The text of a string as UTF-8, a view into the parser; empty for any other kind.
    [[nodiscard]] QByteArrayView text() const;

    /// The text of a string as UTF-8, in a copy of its own; nothing for any other kind.
    [[nodiscard]] std::optional<QByteArray> string() const;

    /// A whole number that fits; nothing for any other value.
    [[nodiscard]] std::optional<qint64> integer() const;

    /// Any number that a double can hold, rounded to one; nothing for any other value.
    [[nodiscard]] std::optional<double> number() const;

    /// A boolean; nothing for any other value.
    [[nodiscard]] std::optional<bool> boolean() const;

    /// The number of elements of an array, 0 for any other kind.
    [[nodiscard]] qsizetype size() const;

    /// Element \a index of an array, 0 ≤ \a index < size().
    [[nodiscard]] JsonValue at(qsizetype index) const;

private:
    friend class JsonParser;
    using Native = rapidjson::GenericValue<rapidjson::UTF8<char>,
                                           rapidjson::MemoryPoolAllocator<rapidjson::CrtAllocator>>;

    explicit JsonValue(const Native *value)
        : m_value(value)
    { }

    const Native *m_value;
};

/// Parses JSON texts (RFC 8259), one at a time, strictly: UTF-8 without a byte order mark, nothing behind the
/// value, no lone surrogates, no raw control characters in strings. Nesting is limited by memory alone.
/// It keeps its memory from one text to the next, so one parser serves one event loop.
class JsonParser
{
public:
    JsonParser();
    ~JsonParser();
    Q_DISABLE_COPY_MOVE(JsonParser)

    /// Parses \a text and returns its outermost value, valid until the next parse().
    [[nodiscard]] tl::expected<JsonValue, JsonError> parse(QByteArrayView text);

private:
    class Private;
    std::unique_ptr<Private> d;
};

/// Writes one compact JSON text. Members stand in the order in which they are written; the protocol's order
/// is alphabetical, which is its callers' to keep.
class JsonWriter
{
public:
    JsonWriter &beginObject();
    JsonWriter &endObject();
    JsonWriter &beginArray();
    JsonWriter &endArray();
    /// The key of the member whose value is written next.
    JsonWriter &key(QByteArrayView key);
    /// A string given as valid UTF-8. Escaped as the prototype does it: `\"`, `\\`, `\n`, `\r`, `\t`, other
    /// control characters below U+0020 as `\u00xx` in lower-case hexadecimal, all else as it is.
    JsonWriter &string(QByteArrayView utf8);
    JsonWriter &integer(qint64 number);
    JsonWriter &boolean(bool value);
    /// A JSON text that is valid as it stands.
    JsonWriter &raw(QByteArrayView json);

    /// The text so far; the writer is empty afterwards.
    [[nodiscard]] QByteArray take();

private:
    void separate();
    void appendEscaped(unsigned char c);
    void append(QByteArrayView text) { m_text.append(text.data(), text.size()); }

    // Ordinary messages are put together on the stack.
    QVarLengthArray<char, 512> m_text;
    bool m_needsComma = false;
};

} // namespace switchboard::protocol
