// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QHash>

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace switchboard::monitor {

/// What a RowSet notes in each row.
struct RowBase
{
    quint64 rowNumber = 0; ///< grows with each row added
    bool isShown = false; ///< it was told that it is there
    bool isTouched = false; ///< it changed and nobody was told yet
    bool isGone = false; ///< it is removed and nobody was told yet
};

/// How a RowSet tells what it does, with the first and the last row: a model's signals.
struct RowTelling
{
    std::function<void(int, int)> aboutToInsert;
    std::function<void()> inserted;
    std::function<void(int, int)> aboutToRemove;
    std::function<void()> removed;
    std::function<void(int, int)> changed;
};

/// The rows of a model, in the order in which they were added, found by their `id`. Changes are gathered and
/// told by commit() as few ranges: what changed in between costs one signal, not one a change. Row must
/// derive from RowBase and have a `QByteArray id`.
template <typename Row>
class RowSet
{
public:
    static constexpr int allRemovals = std::numeric_limits<int>::max();

    /// The row with \a id, told or not; nothing for one that is removed.
    [[nodiscard]] Row *find(const QByteArray &id) const { return m_byId.value(id); }

    /// How many rows can be found, and how many are told.
    [[nodiscard]] qsizetype count() const { return m_byId.size(); }
    [[nodiscard]] int shownCount() const { return static_cast<int>(m_shown.size()); }

    /// Row number \a row of those that are told.
    [[nodiscard]] Row &shownAt(int row) const { return *m_shown[static_cast<std::size_t>(row)]; }

    /// Where \a row stands among those that are told, or -1.
    [[nodiscard]] int shownIndex(const Row &row) const
    {
        const auto found = std::lower_bound(
            m_shown.begin(), m_shown.end(), row.rowNumber,
            [](const auto &candidate, quint64 number) { return candidate->rowNumber < number; });
        return found != m_shown.end() && found->get() == &row ? static_cast<int>(found - m_shown.begin())
                                                              : -1;
    }

    /// All rows that can be found, in their order.
    template <typename Function>
    void forEach(Function function) const
    {
        for (const auto *rows : {&m_shown, &m_added}) {
            for (const auto &row : *rows) {
                if (!row->isGone) {
                    function(*row);
                }
            }
        }
    }

    /// Adds \a row, whose id is not there yet.
    Row &add(std::shared_ptr<Row> row)
    {
        Row &added = *row;
        added.rowNumber = ++m_lastNumber;
        m_byId.insert(added.id, &added);
        m_added.push_back(std::move(row));
        return added;
    }

    /// Notes that \a row changed.
    void touch(Row &row)
    {
        if (row.isShown && !row.isTouched && !row.isGone) {
            row.isTouched = true;
            m_touched.push_back(&row);
        }
    }

    /// Removes \a row, which is not found any more from now on.
    void remove(Row &row)
    {
        m_byId.remove(row.id);
        row.isGone = true;
        if (row.isShown) {
            m_gone.push_back(&row);
        }
    }

    /// Whether some that are gone are still told as there.
    [[nodiscard]] bool hasBacklog() const { return !m_gone.empty(); }

    /// Whether commit() has nothing to tell.
    [[nodiscard]] bool isSettled() const { return m_touched.empty() && m_gone.empty() && m_added.empty(); }

    /// Tells all that changed and was added, and removes at most \a removals runs of neighbours, the last
    /// first.
    void commit(const RowTelling &tell, int removals = allRemovals)
    {
        tellTouched(tell);
        tellGone(tell, removals);
        tellAdded(tell);
    }

private:
    // Ranges that are so near each other are told as one, and so many as one from the first to the last.
    static constexpr int smallGap = 16;
    static constexpr std::size_t manyRanges = 64;

    void tellTouched(const RowTelling &tell)
    {
        std::vector<int> indices;
        indices.reserve(m_touched.size());
        for (Row *row : std::exchange(m_touched, {})) {
            row->isTouched = false;
            if (!row->isGone) {
                indices.push_back(shownIndex(*row));
            }
        }
        if (indices.empty()) {
            return;
        }
        std::sort(indices.begin(), indices.end());
        std::vector<std::pair<int, int>> ranges;
        for (const int index : indices) {
            if (ranges.empty() || index > ranges.back().second + smallGap) {
                ranges.emplace_back(index, index);
            }
            ranges.back().second = index;
        }
        if (ranges.size() > manyRanges) {
            ranges = {{indices.front(), indices.back()}};
        }
        for (const auto &[first, last] : ranges) {
            tell.changed(first, last);
        }
    }

    void tellGone(const RowTelling &tell, int removals)
    {
        std::sort(m_gone.begin(), m_gone.end(),
                  [](const Row *left, const Row *right) { return left->rowNumber < right->rowNumber; });
        while (!m_gone.empty() && removals-- > 0) {
            const int last = shownIndex(*m_gone.back());
            int first = last;
            m_gone.pop_back();
            while (first > 0 && !m_gone.empty() && &shownAt(first - 1) == m_gone.back()) {
                --first;
                m_gone.pop_back();
            }
            tell.aboutToRemove(first, last);
            m_shown.erase(m_shown.begin() + first, m_shown.begin() + last + 1);
            tell.removed();
        }
    }

    void tellAdded(const RowTelling &tell)
    {
        auto added = std::exchange(m_added, {});
        std::erase_if(added, [](const auto &row) { return row->isGone; });
        if (added.empty()) {
            return;
        }
        const int first = shownCount();
        tell.aboutToInsert(first, first + static_cast<int>(added.size()) - 1);
        for (auto &row : added) {
            row->isShown = true;
            m_shown.push_back(std::move(row));
        }
        tell.inserted();
    }

    std::vector<std::shared_ptr<Row>> m_shown;
    std::vector<std::shared_ptr<Row>> m_added;
    std::vector<Row *> m_touched;
    std::vector<Row *> m_gone;
    QHash<QByteArray, Row *> m_byId;
    quint64 m_lastNumber = 0;
};

} // namespace switchboard::monitor
