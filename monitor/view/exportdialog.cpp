// SPDX-License-Identifier: BSD-3-Clause
#include "view/exportdialog.h"

#include "model/exporter.h"

#include <QAbstractItemModel>
#include <QApplication>
#include <QDateTime>
#include <QFileDialog>
#include <QMessageBox>
#include <QPointer>
#include <QSaveFile>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

namespace {

struct ExportText
{
    Q_DECLARE_TR_FUNCTIONS(ExportDialog)
};

void tellFault(const QString &fault, QWidget *parent)
{
    auto *box =
        new QMessageBox(QMessageBox::Warning, ExportText::tr("Export"),
                        ExportText::tr("The file was not written: %1").arg(fault), QMessageBox::Ok, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

} // namespace

void presentExportDialog(QAbstractItemModel *rows, const QString &name, QWidget *parent)
{
    auto *dialog = new QFileDialog(parent, ExportText::tr("Export what is shown"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    const QString jsonLines = ExportText::tr("JSON Lines (*.jsonl)");
    dialog->setNameFilters({jsonLines, ExportText::tr("CSV for spreadsheets (*.csv)")});
    dialog->setDefaultSuffix(u"jsonl"_s);
    dialog->selectFile(name + u'-' + QDateTime::currentDateTime().toString(u"yyyyMMdd-HHmmss"_s));
    QObject::connect(dialog, &QFileDialog::filterSelected, dialog,
                     [dialog, jsonLines](const QString &filter) {
                         dialog->setDefaultSuffix(filter == jsonLines ? u"jsonl"_s : u"csv"_s);
                     });
    const QPointer<QAbstractItemModel> guard(rows);
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, [guard, parent](const QString &path) {
        if (!guard) {
            tellFault(ExportText::tr("what was shown is gone."), parent);
        } else if (const auto written = exportToFile(*guard, path); !written) {
            tellFault(written.error(), parent);
        }
    });
    dialog->open();
}

tl::expected<qint64, QString> exportToFile(const QAbstractItemModel &rows, const QString &path)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly)) {
        return tl::unexpected(file.errorString());
    }
    const auto format =
        path.endsWith(".csv"_L1, Qt::CaseInsensitive) ? ExportFormat::Csv : ExportFormat::JsonLines;
    QApplication::setOverrideCursor(Qt::WaitCursor);
    auto written = Exporter::write(rows, format, file);
    QApplication::restoreOverrideCursor();
    if (written && !file.commit()) {
        return tl::unexpected(file.errorString());
    }
    return written;
}

} // namespace switchboard::monitor
