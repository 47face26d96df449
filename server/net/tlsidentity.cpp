// SPDX-License-Identifier: BSD-3-Clause
#include "net/tlsidentity.h"

#include <QFile>
#include <QSslCertificate>
#include <QSslKey>

#include <memory>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace switchboard {

using namespace Qt::StringLiterals;

namespace {

template <auto function>
struct Freer
{
    template <typename Object>
    void operator()(Object *object) const
    {
        function(object);
    }
};

tl::expected<QByteArray, QString> readAll(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return tl::unexpected(u"cannot read %1: %2"_s.arg(path, file.errorString()));
    }
    return file.readAll();
}

QSslKey parseKey(const QByteArray &pem)
{
    for (const auto algorithm : {QSsl::Rsa, QSsl::Ec}) {
        QSslKey key(pem, algorithm);
        if (!key.isNull()) {
            return key;
        }
    }
    return {};
}

// Qt finds out with the first client, and only from its complaint.
bool belongTogether(const QByteArray &certificatePem, const QByteArray &keyPem)
{
    const auto bio = [](const QByteArray &pem) {
        return std::unique_ptr<BIO, Freer<BIO_free>>(
            BIO_new_mem_buf(pem.constData(), static_cast<int>(pem.size())));
    };
    const std::unique_ptr<X509, Freer<X509_free>> certificate(
        PEM_read_bio_X509(bio(certificatePem).get(), nullptr, nullptr, nullptr));
    const std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>> key(
        PEM_read_bio_PrivateKey(bio(keyPem).get(), nullptr, nullptr, nullptr));
    return certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1;
}

} // namespace

tl::expected<QSslConfiguration, QString> loadTlsIdentity(const QString &certificateFile,
                                                         const QString &keyFile)
{
    const auto certificatePem = readAll(certificateFile);
    if (!certificatePem) {
        return tl::unexpected(certificatePem.error());
    }
    const auto keyPem = readAll(keyFile);
    if (!keyPem) {
        return tl::unexpected(keyPem.error());
    }
    const QList<QSslCertificate> chain = QSslCertificate::fromData(*certificatePem, QSsl::Pem);
    if (chain.isEmpty()) {
        return tl::unexpected(u"%1 holds no certificate in PEM"_s.arg(certificateFile));
    }
    const QSslKey key = parseKey(*keyPem);
    if (key.isNull()) {
        return tl::unexpected(
            u"%1 holds no private key in PEM, RSA or EC, without a password"_s.arg(keyFile));
    }
    if (!belongTogether(*certificatePem, *keyPem)) {
        return tl::unexpected(
            u"the key in %1 is not that of the first certificate in %2"_s.arg(keyFile, certificateFile));
    }
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setProtocol(QSsl::TlsV1_2OrLater);
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    configuration.setLocalCertificateChain(chain);
    configuration.setPrivateKey(key);
    return configuration;
}

} // namespace switchboard
