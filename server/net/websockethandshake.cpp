// SPDX-License-Identifier: BSD-3-Clause
#include "net/websockethandshake.h"

#include <QCryptographicHash>

namespace switchboard {

bool isWebSocketUpgrade(const HttpHead &head)
{
    const auto upgrade = head.field("Upgrade");
    return upgrade && upgrade->compare("websocket", Qt::CaseInsensitive) == 0;
}

std::optional<HttpReply> checkWebSocketHandshake(const HttpHead &head)
{
    // The text is the prototype's, for every request that is no upgrade.
    if (!isWebSocketUpgrade(head)) {
        return HttpReply{400, "Expected a WebSockets request."};
    }
    if (head.method != "GET") {
        return HttpReply{
            405, "A WebSocket handshake is a GET.\n", "text/plain; charset=utf-8", {{"Allow", "GET"}}};
    }
    if (head.minorVersion < 1) {
        return HttpReply{400, "A WebSocket handshake needs HTTP/1.1.\n"};
    }
    if (!head.hasToken("Connection", "upgrade")) {
        return HttpReply{400, "The header field Connection must contain Upgrade.\n"};
    }
    if (head.fieldCount("Sec-WebSocket-Version") != 1 || head.field("Sec-WebSocket-Version") != "13") {
        return HttpReply{426,
                         "The WebSocket version spoken here is 13.\n",
                         "text/plain; charset=utf-8",
                         {{"Sec-WebSocket-Version", "13"}, {"Upgrade", "websocket"}}};
    }
    const auto key = head.field("Sec-WebSocket-Key");
    const auto decoded =
        QByteArray::fromBase64Encoding(key.value_or(QByteArray()), QByteArray::AbortOnBase64DecodingErrors);
    if (head.fieldCount("Sec-WebSocket-Key") != 1 || !decoded || (*decoded).size() != 16) {
        return HttpReply{400, "Sec-WebSocket-Key must be 16 bytes in base64.\n"};
    }
    if (head.contentLength > 0 || head.isChunked) {
        return HttpReply{400, "A WebSocket handshake has no body.\n"};
    }
    return std::nullopt;
}

QByteArray webSocketAnswer(const HttpHead &head, const QByteArray &extensions)
{
    // RFC 6455 section 1.3: the same for every server there is.
    constexpr QByteArrayView protocolId = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    const QByteArray key = head.field("Sec-WebSocket-Key").value_or(QByteArray());
    const QByteArray accept =
        QCryptographicHash::hash(key + protocolId.toByteArray(), QCryptographicHash::Sha1).toBase64();
    QByteArray answer = "HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: websocket\r\n"
                        "Connection: Upgrade\r\nSec-WebSocket-Accept: "
        + accept + "\r\n";
    if (!extensions.isEmpty()) {
        answer += "Sec-WebSocket-Extensions: " + extensions + "\r\n";
    }
    return answer + "\r\n";
}

} // namespace switchboard
