// SPDX-License-Identifier: BSD-3-Clause
#include "model/filterexpression.h"

#include <algorithm>
#include <optional>

namespace switchboard::monitor {

namespace {

// Reads terms from left to right.
class Reader
{
public:
    explicit Reader(const QString &text)
        : m_text(text)
    { }

    [[nodiscard]] qsizetype position() const { return m_position; }
    [[nodiscard]] bool atEnd() const { return m_position >= m_text.size(); }
    [[nodiscard]] bool atBlank() const { return atEnd() || m_text[m_position].isSpace(); }

    void skipBlanks()
    {
        while (!atEnd() && atBlank()) {
            ++m_position;
        }
    }

    // A dash in front of something else.
    bool takeDash()
    {
        const bool isThere =
            m_position + 1 < m_text.size() && m_text[m_position] == u'-' && !m_text[m_position + 1].isSpace();
        m_position += isThere ? 1 : 0;
        return isThere;
    }

    // A name with a colon behind it; empty where there is none.
    QString takeKey()
    {
        qsizetype end = m_position;
        while (end < m_text.size() && m_text[end].isLetterOrNumber()) {
            ++end;
        }
        if (end == m_position || end == m_text.size() || m_text[end] != u':'
            || !m_text[m_position].isLetter()) {
            return {};
        }
        QString key = m_text.sliced(m_position, end - m_position);
        m_position = end + 1;
        return key;
    }

    [[nodiscard]] bool isAt(QChar c) const { return !atEnd() && m_text[m_position] == c; }

    // What stands between two delimiters, the first of which is here. A backslash takes the meaning from a
    // delimiter behind it, and from a backslash too where that isEscaped; else both stay. Nothing without the
    // second delimiter.
    std::optional<QString> takeDelimited(QChar delimiter, bool isEscaped)
    {
        QString inside;
        for (qsizetype i = m_position + 1; i < m_text.size(); ++i) {
            if (m_text[i] == delimiter) {
                m_position = i + 1;
                return inside;
            }
            if (m_text[i] == u'\\' && i + 1 < m_text.size()) {
                const QChar next = m_text[++i];
                if (next != delimiter && !(isEscaped && next == u'\\')) {
                    inside.append(u'\\');
                }
                inside.append(next);
            } else {
                inside.append(m_text[i]);
            }
        }
        return std::nullopt;
    }

    QString takeWord()
    {
        const qsizetype start = m_position;
        while (!atBlank()) {
            ++m_position;
        }
        return m_text.sliced(start, m_position - start);
    }

private:
    QString m_text;
    qsizetype m_position = 0;
};

} // namespace

bool FilterExpression::Term::isIn(const QString &value) const
{
    if (isRegex) {
        return regex.match(value).hasMatch();
    }
    return text.isEmpty() ? !value.isEmpty() : value.contains(text, Qt::CaseInsensitive);
}

tl::expected<FilterExpression, FilterError> FilterExpression::parse(const QString &text)
{
    FilterExpression filter;
    Reader reader(text);
    for (reader.skipBlanks(); !reader.atEnd(); reader.skipBlanks()) {
        Term term;
        term.isNegated = reader.takeDash();
        term.position = reader.position();
        term.key = reader.takeKey().toLower();
        const qsizetype start = reader.position();
        if (reader.isAt(u'"')) {
            const auto quoted = reader.takeDelimited(u'"', true);
            if (!quoted) {
                return tl::unexpected(FilterError{start, tr("The quotation mark is not closed.")});
            }
            term.text = *quoted;
        } else if (reader.isAt(u'/')) {
            const auto pattern = reader.takeDelimited(u'/', false);
            if (!pattern) {
                return tl::unexpected(FilterError{start, tr("The expression has no closing slash.")});
            }
            term.isRegex = true;
            term.regex = QRegularExpression(
                *pattern, QRegularExpression::CaseInsensitiveOption | QRegularExpression::MultilineOption);
            if (!term.regex.isValid()) {
                return tl::unexpected(
                    FilterError{start + 1 + term.regex.patternErrorOffset(),
                                tr("In the expression: %1.").arg(term.regex.errorString())});
            }
        } else {
            term.text = reader.takeWord();
        }
        if (!reader.atBlank()) {
            return tl::unexpected(FilterError{reader.position(), tr("A blank is missing here.")});
        }
        if (!term.key.isEmpty() || term.isRegex || !term.text.isEmpty()) {
            filter.m_terms.push_back(std::move(term));
        }
    }
    return filter;
}

bool FilterExpression::matches(const std::function<QString(std::size_t)> &value) const
{
    for (std::size_t index = 0; index < m_terms.size(); ++index) {
        const Term &term = m_terms[index];
        if (term.isIn(value(index)) == term.isNegated) {
            return false;
        }
    }
    return true;
}

} // namespace switchboard::monitor
