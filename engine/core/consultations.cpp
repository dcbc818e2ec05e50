// A queue is consulted: the handler asks for somebody of it, whoever is free first. What waits there is a contact of its own,
// without a caller, in the order of service of that queue, offered as a call is; whoever answers takes the part of the one
// consulted in the call that it is about, and it ends.
//
// Its place: that of the call which it is about, as if the caller were transferred there. In a queue of a less urgent class it
// goes before all who wait there, and the reserve for the first class does not hold it back from a call of the first class. In
// a queue of a more urgent class it waits from now on: the wait for another class is no claim before those who wait for this
// one. It is no call of the queue: of none of its targets, overflows and bounds. It waits until somebody answers or who asked
// has enough of it; no drain ends it, as none ends the call.
#include <utility>

#include "core/state.hpp"

namespace pledge::core {

// Besides those who take part in the call already.
bool Core::State::anyone_to_consult(const Contact& about, QueueIndex queue) const {
  const auto able = [&](HandlerIndex at, const Need& need) {
    return at != no_index && handlers[at].group != no_index && index.is_able(handlers[at].group, need);
  };
  for (std::uint32_t step = 0; step < directory.queue(queue).needs.size(); ++step) {
    const Need need = need_in(queue, {}, step);
    std::uint32_t here = able(about.handler, need);
    for (const Party& p : about.parties) here += able(p.handler, need);
    if (index.count_able(need).signed_on > here) return true;
  }
  return false;
}

void Core::State::consult_queue(Contact& about, QueueIndex queue) {
  const std::uint32_t own = directory.queue(about.queue).class_rank, theirs = directory.queue(queue).class_rank;
  Contact& waits = create({}, {});
  waits.consults = about.id;
  waits.outgoing = waits.admitted = waits.accepted = true;
  waits.rule = "consultation";
  waits.queue = queue;
  waits.queued = now;
  waits.place = theirs < own ? now : about.place;
  waits.grade = own < theirs ? Grade::immediate : about.grade;
  waits.lifted = own == 0 && theirs > 0;
  about.parties.push_back({{}, PartyRole::consulted, no_index, {}, false, MonitorMode::off, waits.id});
  explain(waits, DecisionKind::triaged, waits.rule);
  try_again(waits);
}

Contact* Core::State::consulting(const Contact& consultation) {
  Contact* about = find(consultation.consults);
  const Party* part = about ? consulted(*about) : nullptr;
  return part && part->waits_as == consultation.id ? about : nullptr;
}

// The handler and the phone go over to the call that it is about.
void Core::State::consultation_answered(Contact& waits) {
  Contact& about = *consulting(waits);
  Party& part = *consulted(about);
  note(about, who(part) + ": " + handlers[waits.handler].options.id.value + " answers");
  end_offer(waits, OfferEnd::accepted);
  part.waits_as = {};
  part.handler = std::exchange(waits.handler, no_index);
  part.leg = std::exchange(waits.other_leg, {});
  legs[part.leg].contact = about.id;
  handlers[part.handler].contact = about.id;
  end(waits, ContactEnd::completed, "answered");
  party_answered(about, part);
}

// Whatever ends it: a supervisor, a reload.
void Core::State::consultation_ends(Contact& waits, std::string_view why) {
  Contact* about = consulting(waits);
  if (!about) return;  // somebody has answered, or it is not awaited any more
  const Party& part = *consulted(*about);
  note(*about, who(part) + ": " + std::string{why});
  about->parties.erase(about->parties.begin() + (&part - about->parties.data()));
  rearrange(*about);
}

void Core::State::withdraw_consultation(Contact& waits, std::string_view why) {
  if (waits.state == ContactState::offered) withdraw_offer(waits);
  unindex_call(waits);
  end(waits, ContactEnd::withdrawn, why);
}

}  // namespace pledge::core
