// SPDX-License-Identifier: BSD-3-Clause
#include "bench/sequencecheck.h"

namespace switchboard::bench {

namespace {

std::uint64_t missingKey(std::size_t slot, std::uint32_t sequence)
{
    return std::uint64_t{slot} << 32 | sequence;
}

} // namespace

void SequenceCheck::addReceiver(std::uint32_t first, std::uint32_t count)
{
    m_receivers.push_back({first, count, m_next.size()});
    m_next.resize(m_next.size() + count, 0);
}

bool SequenceCheck::take(std::size_t receiver, MessageNumber number)
{
    const Receiver &known = m_receivers[receiver];
    const std::uint32_t sender = number.sender - known.firstSender;
    if (number.sender < known.firstSender || sender >= known.senderCount) {
        ++m_faults.misplaced;
        return false;
    }
    std::uint32_t &next = m_next[known.slot + sender];
    if (number.sequence != next) {
        return takeOutOfOrder(known.slot + sender, number.sequence);
    }
    ++next;
    return true;
}

bool SequenceCheck::takeOutOfOrder(std::size_t slot, std::uint32_t sequence)
{
    std::uint32_t &next = m_next[slot];
    if (sequence > next) {
        for (; next < sequence; ++next) {
            m_missing.insert(missingKey(slot, next));
        }
        ++next;
        return true;
    }
    if (m_missing.erase(missingKey(slot, sequence)) > 0) {
        ++m_faults.reordered;
        return true;
    }
    ++m_faults.duplicated;
    return false;
}

DeliveryFaults SequenceCheck::faults(std::span<const std::uint32_t> sent) const
{
    DeliveryFaults result = m_faults;
    result.lost = m_missing.size();
    for (const Receiver &receiver : m_receivers) {
        for (std::uint32_t i = 0; i < receiver.senderCount; ++i) {
            const std::uint32_t next = m_next[receiver.slot + i];
            const std::uint32_t total = sent[receiver.firstSender + i];
            result.lost += total > next ? total - next : 0;
        }
    }
    return result;
}

} // namespace switchboard::bench
