// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QStringList>
#include <QWidget>

namespace switchboard::monitor {

/// Tells which line of the charts is which node's: a piece of each with the name behind it.
class ChartLegend : public QWidget
{
    Q_OBJECT

public:
    explicit ChartLegend(QWidget *parent = nullptr);

    /// Name number n is that of line n. \a note stands behind them.
    void setNames(const QStringList &names, const QString &note);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QStringList m_names;
    QString m_note;
};

} // namespace switchboard::monitor
