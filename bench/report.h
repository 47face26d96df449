// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "bench/histogram.h"
#include "bench/process.h"
#include "bench/sequencecheck.h"

#include <cstdint>
#include <vector>

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace switchboard::bench {

/// What a run has found, for people and for programs.
class Report
{
public:
    explicit Report(QString scenario);

    /// Adds a figure: \a key is for programs, \a label and \a unit for people, \a decimals for both.
    void add(const QString &key, const QString &label, double value, const QString &unit = {},
             int decimals = 0);

    /// Adds the CPU time of each kind of process over \a count things done, which are called \a thing.
    void addCpu(const CpuMeter::Times &times, double count, const QString &thing);

    /// Adds percentiles of \a latencies, which are in nanoseconds.
    void addLatencies(const Histogram &latencies);

    /// Adds what went wrong. The report isFaultless() only if all of it is zero.
    void addFaults(const DeliveryFaults &faults, std::uint64_t rejected, std::uint64_t disconnected);

    /// Adds a line about what went wrong.
    void addRemark(const QString &remark) { m_remarks.append(remark); }

    [[nodiscard]] bool isFaultless() const { return m_isFaultless; }

    /// One JSON object with all figures by their keys, "scenario" first, on one line.
    [[nodiscard]] QByteArray toJson() const;

    /// A table of labels and figures.
    [[nodiscard]] QString toText() const;

private:
    struct Figure
    {
        QString key;
        QString label;
        QString value;
        QString unit;
    };

    QString m_scenario;
    std::vector<Figure> m_figures;
    QStringList m_remarks;
    bool m_isFaultless = true;
};

} // namespace switchboard::bench
