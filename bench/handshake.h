// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <QString>

#include <tl/expected.hpp>

namespace switchboard::bench {

/// The request of a WebSocket opening handshake (RFC 6455, section 4.1). All clients have the same key: this
/// is no client that a cache has to be kept from.
[[nodiscard]] std::string handshakeRequest(std::string_view host, std::string_view path);

/// Looks at the answer that \a bytes begin with. Returns its size, 0 if it is not whole yet, or what is wrong
/// with it: another status than 101, or not the answer to our key.
[[nodiscard]] tl::expected<std::size_t, QString> scanHandshakeAnswer(std::string_view bytes);

} // namespace switchboard::bench
