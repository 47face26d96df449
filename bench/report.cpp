// SPDX-License-Identifier: BSD-3-Clause
#include "bench/report.h"

#include <algorithm>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace switchboard::bench {

using namespace Qt::StringLiterals;

namespace {

double toMilliseconds(std::uint64_t nanoseconds)
{
    return static_cast<double>(nanoseconds) / 1e6;
}

} // namespace

Report::Report(QString scenario)
    : m_scenario(std::move(scenario))
{ }

void Report::add(const QString &key, const QString &label, double value, const QString &unit, int decimals)
{
    m_figures.push_back({key, label, QString::number(value, 'f', decimals), unit});
}

void Report::addCpu(const CpuMeter::Times &times, double count, const QString &thing)
{
    for (const auto &[name, time] : times) {
        const auto nanoseconds = static_cast<double>(time.count());
        add(name + "CpuSeconds"_L1, u"CPU time of %1"_s.arg(name), nanoseconds / 1e9, u"s"_s, 3);
        add(name + "CpuMicros"_L1, u"CPU time of %1 per %2"_s.arg(name, thing),
            count > 0 ? nanoseconds / 1e3 / count : 0, u"us"_s, 4);
    }
}

void Report::addLatencies(const Histogram &latencies)
{
    const auto add = [&](const QString &key, const QString &label, std::uint64_t value) {
        this->add(key, label, toMilliseconds(value), u"ms"_s, 3);
    };
    add(u"p50Millis"_s, u"latency, half of all below"_s, latencies.percentile(50));
    add(u"p90Millis"_s, u"latency, 90 % below"_s, latencies.percentile(90));
    add(u"p99Millis"_s, u"latency, 99 % below"_s, latencies.percentile(99));
    add(u"p999Millis"_s, u"latency, 99.9 % below"_s, latencies.percentile(99.9));
    add(u"maximumMillis"_s, u"latency, largest"_s, latencies.maximum());
}

void Report::addFaults(const DeliveryFaults &faults, std::uint64_t rejected, std::uint64_t disconnected)
{
    const auto add = [&](const QString &key, std::uint64_t value) {
        this->add(key, key, static_cast<double>(value));
    };
    add(u"lost"_s, faults.lost);
    add(u"duplicated"_s, faults.duplicated);
    add(u"reordered"_s, faults.reordered);
    add(u"misplaced"_s, faults.misplaced);
    add(u"rejected"_s, rejected);
    add(u"disconnected"_s, disconnected);
    m_isFaultless = m_isFaultless && faults.isEmpty() && rejected == 0 && disconnected == 0;
}

QByteArray Report::toJson() const
{
    // QJsonObject would sort the keys.
    QByteArray json = R"({"scenario":")" + m_scenario.toUtf8() + '"';
    for (const Figure &figure : m_figures) {
        json += ",\"" + figure.key.toUtf8() + "\":" + figure.value.toLatin1();
    }
    json +=
        ",\"remarks\":" + QJsonDocument(QJsonArray::fromStringList(m_remarks)).toJson(QJsonDocument::Compact);
    return json + "}\n";
}

QString Report::toText() const
{
    int labelWidth = 0;
    int valueWidth = 0;
    for (const Figure &figure : m_figures) {
        labelWidth = std::max(labelWidth, static_cast<int>(figure.label.size()));
        valueWidth = std::max(valueWidth, static_cast<int>(figure.value.size()));
    }
    QString text = m_scenario + u'\n';
    for (const Figure &figure : m_figures) {
        const QString unit = figure.unit.isEmpty() ? QString() : u' ' + figure.unit;
        text += u"  %1  %2%3\n"_s.arg(figure.label, -labelWidth).arg(figure.value, valueWidth).arg(unit);
    }
    for (const QString &remark : m_remarks) {
        text += u"  ! %1\n"_s.arg(remark);
    }
    return text;
}

} // namespace switchboard::bench
