// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace switchboard {

/// What a log line shows of a text that came from outside: all of a short one, else its first 200 bytes (cut
/// between characters) and how long it is.
[[nodiscard]] QByteArray excerpt(QByteArrayView text);

} // namespace switchboard
