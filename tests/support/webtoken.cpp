// SPDX-License-Identifier: BSD-3-Clause
#include "support/webtoken.h"

#include <QDateTime>
#include <QMessageAuthenticationCode>

namespace switchboard::test {

const QByteArray TokenSecret = QByteArrayLiteral("a secret of tests, 32 bytes long");

QByteArray base64Url(const QByteArray &bytes)
{
    return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

QByteArray withSignature(const QByteArray &signedText, const QByteArray &secret)
{
    return signedText + '.'
        + base64Url(QMessageAuthenticationCode::hash(signedText, secret, QCryptographicHash::Sha256));
}

QByteArray webToken(const QByteArray &payload, const QByteArray &secret, const QByteArray &header)
{
    return withSignature(base64Url(header) + '.' + base64Url(payload), secret);
}

QByteArray secondsFromNow(double seconds)
{
    return QByteArray::number(static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000 + seconds, 'f',
                              3);
}

} // namespace switchboard::test
