// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "bench/crowd.h"
#include "bench/dialect.h"
#include "bench/histogram.h"
#include "bench/numberedtext.h"
#include "bench/progress.h"
#include "bench/sequencecheck.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::bench {

/// Clients that hear each other.
struct Circle
{
    std::string room; ///< Empty for everybody's chat.
    std::vector<std::size_t> members; ///< By their number in the crowd.
    std::uint32_t senders = 1; ///< How many of the members speak.
};

/// Clients of a crowd that speak to each other in circles, and what becomes of what they say. Each message
/// has a number, and each member of a circle is to hear each of its messages once, in its sender's order.
class Conversation : public CrowdListener
{
public:
    /// \param circles have no client in common
    /// \param messageBytes size of the texts, at least NumberedText::minimumSize
    Conversation(Crowd &crowd, const Dialect &dialect, std::span<const Circle> circles,
                 std::size_t messageBytes);
    ~Conversation() override;
    Conversation(const Conversation &) = delete;
    Conversation &operator=(const Conversation &) = delete;
    Conversation(Conversation &&) = delete;
    Conversation &operator=(Conversation &&) = delete;

    /// For \a duration keeps \a window messages on their way, shared out among the senders: each says the
    /// next when one of its own has come back to it. Then waits until everything has come.
    void speakInTurn(std::uint32_t window, std::chrono::nanoseconds duration, const QString &phase,
                     Progress &progress);

    /// For \a duration sends \a rate messages a second, senders by turns, whatever comes back. Then waits
    /// until everything has come. \a latencies gets the time of each delivery in nanoseconds, from just
    /// before the call of send(2) to just after that of recv(2).
    void speakSteadily(double rate, std::chrono::nanoseconds duration, Histogram &latencies,
                       const QString &phase, Progress &progress);

    /// Has the first sender say one thing, and waits until it has come to all.
    void speakOnce();

    [[nodiscard]] std::uint64_t sent() const { return m_sent; }
    [[nodiscard]] std::uint64_t deliveries() const { return m_deliveries; }

    /// Payload bytes of WebSocket messages that were deliveries.
    [[nodiscard]] std::uint64_t deliveredBytes() const { return m_deliveredBytes; }

    /// Messages that were refused, and the first refusal. What they would have been delivered to is not lost.
    [[nodiscard]] std::uint64_t rejected() const { return m_rejected; }
    [[nodiscard]] const QString &firstRejection() const { return m_firstRejection; }
    [[nodiscard]] DeliveryFaults faults() const;

    void onMessage(std::size_t client, std::string_view message) override;

private:
    struct Sender
    {
        std::size_t client = 0;
        std::size_t circle = 0;
        std::string before; // of the request, around the text
        std::string after;
        std::vector<Clock::time_point> sentAt; // while latencies are measured
    };

    void addCircle(const Circle &circle, std::size_t index);
    void addSender(const Circle &circle, std::size_t index, std::size_t member);
    void send(std::uint32_t sender);
    void settle();
    void noteRejection(std::size_t client, std::string_view message);

    Crowd &m_crowd;
    const Dialect &m_dialect;
    NumberedText m_text;
    SequenceCheck m_check;
    std::vector<Sender> m_senders;
    std::vector<std::uint32_t> m_sentBySender;
    std::vector<std::uint64_t> m_circleSizes;
    std::vector<std::size_t> m_receiverOf; // of a client of the crowd; noReceiver if it is in no circle
    std::string m_request;
    std::uint64_t m_sent = 0;
    std::uint64_t m_owed = 0; // deliveries that are to come of all that was sent
    std::uint64_t m_deliveries = 0;
    std::uint64_t m_deliveredBytes = 0;
    std::uint64_t m_rejected = 0;
    std::uint64_t m_refused = 0; // deliveries that are not to come
    QString m_firstRejection;
    Histogram *m_latencies = nullptr;
    bool m_isInTurn = false; // say the next when one's own comes back
};

} // namespace switchboard::bench
