// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QMap>

#include "integration/cluster.h"

namespace switchboard::test {

/// What a daemon tells Prometheus, read without the code that writes it.
class MetricsPage
{
public:
    using Labels = QMap<QByteArray, QByteArray>;

    struct Sample
    {
        QByteArray name; ///< with _bucket, _sum or _count where it is part of a histogram
        Labels labels;
        double value = 0;
    };

    struct Family
    {
        QByteArray type;
        QByteArray help;
    };

    /// Reads a page that is in the text format to the letter: each family in one piece, with HELP and TYPE
    /// before its samples, none of which comes twice. Nothing, and a warning, if it is not.
    static std::optional<MetricsPage> parse(const QByteArray &text);

    /// Asks the daemon for its page; an empty one if there is none.
    static MetricsPage of(const DaemonProcess &daemon);

    const QMap<QByteArray, Family> &families() const { return m_families; }
    const QList<Sample> &samples() const { return m_samples; }

    /// The sum of the samples of that name that have all of these labels; NaN if there is none.
    double value(const QByteArray &name, const Labels &labels = {}) const;

    /// All values of that label in the samples of that name, sorted, each once.
    QList<QByteArray> labelValues(const QByteArray &name, const QByteArray &label) const;

    /// What is wrong with the histograms: buckets that are not cumulative, a last one that is not the count,
    /// a sum that does not fit. Empty if they are right.
    QByteArray histogramFault() const;

private:
    bool addLine(const QByteArray &line);
    bool addSample(const QByteArray &line);

    QMap<QByteArray, Family> m_families;
    QList<Sample> m_samples;
    QByteArray m_current; // the family that is being told
};

/// Whether a sample's metric is as expected; waits for that, and says what it is if it does not come.
bool waitForMetric(const DaemonProcess &daemon, double expected, const QByteArray &name,
                   const MetricsPage::Labels &labels = {});

} // namespace switchboard::test
