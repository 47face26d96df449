// SPDX-License-Identifier: BSD-3-Clause
#include "bench/conversation.h"

#include <algorithm>
#include <limits>
#include <random>
#include <utility>

namespace switchboard::bench {

using namespace std::chrono_literals;

namespace {

constexpr auto settleTimeout = 10s; // without a delivery
constexpr auto pollInterval = 50ms;
constexpr std::size_t noReceiver = std::numeric_limits<std::size_t>::max();
constexpr std::string_view placeholder = "\x01";

std::uint16_t randomRun()
{
    return static_cast<std::uint16_t>(std::random_device()());
}

double seconds(std::chrono::nanoseconds duration)
{
    return std::chrono::duration<double>(duration).count();
}

} // namespace

Conversation::Conversation(Crowd &crowd, const Dialect &dialect, std::span<const Circle> circles,
                           std::size_t messageBytes)
    : m_crowd(crowd)
    , m_dialect(dialect)
    , m_text(messageBytes, randomRun())
    , m_receiverOf(crowd.size(), noReceiver)
{
    for (std::size_t i = 0; i < circles.size(); ++i) {
        addCircle(circles[i], i);
    }
    m_sentBySender.resize(m_senders.size(), 0);
    m_crowd.setListener(this);
}

Conversation::~Conversation()
{
    m_crowd.setListener(nullptr);
}

// Senders are spread over the members, by an odd step, so that they are on all nodes; the first one is not on
// the same node in every circle.
void Conversation::addCircle(const Circle &circle, std::size_t index)
{
    const auto first = static_cast<std::uint32_t>(m_senders.size());
    std::size_t receiver = 0;
    for (std::size_t i = 0; i < index; ++i) {
        receiver += m_circleSizes[i];
    }
    for (const std::size_t client : circle.members) {
        m_check.addReceiver(first, circle.senders);
        m_receiverOf[client] = receiver++;
    }
    m_circleSizes.push_back(circle.members.size());
    std::vector<bool> isTaken(circle.members.size(), false);
    const std::size_t step = (circle.members.size() / circle.senders) | 1;
    for (std::size_t i = 0; i < circle.senders; ++i) {
        std::size_t member = (index + i * step) % circle.members.size();
        while (isTaken[member]) {
            member = (member + 1) % circle.members.size();
        }
        isTaken[member] = true;
        addSender(circle, index, circle.members[member]);
    }
}

void Conversation::addSender(const Circle &circle, std::size_t index, std::size_t client)
{
    const std::string request = m_dialect.say(circle.room, placeholder);
    const std::size_t text = request.find(placeholder);
    m_senders.push_back(
        {client, index, request.substr(0, text), request.substr(text + placeholder.size()), {}});
}

void Conversation::send(std::uint32_t sender)
{
    Sender &from = m_senders[sender];
    const std::uint32_t sequence = m_sentBySender[sender]++;
    m_request.assign(from.before);
    m_request.append(m_text.write({sender, sequence}));
    m_request.append(from.after);
    ++m_sent;
    m_owed += m_circleSizes[from.circle];
    if (m_latencies != nullptr) {
        from.sentAt.resize(sequence + 1);
        from.sentAt[sequence] = Clock::now();
    }
    m_crowd.send(from.client, m_request);
}

void Conversation::onMessage(std::size_t client, std::string_view message)
{
    const auto number = m_text.find(message);
    if (!number || number->sender >= m_senders.size() || number->sequence >= m_sentBySender[number->sender]
        || m_receiverOf[client] == noReceiver) {
        noteRejection(client, message);
        return;
    }
    if (!m_check.take(m_receiverOf[client], *number)) {
        return;
    }
    ++m_deliveries;
    m_deliveredBytes += message.size();
    const Sender &from = m_senders[number->sender];
    if (m_latencies != nullptr) {
        const auto latency = m_crowd.lastRead() - from.sentAt[number->sequence];
        m_latencies->record(static_cast<std::uint64_t>(std::max(latency, Clock::duration::zero()).count()));
    }
    if (m_isInTurn && from.client == client) {
        send(number->sender);
    }
}

// Which of its messages was refused is not told; no delivery is to come of one of them.
void Conversation::noteRejection(std::size_t client, std::string_view message)
{
    if (!m_dialect.isRejection(message)) {
        return; // somebody else's message
    }
    if (m_rejected++ == 0) {
        m_firstRejection = QString::fromUtf8(message.data(), static_cast<qsizetype>(message.size()));
    }
    const auto sender = std::find_if(m_senders.begin(), m_senders.end(),
                                     [&](const Sender &candidate) { return candidate.client == client; });
    if (sender == m_senders.end()) {
        return;
    }
    m_refused += m_circleSizes[sender->circle];
    if (m_isInTurn) {
        send(static_cast<std::uint32_t>(sender - m_senders.begin()));
    }
}

DeliveryFaults Conversation::faults() const
{
    DeliveryFaults faults = m_check.faults(m_sentBySender);
    faults.lost -= std::min(faults.lost, m_refused);
    return faults;
}

void Conversation::speakInTurn(std::uint32_t window, std::chrono::nanoseconds duration, const QString &phase,
                               Progress &progress)
{
    const auto begin = Clock::now();
    m_isInTurn = true;
    for (std::uint32_t i = 0; i < window; ++i) {
        send(i % static_cast<std::uint32_t>(m_senders.size()));
    }
    auto now = begin;
    auto last = begin; // when something was delivered
    std::uint64_t handled = 0;
    while (now - begin < duration && now - last < settleTimeout && m_crowd.ended() == 0) {
        m_crowd.poll(std::min<std::chrono::nanoseconds>(pollInterval, duration - (now - begin)));
        now = Clock::now();
        // What others say does not count.
        last = std::exchange(handled, m_deliveries + m_rejected) < m_deliveries + m_rejected ? now : last;
        progress.update(phase, seconds(now - begin), seconds(duration));
    }
    m_isInTurn = false;
    settle();
}

void Conversation::speakSteadily(double rate, std::chrono::nanoseconds duration, Histogram &latencies,
                                 const QString &phase, Progress &progress)
{
    m_latencies = &latencies;
    for (Sender &sender : m_senders) {
        // Room for all that is to come: growing would fall into a measured latency.
        sender.sentAt.reserve(static_cast<std::size_t>(seconds(duration) * rate) + 1024);
    }
    const auto begin = Clock::now();
    const auto count = static_cast<std::uint64_t>(seconds(duration) * rate);
    for (std::uint64_t i = 0; i < count && m_crowd.ended() == 0; ++i) {
        const std::chrono::duration<double> due(static_cast<double>(i) / rate);
        auto wait = std::chrono::duration_cast<Clock::duration>(due) - (Clock::now() - begin);
        while (wait > 0ns) {
            m_crowd.poll(wait);
            progress.update(phase, due.count(), seconds(duration));
            wait = std::chrono::duration_cast<Clock::duration>(due) - (Clock::now() - begin);
        }
        send(static_cast<std::uint32_t>(i % m_senders.size()));
    }
    settle();
    m_latencies = nullptr;
}

void Conversation::speakOnce()
{
    send(0);
    settle();
}

void Conversation::settle()
{
    auto last = Clock::now();
    std::uint64_t handled = 0;
    while (m_deliveries + m_refused < m_owed && m_crowd.ended() == 0) {
        m_crowd.poll(pollInterval);
        const auto now = Clock::now();
        if (std::exchange(handled, m_deliveries + m_refused) < m_deliveries + m_refused) {
            last = now;
        } else if (now - last > settleTimeout) {
            return;
        }
    }
}

} // namespace switchboard::bench
