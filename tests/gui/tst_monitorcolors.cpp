// SPDX-License-Identifier: BSD-3-Clause
#include <QApplication>
#include <QSet>
#include <QTest>

#include "view/colors.h"
#include "view/palettes.h"

using namespace switchboard::monitor;

class TestMonitorColors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reckonsContrast();
    void textsAreReadable_data();
    void textsAreReadable();
    void tintsLeaveTextReadable_data();
    void tintsLeaveTextReadable();
    void linesAreToldApart_data();
    void linesAreToldApart();
    void palettesAreReadable_data();
    void palettesAreReadable();

private:
    static void addPalettes();
};

// Also palettes that nobody would choose: whatever the desktop has must do.
void TestMonitorColors::addPalettes()
{
    QTest::addColumn<QPalette>("palette");
    applyAppearance(Appearance::Light);
    QTest::newRow("light") << QApplication::palette();
    applyAppearance(Appearance::Dark);
    QTest::newRow("dark") << QApplication::palette();
    applyAppearance(Appearance::Desktop);
    QTest::newRow("desktop") << QApplication::palette();
    QTest::newRow("white on black") << QPalette(Qt::white, Qt::black, Qt::white, Qt::gray, Qt::darkGray,
                                                Qt::white, Qt::white, Qt::black, Qt::black);
    QTest::newRow("black on yellow") << QPalette(Qt::black, Qt::yellow, Qt::white, Qt::gray, Qt::darkGray,
                                                 Qt::black, Qt::white, Qt::yellow, Qt::yellow);
}

void TestMonitorColors::reckonsContrast()
{
    QVERIFY(qAbs(contrastRatio(Qt::white, Qt::black) - 21) < 0.01);
    QVERIFY(qAbs(contrastRatio(Qt::red, Qt::red) - 1) < 0.01);
    // The usual example of grey that is just readable on white.
    QVERIFY(qAbs(contrastRatio(QColor(0x76, 0x76, 0x76), Qt::white) - 4.54) < 0.01);
}

void TestMonitorColors::textsAreReadable_data()
{
    addPalettes();
}

void TestMonitorColors::textsAreReadable()
{
    QFETCH(QPalette, palette);
    const QColor base = palette.color(QPalette::Base);
    for (const auto meaning :
         {Meaning::Good, Meaning::Warning, Meaning::Bad, Meaning::Information, Meaning::Muted}) {
        QVERIFY(contrastRatio(textColor(meaning, palette), base) >= textContrast);
    }
    QVERIFY(contrastRatio(fadedText(palette), base) >= textContrast);
}

void TestMonitorColors::tintsLeaveTextReadable_data()
{
    addPalettes();
}

void TestMonitorColors::tintsLeaveTextReadable()
{
    QFETCH(QPalette, palette);
    for (const auto meaning : {Meaning::Warning, Meaning::Bad, Meaning::Information}) {
        const QColor tint = tintColor(meaning, palette);
        QVERIFY(contrastRatio(tint, palette.color(QPalette::Text)) >= textContrast);
        QVERIFY(tint != palette.color(QPalette::Base));
    }
}

void TestMonitorColors::linesAreToldApart_data()
{
    addPalettes();
}

void TestMonitorColors::linesAreToldApart()
{
    QFETCH(QPalette, palette);
    QSet<QRgb> colors;
    for (int line = 0; line < 7; ++line) {
        const QColor color = seriesColor(line, palette);
        QVERIFY(contrastRatio(color, palette.color(QPalette::Base)) >= graphicContrast);
        colors.insert(color.rgb());
        // Neighbours differ by their dashes as well.
        QVERIFY(seriesPenStyle(line) != seriesPenStyle(line + 1));
    }
    QCOMPARE(colors.size(), 7);
}

void TestMonitorColors::palettesAreReadable_data()
{
    QTest::addColumn<int>("appearance");
    QTest::newRow("light") << static_cast<int>(Appearance::Light);
    QTest::newRow("dark") << static_cast<int>(Appearance::Dark);
}

void TestMonitorColors::palettesAreReadable()
{
    QFETCH(int, appearance);
    applyAppearance(static_cast<Appearance>(appearance));
    const QPalette palette = QApplication::palette();
    QCOMPARE(isDark(palette), appearance == static_cast<int>(Appearance::Dark));
    const QList<std::pair<QPalette::ColorRole, QPalette::ColorRole>> pairs{
        {QPalette::WindowText, QPalette::Window},
        {QPalette::Text, QPalette::Base},
        {QPalette::Text, QPalette::AlternateBase},
        {QPalette::ButtonText, QPalette::Button},
        {QPalette::HighlightedText, QPalette::Highlight},
        {QPalette::ToolTipText, QPalette::ToolTipBase},
        {QPalette::Link, QPalette::Base},
    };
    for (const auto &[text, background] : pairs) {
        QVERIFY(contrastRatio(palette.color(text), palette.color(background)) >= textContrast);
    }
    QVERIFY(contrastRatio(palette.color(QPalette::PlaceholderText), palette.color(QPalette::Base))
            >= textContrast);
    applyAppearance(Appearance::Desktop);
}

QTEST_MAIN(TestMonitorColors)

#include "tst_monitorcolors.moc"
