// SPDX-License-Identifier: BSD-3-Clause
#include "support/testcertificate.h"

#include <QProcess>

using namespace Qt::StringLiterals;

namespace switchboard::test {

bool TestCertificate::make()
{
    QStringList arguments = u"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
                            "-subj /CN=test -addext subjectAltName=IP:127.0.0.1"_s.split(u' ');
    arguments << u"-keyout"_s << keyFile() << u"-out"_s << certificateFile();
    QProcess openssl;
    openssl.start(u"openssl"_s, arguments);
    return openssl.waitForFinished() && openssl.exitCode() == 0;
}

QString TestCertificate::certificateFile() const
{
    return m_directory.filePath(u"cert.pem"_s);
}

QString TestCertificate::keyFile() const
{
    return m_directory.filePath(u"key.pem"_s);
}

} // namespace switchboard::test
