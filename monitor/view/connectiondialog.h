// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QDialog>
#include <QUrl>

QT_BEGIN_NAMESPACE
class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
QT_END_NAMESPACE

namespace switchboard::monitor {

class Settings;

/// Asks for the node to connect to, and for the token that it may want.
class ConnectionDialog : public QDialog
{
    Q_OBJECT

public:
    /// Offers the addresses that \a settings remembers, and remembers what is accepted.
    explicit ConnectionDialog(Settings *settings, QWidget *parent = nullptr);

    /// Starts with \a url, which failed before for the \a reason.
    void suggest(const QUrl &url, const QString &reason);

    /// What was entered; valid once the dialog is accepted.
    [[nodiscard]] QUrl url() const;
    [[nodiscard]] QByteArray token() const;

    void accept() override;

private:
    void validate();
    void showStoredToken();
    void showMessage(const QString &text);

    Settings *m_settings;
    QComboBox *m_address;
    QLineEdit *m_token;
    QCheckBox *m_keepToken;
    QLabel *m_message;
    QPushButton *m_connectButton = nullptr;
};

} // namespace switchboard::monitor
