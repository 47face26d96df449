// SPDX-License-Identifier: BSD-3-Clause
#include "integration/openapidocument.h"
#include "integration/roomclient.h"
#include "support/redisprobe.h"
#include "support/webtoken.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryFile>
#include <QTest>
#include <QUuid>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace switchboard::test;

namespace {

const QByteArray MonitorToken = QByteArrayLiteral("open sesame, if you please");

HttpHeaders withToken(const QByteArray &token = MonitorToken)
{
    return {{"Authorization", "Bearer " + token}};
}

} // namespace

/// docs/openapi.json and what daemons really answer.
class OpenApiTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void schemasAreChecked_data();
    void schemasAreChecked();
    void answersAreAsDocumented_data();
    void answersAreAsDocumented();
    void headIsGetWithoutBody_data();
    void headIsGetWithoutBody();
    void undocumentedMethods_data();
    void undocumentedMethods();

private:
    using Operation = OpenApiDocument::Operation;

    // Sends a request that is to be answered with that status; no answer where this test knows none.
    HttpReply provoke(const Operation &operation, int status);
    HttpReply send(const Operation &operation, const QByteArray &path, const QByteArray &body = {},
                   HttpHeaders headers = withToken());
    HttpReply succeed(const Operation &operation);
    QByteArray exampleBody(const Operation &operation) const;
    // The path with something for its parameters that is there.
    QByteArray examplePath(QByteArray path) const;

    OpenApiDocument m_document = OpenApiDocument::load();
    QTemporaryFile m_monitorToken;
    QTemporaryFile m_secret;
    std::unique_ptr<Cluster> m_cluster;
    RoomClients m_clients;
};

void OpenApiTest::initTestCase()
{
    QVERIFY(!m_document.operations().isEmpty());
    QVERIFY(m_monitorToken.open() && m_monitorToken.write(MonitorToken) > 0 && m_monitorToken.flush());
    QVERIFY(m_secret.open() && m_secret.write(TokenSecret) > 0 && m_secret.flush());
    m_cluster = std::make_unique<Cluster>(2,
                                          QStringList{u"--monitor-token-file"_s, m_monitorToken.fileName(),
                                                      u"--auth-secret-file"_s, m_secret.fileName(),
                                                      u"--max-message-bytes"_s, u"1000"_s});
    QVERIFY(m_cluster->start());
}

void OpenApiTest::cleanupTestCase()
{
    m_clients.clear();
    m_cluster.reset();
}

void OpenApiTest::schemasAreChecked_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QStringList>("faults");
    const QByteArray node = "00000000-0000-4000-8000-000000000000";
    const QByteArray good =
        R"({"missing":[")" + node + R"("],"rooms":[{"members":1,"room":"r"}],"truncated":false})";
    const auto row = [](const char *name, const QByteArray &body, const QString &fault) {
        QTest::newRow(name) << body << (fault.isEmpty() ? QStringList() : QStringList{fault});
    };
    const auto with = [&good](const QByteArray &before, const QByteArray &after) {
        QByteArray body = good;
        return body.replace(before, after);
    };
    row("right", good, {});
    row("another type", with("false", "0"), u"the body.truncated: type"_s);
    row("no whole number", with("1", "1.5"), u"the body.rooms[0].members: type"_s);
    row("too small", with("1", "0"), u"the body.rooms[0].members: minimum"_s);
    row("too short", with("\"r\"", "\"\""), u"the body.rooms[0].room: minLength"_s);
    row("no UUID", with(node, "0"), u"the body.missing[0]: format"_s);
    row("a key is missing", with("\"members\":1,", ""), u"the body.rooms[0]: members is missing"_s);
    row("a key too many", with("\"members\":1", R"("members":1,"x":2)"),
        u"the body.rooms[0]: x is not documented"_s);
}

void OpenApiTest::schemasAreChecked()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QStringList, faults);
    const QList<Operation> all = m_document.operations();
    const auto operation =
        std::ranges::find_if(all, [](const Operation &each) { return each.path == "/rooms"; });
    HttpReply reply{
        .status = 200, .reason = {}, .headers = {{"Content-Type", "application/json"}}, .body = body};
    QCOMPARE(m_document.faults(*operation, reply), faults);
}

void OpenApiTest::answersAreAsDocumented_data()
{
    QTest::addColumn<Operation>("operation");
    QTest::addColumn<int>("status");
    const QList<Operation> all = m_document.operations();
    for (const Operation &operation : all) {
        const QList<int> statuses = operation.statuses();
        for (const int status : statuses) {
            QTest::addRow("%s %s %d", operation.method.constData(), operation.path.constData(), status)
                << operation << status;
        }
    }
}

void OpenApiTest::answersAreAsDocumented()
{
    QFETCH(const Operation, operation);
    QFETCH(const int, status);
    const HttpReply reply = provoke(operation, status);
    QVERIFY2(reply.status == status, reply.body);
    QCOMPARE(m_document.faults(operation, reply), QStringList());
    if (status >= 400) {
        const QJsonObject problem = QJsonDocument::fromJson(reply.body).object();
        QCOMPARE(problem["status"_L1].toInt(), status);
        QCOMPARE(problem["title"_L1].toString().toUtf8(), reply.reason);
    }
    QVERIFY(m_cluster->waitUntilReady());
}

