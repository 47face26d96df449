// SPDX-License-Identifier: BSD-3-Clause
#include "support/httprequest.h"

#include <algorithm>
#include <utility>

#include <QDeadlineTimer>

#include "support/rawsocket.h"

namespace switchboard::test {

namespace {

const QByteArray LineEnd = QByteArrayLiteral("\r\n");

QByteArray findHeader(const HttpHeaders &headers, const QByteArray &name)
{
    const auto found = std::find_if(headers.cbegin(), headers.cend(), [&name](const auto &header) {
        return header.first.compare(name, Qt::CaseInsensitive) == 0;
    });
    return found == headers.cend() ? QByteArray() : found->second;
}

QByteArray encodeRequest(const QByteArray &method, const QByteArray &path, const QByteArray &body,
                         HttpHeaders headers)
{
    const auto addDefault = [&headers](const QByteArray &name, const QByteArray &value) {
        if (findHeader(headers, name).isNull()) {
            headers.append({name, value});
        }
    };
    addDefault("Host", "127.0.0.1");
    addDefault("Connection", "close");
    if (!body.isEmpty()) {
        addDefault("Content-Length", QByteArray::number(body.size()));
    }

    QByteArray request = method + ' ' + path + " HTTP/1.1" + LineEnd;
    for (const auto &[name, value] : std::as_const(headers)) {
        request += name + ": " + value + LineEnd;
    }
    return request + LineEnd + body;
}

/// Reads one answer, part by part, until the deadline.
class ReplyReader
{
public:
    ReplyReader(RawSocket &socket, QDeadlineTimer deadline)
        : m_socket(socket)
        , m_deadline(deadline)
    { }

    HttpReply read(bool bodyExpected)
    {
        HttpReply reply;
        do { // answers below 200 only announce the real one, save for 101, which ends HTTP
            if (!readHead(reply)) {
                return reply;
            }
        } while (reply.status < 200 && reply.status != 101);

        const bool noBody = reply.status < 200 || reply.status == 204 || reply.status == 304;
        if (!bodyExpected || noBody) {
            reply.complete = true;
        } else {
            readBody(reply);
        }
        return reply;
    }

private:
    std::chrono::milliseconds remaining() const
    {
        return std::chrono::ceil<std::chrono::milliseconds>(m_deadline.remainingTimeAsDuration());
    }

    QByteArray readLine() { return m_socket.readUntil(LineEnd, remaining()); }

    bool readHead(HttpReply &reply)
    {
        reply = {};
        const QList<QByteArray> statusLine = readLine().trimmed().split(' ');
        if (statusLine.size() < 2 || !statusLine.first().startsWith("HTTP/1.")) {
            return false;
        }
        const int status = statusLine.at(1).toInt();
        reply.reason = statusLine.sliced(2).join(' ');
        for (QByteArray line = readLine(); line != LineEnd; line = readLine()) {
            const qsizetype colon = line.indexOf(':');
            if (colon < 0) {
                return false;
            }
            reply.headers.append({line.first(colon), line.sliced(colon + 1).trimmed()});
        }
        reply.status = status;
        return true;
    }

    void readBody(HttpReply &reply)
    {
        const QByteArray length = reply.header("Content-Length");
        if (reply.header("Transfer-Encoding").compare("chunked", Qt::CaseInsensitive) == 0) {
            readChunks(reply);
        } else if (!length.isNull()) {
            const qsizetype size = length.toLongLong();
            reply.body = m_socket.readExactly(size, remaining());
            reply.complete = reply.body.size() == size;
        } else {
            reply.body = m_socket.readAll(remaining());
            reply.complete = !m_socket.isConnected();
        }
    }

    void readChunks(HttpReply &reply)
    {
        while (true) {
            const QByteArray sizeLine = readLine();
            bool valid = false;
            const qsizetype size = sizeLine.split(';').first().trimmed().toLongLong(&valid, 16);
            if (!valid) {
                return;
            }
            if (size == 0) {
                break;
            }
            const QByteArray chunk = m_socket.readExactly(size + LineEnd.size(), remaining());
            if (chunk.isEmpty()) {
                return;
            }
            reply.body += chunk.chopped(LineEnd.size());
        }
        QByteArray trailer = readLine();
        while (!trailer.isEmpty() && trailer != LineEnd) {
            trailer = readLine();
        }
        reply.complete = trailer == LineEnd;
    }

    RawSocket &m_socket;
    QDeadlineTimer m_deadline;
};

} // namespace

QByteArray HttpReply::header(const QByteArray &name) const
{
    return findHeader(headers, name);
}

HttpReply httpRequest(quint16 port, const QByteArray &method, const QByteArray &path, const QByteArray &body,
                      const HttpHeaders &headers, std::chrono::milliseconds timeout)
{
    const QDeadlineTimer deadline(timeout);
    RawSocket socket;
    if (!socket.connectTo(port, timeout)) {
        return {};
    }
    socket.write(encodeRequest(method, path, body, headers));
    return ReplyReader(socket, deadline).read(method != "HEAD");
}

} // namespace switchboard::test
