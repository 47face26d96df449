// SPDX-License-Identifier: BSD-3-Clause
#include "integration/metricspage.h"
#include "integration/promtool.h"
#include "support/filecontents.h"
#include "support/httprequest.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const QString packaging = QStringLiteral(SWITCHBOARD_SOURCE_DIR "/packaging");
const QString alertRules = packaging + u"/prometheus/alerts.yml"_s;
const QString alertTests = packaging + u"/prometheus/alerts_test.yml"_s;
const QString dashboard = packaging + u"/grafana/switchboard.json"_s;
const QString operations = QStringLiteral(SWITCHBOARD_SOURCE_DIR "/docs/OPERATIONS.md");

// What Prometheus adds to every sample, and Grafana's variables stand for.
bool isOfScrape(const QByteArray &label)
{
    return label == "job" || label == "instance";
}

// Every "expr" in \a value, however deep.
void collectExpressions(const QJsonValue &value, QList<QByteArray> &expressions)
{
    if (value.isArray()) {
        for (const QJsonValue &element : value.toArray()) {
            collectExpressions(element, expressions);
        }
        return;
    }
    const QJsonObject object = value.toObject();
    for (auto member = object.begin(); member != object.end(); ++member) {
        if (member.key() == u"expr"_s) {
            expressions.append(member->toString().toUtf8());
        } else {
            collectExpressions(*member, expressions);
        }
    }
}

QList<QByteArray> dashboardExpressions()
{
    QList<QByteArray> expressions;
    collectExpressions(QJsonDocument::fromJson(contentsOf(dashboard)).object(), expressions);
    return expressions;
}

// The value of each "expr:" in the rules: on the same line, or folded (">") and indented below.
QList<QByteArray> alertExpressions()
{
    static const QRegularExpression expression(u"^( +)expr: (?:>\\n((?:\\1  .*\\n)+)|(.*)\\n)"_s,
                                               QRegularExpression::MultilineOption);
    QList<QByteArray> expressions;
    for (auto it = expression.globalMatch(QString::fromUtf8(contentsOf(alertRules))); it.hasNext();) {
        const auto match = it.next();
        expressions.append((match.captured(2) + match.captured(3)).toUtf8());
    }
    return expressions;
}

// What is wrong with a selector's labels: nothing where some sample has all that it names.
QByteArray selectorFault(const MetricsPage &page, const QByteArray &name, const QString &labels)
{
    static const QRegularExpression matcher(u"(\\w+)(=~|!=|!~|=)\"([^\"]*)\""_s);
    MetricsPage::Labels wanted;
    for (auto it = matcher.globalMatch(labels); it.hasNext();) {
        const auto match = it.next();
        const QByteArray label = match.captured(1).toUtf8();
        if (isOfScrape(label)) {
            continue;
        }
        if (page.labelValues(name, label).isEmpty()) {
            return name + " has no label " + label;
        }
        if (match.captured(2) == u"="_s) {
            wanted.insert(label, match.captured(3).toUtf8());
        }
    }
    const double value = page.value(name, wanted);
    return value == value ? QByteArray() : "no sample of " + name + " is " + labels.toUtf8();
}

// What in a query a daemon does not tell; empty where it tells all.
QByteArray expressionFault(const MetricsPage &page, const QByteArray &expression)
{
    static const QRegularExpression selector(u"\\b((?:switchboard|process)_\\w+)(?:\\{([^}]*)\\})?"_s);
    static const QRegularExpression grouping(u"\\b(?:by|without) \\(([^)]*)\\)"_s);
    const QString text = QString::fromUtf8(expression);
    QSet<QByteArray> labels;
    qsizetype selectors = 0;
    for (auto it = selector.globalMatch(text); it.hasNext(); ++selectors) {
        const auto match = it.next();
        const QByteArray name = match.captured(1).toUtf8();
        const QByteArray fault = selectorFault(page, name, match.captured(2));
        if (!fault.isEmpty()) {
            return fault;
        }
        for (const MetricsPage::Sample &sample : page.samples()) {
            if (sample.name == name) {
                const QList<QByteArray> keys = sample.labels.keys();
                labels.unite({keys.cbegin(), keys.cend()});
            }
        }
    }
    for (auto it = grouping.globalMatch(text); it.hasNext();) {
        for (const QString &label : it.next().captured(1).split(u", "_s)) {
            if (!isOfScrape(label.toUtf8()) && !labels.contains(label.toUtf8())) {
                return "no metric of \"" + expression + "\" has the label " + label.toUtf8();
            }
        }
    }
    return selectors > 0 || expression.startsWith("up{") ? QByteArray() : "no metric in " + expression;
}

