// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "bench/numberedtext.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_set>
#include <vector>

namespace switchboard::bench {

/// How often receivers were not told what they should have been, each message once and in its sender's order.
struct DeliveryFaults
{
    std::uint64_t lost = 0;
    std::uint64_t duplicated = 0;
    std::uint64_t reordered = 0; ///< Came after one that was sent later.
    std::uint64_t misplaced = 0; ///< Came to one that should not hear this sender.

    [[nodiscard]] bool isEmpty() const { return lost + duplicated + reordered + misplaced == 0; }
};

/// Follows the sequence numbers that each receiver gets from each sender that it hears.
class SequenceCheck
{
public:
    /// One more receiver, with the next index from 0: hears \a count senders from \a first on.
    void addReceiver(std::uint32_t first, std::uint32_t count);

    /// Takes note of a message. Returns whether it is a delivery: one that this receiver should get and had
    /// not yet.
    bool take(std::size_t receiver, MessageNumber number);

    /// What was wrong, when everything has come that will; \a sent says how many messages each sender sent.
    [[nodiscard]] DeliveryFaults faults(std::span<const std::uint32_t> sent) const;

private:
    struct Receiver
    {
        std::uint32_t firstSender = 0;
        std::uint32_t senderCount = 0;
        std::size_t slot = 0; // of its first sender in m_next
    };

    bool takeOutOfOrder(std::size_t slot, std::uint32_t sequence);

    std::vector<Receiver> m_receivers;
    std::vector<std::uint32_t> m_next; // the sequence number that is due
    std::unordered_set<std::uint64_t> m_missing; // slot and sequence number that a later one overtook
    DeliveryFaults m_faults;
};

} // namespace switchboard::bench
