// SPDX-License-Identifier: BSD-3-Clause
#include "configtesting.h"
#include "node/configprinter.h"
#include "node/settings.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard;
using switchboard::test::ConfigFolder;

class ConfigPrinterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsWhereValuesComeFrom();
    void printsWhatReadsTheSame();
    void keepsSecrets_data();
    void keepsSecrets();
    void quotesText();
    void checksWithoutStarting();
    void sampleChangesNothing();
    void sampleIsRightWhenUncommented();
};

namespace {

QString lineOf(const QString &text, const QString &start)
{
    const QStringList lines = text.split(u'\n');
    for (const QString &line : lines) {
        if (line.startsWith(start)) {
            return line;
        }
    }
    return {};
}

} // namespace

void ConfigPrinterTest::tellsWhereValuesComeFrom()
{
    ConfigFolder folder;
    folder.write("keepalive = 5\nallow-origin = [\"http://a\", \"https://b:1\"]\nmax-rooms = 1\n");
    const auto commandLine =
        folder.parse({u"--print-config"_s, u"--port=0080"_s}, {{u"MAX_ROOMS"_s, u"7"_s}});
    QVERIFY2(commandLine, commandLine ? "" : qPrintable(commandLine.error()));
    const QString text = commandLine->message.value_or(QString());
    QCOMPARE(lineOf(text, u"port "_s), u"port = 80 # flag --port"_s);
    QCOMPARE(lineOf(text, u"max-rooms "_s), u"max-rooms = 7 # environment MAX_ROOMS"_s);
    QCOMPARE(lineOf(text, u"keepalive "_s), u"keepalive = 5 # file "_s + folder.path() + u":1:13"_s);
    QCOMPARE(lineOf(text, u"allow-origin "_s),
             u"allow-origin = [\"http://a\", \"https://b:1\"] # file "_s + folder.path() + u":2:16"_s);
    QCOMPARE(lineOf(text, u"log-level "_s), u"log-level = \"info\" # default"_s);
    QCOMPARE(lineOf(text, u"# tls-key"_s), u"# tls-key is not set"_s);
    // The first one says what it is.
    QCOMPARE(text.count(u'\n'), static_cast<qsizetype>(settings().size()) + 1);
}

void ConfigPrinterTest::printsWhatReadsTheSame()
{
    ConfigFolder folder;
    folder.writeFile(u"secret \"1\"\\"_s, QByteArray(40, 's'));
    folder.write("");
    const auto first =
        folder.parse({u"--print-config"_s, u"--auth-secret-file"_s, folder.filePath(u"secret \"1\"\\"_s),
                      u"--address=127.0.0.1"_s, u"--allow-origin=http://a,http://b"_s, u"--engine=qt"_s,
                      u"--port=0"_s, u"--redis-url=unix:///run/r.sock?db=3"_s, u"--log-format=json"_s});
    QVERIFY2(first, first ? "" : qPrintable(first.error()));
    folder.write(first->message->toUtf8());
    const auto second = folder.parse();
    QVERIFY2(second, second ? "" : qPrintable(second.error()));
    for (const Setting &setting : settings()) {
        QVERIFY2(setting.value.isSame(first->config, second->config), qPrintable(setting.flag));
    }
}

void ConfigPrinterTest::keepsSecrets_data()
{
    QTest::addColumn<QString>("variable");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("line");
    QTest::newRow("password") << u"REDIS_URL"_s << u"redis://:hunter2@h"_s
                              << u"# redis-url = \"redis://:***@h:6379\" # without its password, "
                                 "environment REDIS_URL"_s;
    QTest::newRow("token") << u"MONITOR_TOKEN"_s << u"hunter2"_s
                           << u"# monitor-token-file is not shown # environment MONITOR_TOKEN"_s;
    QTest::newRow("secret") << u"AUTH_SECRET"_s << u"hunter2"_s.repeated(5)
                            << u"# auth-secret-file is not shown # environment AUTH_SECRET"_s;
}

