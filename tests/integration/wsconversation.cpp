// SPDX-License-Identifier: BSD-3-Clause
#include "integration/wsconversation.h"

#include <QRegularExpression>

#include "integration/clientmessages.h"
#include "support/clientframes.h"

using namespace Qt::StringLiterals;

namespace switchboard::test {

namespace {

const QByteArray LastQuestion = QByteArrayLiteral("that is all");
constexpr quint8 Rsv1 = 4;

} // namespace

QByteArray handshakeOffering(const QByteArray &offer)
{
    return RawSocket::handshake(
        "/websockets", offer.isEmpty() ? QByteArray() : "Sec-WebSocket-Extensions: " + offer + "\r\n");
}

QByteArray question(const QByteArray &name, qsizetype size)
{
    const QByteArray head = R"({"channel":")" + name + R"(","message":{"type":"Question"},"padding":")";
    const QByteArray tail = R"("})";
    return head + QByteArray(qMax(qsizetype(0), size - head.size() - tail.size()), 'x') + tail;
}

bool WsConversation::open(quint16 port, const QByteArray &offer)
{
    return openWith(port, {handshakeOffering(offer)});
}

bool WsConversation::openWith(quint16 port, const QByteArrayList &handshake)
{
    if (!m_socket.connectTo(port)) {
        return false;
    }
    for (const QByteArray &part : handshake) {
        m_socket.write(part);
    }
    return readAnswer();
}

bool WsConversation::readAnswer()
{
    const QString answer = QString::fromLatin1(m_socket.readUntil("\r\n\r\n"));
    static const QRegularExpression field(u"\r\nSec-WebSocket-Extensions: (.*)\r\n"_s);
    static const QRegularExpression window(u";server_max_window_bits=(\\d+)"_s);
    const auto match = field.match(answer);
    m_agreement = match.hasMatch() ? match.captured(1).toLatin1() : QByteArray();
    const auto bits = window.match(QString::fromLatin1(m_agreement));
    m_inflate.emplace(bits.hasMatch() ? bits.captured(1).toInt() : 15);
    return answer.startsWith("HTTP/1.1 101 "_L1);
}

void WsConversation::sendOctetWise(const QByteArray &bytes)
{
    for (const char byte : bytes) {
        m_socket.write(QByteArray(1, byte));
    }
}

void WsConversation::sendInTwo(const QByteArray &bytes, qsizetype at)
{
    m_socket.write(bytes.first(at));
    m_socket.write(bytes.sliced(at));
}

QByteArrayList WsConversation::outcome()
{
    m_socket.write(textFrame(question(LastQuestion)));
    QByteArrayList lines;
    while (const auto frame = m_socket.readFrame()) {
        const QByteArray line = describe(*frame);
        if (line == "answer " + LastQuestion) {
            return lines;
        }
        lines.append(line);
    }
    lines.append(m_socket.waitForClosed() ? "end" : "nothing");
    if (!m_socket.buffer().isEmpty()) {
        lines.append("rest " + m_socket.buffer().toHex());
    }
    return lines;
}

QByteArray WsConversation::describe(const RawFrame &frame)
{
    QByteArray payload = frame.payload;
    const bool isCompressed = frame.reservedBits == Rsv1;
    if (isCompressed) {
        m_compressedBytes = payload.size();
        payload = m_inflate->inflate(payload).value_or("not to be inflated");
    }
    if (frame.masked || !frame.fin || (frame.reservedBits != 0 && !isCompressed)) {
        return "not as servers send it: " + frame.encode().toHex();
    }
    switch (frame.opcode) {
    case RawFrame::Text:
        if (const auto rejection = parseRejection(payload)) {
            return rejection->code == "unknown-channel" ? "answer " + rejection->channel
                                                        : "rejected " + rejection->code;
        }
        return "text " + payload;
    case RawFrame::Pong:
        return "pong " + payload;
    case RawFrame::Close:
        return "close " + QByteArray::number(frame.closeCode());
    default:
        return "opcode " + QByteArray::number(frame.opcode) + ' ' + payload;
    }
}

} // namespace switchboard::test
