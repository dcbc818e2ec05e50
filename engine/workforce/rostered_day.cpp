#include "workforce/rostered_day.hpp"

#include <algorithm>

namespace pledge::workforce {

namespace {

constexpr const char* session = "roster";

core::Request request_of(const core::HandlerId& handler) { return {{}, handler.value, 0}; }

// By handler, then time; those that touch or overlap are one.
std::vector<PlannedShift> merged(std::vector<PlannedShift> shifts) {
  std::stable_sort(shifts.begin(), shifts.end(), [](const PlannedShift& a, const PlannedShift& b) {
    return a.handler != b.handler ? a.handler < b.handler : a.from < b.from;
  });
  std::vector<PlannedShift> all;
  for (PlannedShift& shift : shifts) {
    if (all.empty() || all.back().handler != shift.handler || all.back().to < shift.from) {
      all.push_back(std::move(shift));
      continue;
    }
    all.back().to = std::max(all.back().to, shift.to);
    all.back().breaks.insert(all.back().breaks.end(), shift.breaks.begin(), shift.breaks.end());
  }
  return all;
}

class Writer {
 public:
  Writer(core::Interval day, std::string reason) : day_(day), reason_(std::move(reason)) {}

  void write(const PlannedShift& shift, const core::RoleId& role) {
    if (shift.to <= day_.from || shift.from >= day_.to) return;
    const core::HandlerId handler{shift.handler};
    const core::Time from = std::max(shift.from, day_.from);
    add(from, core::PhoneBound{handler});
    add(from, core::SignOn{request_of(handler), handler, role, session, true});
    add(from, core::ConsoleAttached{handler, session});
    add(from, core::GoReady{request_of(handler), handler});
    for (const core::Interval& pause : shift.breaks) {
      if (pause.to <= from) continue;
      add(std::max(pause.from, from), core::GoNotReady{request_of(handler), handler, reason_});
      if (pause.to < shift.to) add(pause.to, core::GoReady{request_of(handler), handler});
    }
    add(shift.to, core::SignOff{request_of(handler), handler, "end of shift"});
  }
  std::vector<RecordedEvent> take() {
    std::stable_sort(events_.begin(), events_.end(), [](const RecordedEvent& a, const RecordedEvent& b) { return a.at < b.at; });
    return std::move(events_);
  }

 private:
  void add(core::Time at, core::Event event) {
    if (at < day_.to) events_.push_back({at, std::move(event)});
  }
  core::Interval day_;
  std::string reason_;
  std::vector<RecordedEvent> events_;
};

}  // namespace

bool is_presence(const core::Event& event) {
  return std::visit(
      [](const auto& e) {
        using E = std::decay_t<decltype(e)>;
        return std::is_same_v<E, core::SignOn> || std::is_same_v<E, core::SignOff> || std::is_same_v<E, core::GoReady> ||
               std::is_same_v<E, core::GoNotReady> || std::is_same_v<E, core::ConsoleAttached> ||
               std::is_same_v<E, core::ConsoleLost> || std::is_same_v<E, core::PhoneBound> || std::is_same_v<E, core::PhoneUnbound>;
      },
      event);
}

std::map<core::HandlerId, core::RoleId> roles_of(const std::vector<RecordedEvent>& day) {
  std::map<core::HandlerId, core::RoleId> roles;
  for (const RecordedEvent& recorded : day)
    if (const auto* on = std::get_if<core::SignOn>(&recorded.event)) roles.emplace(on->handler, on->role);
  return roles;
}

std::vector<RecordedEvent> rostered_events(std::vector<PlannedShift> shifts, core::Interval day,
                                           const std::map<core::HandlerId, core::RoleId>& roles,
                                           const std::vector<std::string>& reasons) {
  const bool named = reasons.empty() || std::find(reasons.begin(), reasons.end(), "break") != reasons.end();
  Writer writer{day, named ? "break" : reasons.front()};
  for (const PlannedShift& shift : merged(std::move(shifts))) {
    const auto role = roles.find({shift.handler});
    writer.write(shift, role == roles.end() ? core::RoleId{} : role->second);
  }
  return writer.take();
}

}  // namespace pledge::workforce
