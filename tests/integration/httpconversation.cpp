// SPDX-License-Identifier: BSD-3-Clause
#include "integration/httpconversation.h"

namespace switchboard::test {

QByteArray HttpAnswer::field(const QByteArray &name) const
{
    const QList<QByteArray> lines = head.split('\n');
    for (const QByteArray &line : lines) {
        const qsizetype colon = line.indexOf(':');
        if (colon >= 0 && line.first(colon).compare(name, Qt::CaseInsensitive) == 0) {
            return line.sliced(colon + 1).trimmed();
        }
    }
    return {};
}

std::optional<HttpAnswer> HttpAnswer::takeFrom(QByteArray &bytes, bool hasBody)
{
    const qsizetype end = bytes.indexOf("\r\n\r\n");
    if (!bytes.startsWith("HTTP/1.1 ") || end < 0) {
        return std::nullopt;
    }
    HttpAnswer answer;
    answer.head = bytes.first(end + 4);
    answer.status = answer.head.sliced(9, 3).toInt();
    const qsizetype length =
        hasBody && answer.status >= 200 ? answer.field("Content-Length").toLongLong() : 0;
    if (bytes.size() < answer.head.size() + length) {
        return std::nullopt;
    }
    answer.body = bytes.sliced(answer.head.size(), length);
    bytes.remove(0, answer.head.size() + length);
    return answer;
}

std::optional<HttpAnswer> readAnswer(RawSocket &socket, bool hasBody, std::chrono::milliseconds timeout)
{
    QByteArray bytes;
    std::optional<HttpAnswer> answer;
    waitUntil(
        [&] {
            const bool isOver = !socket.isConnected(); // asked first: the last bytes may hold an answer
            bytes = socket.buffer();
            answer = HttpAnswer::takeFrom(bytes, hasBody);
            return answer || isOver;
        },
        timeout);
    if (answer) {
        socket.readExactly(answer->head.size() + answer->body.size());
    }
    return answer;
}

HttpExchange readExchange(RawSocket &socket, std::chrono::milliseconds timeout)
{
    HttpExchange exchange;
    exchange.isClosed = socket.waitForClosed(timeout);
    exchange.rest = socket.readAll({});
    while (const auto answer = HttpAnswer::takeFrom(exchange.rest)) {
        exchange.answers.append(*answer);
    }
    return exchange;
}

HttpExchange exchange(quint16 port, const QByteArray &bytes, std::chrono::milliseconds timeout)
{
    RawSocket socket;
    if (!socket.connectTo(port)) {
        return {};
    }
    socket.write(bytes);
    return readExchange(socket, timeout);
}

QByteArray request(const QByteArray &method, const QByteArray &target, const QByteArray &fields)
{
    return method + ' ' + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + fields + "\r\n";
}

} // namespace switchboard::test
