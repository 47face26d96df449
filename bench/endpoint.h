// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string>

#include <QString>

#include <sys/socket.h>
#include <tl/expected.hpp>

namespace switchboard::bench {

/// Where clients connect to: what a ws:// URL names, looked up.
struct Endpoint
{
    std::string url; ///< As it was given.
    std::string host; ///< For the Host header: the name, and the port.
    std::string path; ///< With the query; at least "/".
    sockaddr_storage address = {};
    socklen_t addressSize = 0;

    /// Looks up \a url; the error says what would be right.
    [[nodiscard]] static tl::expected<Endpoint, QString> parse(const QString &url);
};

/// Opens a TCP connection without waiting for it; its descriptor does not block. \a index says the how
/// many-th connection to this endpoint it is, from 0: one local address has some 28,000 ports, so on the
/// loopback interface later ones come from 127.0.0.2, 127.0.0.3 and so on. The error is the system's.
[[nodiscard]] tl::expected<int, QString> startConnection(const Endpoint &endpoint, std::size_t index);

} // namespace switchboard::bench
