// SPDX-License-Identifier: BSD-3-Clause
#include "view/filterbar.h"

#include "view/colors.h"
#include "view/glyphs.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>

namespace switchboard::monitor {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

FilterBar::FilterBar(QWidget *parent)
    : QWidget(parent)
    , m_edit(new QLineEdit(this))
    , m_counts(new QLabel(this))
{
    m_edit->setPlaceholderText(tr("Filter"));
    m_edit->setClearButtonEnabled(true);
    m_edit->setAccessibleName(tr("Filter"));
    m_edit->addAction(glyphIcon(Glyph::Filter), QLineEdit::LeadingPosition);
    m_edit->installEventFilter(this);
    m_faultSign = m_edit->addAction(glyphIcon(Glyph::Warning), QLineEdit::TrailingPosition);
    m_counts->setAccessibleName(tr("Rows shown"));
    m_counts->setMinimumWidth(1);

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_edit, 1);
    layout->addWidget(m_counts);

    m_rest.setSingleShot(true);
    m_rest.setInterval(200ms);
    connect(&m_rest, &QTimer::timeout, this, &FilterBar::announce);
    connect(m_edit, &QLineEdit::textChanged, &m_rest, qOverload<>(&QTimer::start));
    connect(m_edit, &QLineEdit::returnPressed, this, &FilterBar::announce);
    setFocusProxy(m_edit);
    setFault({});
}

void FilterBar::setKeys(const QStringList &keys, const QStringList &examples)
{
    QString placeholder = tr("Filter: text");
    for (const QString &example : examples) {
        placeholder += u"  "_s + example + u":…"_s;
    }
    m_edit->setPlaceholderText(placeholder);
    m_hint = tr("<p>Shows the rows in which all of these are found:</p>"
                "<p><b>word</b> or <b>\"two words\"</b> in any column<br>"
                "<b>%1:word</b> in one column<br>"
                "<b>/regular expression/</b>, also behind a column's name<br>"
                "<b>-word</b> must not be found</p>"
                "<p>Columns: %2</p>"
                "<p>Ctrl+F comes here, Esc clears.</p>")
                 .arg(examples.value(0), keys.join(u", "_s));
    setFault(m_fault);
}

QString FilterBar::text() const
{
    return m_edit->text();
}

void FilterBar::setText(const QString &text)
{
    m_edit->setText(text);
    announce();
}

void FilterBar::setFault(const QString &fault)
{
    m_fault = fault;
    m_faultSign->setVisible(!fault.isEmpty());
    m_faultSign->setToolTip(fault);
    m_edit->setToolTip(fault.isEmpty() ? m_hint : fault);
    m_edit->setAccessibleDescription(fault);
    applyColors();
}

void FilterBar::setCounts(qsizetype shown, qsizetype total)
{
    const QLocale locale;
    m_counts->setText(shown == total ? locale.toString(total)
                                     : tr("%1 of %2").arg(locale.toString(shown), locale.toString(total)));
    m_counts->setToolTip(shown == total ? tr("Rows shown") : tr("Rows shown, of all there are"));
}

void FilterBar::activate()
{
    m_edit->setFocus(Qt::ShortcutFocusReason);
    m_edit->selectAll();
}

bool FilterBar::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_edit
        && (event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride)) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Escape) {
            if (event->type() == QEvent::KeyPress && m_edit->text().isEmpty()) {
                Q_EMIT dismissed();
            } else if (event->type() == QEvent::KeyPress) {
                setText({});
            }
            event->accept();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void FilterBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange) {
        applyColors();
    }
    QWidget::changeEvent(event);
}

void FilterBar::announce()
{
    m_rest.stop();
    if (m_announced != m_edit->text()) {
        m_announced = m_edit->text();
        Q_EMIT filterChanged(m_announced);
    }
}

void FilterBar::applyColors()
{
    QPalette wrong = palette();
    if (!m_fault.isEmpty()) {
        wrong.setColor(QPalette::Base, tintColor(Meaning::Bad, palette()));
    }
    m_edit->setPalette(m_fault.isEmpty() ? QPalette() : wrong);
}

} // namespace switchboard::monitor
