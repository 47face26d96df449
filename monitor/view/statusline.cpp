// SPDX-License-Identifier: BSD-3-Clause
#include "view/statusline.h"

#include "client/nodeaddress.h"
#include "link/monitorlink.h"
#include "model/clustermodel.h"
#include "model/format.h"
#include "view/colors.h"
#include "view/elidedlabel.h"
#include "view/session.h"

#include <QAction>
#include <QLabel>
#include <QStatusBar>
#include <QToolButton>

#include <chrono>

namespace switchboard::monitor {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

QLabel *createFigure(const QString &name, const QString &hint, QStatusBar *bar)
{
    auto *label = new QLabel(bar);
    label->setAccessibleName(name);
    label->setToolTip(hint);
    label->setMargin(2);
    bar->addPermanentWidget(label);
    return label;
}

struct StateSign
{
    QString sign;
    Meaning meaning;
};

StateSign signOf(MonitorLink::State state)
{
    switch (state) {
    case MonitorLink::State::Connected:
        return {u"●"_s, Meaning::Good};
    case MonitorLink::State::Connecting:
    case MonitorLink::State::Waiting:
        return {u"◌"_s, Meaning::Warning};
    case MonitorLink::State::Disconnected:
        break;
    }
    return {u"○"_s, Meaning::Muted};
}

} // namespace

StatusLine::StatusLine(Session *session, QAction *retry, QAction *unlock, QStatusBar *bar)
    : QObject(bar)
    , m_session(session)
    , m_sign(new QLabel(bar))
    , m_state(new QLabel(bar))
    , m_retry(new QToolButton(bar))
    , m_notice(new ElidedLabel(bar))
{
    m_state->setAccessibleName(tr("Connection"));
    m_retry->setDefaultAction(retry);
    m_retry->setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_retry->setAutoRaise(true);
    bar->setSizeGripEnabled(false);
    bar->addWidget(m_sign);
    bar->addWidget(m_state);
    bar->addWidget(m_retry);
    bar->addWidget(m_notice, 1);
    m_totals = createFigure(tr("Cluster"), tr("All nodes together, in the last second"), bar);
    m_sampled = createFigure(
        tr("Left out"), tr("Messages that nodes under load did not tell of; the figures count them"), bar);
    m_latency = createFigure(tr("Latency"), tr("The round trip between this monitor and its node"), bar);
    auto *lock = new QToolButton(bar);
    lock->setDefaultAction(unlock);
    lock->setAutoRaise(true);
    lock->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->addPermanentWidget(lock);

    m_notice->setAccessibleName(tr("Notice"));
    m_notice->hide();
    m_noticeEnd.setSingleShot(true);
    connect(&m_noticeEnd, &QTimer::timeout, m_notice, &QWidget::hide);
    connect(&m_countdown, &QTimer::timeout, this, &StatusLine::updateCountdown);
    connect(session->link(), &MonitorLink::stateChanged, this, &StatusLine::updateState);
    connect(session->link(), &MonitorLink::latencyChanged, this, &StatusLine::updateLatency);
    connect(session, &Session::clusterChanged, this, &StatusLine::watchCluster);
    watchCluster();
    updateState();
    updateLatency();
}

// Not QStatusBar's own way, which hides the state of the link meanwhile.
void StatusLine::showNotice(const QString &text)
{
    m_notice->setText(text);
    m_notice->show();
    m_noticeEnd.start(8s);
}

void StatusLine::watchCluster()
{
    connect(m_session->cluster(), &ClusterModel::totalsChanged, this, &StatusLine::updateTotals);
    updateTotals();
}

void StatusLine::updateState()
{
    const MonitorLink *link = m_session->link();
    const StateSign sign = signOf(link->state());
    QPalette colors = m_state->palette();
    colors.setColor(
        QPalette::WindowText,
        readableOn(colors.color(QPalette::Window), textColor(sign.meaning, colors), graphicContrast));
    m_sign->setText(sign.sign);
    m_sign->setPalette(colors);
    const bool isWaiting = link->state() == MonitorLink::State::Waiting;
    m_retry->setVisible(isWaiting);
    if (isWaiting) {
        m_countdown.start(250ms);
    } else {
        m_countdown.stop();
    }
    const QString address = link->url().isEmpty() ? QString() : client::displayAddress(link->url());
    m_state->setToolTip(link->problem().isEmpty() ? link->url().toString() : link->problem());
    switch (link->state()) {
    case MonitorLink::State::Connected:
        m_state->setText(tr("Connected to %1").arg(address));
        break;
    case MonitorLink::State::Connecting:
        m_state->setText(tr("Connecting to %1…").arg(address));
        break;
    case MonitorLink::State::Waiting:
        updateCountdown();
        break;
    case MonitorLink::State::Disconnected:
        m_state->setText(tr("Not connected"));
        break;
    }
}

void StatusLine::updateCountdown()
{
    const MonitorLink *link = m_session->link();
    if (const auto left = link->nextAttemptIn()) {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(*left).count();
        m_state->setText(
            tr("Disconnected; trying %1 in %2 s").arg(client::displayAddress(link->url())).arg(seconds));
    }
}

void StatusLine::updateLatency()
{
    const auto latency = m_session->link()->latency();
    m_latency->setVisible(latency.has_value());
    if (latency) {
        m_latency->setText(tr("latency %1").arg(Format::micros(latency->count())));
    }
}

void StatusLine::updateTotals()
{
    const ClusterModel::Totals totals = m_session->cluster()->totals();
    m_totals->setVisible(totals.nodes > 0);
    m_totals->setText(
        tr("%1   %2   in %3   out %4")
            .arg(totals.nodes == 1 ? tr("1 node") : tr("%1 nodes").arg(totals.nodes),
                 totals.clients == 1 ? tr("1 client") : tr("%1 clients").arg(Format::count(totals.clients)),
                 Format::rate(static_cast<double>(totals.messagesIn)),
                 Format::rate(static_cast<double>(totals.messagesOut))));
    m_sampled->setVisible(totals.sampledOut > 0);
    m_sampled->setText(totals.sampledOutPerSecond > 0
                           ? tr("%1 left out, %2")
                                 .arg(Format::count(totals.sampledOut),
                                      Format::rate(static_cast<double>(totals.sampledOutPerSecond)))
                           : tr("%1 left out").arg(Format::count(totals.sampledOut)));
}

} // namespace switchboard::monitor
