// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/frame.h"

#include <optional>
#include <vector>

namespace switchboard {

/// Joins the frames that several clients are owed alike. A broadcast leaves many sessions with the same
/// frames, one after the other: from the second on they get one block of bytes, which costs the kernel less
/// to take and this process less to hold where it does not take it at once.
class FrameJoiner
{
public:
    /// One frame of the bytes of all \a frames, \a bytes in number, if these are the ones of the last call;
    /// else null. It lives until the next call.
    [[nodiscard]] const Frame *join(const std::vector<Frame> &frames, qsizetype bytes);

    /// Lets go of what was kept for the next call.
    void clear();

private:
    std::vector<Frame> m_last;
    std::optional<Frame> m_joined;
};

} // namespace switchboard
