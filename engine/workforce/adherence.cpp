#include "workforce/adherence.hpp"

#include <algorithm>
#include <map>

#include "workforce/local_clock.hpp"
#include "workforce/roster_cells.hpp"

namespace pledge::workforce {

namespace {

using core::HandlerState;
using core::Interval;
using core::Time;

enum class Duty : std::uint8_t { nothing, work, pause };

bool works(HandlerState state) { return state != HandlerState::signed_off && state != HandlerState::not_ready; }

// The plan as changes in time: until the next holds each.
using DutyChanges = std::map<Time, Duty>;

void plan_shift(DutyChanges& plan, const PlannedShift& shift) {
  plan[shift.from] = Duty::work;
  plan.emplace(shift.to, Duty::nothing);  // unless the next shift begins then
  for (const Interval& b : shift.breaks) {
    plan[b.from] = Duty::pause;
    if (b.to < shift.to) plan.emplace(b.to, Duty::work);
  }
}

class HandlerAdherence {
 public:
  HandlerAdherence(const std::string& handler, core::Duration shortest, Adherence& out)
      : handler_(handler), shortest_(shortest), out_(out) {}

  // A stretch of time in which neither plan nor state changes.
  void stretch(Interval span, Duty plan, const StateChange& actual) {
    const bool worked = works(actual.state), adherent = worked == (plan == Duty::work);
    if (plan != Duty::nothing || worked)
      for (Time from = span.from; from < span.to;) {
        const Time to = std::min(span.to, half_hour_of(from) + half_hour);
        add(from, core::seconds(to - from), plan, worked);
        from = to;
      }
    if (plan == Duty::nothing || adherent) return finish();
    const bool same = open_ && episode_.to == span.from && episode_.break_planned == (plan == Duty::pause) &&
                      episode_.state == actual.state && episode_.reason == actual.reason;
    if (!same) {
      finish();
      episode_ = {handler_, span.from, span.to, plan == Duty::pause, actual.state, actual.reason};
      open_ = true;
    }
    episode_.to = span.to;
  }
  void finish() {
    if (open_ && episode_.to - episode_.from >= shortest_) out_.episodes.push_back(episode_);
    open_ = false;
  }

 private:
  void add(Time at, double seconds, Duty plan, bool worked) {
    const Time from = half_hour_of(at);
    if (out_.slots.empty() || out_.slots.back().handler != handler_ || out_.slots.back().from != from)
      out_.slots.push_back({handler_, from});
    auto& slot = out_.slots.back();
    if (plan == Duty::work) slot.planned += seconds;
    if (plan == Duty::pause) slot.breaks += seconds;
    if (worked) slot.worked += seconds;
    if (plan != Duty::nothing && worked == (plan == Duty::work)) slot.adherent += seconds;
  }

  const std::string& handler_;
  core::Duration shortest_;
  Adherence& out_;
  Episode episode_;
  bool open_ = false;
};

void judge(const std::string& handler, const DutyChanges& plan, const std::vector<StateChange>& changes, Interval known,
           HandlerAdherence out) {
  auto planned = plan.begin();
  auto changed = changes.begin();
  Duty now = Duty::nothing;
  StateChange actual{handler, known.from, HandlerState::signed_off, {}};
  for (Time at = known.from; at < known.to;) {
    while (planned != plan.end() && planned->first <= at) now = (planned++)->second;
    while (changed != changes.end() && changed->at <= at) actual = *changed++;
    Time to = known.to;
    if (planned != plan.end()) to = std::min(to, planned->first);
    if (changed != changes.end()) to = std::min(to, changed->at);
    out.stretch({at, to}, now, actual);
    at = to;
  }
  out.finish();
}

}  // namespace

std::vector<PlannedShift> read_planned_shifts(const Table& table, const std::vector<core::UtcOffset>& offsets,
                                              std::vector<TextFault>& faults) {
  std::vector<PlannedShift> shifts;
  const auto before = faults.size();
  const auto columns = require_columns(table, {"handler", "start", "end", "breaks"}, faults);
  if (faults.size() > before) return shifts;
  const auto pattern = table.column("pattern");
  for (const Row& line : table.rows) {
    RowReader row{line, columns, faults};
    const auto name = row.word(0, "handler");
    const auto start = row.stamp(1, "start"), end = row.stamp(2, "end");
    std::vector<Break> breaks;
    const bool good = read_break_list(row, 3, row.text(3), breaks);
    if (name.empty() || !start || !end || !good) continue;
    const auto days = static_cast<long>((end->day - start->day).count());
    const long length = days * static_cast<long>(minutes_a_day) + end->minute - start->minute;
    if (length <= 0 || length > 2 * static_cast<long>(minutes_a_day)) {
      row.fault(2, "end \"" + row.text(2) + "\"", "not after the start, or two days later", "correct one of them");
      continue;
    }
    PlannedShift shift{name, time_of_clock(start->day, start->minute, offsets), time_of_clock(end->day, end->minute, offsets), {}, {}};
    if (pattern) shift.pattern = line.cells[*pattern].text;
    for (const Break& b : breaks) {
      const Time from = time_of_clock(start->day, start->minute + b.after, offsets);
      shift.breaks.push_back({from, from + std::chrono::minutes{b.length}});
    }
    if (!shift.breaks.empty() && shift.breaks.back().to > shift.to)
      row.fault(3, "breaks \"" + row.text(3) + "\"", "they do not end within the shift", "move them");
    else
      shifts.push_back(std::move(shift));
  }
  return shifts;
}

Adherence adherence(const std::vector<PlannedShift>& plan, const std::vector<StateChange>& changes, Interval known,
                    core::Duration shortest) {
  std::map<std::string, std::pair<DutyChanges, std::vector<StateChange>>> handlers;
  auto ordered = plan;
  std::sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
  for (const auto& shift : ordered) plan_shift(handlers[shift.handler].first, shift);
  for (const auto& change : changes) handlers[change.handler].second.push_back(change);
  Adherence out;
  for (const auto& [handler, both] : handlers)
    judge(handler, both.first, both.second, known, HandlerAdherence{handler, shortest, out});
  return out;
}

std::vector<AdherenceSlot> by_handler(const std::vector<AdherenceSlot>& slots) {
  std::vector<AdherenceSlot> sums;
  for (const auto& slot : slots) {
    if (sums.empty() || sums.back().handler != slot.handler) {
      sums.push_back(slot);
      continue;
    }
    sums.back().planned += slot.planned;
    sums.back().breaks += slot.breaks;
    sums.back().worked += slot.worked;
    sums.back().adherent += slot.adherent;
  }
  return sums;
}

}  // namespace pledge::workforce