void ConfigPrinterTest::keepsSecrets()
{
    QFETCH(const QString, variable);
    QFETCH(const QString, value);
    QFETCH(const QString, line);
    ConfigFolder folder;
    folder.write("");
    const auto commandLine = folder.parse({u"--print-config"_s}, {{variable, value}});
    QVERIFY2(commandLine, commandLine ? "" : qPrintable(commandLine.error()));
    const QString text = commandLine->message.value_or(QString());
    QVERIFY2(text.contains(line + u'\n'), qPrintable(text));
    QVERIFY(!text.contains(u"hunter2"_s));
    folder.write(text.toUtf8());
    QCOMPARE(folder.errors(), QString());
}

void ConfigPrinterTest::quotesText()
{
    ConfigFolder folder;
    const QString name = u"k\u00E9y \"\\\t\n#'"_s;
    folder.writeFile(name, QByteArray(40, 's'));
    folder.write("");
    const auto printed = folder.parse({u"--print-config"_s, u"--auth-secret-file"_s, folder.filePath(name)});
    QVERIFY2(printed, printed ? "" : qPrintable(printed.error()));
    folder.write(printed->message->toUtf8());
    const auto read = folder.parse();
    QVERIFY2(read, read ? "" : qPrintable(read.error()));
    QCOMPARE(read->given.value(u"auth-secret-file"_s).text, folder.filePath(name));
}

void ConfigPrinterTest::checksWithoutStarting()
{
    ConfigFolder folder;
    folder.write("port = 1\n");
    const auto good = folder.parse({u"--check-config"_s});
    QVERIFY2(good, good ? "" : qPrintable(good.error()));
    QCOMPARE(good->message, std::optional(u"ok\n"_s));
    // What a start would read, and find wrong.
    folder.writeFile(u"cert"_s, "no certificate");
    folder.writeFile(u"key"_s, "no key");
    const QString cert = folder.filePath(u"cert"_s);
    folder.write("tls-cert = \"" + cert.toUtf8() + "\"\ntls-key = \"" + folder.filePath(u"key"_s).toUtf8()
                 + "\"\n");
    const auto bad = folder.parse({u"--check-config"_s});
    QVERIFY(!bad);
    QVERIFY2(bad.error().contains(cert), qPrintable(bad.error()));
}

void ConfigPrinterTest::sampleChangesNothing()
{
    ConfigFolder folder;
    folder.write(sampleConfig().toUtf8());
    const auto commandLine = folder.parse();
    QVERIFY2(commandLine, commandLine ? "" : qPrintable(commandLine.error()));
    QVERIFY(commandLine->given.isEmpty());
    for (const QString &line : sampleConfig().split(u'\n')) {
        QVERIFY2(line.isEmpty() || line.startsWith(u'#'), qPrintable(line));
        QVERIFY2(line.size() <= 100, qPrintable(line));
    }
    const QString words = sampleConfig().remove(u"\n#"_s).simplified();
    for (const Setting &setting : settings()) {
        QVERIFY2(words.contains(setting.description.simplified()), qPrintable(setting.description));
    }
}

void ConfigPrinterTest::sampleIsRightWhenUncommented()
{
    ConfigFolder folder;
    folder.writeFile(u"file"_s, QByteArray(40, 's'));
    QString text = sampleConfig();
    static const QRegularExpression comment(u"^# (?=[a-z-]+ = )"_s, QRegularExpression::MultilineOption);
    text.replace(comment, QString());
    static const QRegularExpression path(u"\"/etc/switchboard/[a-z-]+\""_s);
    text.replace(path, u'"' + folder.filePath(u"file"_s) + u'"');
    folder.write(text.toUtf8());
    const auto commandLine = folder.parse();
    QVERIFY2(commandLine, commandLine ? "" : qPrintable(commandLine.error()));
    QCOMPARE(commandLine->given.size(), static_cast<qsizetype>(settings().size()));
    for (const Setting &setting : settings()) {
        // Where there is a default, it is the one shown.
        const bool hasDefault = !setting.value.show(NodeConfig()).isEmpty();
        QVERIFY2(!hasDefault || setting.value.isSame(commandLine->config, NodeConfig()),
                 qPrintable(setting.flag));
    }
}

QTEST_GUILESS_MAIN(ConfigPrinterTest)
#include "tst_configprinter.moc"
