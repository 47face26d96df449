// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QStringList>
#include <QTest>

/// Skips the present test where Prometheus' tool is not installed.
#define SKIP_WITHOUT_PROMTOOL()                                                                              \
    do {                                                                                                     \
        if (!switchboard::test::hasPromtool()) {                                                             \
            QSKIP("promtool is not installed (scripts/install-deps --extra)");                               \
        }                                                                                                    \
    } while (false)

namespace switchboard::test {

/// Whether Prometheus' tool is there.
bool hasPromtool();

/// What it came to.
struct PromtoolRun
{
    int exitCode = -1; ///< -1 if it did not end by itself
    QByteArray output; ///< all that it wrote
};

/// Runs it with \a arguments and gives it \a input.
PromtoolRun runPromtool(const QStringList &arguments, const QByteArray &input = {});

} // namespace switchboard::test
