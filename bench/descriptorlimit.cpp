// SPDX-License-Identifier: BSD-3-Clause
#include "bench/descriptorlimit.h"

#include <algorithm>

#include <sys/resource.h>

namespace switchboard::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr rlim_t otherDescriptors = 64;

} // namespace

tl::expected<void, QString> allowConnections(std::size_t connections)
{
    const rlim_t wanted = connections + otherDescriptors;
    rlimit limit = {};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= wanted) {
        return {};
    }
    const rlimit raised = {wanted, std::max(wanted, limit.rlim_max)};
    if (::setrlimit(RLIMIT_NOFILE, &raised) != 0) {
        return tl::make_unexpected(
            u"%1 connections need a limit of %2 open files, and the hard limit here is %3 (ulimit -Hn)"_s
                .arg(connections)
                .arg(wanted)
                .arg(limit.rlim_max));
    }
    return {};
}

} // namespace switchboard::bench
