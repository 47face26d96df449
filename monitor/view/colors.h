// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QColor>
#include <QPalette>

namespace switchboard::monitor {

/// What a colour says. No colour says it alone: a word or a sign always stands beside it.
enum class Meaning { Good, Warning, Bad, Information, Muted };

/// The contrast that small text needs (WCAG 2.1, 1.4.3).
inline constexpr double textContrast = 4.5;
/// The contrast that lines and signs need (WCAG 2.1, 1.4.11).
inline constexpr double graphicContrast = 3.0;

/// The contrast of two opaque colours by WCAG 2.1, between 1 and 21.
[[nodiscard]] double contrastRatio(const QColor &one, const QColor &other);

/// \a wanted, made lighter or darker only as far as it takes to reach \a contrast on \a background.
[[nodiscard]] QColor readableOn(const QColor &background, const QColor &wanted, double contrast);

/// The colour for text and signs of \a meaning on the palette's Base.
[[nodiscard]] QColor textColor(Meaning meaning, const QPalette &palette);

/// A background that hints at \a meaning and leaves the palette's Text readable on it.
[[nodiscard]] QColor tintColor(Meaning meaning, const QPalette &palette);

/// The colour of line \a index in a chart on the palette's Base; told apart by those who see few colours.
[[nodiscard]] QColor seriesColor(int index, const QPalette &palette);

/// The dashes of line \a index in a chart, so that its colour is not needed to know it.
[[nodiscard]] Qt::PenStyle seriesPenStyle(int index);

/// Text that is of less importance than the palette's Text, or no longer true.
[[nodiscard]] QColor fadedText(const QPalette &palette);

/// Whether the palette is a dark one.
[[nodiscard]] bool isDark(const QPalette &palette);

} // namespace switchboard::monitor
