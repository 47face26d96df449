// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QSet>

#include "integration/roomclient.h"

namespace switchboard::test {

/// Where a client stands with a room, and whom it has been told are in it.
class RoomView
{
public:
    enum class State {
        Out,
        Joining, ///< It has asked; no list has come yet.
        In,
        Leaving, ///< It has asked; a refusal may come yet.
    };

    [[nodiscard]] State state() const { return m_state; }
    void setState(State state) { m_state = state; }

    /// Takes what the client is told; whether that follows from what it was told before.
    [[nodiscard]] bool take(const RoomFrame &frame);

    [[nodiscard]] const QSet<QByteArray> &members() const { return m_members; }

private:
    State m_state = State::Out;
    QSet<QByteArray> m_members;
    QSet<QByteArray> m_toCome; ///< in the list, perhaps with their JoinedRoom behind it
};

} // namespace switchboard::test
