// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QObject>

namespace switchboard::monitor {

/// Whether the user may act on the cluster. Locked at first: a window that is only looked at changes nothing.
class ActionLock : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] bool isUnlocked() const { return m_isUnlocked; }

public Q_SLOTS:
    void setUnlocked(bool unlocked)
    {
        if (m_isUnlocked != unlocked) {
            m_isUnlocked = unlocked;
            Q_EMIT unlockedChanged(unlocked);
        }
    }

Q_SIGNALS:
    void unlockedChanged(bool unlocked);

private:
    bool m_isUnlocked = false;
};

} // namespace switchboard::monitor
