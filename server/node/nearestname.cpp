// SPDX-License-Identifier: BSD-3-Clause
#include "node/nearestname.h"

#include <algorithm>
#include <vector>

namespace switchboard {

namespace {

// The number of single changes that make \a from into \a to, where two letters that swap are one change
// (Damerau and Levenshtein's distance, no letter touched twice).
qsizetype changesBetween(const QString &from, const QString &to)
{
    const auto width = static_cast<std::size_t>(to.size()) + 1;
    std::vector<qsizetype> beforeLast(width);
    std::vector<qsizetype> last(width);
    std::vector<qsizetype> current(width);
    for (std::size_t j = 0; j < width; ++j) {
        last[j] = static_cast<qsizetype>(j);
    }
    for (qsizetype i = 1; i <= from.size(); ++i) {
        current[0] = i;
        for (std::size_t j = 1; j < width; ++j) {
            const auto column = static_cast<qsizetype>(j);
            const bool isSame = from[i - 1] == to[column - 1];
            current[j] = std::min({last[j] + 1, current[j - 1] + 1, last[j - 1] + (isSame ? 0 : 1)});
            const bool isSwapped =
                i > 1 && j > 1 && from[i - 1] == to[column - 2] && from[i - 2] == to[column - 1];
            if (isSwapped) {
                current[j] = std::min(current[j], beforeLast[j - 2] + 1);
            }
        }
        beforeLast.swap(last);
        last.swap(current);
    }
    return last.back();
}

} // namespace

std::optional<QString> nearestName(const QString &text, const QStringList &names)
{
    const QString plain = text.toLower().replace(u'_', u'-');
    constexpr qsizetype shortestStart = 4;
    std::optional<QString> nearest;
    // A third of the letters may be wrong; with more, any name is near some other.
    qsizetype least = plain.size() / 3 + 1;
    for (const QString &name : names) {
        if (plain.size() >= shortestStart && name.startsWith(plain + u'-')) {
            return name;
        }
        const qsizetype changes = changesBetween(plain, name);
        if (changes < least) {
            least = changes;
            nearest = name;
        }
    }
    return nearest;
}

} // namespace switchboard
