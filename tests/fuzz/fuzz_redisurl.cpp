// SPDX-License-Identifier: BSD-3-Clause
//
// Any text may stand where the URL of a Redis should.
#include "check.h"
#include "redis/redisurl.h"

#include <cstdint>

using switchboard::redis::RedisUrl;
using switchboard::test::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QString text =
        QString::fromUtf8(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    const auto url = RedisUrl::parse(text);
    if (!url) {
        check(!url.error().isEmpty(), "what is refused is told why");
        return 0;
    }
    check(url->database >= 0, "a database has a number");
    const bool isUnix = url->transport == RedisUrl::Transport::Unix;
    check(isUnix ? url->path.startsWith(u'/') : !url->host.isEmpty() && url->port != 0,
          "there is something to connect to");
    // It is shown as a URL for the same, but for the password.
    const auto shown = RedisUrl::parse(url->toDisplayString());
    check(shown.has_value(), "what is shown is a URL");
    RedisUrl expected = *url;
    if (!expected.password.isEmpty()) {
        expected.password = QStringLiteral("***");
    }
    check(*shown == expected, "what is shown says the same");
    return 0;
}
