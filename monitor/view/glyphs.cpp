// SPDX-License-Identifier: BSD-3-Clause
#include "view/glyphs.h"

#include "view/colors.h"

#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>
#include <QPalette>

namespace switchboard::monitor {

namespace {

// All paths live in a square of 16 units and are stroked one and a half units wide.
struct Drawing
{
    QPainterPath strokes;
    QPainterPath fills;
};

void addLine(QPainterPath &path, QPointF from, std::initializer_list<QPointF> to)
{
    path.moveTo(from);
    for (const QPointF &point : to) {
        path.lineTo(point);
    }
}

void addPolygon(QPainterPath &path, std::initializer_list<QPointF> points)
{
    path.addPolygon(QPolygonF(QList<QPointF>(points)));
    path.closeSubpath();
}

Drawing drawLock(bool isOpen)
{
    Drawing drawing;
    drawing.fills.addRoundedRect(QRectF(3, 7, 10, 7.5), 1.5, 1.5);
    drawing.strokes.moveTo(5, 7);
    drawing.strokes.lineTo(5, 5);
    drawing.strokes.arcTo(QRectF(5, 1.8, 6, 6), 180, -180);
    drawing.strokes.lineTo(11, isOpen ? 4.6 : 7);
    return drawing;
}

Drawing drawArrowBox(bool isUp)
{
    Drawing drawing;
    addLine(drawing.strokes, {2.5, 10}, {{2.5, 13.5}, {13.5, 13.5}, {13.5, 10}});
    addLine(drawing.strokes, {8, 2.2}, {{8, 10}});
    if (isUp) {
        addLine(drawing.strokes, {4.8, 5.2}, {{8, 2.2}, {11.2, 5.2}});
    } else {
        addLine(drawing.strokes, {4.8, 7}, {{8, 10}, {11.2, 7}});
    }
    return drawing;
}

Drawing drawConnection(bool isCircle)
{
    Drawing drawing;
    if (isCircle) {
        drawing.strokes.arcMoveTo(QRectF(2.5, 2.5, 11, 11), 40);
        drawing.strokes.arcTo(QRectF(2.5, 2.5, 11, 11), 40, 285);
        addPolygon(drawing.fills, {{10.2, 5.6}, {14.8, 5.6}, {14.2, 1.2}});
    } else {
        drawing.strokes.addEllipse(QRectF(1.5, 5.5, 5, 5));
        drawing.strokes.addEllipse(QRectF(9.5, 5.5, 5, 5));
        addLine(drawing.strokes, {6.5, 8}, {{9.5, 8}});
    }
    return drawing;
}

Drawing drawWarning()
{
    Drawing drawing;
    addPolygon(drawing.strokes, {{8, 1.8}, {14.8, 13.8}, {1.2, 13.8}});
    addLine(drawing.strokes, {8, 6}, {{8, 9.4}});
    drawing.fills.addEllipse(QPointF(8, 11.7), 0.9, 0.9);
    return drawing;
}

Drawing drawInformation()
{
    Drawing drawing;
    drawing.strokes.addEllipse(QRectF(1.8, 1.8, 12.4, 12.4));
    addLine(drawing.strokes, {8, 7.4}, {{8, 11.2}});
    drawing.fills.addEllipse(QPointF(8, 4.9), 0.95, 0.95);
    return drawing;
}

Drawing drawFilter()
{
    Drawing drawing;
    addPolygon(drawing.strokes, {{1.8, 2.5}, {14.2, 2.5}, {9.6, 8.2}, {9.6, 13.8}, {6.4, 12}, {6.4, 8.2}});
    return drawing;
}

Drawing drawControls(Glyph glyph)
{
    Drawing drawing;
    if (glyph == Glyph::Pause) {
        drawing.fills.addRoundedRect(QRectF(3.5, 2.5, 3.4, 11), 0.8, 0.8);
        drawing.fills.addRoundedRect(QRectF(9.1, 2.5, 3.4, 11), 0.8, 0.8);
    } else if (glyph == Glyph::Resume) {
        addPolygon(drawing.fills, {{4, 2.2}, {13.4, 8}, {4, 13.8}});
    } else if (glyph == Glyph::Send) {
        addPolygon(drawing.fills, {{1.8, 2.2}, {14.6, 8}, {1.8, 13.8}, {4, 8}});
    } else if (glyph == Glyph::Clear) {
        addLine(drawing.strokes, {2.5, 4}, {{13.5, 4}});
        addLine(drawing.strokes, {6, 4}, {{6, 2.2}, {10, 2.2}, {10, 4}});
        addLine(drawing.strokes, {4, 4}, {{4.7, 14}, {11.3, 14}, {12, 4}});
        addLine(drawing.strokes, {8, 6.8}, {{8, 11.4}});
    } else {
        drawing.strokes.addRoundedRect(QRectF(2, 2.5, 12, 11), 1.2, 1.2);
        addLine(drawing.strokes, {6, 2.5}, {{6, 13.5}});
        addLine(drawing.strokes, {10, 2.5}, {{10, 13.5}});
    }
    return drawing;
}

Drawing drawingOf(Glyph glyph)
{
    switch (glyph) {
    case Glyph::Connect:
        return drawConnection(false);
    case Glyph::Reconnect:
        return drawConnection(true);
    case Glyph::Follow:
        return drawArrowBox(false);
    case Glyph::Export:
        return drawArrowBox(true);
    case Glyph::Filter:
        return drawFilter();
    case Glyph::Warning:
        return drawWarning();
    case Glyph::Information:
        return drawInformation();
    case Glyph::Locked:
        return drawLock(false);
    case Glyph::Unlocked:
        return drawLock(true);
    case Glyph::Pause:
    case Glyph::Resume:
    case Glyph::Clear:
    case Glyph::Send:
    case Glyph::Columns:
        break;
    }
    return drawControls(glyph);
}

class GlyphEngine final : public QIconEngine
{
public:
    explicit GlyphEngine(Glyph glyph)
        : m_glyph(glyph)
    { }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        const QPalette palette = QGuiApplication::palette();
        const auto group = mode == QIcon::Disabled ? QPalette::Disabled : QPalette::Active;
        QColor color = palette.color(group, QPalette::ButtonText);
        if (mode != QIcon::Disabled && m_glyph == Glyph::Warning) {
            color = textColor(Meaning::Bad, palette);
        } else if (mode != QIcon::Disabled && m_glyph == Glyph::Information) {
            color = textColor(Meaning::Information, palette);
        }
        const Drawing drawing = drawingOf(m_glyph);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->translate(rect.topLeft());
        painter->scale(rect.width() / 16.0, rect.height() / 16.0);
        painter->setPen(QPen(color, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter->setBrush(Qt::NoBrush);
        painter->drawPath(drawing.strokes);
        painter->setPen(Qt::NoPen);
        painter->setBrush(color);
        painter->drawPath(drawing.fills);
        painter->restore();
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return pixmap;
    }

    [[nodiscard]] QIconEngine *clone() const override { return new GlyphEngine(m_glyph); }

private:
    Glyph m_glyph;
};

} // namespace

QIcon glyphIcon(Glyph glyph)
{
    return QIcon(new GlyphEngine(glyph));
}

} // namespace switchboard::monitor
