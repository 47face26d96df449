// SPDX-License-Identifier: BSD-3-Clause
#include "view/banner.h"

#include "view/elidedlabel.h"
#include "view/glyphs.h"

#include <QAction>
#include <QEvent>
#include <QLabel>
#include <QStyle>
#include <QToolButton>

#include <utility>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

Banner::Banner(QWidget *parent)
    : QToolBar(tr("Notices"), parent)
    , m_sign(new QLabel(this))
    , m_text(new ElidedLabel(this))
{
    setObjectName(u"banner"_s);
    setMovable(false);
    setFloatable(false);
    setContextMenuPolicy(Qt::PreventContextMenu);
    toggleViewAction()->setVisible(false);
    setAutoFillBackground(true);
    m_sign->setMargin(6);
    addWidget(m_sign);
    addWidget(m_text);
    hide();
}

void Banner::present(Meaning meaning, const QString &text, const QList<QAction *> &actions)
{
    m_meaning = meaning;
    m_text->setText(text);
    if (m_actions != actions) {
        for (QAction *action : std::exchange(m_actions, actions)) {
            removeAction(action);
        }
        for (QAction *action : actions) {
            addAction(action);
            if (auto *button = qobject_cast<QToolButton *>(widgetForAction(action))) {
                button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
                button->setAutoRaise(false);
            }
        }
    }
    applyColors();
    show();
}

void Banner::dismiss()
{
    hide();
}

void Banner::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange && !m_isApplying) {
        applyColors();
    }
    QToolBar::changeEvent(event);
}

void Banner::applyColors()
{
    m_isApplying = true;
    const Glyph glyph = m_meaning == Meaning::Information ? Glyph::Information : Glyph::Warning;
    const int size = style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, this);
    m_sign->setPixmap(glyphIcon(glyph).pixmap(size, size));
    QPalette colors;
    const QColor tint = tintColor(m_meaning, colors);
    colors.setColor(QPalette::Window, tint);
    colors.setColor(QPalette::WindowText, colors.color(QPalette::Text));
    setPalette(colors);
    m_isApplying = false;
}

} // namespace switchboard::monitor