// The block of code in \a text behind the line \a before, without its indentation.
QByteArray codeBehind(const QByteArray &text, const QByteArray &before)
{
    QByteArray code;
    const QList<QByteArray> lines = text.split('\n');
    auto line = std::find_if(lines.cbegin(), lines.cend(),
                             [&before](const QByteArray &each) { return each.contains(before); });
    for (; line != lines.cend() && !line->startsWith("    "); ++line) { }
    for (; line != lines.cend() && (line->startsWith("    ") || line->isEmpty()); ++line) {
        code += line->mid(4) + '\n';
    }
    return code.trimmed() + '\n';
}

} // namespace

/// What is made for Prometheus and Grafana fits what a daemon tells, and Prometheus' own tool takes it.
class MetricsFilesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void dashboardIsOne();
    void expressionsAreTold_data();
    void expressionsAreTold();
    void allIsDocumented();
    void promtoolTakesMetrics();
    void promtoolTakesRules();
    void alertsFire();
    void promtoolTakesDashboard();
    void documentedConfiguration();

private:
    Cluster m_cluster{1};
    MetricsPage m_page;
};

void MetricsFilesTest::initTestCase()
{
    QVERIFY(m_cluster.start());
    m_page = MetricsPage::of(m_cluster.daemon(0));
    QVERIFY(!m_page.samples().isEmpty());
}

void MetricsFilesTest::dashboardIsOne()
{
    QJsonParseError error;
    const QJsonObject root = QJsonDocument::fromJson(contentsOf(dashboard), &error).object();
    QVERIFY2(error.error == QJsonParseError::NoError, qPrintable(error.errorString()));
    QVERIFY(root[u"schemaVersion"_s].toInt() >= 30);
    QCOMPARE(root[u"title"_s].toString(), u"Switchboard"_s);
    const QJsonArray variables = root[u"templating"_s].toObject()[u"list"_s].toArray();
    QVERIFY(std::any_of(variables.begin(), variables.end(), [](const QJsonValue &variable) {
        return variable[u"name"_s].toString() == u"datasource"_s
            && variable[u"type"_s].toString() == u"datasource"_s;
    }));
    QSet<int> ids;
    const QJsonArray panels = root[u"panels"_s].toArray();
    for (const QJsonValue &panel : panels) {
        ids.insert(panel[u"id"_s].toInt());
        if (panel[u"type"_s].toString() == u"row"_s) {
            continue;
        }
        QCOMPARE(panel[u"datasource"_s].toObject()[u"uid"_s].toString(), u"${datasource}"_s);
        QVERIFY(!panel[u"targets"_s].toArray().isEmpty());
        const QJsonObject place = panel[u"gridPos"_s].toObject();
        QVERIFY(place[u"x"_s].toInt() + place[u"w"_s].toInt() <= 24);
    }
    QCOMPARE(ids.size(), panels.size());
}

void MetricsFilesTest::expressionsAreTold_data()
{
    QTest::addColumn<QByteArray>("expression");
    const QList<QByteArray> ofDashboard = dashboardExpressions();
    const QList<QByteArray> ofAlerts = alertExpressions();
    QVERIFY(ofDashboard.size() > 20);
    // None was overlooked.
    QCOMPARE(ofAlerts.size(), contentsOf(alertRules).count("- alert: "));
    for (const QByteArray &expression : ofDashboard + ofAlerts) {
        QTest::addRow("%s", expression.simplified().constData()) << expression;
    }
}

void MetricsFilesTest::expressionsAreTold()
{
    QFETCH(const QByteArray, expression);
    const QByteArray fault = expressionFault(m_page, expression);
    QVERIFY2(fault.isEmpty(), fault.constData());
}

