// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/metricsendpoint.h"

#include "metrics/metricshub.h"
#include "metrics/metricstext.h"
#include "metrics/nodemetrics.h"
#include "metrics/processfigures.h"
#include "net/auth/monitoraccess.h"

#include <algorithm>

namespace switchboard {

MetricsEndpoint::MetricsEndpoint(MetricsHub &hub, const NodeMetrics &metrics, const MonitorAccess &access,
                                 TimingWheel &wheel, QObject *parent)
    : QObject(parent)
    , m_hub(hub)
    , m_metrics(metrics)
    , m_access(access)
    , m_wheel(wheel)
{
    m_hub.add(m_metrics.worker(), *this);
}

MetricsEndpoint::~MetricsEndpoint()
{
    m_hub.remove(m_metrics.worker());
}

void MetricsEndpoint::handle(const HttpRequest &request, const HttpResponder &responder)
{
    if (request.head.method != "GET" && request.head.method != "HEAD") {
        responder.send(
            {.status = 405, .body = "Metrics are for GET and HEAD.\n", .fields = {{"Allow", "GET, HEAD"}}});
    } else if (const auto admitted = m_access.admit(request.head, request.peerAddress); !admitted) {
        responder.send(admitted.error());
    } else {
        begin(responder);
    }
}

void MetricsEndpoint::begin(const HttpResponder &responder)
{
    const int own = m_metrics.worker();
    const quint64 number = ++m_lastNumber;
    Scrape &scrape = m_scrapes.emplace(number, Scrape{responder, {}, m_hub.workers(), nullptr}).first->second;
    scrape.deadline = std::make_unique<Deadline>(m_wheel, [this, number] { finish(number); });
    scrape.deadline->start(patience);
    const auto answer = [number, own, hub = &m_hub](const MetricsEndpoint &other) {
        hub->post(own, [number, figures = other.m_metrics.figures()](MetricsEndpoint &asker) {
            asker.take(number, figures);
        });
    };
    for (const int worker : scrape.awaited) {
        if (worker != own) {
            m_hub.post(worker, answer);
        }
    }
    take(number, m_metrics.figures());
}

void MetricsEndpoint::take(quint64 number, NodeFigures figures)
{
    const auto found = m_scrapes.find(number);
    if (found == m_scrapes.end()) {
        return; // it was too late
    }
    Scrape &scrape = found->second;
    std::erase(scrape.awaited, figures.worker);
    scrape.figures.push_back(std::move(figures));
    if (scrape.awaited.empty()) {
        finish(number);
    }
}

void MetricsEndpoint::finish(quint64 number)
{
    const auto found = m_scrapes.find(number);
    Scrape scrape = std::move(found->second);
    m_scrapes.erase(found);
    std::ranges::sort(scrape.figures, {}, &NodeFigures::worker);
    scrape.responder.send(
        {.status = 200,
         .body = metricsText(scrape.figures, scrape.awaited, processFigures(m_hub.startedAt())),
         .contentType = metricsContentType.toByteArray()});
}

} // namespace switchboard
