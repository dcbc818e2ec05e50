#include "runtime/sentences.hpp"

#include <fmt/format.h>

namespace pledge::runtime {

namespace {
using core::seconds;

std::string by(const std::string& actor) { return actor.empty() ? "" : " by " + actor; }
std::string because(const std::string& rule) { return rule.empty() ? "" : fmt::format(" ({})", rule); }
}  // namespace

std::string sentence(const core::Decision& d) {
  switch (d.kind) {
    case core::DecisionKind::triaged:
      return fmt::format("triaged by rule {} to queue {}", d.rule.empty() ? "(none)" : d.rule,
                         d.queue.empty() ? "(none)" : d.queue.value);
    case core::DecisionKind::offered:
      return fmt::format("offered to {} after {:.3f} s: idle for {:.3f} s, one of {} free handlers who can serve it{}",
                         d.handler.value, seconds(d.waited), seconds(d.handler_idle), d.eligible_idle, because(d.rule));
    case core::DecisionKind::waits:
      return fmt::format(
          "waits in {}: {} ahead, {} waiting in all; of {} handlers signed on who can serve it {} are free{}",
          d.queue.value, d.waiting_ahead, d.waiting, d.eligible_signed_on, d.eligible_idle, because(d.rule));
    case core::DecisionKind::held_back:
      return fmt::format("held back in {}: {} free handlers in the pool, {:.2f} reserved for the first class{}",
                         d.queue.value, d.pool_idle, d.reserve, because(d.rule));
    case core::DecisionKind::overflowed:
      return fmt::format("overflowed from {} after {:.3f} s{}", d.queue.value, seconds(d.waited), because(d.rule));
    case core::DecisionKind::returned:
      return fmt::format("returned to {} with its place and clock: the offer{} came to nothing{}", d.queue.value,
                         d.handler.empty() ? "" : " to " + d.handler.value, because(d.rule));
    case core::DecisionKind::moved:
      return fmt::format("moved to {}{}{}", d.queue.value, by(d.actor), because(d.rule));
    case core::DecisionKind::graded:
      return !d.grade || *d.grade == core::Grade::none ? fmt::format("no grade any more{}{}", by(d.actor), because(d.rule))
                                          : fmt::format("its grade is now {}{}{}", name(*d.grade), by(d.actor), because(d.rule));
    case core::DecisionKind::ended:
      return fmt::format("ended after {:.3f} s{}", seconds(d.waited), because(d.rule));
    case core::DecisionKind::menu:
      return fmt::format("asked for a key by rule {}", d.rule);
    case core::DecisionKind::re_presented:
      return fmt::format("the same call again by another route: joined, with the place and clocks of the first{}", because(d.rule));
  }
  return {};
}

namespace {

std::string judged_as(const core::CallFacts& facts) {
  const std::string caller = facts.caller.empty() ? "a withheld number"
                                                  : fmt::format("{} ({})", facts.caller, facts.provenance == core::Provenance::asserted
                                                                                             ? "asserted"
                                                                                             : "as the From header says");
  std::string line = fmt::format("a call from {} to {}", caller, facts.dialled);
  if (!facts.service_urn.empty()) line += fmt::format(", {}", facts.service_urn);
  line += facts.place.empty() ? ", from no place that is known" : fmt::format(", from {}", facts.place);
  if (facts.trunk.empty()) return line + ", by no trunk";
  line += fmt::format(", by trunk {}, which is {}", facts.trunk.value, facts.trusted ? "trusted" : "not trusted");
  return facts.resource_priority.empty() ? line : line + fmt::format(", with priority {}", facts.resource_priority);
}

std::string skills_of(const core::Routing& routing) {
  std::string all;
  for (const auto& [skill, level] : routing.skills)
    all += fmt::format("{}{}{}", all.empty() ? "" : ", ", skill.value, level > 1 ? fmt::format(" (level {})", level) : "");
  return all;
}

std::string given(const core::Routing& routing) {
  const auto skills = skills_of(routing);
  return fmt::format("grade: {}; labels: {}; skills beyond the queue's: {}",
                     routing.grade == core::Grade::none ? "none" : std::string{name(routing.grade)},
                     routing.labels.empty() ? "none" : fmt::format("{}", fmt::join(routing.labels, ", ")),
                     skills.empty() ? "none" : skills);
}

std::string who_there_is(const core::Decision& last) {
  if (last.eligible_signed_on == 0) return "nobody who can serve it is signed on";
  return fmt::format("of {} handlers signed on who can serve it {} are free", last.eligible_signed_on, last.eligible_idle);
}

std::string first_place(const core::Routing& routing) {
  const auto& last = routing.decisions.back();
  switch (routing.end) {
    case core::RoutingEnd::waits:
      return fmt::format("now in queue {}: {} calls ahead of it; {}", routing.target, last.waiting_ahead, who_there_is(last));
    case core::RoutingEnd::announcement:
      return fmt::format("now waits in queue {} and hears {}; {}", last.queue.value, routing.target, who_there_is(last));
    case core::RoutingEnd::number:
      return fmt::format("now the outside number {} is called", routing.target);
    case core::RoutingEnd::menu:
      return fmt::format("answered by the menu {}: its keys decide", routing.target);
    case core::RoutingEnd::tested:
      return "answered as a test: no handler's phone rings";
    case core::RoutingEnd::refused:
      return fmt::format("refused with {}", routing.status);
  }
  return {};
}

}  // namespace

std::vector<std::string> sentences(const core::CallFacts& facts, const core::Routing& routing) {
  std::vector<std::string> lines{judged_as(facts)};
  for (const auto& decision : routing.decisions) lines.push_back(sentence(decision));
  if (routing.end != core::RoutingEnd::refused) lines.push_back(given(routing));
  lines.push_back(first_place(routing));
  return lines;
}

std::string sentence(const core::CallNote& note) {
  return note.actor.empty() ? note.text : fmt::format("{} (by {})", note.text, note.actor);
}

std::string sentence(const core::RecordingChanged& r) {
  switch (r.state) {
    case core::RecordingState::none:
      break;
    case core::RecordingState::on:
      return r.reason.empty() && r.actor.empty() ? fmt::format("recorded as {}", r.recording.value)
                                                 : fmt::format("recording goes on{}{}", by(r.actor), because(r.reason));
    case core::RecordingState::paused:
      return fmt::format("recording paused{}{}", by(r.actor), because(r.reason));
    case core::RecordingState::stopped:
      return "recording stopped";
    case core::RecordingState::kept:
      return fmt::format("recording {} is kept", r.recording.value);
    case core::RecordingState::failed:
      return fmt::format("recording {} FAILED{}", r.recording.value, because(r.reason));
  }
  return "not recorded";
}

}  // namespace pledge::runtime
