// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace switchboard::monitor {

/// What a flat model offers so that a proxy sorts it without a QVariant a comparison.
class RowOrder
{
public:
    virtual ~RowOrder() = default;

    /// Whether row \a left comes before row \a right when sorted upwards by \a column, as SortRole has it.
    [[nodiscard]] virtual bool rowLessThan(int left, int right, int column) const = 0;
};

} // namespace switchboard::monitor
