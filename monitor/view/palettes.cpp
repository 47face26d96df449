// SPDX-License-Identifier: BSD-3-Clause
#include "view/palettes.h"

#include <QApplication>
#include <QPalette>
#include <QStyle>

namespace switchboard::monitor {

namespace {

struct Shades
{
    QColor window;
    QColor base;
    QColor alternate;
    QColor button;
    QColor text;
    QColor disabled;
    QColor highlight;
    QColor link;
};

QPalette paletteOf(const Shades &shades)
{
    // The constructor works out the shades of bevels.
    QPalette palette(shades.text, shades.button, shades.button.lighter(150), shades.button.darker(160),
                     shades.button.darker(120), shades.text, Qt::white, shades.base, shades.window);
    palette.setColor(QPalette::AlternateBase, shades.alternate);
    palette.setColor(QPalette::ButtonText, shades.text);
    palette.setColor(QPalette::ToolTipBase, shades.alternate);
    palette.setColor(QPalette::ToolTipText, shades.text);
    palette.setColor(QPalette::Highlight, shades.highlight);
    palette.setColor(QPalette::HighlightedText, Qt::white);
    palette.setColor(QPalette::Link, shades.link);
    palette.setColor(QPalette::LinkVisited, shades.link);
    palette.setColor(QPalette::PlaceholderText, shades.disabled);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, shades.disabled);
    }
    palette.setColor(QPalette::Disabled, QPalette::Highlight, shades.button.darker(110));
    palette.setColor(QPalette::Disabled, QPalette::HighlightedText, shades.disabled);
    return palette;
}

QPalette darkPalette()
{
    return paletteOf({QColor(0x26, 0x29, 0x2e), QColor(0x1c, 0x1e, 0x22), QColor(0x22, 0x25, 0x2a),
                      QColor(0x33, 0x37, 0x3d), QColor(0xe6, 0xe8, 0xeb), QColor(0x8b, 0x91, 0x9a),
                      QColor(0x2b, 0x6c, 0xb0), QColor(0x6c, 0xb2, 0xff)});
}

QPalette lightPalette()
{
    return paletteOf({QColor(0xf1, 0xf2, 0xf4), QColor(0xff, 0xff, 0xff), QColor(0xf6, 0xf8, 0xfa),
                      QColor(0xe9, 0xeb, 0xee), QColor(0x1d, 0x20, 0x24), QColor(0x67, 0x6d, 0x76),
                      QColor(0x2b, 0x6c, 0xb0), QColor(0x1a, 0x5f, 0xb4)});
}

} // namespace

void applyAppearance(Appearance appearance)
{
    switch (appearance) {
    case Appearance::Desktop:
        QApplication::setPalette(QPalette());
        break;
    case Appearance::Light:
        QApplication::setPalette(lightPalette());
        break;
    case Appearance::Dark:
        QApplication::setPalette(darkPalette());
        break;
    }
}

} // namespace switchboard::monitor
