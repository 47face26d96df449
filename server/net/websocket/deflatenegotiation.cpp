// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/deflatenegotiation.h"

#include "net/websocket/extensionoffers.h"

#include <algorithm>

namespace switchboard {

namespace {

constexpr QByteArrayView deflateName = "permessage-deflate";
// What Safari called it before the RFC.
constexpr QByteArrayView webkitName = "x-webkit-deflate-frame";

constexpr QByteArrayView serverNoTakeover = "server_no_context_takeover";
constexpr QByteArrayView clientNoTakeover = "client_no_context_takeover";
constexpr QByteArrayView serverWindow = "server_max_window_bits";
constexpr QByteArrayView clientWindow = "client_max_window_bits";
constexpr qsizetype knownParameters = 4;

constexpr int smallestWindow = 8;
constexpr int largestWindow = 15;

tl::unexpected<HttpReply> badRequest(const QByteArray &why)
{
    return tl::unexpected(HttpReply{400, why + '\n'});
}

QByteArray extensionsIn(const HttpHead &head)
{
    QByteArrayList values;
    for (const HttpReply::Field &field : head.fields) {
        if (field.first.compare("Sec-WebSocket-Extensions", Qt::CaseInsensitive) == 0) {
            values.append(field.second);
        }
    }
    return values.join(',');
}

// The window that a parameter names. Without a value it is the largest: client_max_window_bits may come so,
// and server_max_window_bits does from some clients.
tl::expected<int, HttpReply> windowOf(const ExtensionParameter &parameter)
{
    if (!parameter.value) {
        return largestWindow;
    }
    const QByteArray &text = *parameter.value;
    const bool isNumber = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!isNumber || (text.startsWith('0') && text.size() > 1)) {
        return badRequest("Can't parse window: \"" + text + '"');
    }
    bool isInt = false;
    const int bits = text.toInt(&isInt);
    if (!isInt || bits < smallestWindow || bits > largestWindow) {
        return badRequest("Window out of bounds: " + text);
    }
    return bits;
}

bool hasDoubledParameter(const ExtensionOffer &offer)
{
    const auto &parameters = offer.parameters;
    return std::any_of(parameters.begin(), parameters.end(), [&](const ExtensionParameter &one) {
        return std::count_if(parameters.begin(), parameters.end(),
                             [&](const ExtensionParameter &other) { return other.name == one.name; })
            > 1;
    });
}

using Answer = tl::expected<std::optional<DeflateAgreement>, HttpReply>;

// What is agreed on if the offer is accepted; nothing if it is passed over.
Answer readOffer(const ExtensionOffer &offer)
{
    DeflateAgreement agreement{.name = offer.name};
    // More than there are known ones cannot be right, and are not worth comparing.
    bool isKnown = offer.parameters.size() <= knownParameters && !hasDoubledParameter(offer);
    for (const ExtensionParameter &parameter : offer.parameters) {
        if (parameter.name == serverWindow || parameter.name == clientWindow) {
            const auto bits = windowOf(parameter);
            if (!bits) {
                return tl::unexpected(bits.error());
            }
            (parameter.name == serverWindow ? agreement.serverWindowBits : agreement.clientWindowBits) =
                *bits;
        } else if (parameter.name == serverNoTakeover && !parameter.value) {
            agreement.serverKeepsContext = false;
        } else if (parameter.name == clientNoTakeover && !parameter.value) {
            agreement.clientKeepsContext = false;
        } else {
            isKnown = false;
        }
    }
    return isKnown ? std::optional(agreement) : std::nullopt;
}

} // namespace

QByteArray DeflateAgreement::toHeaderValue() const
{
    QByteArray value = name;
    const auto add = [&](QByteArrayView parameter) { value.append(';').append(parameter); };
    const auto addWindow = [&](QByteArrayView parameter, int bits) {
        if (bits < largestWindow) {
            add(parameter);
            value.append('=').append(QByteArray::number(bits));
        }
    };
    if (!serverKeepsContext) {
        add(serverNoTakeover);
    }
    if (!clientKeepsContext) {
        add(clientNoTakeover);
    }
    addWindow(serverWindow, serverWindowBits);
    addWindow(clientWindow, clientWindowBits);
    return value;
}

tl::expected<std::optional<DeflateAgreement>, HttpReply> negotiateDeflate(const HttpHead &head,
                                                                          DeflateMode mode)
{
    if (mode == DeflateMode::Off) {
        return std::nullopt;
    }
    const auto offers = parseExtensionOffers(extensionsIn(head));
    if (!offers) {
        return badRequest("The header field Sec-WebSocket-Extensions is malformed.");
    }
    for (const ExtensionOffer &offer : *offers) {
        // Shared compression asks the client to keep no context, in a word that the older extension lacks.
        const bool isOurs =
            offer.name == deflateName || (offer.name == webkitName && mode == DeflateMode::Dedicated);
        if (!isOurs) {
            continue;
        }
        auto answer = readOffer(offer);
        if (answer && !*answer) {
            continue;
        }
        if (answer && mode == DeflateMode::Shared) {
            (*answer)->serverKeepsContext = false;
            (*answer)->clientKeepsContext = false;
        }
        return answer;
    }
    return std::nullopt;
}

} // namespace switchboard
