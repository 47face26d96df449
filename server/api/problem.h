// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/httpreply.h"

#include <QByteArray>
#include <QList>

namespace switchboard {

/// An answer that says what went wrong, as `application/problem+json` (RFC 9457). \a detail is for a person;
/// line ends at its end are left out. \a fields are sent beside.
[[nodiscard]] HttpReply problem(int status, const QByteArray &detail,
                                const QList<HttpReply::Field> &fields = {});

/// An answer with \a json as its body, which no cache may keep.
[[nodiscard]] HttpReply jsonReply(int status, const QByteArray &json);

} // namespace switchboard
