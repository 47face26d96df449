// SPDX-License-Identifier: BSD-3-Clause
#include "model/clustermodel.h"
#include "model/exporter.h"
#include "model/filterproxymodel.h"
#include "model/nodesmodel.h"
#include "model/pingsmodel.h"
#include "model/roomsmodel.h"
#include "model/trafficmodel.h"
#include "sampleevents.h"

#include <QBuffer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard;
using namespace switchboard::monitor;
using namespace switchboard::test;

namespace {

QByteArray exported(const QAbstractItemModel &model, ExportFormat format)
{
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    const auto rows = Exporter::write(model, format, buffer);
    return rows ? buffer.data() : rows.error().toUtf8();
}

// A disk that is full after so many bytes.
class FullDevice : public QIODevice
{
public:
    explicit FullDevice(qint64 room)
        : m_room(room)
    {
        open(QIODevice::WriteOnly | QIODevice::Unbuffered);
    }

protected:
    qint64 readData(char * /*data*/, qint64 /*size*/) override { return -1; }
    qint64 writeData(const char * /*data*/, qint64 size) override
    {
        const qint64 taken = qMin(size, m_room);
        m_room -= taken;
        if (taken == 0) {
            setErrorString(u"disk full"_s);
            return -1;
        }
        return taken;
    }

private:
    qint64 m_room;
};

} // namespace

class ExporterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void jsonLines();
    void csv();
    void csvIsNoFormula_data();
    void csvIsNoFormula();
    void trees();
    void whatAProxyShows();
    void nothing();
    void manyRows();
    void tellsWhatTheDeviceSays();
};

void ExporterTest::jsonLines()
{
    TrafficModel traffic;
    traffic.append({{{}, "n1", "c1", {}, "a \"b\"\n\\ é", false}, {{}, "n1", "c2", "", "", true}});
    QCOMPARE(exported(traffic, ExportFormat::JsonLines),
             R"({"time":"1970-01-01T00:00:00Z","node":"n1","client":"c1","text":"a \"b\"\n\\ é"})"
             "\n"
             R"({"time":"1970-01-01T00:00:00Z","node":"n1","client":"c2","room":"","text":""})"
             "\n"_ba);
}

void ExporterTest::csv()
{
    TrafficModel traffic;
    traffic.append({{{}, "n1", "c1", "a,b", "say \"hi\"", true}, {{}, "n1", "c2", {}, "x\r\ny ", false}});
    QCOMPARE(exported(traffic, ExportFormat::Csv),
             "time,node,client,room,text\r\n"
             "1970-01-01T00:00:00Z,n1,c1,\"a,b\",\"say \"\"hi\"\"\"\r\n"
             "1970-01-01T00:00:00Z,n1,c2,,\"x\r\ny \"\r\n"_ba);
}

void ExporterTest::csvIsNoFormula_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("field");
    QTest::newRow("formula") << "=1+2"_ba
                             << "'=1+2"_ba;
    QTest::newRow("command") << "=LINK(\"http://x\",1)"_ba
                             << "\"'=LINK(\"\"http://x\"\",1)\""_ba;
    QTest::newRow("plus") << "+1"_ba
                          << "'+1"_ba;
    QTest::newRow("minus") << "-1"_ba
                           << "'-1"_ba;
    QTest::newRow("at") << "@SUM(A1)"_ba
                        << "'@SUM(A1)"_ba;
    QTest::newRow("tab") << "\t=1"_ba
                         << "'\t=1"_ba;
    QTest::newRow("carriage return") << "\r=1"_ba
                                     << "\"'\r=1\""_ba;
    QTest::newRow("line feed") << "\n=1"_ba
                               << "\"'\n=1\""_ba;
    QTest::newRow("quotation mark") << "\"=1\""_ba
                                    << "\"\"\"=1\"\"\""_ba;
    QTest::newRow("inside") << "a=1"_ba
                            << "a=1"_ba;
    QTest::newRow("apostrophe") << "'=1"_ba
                                << "'=1"_ba;
    QTest::newRow("nothing") << QByteArray() << QByteArray();
}

