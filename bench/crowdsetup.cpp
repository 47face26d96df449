// SPDX-License-Identifier: BSD-3-Clause
#include "bench/crowdsetup.h"

#include "bench/descriptorlimit.h"

#include <utility>

namespace switchboard::bench {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

constexpr auto quietTime = 200ms;
constexpr auto quietTimeout = 5s; // where somebody else goes on talking
constexpr auto entranceTimeout = 15s; // without one more client in its room

/// Counts the clients that are told that they have entered a room.
class EntranceCounter : public CrowdListener
{
public:
    explicit EntranceCounter(const Dialect &dialect)
        : m_dialect(dialect)
    { }

    void onMessage(std::size_t /*client*/, std::string_view message) override
    {
        if (m_dialect.isEntrance(message)) {
            ++m_entered;
        } else if (m_dialect.isRejection(message)) {
            m_rejection = QString::fromUtf8(message.data(), static_cast<qsizetype>(message.size()));
        }
    }

    [[nodiscard]] std::size_t entered() const { return m_entered; }
    [[nodiscard]] const QString &rejection() const { return m_rejection; }

private:
    const Dialect &m_dialect;
    std::size_t m_entered = 0;
    QString m_rejection;
};

using Entrances = std::vector<std::pair<std::size_t, std::string>>; // clients, and what they ask

Entrances entrancesOf(const Dialect &dialect, std::span<const Circle> circles)
{
    Entrances entrances;
    for (const Circle &circle : circles) {
        for (const std::size_t client : circle.members) {
            entrances.emplace_back(client, dialect.join(circle.room));
        }
    }
    return entrances;
}

tl::expected<void, QString> enter(Crowd &crowd, const EntranceCounter &counter, const Entrances &entrances,
                                  std::size_t atOnce, Progress &progress)
{
    std::size_t next = 0;
    std::size_t enteredBefore = 0;
    auto lastProgress = Clock::now();
    while (counter.entered() < entrances.size()) {
        while (next < entrances.size() && next - counter.entered() < atOnce) {
            crowd.send(entrances[next].first, entrances[next].second);
            ++next;
        }
        crowd.poll(100ms);
        if (!counter.rejection().isEmpty()) {
            return tl::make_unexpected(u"a client was refused a room: %1"_s.arg(counter.rejection()));
        }
        if (crowd.ended() > 0) {
            return tl::make_unexpected(crowd.firstEnd());
        }
        const auto now = Clock::now();
        if (counter.entered() > enteredBefore) {
            enteredBefore = counter.entered();
            lastProgress = now;
        } else if (now - lastProgress > entranceTimeout) {
            return tl::make_unexpected(
                u"%1 of %2 clients are in their rooms, and no other was for %3 seconds"_s
                    .arg(counter.entered())
                    .arg(entrances.size())
                    .arg(entranceTimeout.count()));
        }
        progress.update(u"entering rooms"_s, static_cast<double>(counter.entered()),
                        static_cast<double>(entrances.size()));
    }
    return {};
}

} // namespace

std::vector<Visitor> chatVisitors(const Options &options)
{
    std::vector<Visitor> visitors;
    for (std::size_t i = 0; i < options.clients; ++i) {
        visitors.push_back({i % options.endpoints.size(), {}});
    }
    return visitors;
}

tl::expected<void, QString> openCrowd(Crowd &crowd, std::span<const Visitor> visitors, std::size_t atOnce,
                                      Progress &progress)
{
    if (auto allowed = allowConnections(crowd.size() + visitors.size()); !allowed) {
        return allowed;
    }
    const auto total = static_cast<double>(crowd.size() + visitors.size());
    return crowd.open(visitors, atOnce, [&](std::size_t open) {
        progress.update(u"connecting"_s, static_cast<double>(open), total);
    });
}

tl::expected<void, QString> enterRooms(Crowd &crowd, const Dialect &dialect, std::span<const Circle> circles,
                                       std::size_t atOnce, Progress &progress)
{
    const Entrances entrances = entrancesOf(dialect, circles);
    if (entrances.empty() || entrances.front().second.empty()) {
        return {};
    }
    EntranceCounter counter(dialect);
    crowd.setListener(&counter);
    auto entered = enter(crowd, counter, entrances, atOnce, progress);
    if (entered) {
        waitUntilQuiet(crowd);
    }
    crowd.setListener(nullptr);
    return entered;
}

void waitUntilQuiet(Crowd &crowd)
{
    const auto begin = Clock::now();
    while (crowd.poll(quietTime) && Clock::now() - begin < quietTimeout) { }
}

} // namespace switchboard::bench
