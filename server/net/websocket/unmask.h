// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QtGlobal>

#include <span>

namespace switchboard {

/// Unmasks \a bytes of a payload in place (RFC 6455 section 5.3). \a key is the masking key as it lies in the
/// frame's memory. Returns the key turned for the byte that follows, so a payload may come in pieces.
[[nodiscard]] quint32 unmask(std::span<char> bytes, quint32 key);

} // namespace switchboard
