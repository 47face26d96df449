// SPDX-License-Identifier: BSD-3-Clause
#include "net/httprequest.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace switchboard {

namespace {

using Unexpected = tl::unexpected<HttpReply>;

constexpr qsizetype maximumFields = 100;

Unexpected badRequest(const QByteArray &why)
{
    return tl::unexpected(HttpReply{400, why + '\n'});
}

bool equalsIgnoringCase(QByteArrayView a, QByteArrayView b)
{
    return a.size() == b.size() && a.compare(b, Qt::CaseInsensitive) == 0;
}

// The characters of a token (RFC 9110 section 5.6.2).
constexpr std::array<bool, 256> tokenCharacters = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "!#$%&'*+-.^_`|~")) {
        table[static_cast<unsigned char>(c)] = true;
    }
    return table;
}();

bool isToken(QByteArrayView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](char c) {
        return tokenCharacters[static_cast<unsigned char>(c)];
    });
}

// Visible characters, blanks and tabs, and bytes above ASCII.
bool isFieldValue(QByteArrayView text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
    });
}

std::optional<Unexpected> parseRequestLine(QByteArrayView line, HttpHead &head)
{
    const qsizetype first = line.indexOf(' ');
    const qsizetype last = line.lastIndexOf(' ');
    if (first < 0 || first == last) {
        return badRequest("The request line must be a method, a target and HTTP/1.1.");
    }
    const QByteArrayView method = line.first(first);
    const QByteArrayView target = line.sliced(first + 1, last - first - 1);
    const QByteArrayView version = line.sliced(last + 1);
    if (!isToken(method)) {
        return badRequest("The method is not a token.");
    }
    const bool isVisible = std::all_of(target.begin(), target.end(), [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && c != 0x7F;
    });
    if (target.isEmpty() || !isVisible) {
        return badRequest("The target has a blank or a control character in it.");
    }
    if (version.size() != 8 || !version.startsWith("HTTP/") || version[6] != '.') {
        return badRequest("The request line must end in HTTP/1.1.");
    }
    if (version != QByteArrayView("HTTP/1.1") && version != QByteArrayView("HTTP/1.0")) {
        return tl::unexpected(HttpReply{505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.\n"});
    }
    head.method = method.toByteArray();
    head.target = target.toByteArray();
    head.minorVersion = version[7] - '0';
    return std::nullopt;
}

std::optional<Unexpected> parseFieldLine(QByteArrayView line, HttpHead &head)
{
    if (line.startsWith(' ') || line.startsWith('\t')) {
        return badRequest("A header field is folded over two lines.");
    }
    const qsizetype colon = line.indexOf(':');
    if (colon < 0) {
        return badRequest("A header field has no colon.");
    }
    const QByteArrayView name = line.first(colon);
    const QByteArrayView value = line.sliced(colon + 1);
    if (!isToken(name)) {
        return badRequest("A header field's name is not a token.");
    }
    if (!isFieldValue(value)) {
        return badRequest("A header field's value has a control character in it.");
    }
    if (head.fields.size() == maximumFields) {
        return tl::unexpected(HttpReply{431, "More than 100 header fields.\n"});
    }
    // Of all that this takes away only blanks and tabs can be there.
    head.fields.append({name.toByteArray(), value.trimmed().toByteArray()});
    return std::nullopt;
}

// How long the body is (RFC 9112 section 6).
std::optional<Unexpected> readFraming(HttpHead &head)
{
    const auto length = head.field("Content-Length");
    const auto coding = head.field("Transfer-Encoding");
    for (const QByteArrayView name : {"Host", "Content-Length", "Transfer-Encoding", "Upgrade"}) {
        if (head.fieldCount(name) > 1) {
            return badRequest("The header field " + name.toByteArray() + " is there more than once.");
        }
    }
    if (head.minorVersion >= 1 && !head.field("Host")) {
        return badRequest("The header field Host is missing.");
    }
    if (coding) {
        if (length || head.minorVersion == 0) {
            return badRequest("Transfer-Encoding does not go with Content-Length or HTTP/1.0.");
        }
        if (!equalsIgnoringCase(*coding, "chunked")) {
            return tl::unexpected(HttpReply{501, "The only transfer coding known here is chunked.\n"});
        }
        head.isChunked = true;
    }
    if (length) {
        const bool isNumber = !length->isEmpty() && length->size() <= 18
            && std::all_of(length->begin(), length->end(), [](char c) { return c >= '0' && c <= '9'; });
        if (!isNumber) {
            return badRequest("Content-Length is not a number of bytes.");
        }
        head.contentLength = length->toLongLong();
    }
    return std::nullopt;
}

std::optional<Unexpected> readExpectation(HttpHead &head)
{
    if (const auto expect = head.field("Expect"); expect && head.minorVersion >= 1) {
        if (!equalsIgnoringCase(*expect, "100-continue")) {
            return tl::unexpected(HttpReply{417, "The only expectation known here is 100-continue.\n"});
        }
        head.expectsContinue = true;
    }
    return std::nullopt;
}

} // namespace

std::optional<QByteArray> HttpHead::field(QByteArrayView name) const
{
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const HttpReply::Field &field) {
        return equalsIgnoringCase(field.first, name);
    });
    if (found == fields.end()) {
        return std::nullopt;
    }
    return found->second;
}

