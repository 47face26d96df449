// SPDX-License-Identifier: BSD-3-Clause
#include "chaos/roomview.h"

namespace switchboard::test {

bool RoomView::take(const RoomFrame &frame)
{
    if (m_state == State::Out) {
        return false;
    }
    if (frame.type == "MemberList") {
        m_members = m_toCome = QSet<QByteArray>(frame.users.cbegin(), frame.users.cend());
        return frame.users == sorted(frame.users) && m_members.size() == frame.users.size();
    }
    if (m_state == State::Joining) {
        return false; // nothing comes before the list
    }
    if (frame.type == "JoinedRoom") {
        const bool isNews = m_toCome.remove(frame.user) || !m_members.contains(frame.user);
        m_members.insert(frame.user);
        return isNews;
    }
    if (frame.type == "LeftRoom") {
        m_toCome.remove(frame.user);
        return m_members.remove(frame.user);
    }
    return true;
}

} // namespace switchboard::test
