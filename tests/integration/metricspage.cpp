// SPDX-License-Identifier: BSD-3-Clause
#include "integration/metricspage.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QRegularExpression>

#include "support/httprequest.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace switchboard::test {

namespace {

const QRegularExpression helpLine(u"^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (\\S.*)$"_s);
const QRegularExpression typeLine(u"^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$"_s);
const QRegularExpression sampleLine(u"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{([a-zA-Z_][a-zA-Z0-9_]*=\"[^\"\\\\]*\""
                                    "(?:,[a-zA-Z_][a-zA-Z0-9_]*=\"[^\"\\\\]*\")*)\\})? (\\S+)$"_s);
const QRegularExpression label(u"([a-zA-Z_][a-zA-Z0-9_]*)=\"([^\"]*)\""_s);

bool hasAll(const MetricsPage::Labels &labels, const MetricsPage::Labels &wanted)
{
    return std::all_of(wanted.keyValueBegin(), wanted.keyValueEnd(), [&labels](const auto &entry) {
        const auto found = labels.constFind(entry.first);
        return found != labels.cend() && *found == entry.second;
    });
}

// Where a histogram's sample belongs.
QByteArray withoutSuffix(const QByteArray &name)
{
    for (const QByteArray &suffix : {QByteArray("_bucket"), QByteArray("_sum"), QByteArray("_count")}) {
        if (name.endsWith(suffix)) {
            return name.chopped(suffix.size());
        }
    }
    return name;
}

} // namespace

std::optional<MetricsPage> MetricsPage::parse(const QByteArray &text)
{
    MetricsPage page;
    if (!text.endsWith('\n')) {
        qWarning("The metrics do not end with a line's end");
        return std::nullopt;
    }
    for (const QByteArray &line : text.chopped(1).split('\n')) {
        if (!page.addLine(line)) {
            qWarning("Not in the text format: %s", line.constData());
            return std::nullopt;
        }
    }
    return page;
}

MetricsPage MetricsPage::of(const DaemonProcess &daemon)
{
    const HttpReply reply = httpRequest(daemon.port(), "GET", "/metrics", {}, {}, 30s);
    return reply.status == 200 ? parse(reply.body).value_or(MetricsPage()) : MetricsPage();
}

bool MetricsPage::addLine(const QByteArray &line)
{
    const QString text = QString::fromUtf8(line);
    if (const auto help = helpLine.match(text); help.hasMatch()) {
        m_current = help.captured(1).toUtf8();
        const bool isNew = !m_families.contains(m_current);
        m_families[m_current].help = help.captured(2).toUtf8();
        return isNew;
    }
    if (const auto type = typeLine.match(text); type.hasMatch()) {
        QByteArray &known = m_families[m_current].type;
        const bool isNew = known.isEmpty() && type.captured(1).toUtf8() == m_current;
        known = type.captured(2).toUtf8();
        return isNew;
    }
    return addSample(line);
}

bool MetricsPage::addSample(const QByteArray &line)
{
    const auto match = sampleLine.match(QString::fromUtf8(line));
    Sample sample{match.captured(1).toUtf8(), {}, 0};
    for (auto it = label.globalMatch(match.captured(2)); it.hasNext();) {
        const auto next = it.next();
        sample.labels.insert(next.captured(1).toUtf8(), next.captured(2).toUtf8());
    }
    bool isNumber = false;
    sample.value = match.captured(3).toDouble(&isNumber);
    const QByteArray type = m_families.value(m_current).type;
    const bool isOfFamily =
        type == "histogram" ? withoutSuffix(sample.name) == m_current : sample.name == m_current;
    const bool isNew = std::none_of(m_samples.cbegin(), m_samples.cend(), [&sample](const Sample &other) {
        return other.name == sample.name && other.labels == sample.labels;
    });
    m_samples.append(sample);
    return match.hasMatch() && isNumber && !type.isEmpty() && isOfFamily && isNew;
}

double MetricsPage::value(const QByteArray &name, const Labels &labels) const
{
    double sum = 0;
    bool isThere = false;
    for (const Sample &sample : m_samples) {
        if (sample.name == name && hasAll(sample.labels, labels)) {
            sum += sample.value;
            isThere = true;
        }
    }
    return isThere ? sum : std::numeric_limits<double>::quiet_NaN();
}

QList<QByteArray> MetricsPage::labelValues(const QByteArray &name, const QByteArray &label) const
{
    QList<QByteArray> values;
    for (const Sample &sample : m_samples) {
        const auto found = sample.labels.constFind(label);
        if (sample.name == name && found != sample.labels.cend() && !values.contains(*found)) {
            values.append(*found);
        }
    }
    std::sort(values.begin(), values.end());
    return values;
}

QByteArray MetricsPage::histogramFault() const
{
    for (auto family = m_families.cbegin(); family != m_families.cend(); ++family) {
        if (family->type != "histogram") {
            continue;
        }
        for (const QByteArray &worker : labelValues(family.key() + "_count", "worker")) {
            const Labels labels{{"worker", worker}};
            const double count = value(family.key() + "_count", labels);
            const double sum = value(family.key() + "_sum", labels);
            double bound = 0;
            double below = 0; // how many are in the buckets so far
            double least = 0; // what these take together at least, and at most
            double most = 0;
            for (const Sample &sample : m_samples) {
                if (sample.name != family.key() + "_bucket" || !hasAll(sample.labels, labels)) {
                    continue;
                }
                const QByteArray le = sample.labels.value("le");
                const double next = le == "+Inf" ? HUGE_VAL : le.toDouble();
                if (next <= bound || sample.value < below) {
                    return family.key() + " has a bucket that is not cumulative: " + le;
                }
                const double inside = sample.value - below;
                least += inside * bound;
                most += inside > 0 ? inside * next : 0;
                bound = next;
                below = sample.value;
            }
            // The text has sixteen digits.
            if (bound != HUGE_VAL || below != count || sum < least * 0.999999 || sum > most) {
                return family.key() + " is not consistent: " + QByteArray::number(below) + " of "
                    + QByteArray::number(count) + ", sum " + QByteArray::number(sum);
            }
        }
    }
    return {};
}

bool waitForMetric(const DaemonProcess &daemon, double expected, const QByteArray &name,
                   const MetricsPage::Labels &labels)
{
    double last = 0;
    const bool isThere = waitUntil(
        [&] {
            last = MetricsPage::of(daemon).value(name, labels);
            return last == expected;
        },
        30s);
    if (!isThere) {
        qWarning("%s is %f and not %f", name.constData(), last, expected);
    }
    return isThere;
}

} // namespace switchboard::test
