// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>

#include <QString>

#include <tl/expected.hpp>

namespace switchboard::bench {

/// Lets this process have \a connections open at once: raises its soft limit of descriptors (getrlimit(2),
/// RLIMIT_NOFILE), and the hard one where it may. The error says which limit is in the way.
[[nodiscard]] tl::expected<void, QString> allowConnections(std::size_t connections);

} // namespace switchboard::bench
