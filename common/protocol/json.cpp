// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/json.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <system_error>

namespace switchboard::protocol {

namespace {

using Pool = rapidjson::MemoryPoolAllocator<rapidjson::CrtAllocator>;
using Document = rapidjson::GenericDocument<rapidjson::UTF8<char>, Pool, rapidjson::CrtAllocator>;

constexpr unsigned parseFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
// Checks UTF-8 as well, byte by byte, and can say where it is wrong.
constexpr unsigned validatingParseFlags = parseFlags | rapidjson::kParseValidateEncodingFlag;

// RapidJSON lets a lone low surrogate through ("\udc00"), written as the three bytes ED B0 80. Raw bytes like
// that are refused before, so only an escape can have made them.
bool hasSurrogate(const char *text, rapidjson::SizeType length)
{
    const char *end = text + length;
    while (const void *found = std::memchr(text, 0xED, static_cast<std::size_t>(end - text))) {
        text = static_cast<const char *>(found) + 1;
        if (text < end && static_cast<unsigned char>(*text) >= 0xA0) {
            return true;
        }
    }
    return false;
}

// The number that the whole text is, if that type can hold it.
template <typename Number>
std::optional<Number> numberFrom(const char *text, rapidjson::SizeType length)
{
    const char *end = text + length;
    Number number{};
    const auto [stop, error] = std::from_chars(text, end, number);
    return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

// Passes a reader's events to the document, except for strings that are no Unicode text.
class StrictHandler
{
public:
    using Ch = char;

    explicit StrictHandler(Document &document)
        : m_document(document)
    { }

    // The names are RapidJSON's.
    bool Null() { return m_document.Null(); }
    bool Bool(bool value) { return m_document.Bool(value); }
    bool Int(int value) { return m_document.Int(value); }
    bool Uint(unsigned value) { return m_document.Uint(value); }
    bool Int64(int64_t value) { return m_document.Int64(value); }
    bool Uint64(uint64_t value) { return m_document.Uint64(value); }
    bool Double(double value) { return m_document.Double(value); }
    // RapidJSON's own conversion reads outside its tables for a number such as 1 behind 400 zeros of a
    // fraction.
    bool RawNumber(const char *text, rapidjson::SizeType length, bool /*copy*/)
    {
        if (const auto whole = numberFrom<qint64>(text, length)) {
            return m_document.Int64(*whole);
        }
        return m_document.Double(
            numberFrom<double>(text, length).value_or(std::numeric_limits<double>::quiet_NaN()));
    }
    bool String(const char *text, rapidjson::SizeType length, bool copy)
    {
        return !hasSurrogate(text, length) && m_document.String(text, length, copy);
    }
    bool Key(const char *text, rapidjson::SizeType length, bool copy)
    {
        return !hasSurrogate(text, length) && m_document.Key(text, length, copy);
    }
    bool StartObject() { return m_document.StartObject(); }
    bool EndObject(rapidjson::SizeType count) { return m_document.EndObject(count); }
    bool StartArray() { return m_document.StartArray(); }
    bool EndArray(rapidjson::SizeType count) { return m_document.EndArray(count); }

private:
    Document &m_document;
};

// How many bytes from the front on need no escape in a string.
qsizetype countPlain(QByteArrayView text)
{
    constexpr quint64 ones = 0x0101010101010101;
    constexpr quint64 highBits = ones * 0x80;
    // Bit 7 of each byte that is zero, and perhaps of bytes behind one.
    const auto zeroBytes = [](quint64 word) { return (word - ones) & ~word & highBits; };
    qsizetype count = 0;
    for (; count + 8 <= text.size(); count += 8) {
        quint64 word = 0;
        std::memcpy(&word, text.data() + count, sizeof word);
        const quint64 isControl = (word - ones * 0x20) & ~word & highBits;
        if (isControl | zeroBytes(word ^ ones * '"') | zeroBytes(word ^ ones * '\\')) {
            break;
        }
    }
    while (count < text.size()) {
        const auto c = static_cast<unsigned char>(text[count]);
        if (c < 0x20 || c == '"' || c == '\\') {
            break;
        }
        ++count;
    }
    return count;
}

// What RapidJSON calls a string, in words for the one who sent it.
QByteArray reasonFor(rapidjson::ParseErrorCode code)
{
    if (code == rapidjson::kParseErrorTermination) {
        return QByteArrayLiteral("The surrogate pair in string is invalid.");
    }
    return rapidjson::GetParseError_En(code);
}

} // namespace

bool JsonValue::isObject() const
{
    return m_value->IsObject();
}

bool JsonValue::isArray() const
{
    return m_value->IsArray();
}

bool JsonValue::isString() const
{
    return m_value->IsString();
}

bool JsonValue::isNull() const
{
    return m_value->IsNull();
}

QByteArrayView JsonValue::kindName() const
{
    switch (m_value->GetType()) {
    case rapidjson::kNullType:
        return "null";
    case rapidjson::kFalseType:
    case rapidjson::kTrueType:
        return "a boolean";
    case rapidjson::kObjectType:
        return "an object";
    case rapidjson::kArrayType:
        return "an array";
    case rapidjson::kStringType:
        return "a string";
    case rapidjson::kNumberType:
        return "a number";
    }
    Q_UNREACHABLE();
}

std::optional<JsonValue> JsonValue::member(QByteArrayView key) const
{
    if (!m_value->IsObject()) {
        return std::nullopt;
    }
    const Native name(
        rapidjson::StringRef(key.isEmpty() ? "" : key.data(), static_cast<rapidjson::SizeType>(key.size())));
    const auto found = m_value->FindMember(name);
    if (found == m_value->MemberEnd()) {
        return std::nullopt;
    }
    return JsonValue(&found->value);
}

QByteArrayView JsonValue::text() const
{
    if (!m_value->IsString()) {
        return {};
    }
    return {m_value->GetString(), static_cast<qsizetype>(m_value->GetStringLength())};
}

std::optional<QByteArray> JsonValue::string() const
{
    if (!m_value->IsString()) {
        return std::nullopt;
    }
    return text().toByteArray();
}

std::optional<qint64> JsonValue::integer() const
{
    if (!m_value->IsInt64()) {
        return std::nullopt;
    }
    return m_value->GetInt64();
}

std::optional<double> JsonValue::number() const
{
    if (!m_value->IsNumber() || std::isnan(m_value->GetDouble())) {
        return std::nullopt;
    }
    return m_value->GetDouble();
}

std::optional<bool> JsonValue::boolean() const
{
    return m_value->IsBool() ? std::optional(m_value->GetBool()) : std::nullopt;
}

qsizetype JsonValue::size() const
{
    return m_value->IsArray() ? static_cast<qsizetype>(m_value->Size()) : 0;
}

JsonValue JsonValue::at(qsizetype index) const
{
    return JsonValue(&(*m_value)[static_cast<rapidjson::SizeType>(index)]);
}

class JsonParser::Private
{
public:
    // The first chunk of the pool: messages of ordinary size are parsed without an allocation.
    alignas(std::max_align_t) std::array<char, 8192> buffer;
    Pool pool{buffer.data(), buffer.size()};
    Document document{&pool};
};

JsonParser::JsonParser()
    : d(std::make_unique<Private>())
{ }

JsonParser::~JsonParser() = default;

tl::expected<JsonValue, JsonError> JsonParser::parse(QByteArrayView text)
{
    d->document.SetNull();
    d->pool.Clear();

    rapidjson::MemoryStream stream(text.data(), static_cast<std::size_t>(text.size()));
    rapidjson::ParseResult result;
    // Qt looks at many bytes at a time.
    const bool isUtf8 = text.isValidUtf8();
    auto generate = [&](Document &document) {
        StrictHandler handler(document);
        rapidjson::Reader reader;
        result = isUtf8 ? reader.Parse<parseFlags>(stream, handler)
                        : reader.Parse<validatingParseFlags>(stream, handler);
        return !result.IsError();
    };
    d->document.Populate(generate);

    if (result.IsError()) {
        return tl::unexpected(JsonError{reasonFor(result.Code()), static_cast<qsizetype>(result.Offset())});
    }
    // RapidJSON takes a NUL for the end of the text.
    if (stream.Tell() != static_cast<std::size_t>(text.size())) {
        return tl::unexpected(JsonError{reasonFor(rapidjson::kParseErrorDocumentRootNotSingular),
                                        static_cast<qsizetype>(stream.Tell())});
    }
    return JsonValue(&d->document);
}

void JsonWriter::separate()
{
    if (m_needsComma) {
        m_text.append(',');
    }
    m_needsComma = true;
}

JsonWriter &JsonWriter::beginObject()
{
    separate();
    m_text.append('{');
    m_needsComma = false;
    return *this;
}

JsonWriter &JsonWriter::endObject()
{
    m_text.append('}');
    m_needsComma = true;
    return *this;
}

JsonWriter &JsonWriter::beginArray()
{
    separate();
    m_text.append('[');
    m_needsComma = false;
    return *this;
}

JsonWriter &JsonWriter::endArray()
{
    m_text.append(']');
    m_needsComma = true;
    return *this;
}

JsonWriter &JsonWriter::key(QByteArrayView key)
{
    string(key);
    m_text.append(':');
    m_needsComma = false;
    return *this;
}

JsonWriter &JsonWriter::string(QByteArrayView utf8)
{
    separate();
    m_text.append('"');
    for (;;) {
        const qsizetype plain = countPlain(utf8);
        append(utf8.first(plain));
        if (plain == utf8.size()) {
            break;
        }
        appendEscaped(static_cast<unsigned char>(utf8[plain]));
        utf8 = utf8.sliced(plain + 1);
    }
    m_text.append('"');
    return *this;
}

void JsonWriter::appendEscaped(unsigned char c)
{
    static constexpr char hex[] = "0123456789abcdef";
    m_text.append('\\');
    switch (c) {
    case '"':
    case '\\':
        m_text.append(static_cast<char>(c));
        break;
    case '\n':
        m_text.append('n');
        break;
    case '\r':
        m_text.append('r');
        break;
    case '\t':
        m_text.append('t');
        break;
    default:
        append("u00");
        m_text.append(hex[c >> 4]);
        m_text.append(hex[c & 0xF]);
    }
}

JsonWriter &JsonWriter::integer(qint64 number)
{
    separate();
    append(QByteArray::number(number));
    return *this;
}

JsonWriter &JsonWriter::boolean(bool value)
{
    separate();
    append(value ? "true" : "false");
    return *this;
}

JsonWriter &JsonWriter::raw(QByteArrayView json)
{
    separate();
    append(json);
    return *this;
}

QByteArray JsonWriter::take()
{
    m_needsComma = false;
    QByteArray text(m_text.constData(), m_text.size());
    m_text.clear();
    return text;
}

} // namespace switchboard::protocol