void MetricsFilesTest::allIsDocumented()
{
    const QByteArray text = contentsOf(operations);
    for (auto family = m_page.families().cbegin(); family != m_page.families().cend(); ++family) {
        const QByteArray row = "| `" + family.key() + "` | " + family->type + " | ";
        QVERIFY2(text.contains(row), row.constData());
    }
    // And nothing that is not there.
    static const QRegularExpression name(
        u"\\| `((?:switchboard|process)_\\w+)` \\| (?:counter|gauge|histogram) "_s);
    for (auto it = name.globalMatch(QString::fromUtf8(text)); it.hasNext();) {
        const QByteArray documented = it.next().captured(1).toUtf8();
        QVERIFY2(m_page.families().contains(documented), documented.constData());
    }
    static const QRegularExpression alert(u"- alert: (\\w+)"_s);
    for (auto it = alert.globalMatch(QString::fromUtf8(contentsOf(alertRules))); it.hasNext();) {
        const QByteArray documented = "| `" + it.next().captured(1).toUtf8() + "` | ";
        QVERIFY2(text.contains(documented), documented.constData());
    }
}

void MetricsFilesTest::promtoolTakesMetrics()
{
    SKIP_WITHOUT_PROMTOOL();
    const HttpReply reply = httpRequest(m_cluster.daemon(0).port(), "GET", "/metrics");
    const PromtoolRun run = runPromtool({u"check"_s, u"metrics"_s}, reply.body);
    QCOMPARE(run.output, QByteArray()); // it says what could be better
    QCOMPARE(run.exitCode, 0);
}

void MetricsFilesTest::promtoolTakesRules()
{
    SKIP_WITHOUT_PROMTOOL();
    const PromtoolRun run = runPromtool({u"check"_s, u"rules"_s, alertRules});
    QVERIFY2(run.exitCode == 0, run.output.constData());
}

void MetricsFilesTest::alertsFire()
{
    SKIP_WITHOUT_PROMTOOL();
    const PromtoolRun run = runPromtool({u"test"_s, u"rules"_s, alertTests});
    QVERIFY2(run.exitCode == 0, run.output.constData());
    // Each is among those that are tested.
    static const QRegularExpression alert(u"- alert: (\\w+)"_s);
    for (auto it = alert.globalMatch(QString::fromUtf8(contentsOf(alertRules))); it.hasNext();) {
        const QByteArray tested = "{alertname=\"" + it.next().captured(1).toUtf8() + "\"}";
        QVERIFY2(contentsOf(alertTests).contains(tested), tested.constData());
    }
}

void MetricsFilesTest::promtoolTakesDashboard()
{
    SKIP_WITHOUT_PROMTOOL();
    // As recording rules, which must be expressions too.
    QByteArray rules = "groups:\n  - name: dashboard\n    rules:\n";
    int number = 0;
    for (QByteArray expression : dashboardExpressions()) {
        expression.replace("$__rate_interval", "1m");
        rules += "      - record: panel:" + QByteArray::number(++number) + "\n        expr: '" + expression
            + "'\n";
    }
    const QTemporaryDir folder;
    QFile file(folder.filePath(u"dashboard.yml"_s));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(rules) == rules.size() && file.flush());
    const PromtoolRun run = runPromtool({u"check"_s, u"rules"_s, file.fileName()});
    QVERIFY2(run.exitCode == 0, run.output.constData());
}

void MetricsFilesTest::documentedConfiguration()
{
    SKIP_WITHOUT_PROMTOOL();
    const QByteArray code = codeBehind(contentsOf(operations), "prometheus.yml");
    QVERIFY(code.contains("scrape_configs:"));
    const QTemporaryDir folder;
    // It names these.
    QVERIFY(QFile::copy(alertRules, folder.filePath(u"alerts.yml"_s)));
    QFile token(folder.filePath(u"monitor-token"_s));
    QVERIFY(token.open(QIODevice::WriteOnly));
    QFile file(folder.filePath(u"prometheus.yml"_s));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(code) == code.size() && file.flush());
    const PromtoolRun run = runPromtool({u"check"_s, u"config"_s, file.fileName()});
    QVERIFY2(run.exitCode == 0, run.output.constData());
}

QTEST_GUILESS_MAIN(MetricsFilesTest)

#include "tst_metricsfiles.moc"
