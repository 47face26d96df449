// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QTimer>
#include <QWidget>

QT_BEGIN_NAMESPACE
class QAction;
class QLabel;
class QLineEdit;
QT_END_NAMESPACE

namespace switchboard::monitor {

/// The line above a table in which a person types what to show, and beside it how much of all that is.
/// What is typed counts after a short rest, or at once with Enter; Esc clears it.
class FilterBar : public QWidget
{
    Q_OBJECT

public:
    explicit FilterBar(QWidget *parent = nullptr);

    /// Tells which \a keys may stand before a colon; those of \a examples are hinted at in the empty line.
    void setKeys(const QStringList &keys, const QStringList &examples);

    [[nodiscard]] QString text() const;

    /// Replaces what is typed, which counts at once.
    void setText(const QString &text);

    /// Marks what is typed as wrong and tells why; an empty \a fault takes the mark away.
    void setFault(const QString &fault);

    /// Says how many of \a total rows are shown.
    void setCounts(qsizetype shown, qsizetype total);

    /// Puts the cursor into the line, with all that is typed selected.
    void activate();

Q_SIGNALS:
    /// What is typed has changed and the person rests.
    void filterChanged(const QString &text);
    /// Esc was pressed and there was nothing to clear.
    void dismissed();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void announce();
    void applyColors();

    QLineEdit *m_edit;
    QLabel *m_counts;
    QAction *m_faultSign;
    QTimer m_rest;
    QString m_announced;
    QString m_hint;
    QString m_fault;
};

} // namespace switchboard::monitor
