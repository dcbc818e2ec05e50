#include "workforce/room_ahead.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "workforce/configured_room.hpp"

namespace pledge::workforce {

namespace {

using core::Duration;
using core::duration;
using core::Time;

constexpr Duration ring = std::chrono::seconds{3};
constexpr Duration waits_from = std::chrono::milliseconds{1};  // calls of now come before all others
constexpr const char *other_prefix = "another centre ", *other_role = "another centre";
constexpr const char* phone = "sip:h@192.0.2.1";  // RFC 5737: rings nowhere


// One stream of random numbers for each purpose.
Random random_of(std::uint64_t seed, std::uint64_t day, std::uint64_t purpose) {
  return Random{seed_of_day(seed, day) + purpose};
}

std::uint64_t hash_of(const std::string& text) {  // FNV-1a
  std::uint64_t hash = 14695981039346656037ull;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return hash;
}

std::vector<SimulatedQueue> queues_of(const DayAhead& ahead) {
  std::vector<SimulatedQueue> queues;
  for (const ClassAhead& made : ahead.classes) queues.push_back({made.queues.front(), made.name, made.wrap_up});
  return queues;
}

}  // namespace

RoomAhead::RoomAhead(const core::Options& options, const DayAhead& ahead, std::vector<AheadStaff> staffings, double shrinkage,
                     std::uint64_t seed)
    : ahead_(ahead), staffings_(std::move(staffings)), shrinkage_(shrinkage), seed_(seed) {
  std::set<std::string> at_work;
  for (const auto& staff : staffings_)
    for (const auto& stretch : staff.stretches) at_work.insert(stretch.handler);
  options_ = simulated_options(options, queues_of(ahead), at_work);
}

std::vector<SimulatedCall> RoomAhead::calls(std::uint64_t day) const {
  std::vector<SimulatedCall> out;
  for (std::size_t c = 0; c < ahead_.classes.size(); ++c) {
    const ClassAhead& made = ahead_.classes[c];
    Random random = random_of(seed_, day, c);
    const auto patience = [&] { return made.patience > 0 ? duration(random.exponential(made.patience)) : Duration{}; };
    const double factor = random.gamma(1, made.dispersion);
    for (std::size_t i = 0; i < ahead_.from.size(); ++i) {
      if (made.calls[i] <= 0) continue;
      const double begin = i == 0 ? 0 : core::seconds(ahead_.from[i] - ahead_.now);
      const double end = begin + seconds_a_half_hour * ahead_.left(i), gap = seconds_a_half_hour / (made.calls[i] * factor);
      for (double t = begin + random.exponential(gap); t < end; t += random.exponential(gap)) {
        const double talk = random.log_normal(made.talk, made.talk_cv);
        out.push_back({waits_from + duration(t), made.name, duration(talk), patience()});
      }
    }
    for (std::uint32_t n = 0; n < made.talking; ++n)
      out.push_back({{}, made.name, duration(random.exponential(made.talk * (1 + made.talk_cv * made.talk_cv) / 2)), {}});
    for (std::uint32_t n = 0; n < made.waiting; ++n)
      out.push_back({waits_from, made.name, duration(random.log_normal(made.talk, made.talk_cv)), patience()});
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return out;
}

// Adjoining half-hours make one shift: nobody signs off in between.
std::vector<Shift> RoomAhead::shifts(std::uint64_t day, const AheadStaff& staff) const {
  std::vector<Shift> out;
  const auto add = [&](const std::string& handler, Time from, Time to) {
    const Duration begin = from - ahead_.now, end = to - ahead_.now;
    if (!out.empty() && out.back().handler.value == handler && out.back().to == begin) out.back().to = end;
    else out.push_back({{handler}, begin, end});
  };
  for (const auto& stretch : staff.stretches) {
    const std::uint64_t who = hash_of(stretch.handler);
    const Time until = std::min(stretch.to, ahead_.end + 4 * half_hour);  // the last calls are still to be answered
    for (Time from = stretch.from; from < until;) {
      const Time to = std::min(until, half_hour_of(from) + half_hour);
      const bool later = from >= ahead_.from.front() + half_hour;
      const bool away = later && random_of(seed_, day, who + static_cast<std::uint64_t>(from.ns / half_hour.count())).uniform() < shrinkage_;
      if (!away) add(stretch.handler, from, to);
      from = to;
    }
  }
  for (std::uint32_t n = 1; n <= staff.other.handlers; ++n) add(other_prefix + std::to_string(n), staff.other.from, staff.other.to);
  return out;
}

// They have every skill that the classes ask for, and keep nobody back.
core::Options RoomAhead::with_other_centre(const OtherCentre& other) const {
  core::Options options = options_;
  if (other.handlers == 0) return options;
  core::RoleOptions role{{other_role}, {}, false};
  core::HandlerOptions handler;
  for (std::size_t c = 0; c < ahead_.classes.size(); ++c) {
    if (!(other.classes >> c & 1)) continue;
    role.queues.push_back(ahead_.classes[c].queues.front());
    for (const auto& queue : options.queues)
      if (queue.id == role.queues.back()) handler.skills.insert(handler.skills.end(), queue.skills.begin(), queue.skills.end());
  }
  options.roles.push_back(role);
  core::PoolOptions pool{{other_role}, {}};
  pool.reserve.kind = core::ReserveKind::off;
  options.pools.push_back(pool);
  handler.pool = pool.id;
  handler.roles = {role.id};
  handler.phone = phone;
  for (std::uint32_t n = 1; n <= other.handlers; ++n) {
    handler.id = {other_prefix + std::to_string(n)};
    options.handlers.push_back(handler);
  }
  return options;
}

SharesOfDay RoomAhead::run(std::uint64_t day, const std::vector<SimulatedCall>& calls, std::size_t staffing) const {
  const AheadStaff& staff = staffings_[staffing];
  const Simulation simulation{ahead_.now, ring, with_other_centre(staff.other), calls, shifts(day, staff)};
  const auto outcomes = simulate(simulation);
  const std::size_t classes = ahead_.classes.size();
  const std::vector<std::vector<double>> nothing(classes, std::vector<double>(ahead_.from.size()));
  SharesOfDay out{std::vector<double>(classes), std::vector<double>(classes), nothing, nothing};
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (calls[i].at <= waits_from) continue;
    const auto c = static_cast<std::size_t>(std::find_if(ahead_.classes.begin(), ahead_.classes.end(),
                                                         [&](const auto& made) { return made.name == calls[i].dialled; }) -
                                            ahead_.classes.begin());
    const auto slot = std::min<std::size_t>(ahead_.from.size() - 1,
                                            static_cast<std::size_t>((ahead_.now + calls[i].at - ahead_.from.front()) / half_hour));
    const bool kept = outcomes[i].answered && outcomes[i].wait <= duration(ahead_.classes[c].target_within);
    out.offered[c] += 1, out.offered_in[c][slot] += 1;
    out.on_time[c] += kept, out.on_time_in[c][slot] += kept;
  }
  return out;
}

}  // namespace pledge::workforce
