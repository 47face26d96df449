// SPDX-License-Identifier: BSD-3-Clause
//
// Of an input the first byte chooses the settings, the next two a limit, and the rest is a message: as a
// client might have compressed it, and as we would compress it.
#include "check.h"
#include "net/websocket/deflater.h"
#include "net/websocket/inflater.h"

#include <cstdint>
#include <optional>

using namespace switchboard;
using test::check;

namespace {

constexpr qsizetype largeLimit = qsizetype(1) << 20;

struct Settings
{
    bool keepsContext = false;
    int windowBits = 15;
    qsizetype limit = 0;
};

// A copy of the message, or nothing; with the fault, if there is one, in fault.
std::optional<QByteArray> inflated(Inflater &inflater, const QByteArray &compressed, qsizetype limit,
                                   InflateFault &fault)
{
    const auto message = inflater.inflate(compressed, limit);
    if (!message) {
        fault = message.error();
        return std::nullopt;
    }
    check(message->size() <= limit, "a message is no longer than its limit");
    return message->toByteArray();
}

void checkForeign(const QByteArray &compressed, const Settings &settings)
{
    InflateWorkspace workspace;
    Inflater one(settings.windowBits, settings.keepsContext, workspace);
    Inflater other(settings.windowBits, settings.keepsContext, workspace);
    auto fault = InflateFault::Corrupt;
    for (int i = 0; i < 3; ++i) {
        const auto large = inflated(one, compressed, largeLimit, fault);
        const auto limited = inflated(other, compressed, settings.limit, fault);
        if (!large) {
            check(!limited, "what is corrupt is so with any limit");
            return;
        }
        check(limited ? *limited == *large : large->size() > settings.limit && fault == InflateFault::TooBig,
              "a limit changes nothing of what is within it");
        if (!limited) {
            return;
        }
    }
}

void checkOwn(const QByteArray &message, const Settings &settings)
{
    InflateWorkspace workspace;
    Deflater deflater(settings.windowBits, settings.keepsContext);
    Inflater inflater(settings.windowBits, settings.keepsContext, workspace);
    auto fault = InflateFault::Corrupt;
    for (int i = 0; i < 2; ++i) {
        const auto back = inflated(inflater, deflater.deflate(message), message.size(), fault);
        check(back && *back == message, "what was compressed comes back");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    constexpr std::size_t settingsBytes = 3;
    if (size < settingsBytes) {
        return 0;
    }
    const Settings settings{.keepsContext = (data[0] & 1) != 0,
                            .windowBits = 8 + ((data[0] >> 1) & 7),
                            .limit = data[1] * 256 + data[2]};
    const QByteArray message(reinterpret_cast<const char *>(data + settingsBytes),
                             static_cast<qsizetype>(size - settingsBytes));
    checkForeign(message, settings);
    checkOwn(message, settings);
    return 0;
}