HttpReply OpenApiTest::send(const Operation &operation, const QByteArray &path, const QByteArray &body,
                            HttpHeaders headers)
{
    if (!body.isEmpty()) {
        headers.append(qMakePair(QByteArray("Content-Type"), QByteArray("application/json")));
    }
    return httpRequest(m_cluster->daemon(0).port(), operation.method, "/api/v1" + path, body, headers);
}

QByteArray OpenApiTest::exampleBody(const Operation &operation) const
{
    if (!operation.description.contains("requestBody"_L1)) {
        return {};
    }
    return operation.path == "/chat" ? R"({"content":"hello"})" : R"({"message":"hello"})";
}

QByteArray OpenApiTest::examplePath(QByteArray path) const
{
    path.replace("{room}", "%23haskell");
    return path.replace("{client}", m_clients.empty() ? QByteArray() : m_clients.back().id());
}

HttpReply OpenApiTest::succeed(const Operation &operation)
{
    m_clients.clear();
    const WsClient::Headers own{{"Authorization", "Bearer " + webToken(R"({"sub":"alice"})")}};
    for (DaemonProcess &daemon : m_cluster->daemons()) {
        if (!m_clients.emplace_back().connectTo(daemon.webSocketUrl(), own)) {
            return {};
        }
    }
    if (!joinAll(m_clients, "#haskell")) {
        return {};
    }
    return send(operation, examplePath(operation.path), exampleBody(operation));
}

HttpReply OpenApiTest::provoke(const Operation &operation, int status)
{
    const QByteArray unknown = QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    const QByteArray path = examplePath(QByteArray(operation.path).replace("{client}", unknown));
    const QByteArray body = exampleBody(operation);
    switch (status) {
    case 200:
    case 202:
    case 204:
        return succeed(operation);
    case 400:
        return operation.method == "DELETE" ? send(operation, "/clients/x")
            : body.isEmpty()                ? send(operation, path + "?limit=0")
                                            : send(operation, path, "{");
    case 401:
        return send(operation, path, body, {});
    case 403:
        return send(operation, path, body, withToken(webToken(R"({"sub":"alice"})")));
    case 404:
        return send(operation, path);
    case 413:
        return send(operation, path, QByteArray(body).replace("hello", QByteArray(1000, 'x')));
    case 415:
        return httpRequest(m_cluster->daemon(0).port(), operation.method, "/api/v1" + path, body,
                           withToken());
    case 422:
        return send(operation, path, R"({"hello":"world"})");
    case 503: {
        m_cluster->redis().kill();
        const HttpReply reply = m_cluster->waitUntilNotReady() ? send(operation, path, body) : HttpReply();
        return m_cluster->redis().restart() ? reply : HttpReply();
    }
    case 504: {
        m_cluster->daemon(1).pause();
        HttpReply reply = send(operation, path);
        m_cluster->daemon(1).resume();
        return reply;
    }
    default:
        return {};
    }
}

void OpenApiTest::headIsGetWithoutBody_data()
{
    QTest::addColumn<Operation>("operation");
    const QList<Operation> all = m_document.operations();
    for (const Operation &operation : all) {
        if (operation.method == "GET") {
            QTest::newRow(operation.path.constData()) << operation;
        }
    }
}

void OpenApiTest::headIsGetWithoutBody()
{
    QFETCH(Operation, operation);
    const HttpReply got = send(operation, examplePath(operation.path));
    operation.method = "HEAD";
    const HttpReply head = send(operation, examplePath(operation.path));
    QCOMPARE(head.status, 200);
    QCOMPARE(head.body, QByteArray());
    QCOMPARE(head.header("Content-Type"), got.header("Content-Type"));
    QVERIFY(head.header("Content-Length").toInt() > 2);
}

void OpenApiTest::undocumentedMethods_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("method");
    const QList<QByteArray> paths = m_document.paths();
    for (const QByteArray &path : paths) {
        QList<QByteArray> known = m_document.methods(path);
        if (known.contains("GET")) {
            known.append("HEAD");
        }
        for (const char *method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "FOO"}) {
            if (!known.contains(method)) {
                QTest::addRow("%s %s", method, path.constData()) << path << QByteArray(method);
            }
        }
    }
}

void OpenApiTest::undocumentedMethods()
{
    QFETCH(const QByteArray, path);
    QFETCH(const QByteArray, method);
    const HttpReply reply = send({method, path, {}}, QByteArray(path).replace("{client}", "x"));
    QCOMPARE(reply.status, 405);
    QList<QByteArray> expected = m_document.methods(path);
    if (expected.contains("GET")) {
        expected.append("HEAD");
    }
    QCOMPARE(sorted(reply.header("Allow").replace(" ", "").split(',')), sorted(expected));
    QCOMPARE(reply.header("Content-Type"), QByteArray("application/problem+json"));
}

QTEST_GUILESS_MAIN(OpenApiTest)

#include "tst_openapi.moc"
