// SPDX-License-Identifier: BSD-3-Clause
#include "view/questions.h"

#include "model/clientsmodel.h"

#include <QApplication>
#include <QMessageBox>
#include <QPushButton>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

namespace {

struct QuestionText
{
    Q_DECLARE_TR_FUNCTIONS(Questions)
};

// What a person knows a client by, of what is known.
QString describe(const QString &id, const ClientsModel &clients)
{
    const int row = clients.rowOf(id.toUtf8());
    if (row < 0) {
        return QuestionText::tr("Client %1").arg(id);
    }
    const auto text = [&](ClientsModel::Column column) {
        return clients.index(row, column).data().toString();
    };
    return QuestionText::tr("Client %1\nfrom %2, on node %3\n%4")
        .arg(id, text(ClientsModel::AddressColumn), text(ClientsModel::NodeColumn),
             text(ClientsModel::UserAgentColumn))
        .trimmed();
}

} // namespace

void askToDisconnect(const QString &id, const ClientsModel &clients, std::function<void()> act,
                     QWidget *parent)
{
    auto *box = new QMessageBox(QMessageBox::Question, QuestionText::tr("Disconnect a client"),
                                QuestionText::tr("Disconnect this client?"), QMessageBox::Cancel, parent);
    box->setInformativeText(
        describe(id, clients) + u"\n\n"_s
        + QuestionText::tr("Its connection is closed with code 4003, which tells it not to come back."));
    QPushButton *button = box->addButton(QuestionText::tr("&Disconnect"), QMessageBox::DestructiveRole);
    box->setDefaultButton(QMessageBox::Cancel);
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QObject::connect(button, &QPushButton::clicked, parent, std::move(act));
    box->open();
}

void presentAbout(QWidget *parent)
{
    const QString text =
        QuestionText::tr(
            "<h3>Switchboard Monitor %1</h3>"
            "<p>Shows a whole Switchboard cluster live: its nodes, the clients connected to them, "
            "what they say, and every ping on its way.</p>"
            "<p>BSD-3-Clause. Uses Qt %2.</p>")
            .arg(QApplication::applicationVersion(), QString::fromLatin1(qVersion()));
    auto *box = new QMessageBox(QMessageBox::NoIcon, QuestionText::tr("About Switchboard Monitor"), text,
                                QMessageBox::Ok, parent);
    box->setIconPixmap(QApplication::windowIcon().pixmap(64, 64));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

} // namespace switchboard::monitor
