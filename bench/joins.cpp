// SPDX-License-Identifier: BSD-3-Clause
#include "bench/crowdsetup.h"
#include "bench/scenarios.h"

namespace switchboard::bench {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

constexpr auto toldTimeout = 30s;
constexpr std::string_view room = "bench-joins";

/// Counts what members are told.
class MembershipCounter : public CrowdListener
{
public:
    void onMessage(std::size_t client, std::string_view message) override
    {
        if (message.ends_with(R"("type":"JoinedRoom"}})")) {
            ++m_joined;
            m_hasEntered = m_hasEntered || client == m_prober;
        } else if (message.ends_with(R"("type":"LeftRoom"}})")) {
            ++m_left;
        }
    }

    /// Forgets everything, and watches when \a prober, who gets its own JoinedRoom behind its list, has
    /// entered.
    void reset(std::size_t prober)
    {
        m_prober = prober;
        m_joined = 0;
        m_left = 0;
        m_hasEntered = false;
    }

    [[nodiscard]] std::size_t joined() const { return m_joined; }
    [[nodiscard]] std::size_t left() const { return m_left; }
    [[nodiscard]] bool hasEntered() const { return m_hasEntered; }

private:
    std::size_t m_prober = 0;
    std::size_t m_joined = 0;
    std::size_t m_left = 0;
    bool m_hasEntered = false;
};

/// Joins of single clients, or leaves, and what they cost.
struct Measured
{
    explicit Measured(const Options &options)
        : meter(options.processes)
    { }

    Histogram toldOwn; // until the client itself was told, in nanoseconds
    Histogram toldAll;
    CpuMeter meter;
};

std::uint64_t nanosecondsSince(Clock::time_point begin)
{
    return static_cast<std::uint64_t>((Clock::now() - begin).count());
}

/// Lets one client after another join the full room, and leave it again.
class JoinProbe
{
public:
    JoinProbe(Crowd &crowd, const Dialect &dialect, const Options &options)
        : joins(options)
        , leaves(options)
        , m_crowd(crowd)
        , m_dialect(dialect)
        , m_members(options.clients)
    {
        m_crowd.setListener(&m_counter);
    }

    ~JoinProbe() { m_crowd.setListener(nullptr); }
    Q_DISABLE_COPY_MOVE(JoinProbe)

    Measured joins;
    Measured leaves;

    tl::expected<void, QString> join(std::size_t prober)
    {
        return measure(joins, prober, m_dialect.join(room),
                       [&] { return m_counter.hasEntered() && m_counter.joined() == m_members + 1; });
    }

    tl::expected<void, QString> leave(std::size_t prober)
    {
        return measure(leaves, prober, m_dialect.leave(room), [&] { return m_counter.left() == m_members; });
    }

private:
    template <typename IsTold>
    tl::expected<void, QString> measure(Measured &measured, std::size_t prober, const std::string &request,
                                        IsTold isTold)
    {
        m_counter.reset(prober);
        if (auto started = measured.meter.start(); !started) {
            return started;
        }
        const auto begin = Clock::now();
        bool hasEntered = false;
        m_crowd.send(prober, request);
        while (!isTold()) {
            m_crowd.poll(50ms);
            if (m_counter.hasEntered() && !hasEntered) {
                hasEntered = true;
                measured.toldOwn.record(nanosecondsSince(begin));
            }
            if (m_crowd.ended() > 0) {
                return tl::make_unexpected(m_crowd.firstEnd());
            }
            if (Clock::now() - begin > toldTimeout) {
                return tl::make_unexpected(
                    u"not all members were told who came or went in %1 seconds"_s.arg(toldTimeout.count()));
            }
        }
        measured.toldAll.record(nanosecondsSince(begin));
        return measured.meter.stop();
    }

    Crowd &m_crowd;
    const Dialect &m_dialect;
    std::size_t m_members;
    MembershipCounter m_counter;
};

void addTimes(Report &report, const QString &key, const QString &label, const Histogram &times)
{
    for (const int percent : {50, 99}) {
        report.add(u"%1P%2Millis"_s.arg(key).arg(percent), u"%1, %2 % below"_s.arg(label).arg(percent),
                   static_cast<double>(times.percentile(percent)) / 1e6, u"ms"_s, 2);
    }
}

void addMeasured(Report &report, const QString &key, const QString &label, const Measured &measured)
{
    addTimes(report, key, u"%1 until all are told"_s.arg(label), measured.toldAll);
    const auto count = static_cast<double>(measured.toldAll.count());
    for (const auto &[name, time] : measured.meter.times()) {
        const std::chrono::duration<double, std::micro> micros = time;
        report.add(u"%1%2%3CpuMicros"_s.arg(key, name.first(1).toUpper(), name.mid(1)),
                   u"CPU time of %1 per %2"_s.arg(name, label), micros.count() / count, u"us"_s);
    }
}

} // namespace

Outcome runJoins(const Options &options, Progress &progress)
{
    const Dialect dialect(options.dialect);
    Crowd crowd(options.endpoints, dialect);
    std::vector<Visitor> visitors = chatVisitors(options);
    for (std::size_t i = 0; i < options.endpoints.size(); ++i) {
        visitors.push_back({i, {}}); // will join and leave
    }
    if (const auto opened = openCrowd(crowd, visitors, options.window, progress); !opened) {
        return tl::make_unexpected(opened.error());
    }
    Circle members{std::string(room), {}, 1};
    for (std::size_t client = 0; client < options.clients; ++client) {
        members.members.push_back(client);
    }
    if (const auto entered = enterRooms(crowd, dialect, std::span(&members, 1), options.window, progress);
        !entered) {
        return tl::make_unexpected(entered.error());
    }
    JoinProbe probe(crowd, dialect, options);
    for (std::uint32_t i = 0; i < options.probes; ++i) {
        const std::size_t prober = options.clients + i % options.endpoints.size();
        const auto done = probe.join(prober).and_then([&] { return probe.leave(prober); });
        if (!done) {
            return tl::make_unexpected(done.error());
        }
        progress.update(u"measuring"_s, i, options.probes);
    }
    Report report(u"joins"_s);
    report.add(u"clients"_s, u"members"_s, options.clients);
    addTimes(report, u"joiner"_s, u"join until the client is in"_s, probe.joins.toldOwn);
    addMeasured(report, u"join"_s, u"join"_s, probe.joins);
    addMeasured(report, u"leave"_s, u"leave"_s, probe.leaves);
    return report;
}

} // namespace switchboard::bench
