// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/leanengine.h"

#include "net/websocket/descriptortransport.h"
#include "net/websocket/leansession.h"
#include "net/websockethandshake.h"

namespace switchboard {

LeanEngine::LeanEngine(SessionServices &services, DeflateMode deflateMode)
    : m_services(services)
    , m_deflateMode(deflateMode)
    , m_inflater(mostWindowBits, false, m_workspace)
{ }

LeanEngine::~LeanEngine() = default;

tl::expected<LeanEngine::Handshake, HttpReply> LeanEngine::accept(const HttpHead &head) const
{
    if (const auto refusal = checkWebSocketHandshake(head)) {
        return tl::unexpected(*refusal);
    }
    auto deflate = negotiateDeflate(head, m_deflateMode);
    if (!deflate) {
        return tl::unexpected(deflate.error());
    }
    return Handshake{webSocketAnswer(head, *deflate ? (*deflate)->toHeaderValue() : QByteArray()),
                     std::move(*deflate)};
}

std::unique_ptr<LeanSession> LeanEngine::makeSession(ClientInfo info, const Handshake &handshake,
                                                     FileDescriptor descriptor)
{
    return makeSession(std::move(info), handshake,
                       std::make_unique<DescriptorTransport>(std::move(descriptor), m_poller, m_services));
}

std::unique_ptr<LeanSession> LeanEngine::makeSession(ClientInfo info, const Handshake &handshake,
                                                     std::unique_ptr<Transport> transport)
{
    return std::make_unique<LeanSession>(std::move(info), *this, std::move(transport), handshake.deflate);
}

Frame LeanEngine::compressed(const Frame &frame, int windowBits)
{
    if (auto kept = frame.compressed(windowBits)) {
        return *std::move(kept);
    }
    auto &deflater = m_deflaters.at(static_cast<std::size_t>(windowBits - leastWindowBits));
    if (!deflater) {
        deflater = std::make_unique<Deflater>(windowBits, false);
    }
    Frame shared = Frame::compressedMessage(frame.type(), deflater->deflate(frame.payload()));
    frame.keepCompressed(windowBits, shared);
    return shared;
}

} // namespace switchboard
