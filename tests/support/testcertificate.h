// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QString>
#include <QTemporaryDir>

namespace switchboard::test {

/// A certificate for 127.0.0.1 that signs itself, and its key, made for one test and deleted with it.
class TestCertificate
{
public:
    /// Makes both with openssl; false where that does not go.
    [[nodiscard]] bool make();

    /// Where they are, in PEM.
    [[nodiscard]] QString certificateFile() const;
    [[nodiscard]] QString keyFile() const;

private:
    QTemporaryDir m_directory;
};

} // namespace switchboard::test
