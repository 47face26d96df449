// SPDX-License-Identifier: BSD-3-Clause
#include "net/framejoiner.h"

#include <algorithm>

namespace switchboard {

const Frame *FrameJoiner::join(const std::vector<Frame> &frames, qsizetype bytes)
{
    const bool isRepeated =
        std::equal(frames.begin(), frames.end(), m_last.begin(), m_last.end(),
                   [](const Frame &one, const Frame &other) { return one.isSameAs(other); });
    if (!isRepeated) {
        // Element by element: the memory is kept.
        m_last.assign(frames.begin(), frames.end());
        m_joined.reset();
        return nullptr;
    }
    if (!m_joined) {
        QByteArray joined;
        joined.reserve(bytes);
        for (const Frame &frame : frames) {
            joined.append(frame.bytes());
        }
        m_joined = Frame::verbatim(std::move(joined));
    }
    return &*m_joined;
}

void FrameJoiner::clear()
{
    m_last.clear();
    m_joined.reset();
}

} // namespace switchboard
