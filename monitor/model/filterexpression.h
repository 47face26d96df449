// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QCoreApplication>
#include <QRegularExpression>
#include <QString>

#include <functional>
#include <tl/expected.hpp>
#include <vector>

namespace switchboard::monitor {

/// What is wrong with a filter, and the character at which that shows.
struct FilterError
{
    qsizetype position = 0;
    /// For a person, translated.
    QString message;
};

/// What a person types to see only some rows.
///
///     word           a row with this text in any column
///     "two words"    the same, with blanks, colons or a dash in front; \" and \\ stand for " and \ in it
///     room:text      with this text in one column; room:"two words" and room:/regex/ alike
///     room:          with anything at all in this column
///     /regex/        a Perl-compatible regular expression; \/ stands for a slash in it
///     -term          a row that is not so
///
/// Terms are separated by blanks and all of them must be true. Case is ignored. An empty filter takes all.
class FilterExpression
{
    Q_DECLARE_TR_FUNCTIONS(switchboard::monitor::FilterExpression)

public:
    struct Term
    {
        /// The key before the colon, in lower case; empty for any column.
        QString key;
        /// Where the key stands in the text.
        qsizetype position = 0;
        bool isNegated = false;
        /// What to look for: the regular expression where isRegex, else the text.
        bool isRegex = false;
        QString text;
        QRegularExpression regex;

        /// Whether \a value has what this term looks for; isNegated is not looked at.
        [[nodiscard]] bool isIn(const QString &value) const;
    };

    /// Reads \a text. Which keys there are is not known here.
    [[nodiscard]] static tl::expected<FilterExpression, FilterError> parse(const QString &text);

    [[nodiscard]] bool isEmpty() const { return m_terms.empty(); }
    [[nodiscard]] const std::vector<Term> &terms() const { return m_terms; }

    /// Whether all terms are true of a row; \a value gives the text that term number \a index looks through.
    [[nodiscard]] bool matches(const std::function<QString(std::size_t index)> &value) const;

private:
    std::vector<Term> m_terms;
};

} // namespace switchboard::monitor
