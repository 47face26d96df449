// SPDX-License-Identifier: BSD-3-Clause
//
// Where a chunked body ends does not depend on how it comes. Of an input the first byte chooses the pieces,
// and the rest is the body and what stands behind it.
#include "check.h"
#include "net/chunkedbody.h"

#include <QByteArray>

#include <algorithm>
#include <cstdint>
#include <random>

using switchboard::ChunkedBodyScanner;
using switchboard::test::check;
using Result = ChunkedBodyScanner::Result;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 1) {
        return 0;
    }
    const QByteArray text(reinterpret_cast<const char *>(data) + 1, static_cast<qsizetype>(size) - 1);
    ChunkedBodyScanner whole;
    const Result expected = whole.scan(text);
    if (expected == Result::Complete) {
        check(whole.end() <= text.size(), "a body ends where there are bytes");
        check(text.first(whole.end()).endsWith("\r\n\r\n"), "a body ends with an empty line");
    }

    ChunkedBodyScanner gradual;
    std::minstd_rand random(data[0]);
    const unsigned int longestPiece = 1U << (data[0] % 8);
    Result result = Result::Incomplete;
    for (qsizetype there = 0; there < text.size() && result == Result::Incomplete;) {
        there = std::min(text.size(), there + 1 + static_cast<qsizetype>(random() % longestPiece));
        // A block of its own: what is read past its end is seen.
        result = gradual.scan(QByteArray(text.constData(), there));
    }
    check(text.isEmpty() || result == expected, "a body means the same however it comes");
    check(expected != Result::Complete || gradual.end() == whole.end(), "it ends at the same place");
    return 0;
}
