// SPDX-License-Identifier: BSD-3-Clause
//
// What a MessageReader makes of a stream does not depend on how the stream is cut. Of an input the first byte
// chooses the settings, the second how it is cut, and the rest is the stream.
#include "check.h"
#include "net/websocket/inflater.h"
#include "net/websocket/messagereader.h"
#include "unit/recordingsink.h"

#include <QStringDecoder>

#include <array>
#include <cstdint>
#include <random>

using namespace switchboard;
using test::check;
using test::RecordingSink;

namespace {

struct Settings
{
    bool isCompressed = false;
    bool keepsContext = false;
    int windowBits = 15;
    qsizetype maxMessageBytes = 0;
};

Settings settingsFrom(std::uint8_t byte)
{
    constexpr std::array<qsizetype, 4> limits{10, 200, 5000, 100000};
    return {.isCompressed = (byte & 1) != 0,
            .keepsContext = (byte & 2) != 0,
            .windowBits = 8 + ((byte >> 2) & 7),
            .maxMessageBytes = limits.at((byte >> 5) & 3)};
}

void checkText(const QByteArray &text)
{
    QStringDecoder decoder(QStringDecoder::Utf8,
                           QStringDecoder::Flag::Stateless | QStringDecoder::Flag::ConvertInitialBom);
    const QString decoded = decoder.decode(text);
    check(!decoder.hasError(), "text is UTF-8");
}

void checkLines(const QByteArrayList &lines, qsizetype maxMessageBytes)
{
    for (const QByteArray &line : lines) {
        const qsizetype blank = line.indexOf(' ');
        const QByteArray kind = line.first(blank);
        const QByteArray payload = line.sliced(blank + 1);
        const bool isMessage = kind == "text" || kind == "binary";
        check(payload.size() <= (isMessage ? maxMessageBytes : 125), "nothing is longer than allowed");
        if (kind == "text" || kind == "close") {
            checkText(payload);
        }
    }
}

/// What a reader makes of the stream if each piece is as long as nextSize says.
template <typename NextSize>
QByteArrayList read(const QByteArray &stream, const Settings &settings, NextSize nextSize)
{
    InflateWorkspace workspace;
    Inflater inflater(settings.windowBits, settings.keepsContext, workspace);
    MessageReader reader(settings.maxMessageBytes, settings.isCompressed ? &inflater : nullptr);
    RecordingSink sink;
    sink.readInPieces(reader, stream, nextSize);
    check(reader.unfinishedBytes() <= stream.size(), "no more is kept than has come");
    check(!reader.isStopped() || reader.unfinishedBytes() == 0, "a reader that is stopped keeps nothing");
    return sink.lines;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 2) {
        return 0;
    }
    const Settings settings = settingsFrom(data[0]);
    const QByteArray stream(reinterpret_cast<const char *>(data) + 2, static_cast<qsizetype>(size) - 2);
    const QByteArrayList whole = read(stream, settings, [&] { return stream.size(); });
    checkLines(whole, settings.maxMessageBytes);

    std::minstd_rand random(data[1]);
    const unsigned int longestPiece = data[1] % 16 == 0 ? 1 : 1U << (data[1] % 16);
    const QByteArrayList cut =
        read(stream, settings, [&] { return 1 + static_cast<qsizetype>(random() % longestPiece); });
    check(whole == cut, "a stream means the same however it is cut");
    return 0;
}