qsizetype HttpHead::fieldCount(QByteArrayView name) const
{
    return std::count_if(fields.begin(), fields.end(), [&](const HttpReply::Field &field) {
        return equalsIgnoringCase(field.first, name);
    });
}

bool HttpHead::hasToken(QByteArrayView name, QByteArrayView token) const
{
    for (const HttpReply::Field &field : fields) {
        if (!equalsIgnoringCase(field.first, name)) {
            continue;
        }
        const QList<QByteArray> elements = field.second.split(',');
        const bool isThere = std::any_of(elements.begin(), elements.end(), [&](const QByteArray &element) {
            return equalsIgnoringCase(element.trimmed(), token);
        });
        if (isThere) {
            return true;
        }
    }
    return false;
}

QByteArray HttpHead::encodedPath() const
{
    QByteArrayView path = target;
    if (const qsizetype question = path.indexOf('?'); question >= 0) {
        path.truncate(question);
    }
    // Absolute form: what stands before the path is the authority, which is us.
    if (const qsizetype scheme = path.indexOf("://"); scheme > 0 && !path.startsWith('/')) {
        const qsizetype slash = path.indexOf('/', scheme + 3);
        path = slash < 0 ? QByteArrayView("/") : path.sliced(slash);
    }
    return path.toByteArray();
}

QByteArray HttpHead::path() const
{
    QByteArray decoded = QByteArray::fromPercentEncoding(encodedPath());
    if (!decoded.isEmpty() && !decoded.startsWith('/') && decoded != "*") {
        decoded.prepend('/');
    }
    return decoded;
}

QByteArray HttpHead::query() const
{
    const qsizetype question = target.indexOf('?');
    return question < 0 ? QByteArray() : target.sliced(question + 1);
}

tl::expected<HttpHead, HttpReply> parseHttpHead(QByteArrayView text)
{
    HttpHead head;
    bool isFirst = true;
    while (!text.isEmpty()) {
        const qsizetype end = text.indexOf("\r\n");
        const QByteArrayView line = text.first(end < 0 ? text.size() : end);
        text = end < 0 ? QByteArrayView() : text.sliced(end + 2);
        if (line.isEmpty()) {
            break;
        }
        if (line.contains('\n') || line.contains('\r')) {
            return badRequest("Lines must end in CR LF.");
        }
        const auto fault = isFirst ? parseRequestLine(line, head) : parseFieldLine(line, head);
        if (fault) {
            return *fault;
        }
        isFirst = false;
    }
    if (isFirst) {
        return badRequest("The request line is missing.");
    }
    if (const auto fault = readFraming(head)) {
        return *fault;
    }
    if (const auto fault = readExpectation(head)) {
        return *fault;
    }
    head.keepAlive = head.minorVersion >= 1 ? !head.hasToken("Connection", "close") : false;
    return head;
}

} // namespace switchboard
