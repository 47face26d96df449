// SPDX-License-Identifier: BSD-3-Clause
#include "bench/handshake.h"

#include <algorithm>
#include <cctype>

namespace switchboard::bench {

using namespace Qt::StringLiterals;

namespace {

// The key of RFC 6455, section 1.3, and what the server makes of it.
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
constexpr std::size_t longestHead = 16384;

QString text(std::string_view bytes)
{
    return QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

// Whether a head has the line "name: value"; names of headers have no case, this value has.
bool hasHeader(std::string_view head, std::string_view name, std::string_view value)
{
    const auto isSame = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    };
    const auto *const found = std::search(head.begin(), head.end(), name.begin(), name.end(), isSame);
    if (found == head.end()) {
        return false;
    }
    const std::string_view rest = head.substr(static_cast<std::size_t>(found - head.begin()) + name.size());
    const std::string_view line = rest.substr(0, rest.find("\r\n"));
    return line.find(value) != std::string_view::npos;
}

} // namespace

std::string handshakeRequest(std::string_view host, std::string_view path)
{
    std::string request = "GET ";
    request.append(path).append(" HTTP/1.1\r\nHost: ").append(host);
    request.append("\r\nUser-Agent: switchboard-bench\r\nUpgrade: websocket\r\nConnection: Upgrade"
                   "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
    return request.append(key).append("\r\n\r\n");
}

tl::expected<std::size_t, QString> scanHandshakeAnswer(std::string_view bytes)
{
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        if (bytes.size() > longestHead) {
            return tl::make_unexpected(u"it answered with something that is not HTTP"_s);
        }
        return 0;
    }
    const std::string_view head = bytes.substr(0, end + 2);
    const std::string_view status = head.substr(0, head.find("\r\n"));
    if (!status.starts_with("HTTP/1.1 101")) {
        return tl::make_unexpected(u"it refused the handshake: %1"_s.arg(text(status)));
    }
    if (!hasHeader(head, "\r\nSec-WebSocket-Accept:", accept)) {
        return tl::make_unexpected(u"its handshake lacks the right Sec-WebSocket-Accept"_s);
    }
    return end + 4;
}

} // namespace switchboard::bench
