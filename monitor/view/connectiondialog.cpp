// SPDX-License-Identifier: BSD-3-Clause
#include "view/connectiondialog.h"

#include "client/nodeaddress.h"
#include "view/colors.h"
#include "view/settings.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

ConnectionDialog::ConnectionDialog(Settings *settings, QWidget *parent)
    : QDialog(parent)
    , m_settings(settings)
    , m_address(new QComboBox(this))
    , m_token(new QLineEdit(this))
    , m_keepToken(new QCheckBox(tr("&Keep the token on this computer, unencrypted"), this))
    , m_message(new QLabel(this))
{
    setWindowTitle(tr("Connect to a cluster"));
    m_address->setEditable(true);
    m_address->setInsertPolicy(QComboBox::NoInsert);
    m_address->setMinimumContentsLength(36);
    m_address->setToolTip(tr("Any node of the cluster: the others are seen through it."));
    m_address->lineEdit()->setPlaceholderText(u"ws://localhost:9001"_s);
    const QList<QUrl> recent = settings->recentUrls();
    for (const QUrl &url : recent) {
        m_address->addItem(url.toString());
    }
    if (recent.isEmpty()) {
        m_address->setEditText(u"ws://localhost:9001/websockets"_s);
    }
    m_token->setObjectName(u"token"_s);
    m_token->setEchoMode(QLineEdit::Password);
    m_token->setPlaceholderText(tr("Not needed from the node's own machine"));
    m_token->setToolTip(
        tr("A client's token that may watch, or what the nodes were given as MONITOR_TOKEN or by "
           "--monitor-token-file."));
    m_message->setWordWrap(true);
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);

    auto *form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    form->addRow(tr("&Node:"), m_address);
    form->addRow(tr("&Token:"), m_token);
    form->addRow(QString(), m_keepToken);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_connectButton = buttons->addButton(tr("&Connect"), QDialogButtonBox::AcceptRole);
    m_connectButton->setDefault(true);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(m_message);
    layout->addLayout(form);
    layout->addWidget(buttons);

    connect(buttons, &QDialogButtonBox::accepted, this, &ConnectionDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &ConnectionDialog::reject);
    connect(m_address, &QComboBox::editTextChanged, this, &ConnectionDialog::validate);
    connect(m_address, &QComboBox::activated, this, &ConnectionDialog::showStoredToken);
    showMessage({});
    validate();
    showStoredToken();
    m_address->setFocus();
}

void ConnectionDialog::suggest(const QUrl &url, const QString &reason)
{
    m_address->setEditText(url.toString());
    showStoredToken();
    showMessage(reason);
    (reason.isEmpty() ? static_cast<QWidget *>(m_address) : m_token)->setFocus();
}

QUrl ConnectionDialog::url() const
{
    return client::parseNodeUrl(m_address->currentText()).value_or(QUrl());
}

QByteArray ConnectionDialog::token() const
{
    return m_token->text().toUtf8();
}

void ConnectionDialog::accept()
{
    const auto parsed = client::parseNodeUrl(m_address->currentText());
    if (!parsed) {
        showMessage(parsed.error());
        return;
    }
    m_settings->addRecentUrl(*parsed);
    if (m_keepToken->isChecked() && !m_token->text().isEmpty()) {
        m_settings->setToken(*parsed, token());
    } else {
        m_settings->removeToken(*parsed);
    }
    QDialog::accept();
}

void ConnectionDialog::validate()
{
    const auto parsed = client::parseNodeUrl(m_address->currentText());
    m_connectButton->setEnabled(parsed.has_value());
    m_connectButton->setToolTip(parsed ? QString() : parsed.error());
    showMessage(parsed || m_address->currentText().isEmpty() ? QString() : parsed.error());
}

void ConnectionDialog::showStoredToken()
{
    const QByteArray stored = m_settings->token(url());
    m_keepToken->setChecked(!stored.isEmpty());
    m_token->setText(QString::fromUtf8(stored));
}

void ConnectionDialog::showMessage(const QString &text)
{
    QPalette colors = palette();
    colors.setColor(
        QPalette::WindowText,
        readableOn(colors.color(QPalette::Window), textColor(Meaning::Bad, colors), textContrast));
    m_message->setPalette(text.isEmpty() ? QPalette() : colors);
    m_message->setText(text.isEmpty() ? tr("Connect to any one node; the whole cluster is seen through it.")
                                      : text);
}

} // namespace switchboard::monitor
