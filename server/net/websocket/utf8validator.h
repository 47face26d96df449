// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArrayView>

namespace switchboard {

/// Checks that bytes that come in pieces are UTF-8 (RFC 3629: nothing overlong, no surrogates, nothing above
/// U+10FFFF).
class Utf8Validator
{
public:
    /// Goes on with \a bytes. False from the first byte on that cannot be part of valid UTF-8; then nothing
    /// but reset() makes it valid again.
    [[nodiscard]] bool feed(QByteArrayView bytes);

    /// Whether what was fed does not end inside a character.
    [[nodiscard]] bool isComplete() const;

    /// Begins anew.
    void reset() { *this = Utf8Validator(); }

private:
    static constexpr quint8 initialState = 6; // between two characters
    quint8 m_state = initialState;
};

static_assert(sizeof(Utf8Validator) <= 4);

} // namespace switchboard
