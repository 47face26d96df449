// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QSet>

namespace switchboard::monitor {

/// Makes equal texts share their memory. It forgets all when it has grown to its capacity, which costs
/// nothing but that sharing begins anew.
class StringPool
{
public:
    explicit StringPool(qsizetype capacity = 20'000)
        : m_capacity(capacity)
    { }

    /// \a text, in memory shared with all equal ones before.
    [[nodiscard]] QByteArray shared(const QByteArray &text)
    {
        const auto found = m_texts.constFind(text);
        if (found != m_texts.cend()) {
            return *found;
        }
        if (m_texts.size() >= m_capacity) {
            m_texts.clear();
        }
        m_texts.insert(text);
        return text;
    }

private:
    qsizetype m_capacity;
    QSet<QByteArray> m_texts;
};

} // namespace switchboard::monitor