void ExporterTest::csvIsNoFormula()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, field);
    TrafficModel traffic;
    traffic.append({{{}, "n1", "c1", {}, text, false}});
    QCOMPARE(exported(traffic, ExportFormat::Csv),
             "time,node,client,room,text\r\n1970-01-01T00:00:00Z,n1,c1,," + field + "\r\n");
    // JSON is for programs, which want it as it was.
    const auto line = QJsonDocument::fromJson(exported(traffic, ExportFormat::JsonLines));
    QCOMPARE(line[u"text"].toString().toUtf8(), text);
}

void ExporterTest::trees()
{
    SampleClock clock;
    ClusterModel cluster(clock.options());
    cluster.add(snapshotPart("n1", 1, 1, {snapshotClient("a", {"x"}), snapshotClient("b", {"x"})}));
    cluster.add(protocol::PingSent{"n1", protocol::PingNumber::One, "::1", sampleTime()});
    cluster.add(protocol::PingDelivered{"n2", protocol::PingNumber::One, 3, sampleTime(2), 2000});
    cluster.add(stats("n1", 2));
    cluster.flush();
    QCOMPARE(exported(*cluster.rooms(), ExportFormat::JsonLines),
             R"({"room":"x","members":2,"messageRate":0})"
             "\n"
             R"({"room":"x","node":"n1","client":"a"})"
             "\n"
             R"({"room":"x","node":"n1","client":"b"})"
             "\n"_ba);
    QCOMPARE(exported(*cluster.pings(), ExportFormat::Csv),
             "time,number,node,address,nodes,clients,micros\r\n"
             "2026-03-01T10:00:00Z,1,n1,::1,1,3,2000\r\n"
             "2026-03-01T10:00:00.002Z,1,n2,,,3,2000\r\n"_ba);
    const auto node =
        QJsonDocument::fromJson(exported(*cluster.nodes(), ExportFormat::JsonLines).split('\n')[0]);
    QCOMPARE(node[u"state"].toString(), u"live"_s);
    QCOMPARE(node[u"clients"].toInt(), 2);
    QCOMPARE(node[u"redisRoundTripMicros"].toInt(), 640);
    QCOMPARE(node[u"address"].toString(), u"host-n1:9000"_s);
}

void ExporterTest::whatAProxyShows()
{
    TrafficModel traffic;
    traffic.append({{{}, "n1", "c1", {}, "b", false},
                    {{}, "n1", "c1", {}, "a", false},
                    {{}, "n2", "c1", {}, "c", false}});
    FilterProxyModel proxy;
    proxy.setSourceModel(&traffic);
    proxy.sort(TrafficTable::TextColumn);
    QCOMPARE(proxy.setFilterText(u"node:n1"_s), QString());
    QCOMPARE(exported(proxy, ExportFormat::Csv),
             "time,node,client,room,text\r\n"
             "1970-01-01T00:00:00Z,n1,c1,,a\r\n"
             "1970-01-01T00:00:00Z,n1,c1,,b\r\n"_ba);
}

void ExporterTest::nothing()
{
    const TrafficModel traffic;
    QCOMPARE(exported(traffic, ExportFormat::JsonLines), QByteArray());
    QCOMPARE(exported(traffic, ExportFormat::Csv), "time,node,client,room,text\r\n"_ba);
}

void ExporterTest::manyRows()
{
    TrafficModel traffic;
    traffic.append(std::vector<TrafficRow>(20'000, {{}, "n1", "c1", "r", "text", true}));
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    const auto rows = Exporter::write(traffic, ExportFormat::JsonLines, buffer);
    QCOMPARE(rows.value_or(-1), 20'000);
    QCOMPARE(buffer.data().count('\n'), 20'000);
}

void ExporterTest::tellsWhatTheDeviceSays()
{
    TrafficModel traffic;
    traffic.append(std::vector<TrafficRow>(5000, {{}, "n1", "c1", "r", "text", true}));
    for (const qint64 room : {0, 10, 100'000}) {
        FullDevice device(room);
        const auto rows = Exporter::write(traffic, ExportFormat::JsonLines, device);
        QVERIFY(!rows);
        QCOMPARE(rows.error(), u"disk full"_s);
    }
    QBuffer closed;
    QVERIFY(!Exporter::write(traffic, ExportFormat::Csv, closed).error().isEmpty());
}

QTEST_GUILESS_MAIN(ExporterTest)
#include "tst_exporter.moc"
