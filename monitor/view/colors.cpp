// SPDX-License-Identifier: BSD-3-Clause
#include "view/colors.h"

#include <array>
#include <cmath>

namespace switchboard::monitor {

namespace {

double linear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor &color)
{
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

QColor mixed(const QColor &one, const QColor &other, double share)
{
    const auto channel = [share](float from, float to) {
        return static_cast<float>(from + (to - from) * share);
    };
    return QColor::fromRgbF(channel(one.redF(), other.redF()), channel(one.greenF(), other.greenF()),
                            channel(one.blueF(), other.blueF()));
}

QColor hueOf(Meaning meaning)
{
    switch (meaning) {
    case Meaning::Good:
        return {0x2e, 0x9e, 0x5b};
    case Meaning::Warning:
        return {0xd9, 0x8e, 0x04};
    case Meaning::Bad:
        return {0xe0, 0x3c, 0x3c};
    case Meaning::Information:
        return {0x2f, 0x7f, 0xd6};
    case Meaning::Muted:
        break;
    }
    return {0x80, 0x80, 0x80};
}

} // namespace

double contrastRatio(const QColor &one, const QColor &other)
{
    const double a = luminance(one);
    const double b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

QColor readableOn(const QColor &background, const QColor &wanted, double contrast)
{
    const bool lighten = contrastRatio(background, Qt::white) > contrastRatio(background, Qt::black);
    const QColor target(lighten ? Qt::white : Qt::black);
    constexpr int steps = 20;
    for (int step = 0; step < steps; ++step) {
        const QColor candidate = mixed(wanted, target, static_cast<double>(step) / steps);
        if (contrastRatio(candidate, background) >= contrast) {
            return candidate;
        }
    }
    return target;
}

QColor textColor(Meaning meaning, const QPalette &palette)
{
    return readableOn(palette.color(QPalette::Base), hueOf(meaning), textContrast);
}

QColor tintColor(Meaning meaning, const QPalette &palette)
{
    const QColor base = palette.color(QPalette::Base);
    const QColor text = palette.color(QPalette::Text);
    for (int percent = isDark(palette) ? 30 : 18; percent > 2; percent -= 2) {
        const QColor tint = mixed(base, hueOf(meaning), percent / 100.0);
        if (contrastRatio(tint, text) >= textContrast) {
            return tint;
        }
    }
    return base;
}

QColor seriesColor(int index, const QPalette &palette)
{
    // Okabe and Ito's set, without black and with yellow last.
    static constexpr std::array<QRgb, 7> colors{0xff0072b2, 0xffd55e00, 0xff009e73, 0xffcc79a7,
                                                0xff56b4e9, 0xffe69f00, 0xfff0e442};
    const auto place = static_cast<std::size_t>(index) % colors.size();
    return readableOn(palette.color(QPalette::Base), QColor::fromRgb(colors[place]), graphicContrast);
}

Qt::PenStyle seriesPenStyle(int index)
{
    static constexpr std::array<Qt::PenStyle, 4> styles{Qt::SolidLine, Qt::DashLine, Qt::DotLine,
                                                        Qt::DashDotLine};
    return styles[static_cast<std::size_t>(index) % styles.size()];
}

QColor fadedText(const QPalette &palette)
{
    const QColor base = palette.color(QPalette::Base);
    return readableOn(base, mixed(palette.color(QPalette::Text), base, 0.45), textContrast);
}

bool isDark(const QPalette &palette)
{
    return luminance(palette.color(QPalette::Base)) < luminance(palette.color(QPalette::Text));
}

} // namespace switchboard::monitor
