// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/extensionoffers.h"

#include <algorithm>

namespace switchboard {

namespace {

// RFC 9110 section 5.6.2.
bool isTokenCharacter(char c)
{
    constexpr QByteArrayView marks = "!#$%&'*+-.^_`|~";
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || marks.contains(c);
}

bool isToken(QByteArrayView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), isTokenCharacter);
}

/// Reads one thing after the other off the front of a field's value.
class Scanner
{
public:
    explicit Scanner(QByteArrayView text)
        : m_rest(text)
    { }

    [[nodiscard]] bool isAtEnd() const { return m_rest.isEmpty(); }

    // Blanks and tabs.
    void skipSpace()
    {
        while (m_rest.startsWith(' ') || m_rest.startsWith('\t')) {
            m_rest = m_rest.sliced(1);
        }
    }

    // Whether c was next, with white space around it.
    [[nodiscard]] bool take(char c)
    {
        skipSpace();
        if (!m_rest.startsWith(c)) {
            return false;
        }
        m_rest = m_rest.sliced(1);
        skipSpace();
        return true;
    }

    [[nodiscard]] std::optional<QByteArray> takeToken()
    {
        const auto end = std::find_if_not(m_rest.begin(), m_rest.end(), isTokenCharacter);
        const QByteArray token = m_rest.first(end - m_rest.begin()).toByteArray();
        m_rest = m_rest.sliced(token.size());
        return token.isEmpty() ? std::nullopt : std::optional(token);
    }

    // A token, or a quoted string that holds one (RFC 6455 section 9.1).
    [[nodiscard]] std::optional<QByteArray> takeValue()
    {
        if (!m_rest.startsWith('"')) {
            return takeToken();
        }
        QByteArray value;
        for (qsizetype i = 1; i < m_rest.size(); ++i) {
            if (m_rest[i] == '"') {
                m_rest = m_rest.sliced(i + 1);
                return isToken(value) ? std::optional(value) : std::nullopt;
            }
            if (m_rest[i] == '\\' && ++i == m_rest.size()) {
                break;
            }
            value.append(m_rest[i]);
        }
        return std::nullopt;
    }

private:
    QByteArrayView m_rest;
};

std::optional<ExtensionParameter> takeParameter(Scanner &scanner)
{
    const auto name = scanner.takeToken();
    if (!name) {
        return std::nullopt;
    }
    ExtensionParameter parameter{.name = *name, .value = std::nullopt};
    if (scanner.take('=')) {
        parameter.value = scanner.takeValue();
        if (!parameter.value) {
            return std::nullopt;
        }
    }
    return parameter;
}

std::optional<ExtensionOffer> takeOffer(Scanner &scanner)
{
    const auto name = scanner.takeToken();
    if (!name) {
        return std::nullopt;
    }
    ExtensionOffer offer{.name = *name, .parameters = {}};
    while (scanner.take(';')) {
        const auto parameter = takeParameter(scanner);
        if (!parameter) {
            return std::nullopt;
        }
        offer.parameters.append(*parameter);
    }
    return offer;
}

} // namespace

std::optional<QList<ExtensionOffer>> parseExtensionOffers(const QByteArray &value)
{
    QList<ExtensionOffer> offers;
    Scanner scanner(value);
    scanner.skipSpace();
    while (!scanner.isAtEnd()) {
        if (scanner.take(',')) {
            continue;
        }
        const auto offer = takeOffer(scanner);
        if (!offer || !(scanner.take(',') || scanner.isAtEnd())) {
            return std::nullopt;
        }
        offers.append(*offer);
    }
    return offers;
}

} // namespace switchboard
