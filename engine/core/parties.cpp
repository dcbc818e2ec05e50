// Who takes part in a call beside its caller and its handler, and who hears whom.
#include <algorithm>

#include "core/state.hpp"

namespace pledge::core {

namespace {
template <class Holds>
Party* find_party(Contact& contact, Holds&& holds) {
  const auto at = std::find_if(contact.parties.begin(), contact.parties.end(), holds);
  return at == contact.parties.end() ? nullptr : &*at;
}

// Everybody of the room but the listener, and but a handler who is muted.
std::vector<LegId> others(std::vector<LegId> room, LegId listener, LegId muted) {
  std::erase_if(room, [&](LegId leg) { return leg == listener || leg == muted; });
  std::sort(room.begin(), room.end());
  return room;
}

// A supervisor who has barged in is heard, which says more than a tone.
bool listens(const Party& p) { return p.answered && p.role == PartyRole::monitor && p.mode != MonitorMode::barge; }
}  // namespace

Party* party(Contact& contact, LegId leg) {
  return find_party(contact, [&](const Party& p) { return leg && p.leg == leg; });
}
Party* party(Contact& contact, HandlerIndex handler) {
  return find_party(contact, [&](const Party& p) { return handler != no_index && p.handler == handler; });
}
Party* consulted(Contact& contact) {
  return find_party(contact, [](const Party& p) { return p.role == PartyRole::consulted; });
}
Party* joined(Contact& contact) {
  return find_party(contact, [](const Party& p) { return p.role == PartyRole::joined; });
}

// ---- who hears whom -----------------------------------------------------------------------------------------------

std::vector<Hearing> Core::State::hearing_of(const Contact& contact) const {
  const LegId caller = contact.caller_leg, handler = contact.other_leg;
  const LegId muted = contact.muted ? handler : LegId{};
  const auto aside = std::find_if(contact.parties.begin(), contact.parties.end(),
                                  [](const Party& p) { return p.role == PartyRole::consulted; });
  const bool consults = aside != contact.parties.end();
  std::vector<LegId> room, whispering;
  if (!contact.held) room.push_back(caller);
  if (!consults) room.push_back(handler);
  for (const Party& p : contact.parties) {
    if (!p.answered) continue;
    if (p.role == PartyRole::joined || p.mode == MonitorMode::barge) room.push_back(p.leg);
    if (p.mode == MonitorMode::whisper) whispering.push_back(p.leg);
  }
  std::vector<Hearing> all;
  if (contact.asked_for_keys) all.push_back({caller, directory.options().silent.announcement, contact.turn, {}});
  else if (contact.held) all.push_back({caller, directory.options().call_control.hold_sound, 0, {}});
  else all.push_back({caller, {}, 0, others(room, caller, muted)});

  std::vector<LegId> to_handler = room;
  if (consults) to_handler = aside->answered ? std::vector<LegId>{aside->leg} : std::vector<LegId>{};
  to_handler.insert(to_handler.end(), whispering.begin(), whispering.end());
  to_handler = others(std::move(to_handler), handler, {});
  const bool rings = consults && !aside->answered;
  all.push_back({handler, rings ? "ringback" : "", 0, rings ? std::vector<LegId>{} : to_handler});

  for (const Party& p : contact.parties) {
    if (!p.answered) continue;
    if (p.role == PartyRole::consulted) {
      all.push_back({p.leg, {}, 0, others({handler}, p.leg, muted)});
    } else if (p.role == PartyRole::joined || p.mode == MonitorMode::barge) {
      all.push_back({p.leg, {}, 0, others(room, p.leg, muted)});
    } else {  // what the handler hears and says
      std::vector<LegId> heard = to_handler;
      heard.push_back(handler);
      all.push_back({p.leg, {}, 0, others(std::move(heard), p.leg, muted)});
    }
  }
  add_tones(contact, all);
  return all;
}

// Who hears a sound is on hold, or waits for another to answer: nothing that they say is heard. A number that was called may
// ask for keys, which a sum of what is heard does not carry: no tone is added to what it hears.
void Core::State::add_tones(const Contact& contact, std::vector<Hearing>& all) const {
  const CallControlOptions& options = directory.options().call_control;
  if (options.monitor_tone == MonitorTone::none || std::none_of(contact.parties.begin(), contact.parties.end(), listens)) return;
  for (Hearing& one : all) {
    const auto its = std::find_if(contact.parties.begin(), contact.parties.end(), [&](const Party& p) { return p.leg == one.leg; });
    const bool handler = one.leg == contact.other_leg && contact.handler != no_index;
    const bool caller = one.leg == contact.caller_leg && (!contact.outgoing || contact.ring_back);
    const bool colleague = its != contact.parties.end() && its->handler != no_index && its->role != PartyRole::monitor;
    const bool told = handler || (options.monitor_tone == MonitorTone::all && (caller || colleague));
    if (one.sound.empty() && told) one.tone_every = options.monitor_tone_every;
  }
}

// New rules of the tone hold for whoever is listened to already.
void Core::State::rearrange_listened_to() {
  for (Contact& contact : contacts)
    if (contact.id && std::any_of(contact.parties.begin(), contact.parties.end(), listens)) rearrange(contact);
}

void Core::State::rearrange(Contact& contact) {
  if (contact.state != ContactState::talking && contact.state != ContactState::outside) return;
  std::vector<Hearing> before = std::move(contact.hearing);
  if (before.empty())
    before = {{contact.caller_leg, {}, 0, {contact.other_leg}}, {contact.other_leg, {}, 0, {contact.caller_leg}}};
  contact.hearing = hearing_of(contact);
  for (const Hearing& one : contact.hearing) {
    if (std::find(before.begin(), before.end(), one) != before.end()) continue;
    if (one.sound.empty()) emit(MixToLeg{one.leg, one.sources, one.tone_every});
    else emit(PlayToLeg{one.leg, one.sound, one.turn, 0, 0, one.turn != 0});
  }
  record_heard(contact);
  emit(parties_of(contact));
}

std::vector<LegId> heard_by_caller(const Contact& contact) {
  const auto& all = contact.hearing;
  const auto its = std::find_if(all.begin(), all.end(), [&](const Hearing& one) { return one.leg == contact.caller_leg; });
  return its == all.end() ? std::vector<LegId>{contact.other_leg} : its->sources;
}

PartiesChanged Core::State::parties_of(const Contact& contact) const {
  PartiesChanged now_is{contact.id, contact.held, contact.muted, {}};
  if (contact.handler != no_index)
    now_is.parties.push_back(
        {contact.other_leg, PartyRole::handler, handlers[contact.handler].options.id, {}, true, MonitorMode::off, {}, {}, 0});
  else if (contact.other_leg)
    now_is.parties.push_back({contact.other_leg, PartyRole::joined, {}, contact.other_number, true, MonitorMode::off, {}, {}, 0});
  for (const Party& p : contact.parties) now_is.parties.push_back(view(p));
  return now_is;
}

PartyView Core::State::view(const Party& p) const {
  PartyView now_is{p.leg, p.role, {}, p.number, p.answered, p.mode, {}, p.waits_as, 0};
  if (p.handler != no_index) now_is.handler = handlers[p.handler].options.id;
  const Contact* waits = find(p.waits_as);
  if (waits) now_is.queue = directory.queue(waits->queue).options.id;
  if (waits && waits->state == ContactState::waiting) now_is.position = position_of(*waits);
  return now_is;
}

std::string Core::State::who(const Party& p) const {
  if (const Contact* waits = find(p.waits_as)) return "queue " + directory.queue(waits->queue).options.id.value;
  return p.handler == no_index ? p.number : handlers[p.handler].options.id.value;
}

// ---- coming -------------------------------------------------------------------------------------------------------

// A part in a call is offered as a call is: the console shows it, and the phone rings according to its mode.
void Core::State::ring_consulted(Contact& contact, HandlerIndex at) {
  Handler& handler = handlers[at];
  const Time expires = begin_offer(contact, at);
  Party added{{}, PartyRole::consulted, at, {}, false, MonitorMode::off, {}};
  if (handler.offered_mode == PhoneMode::ring) added.leg = ring(contact, handler, false);
  contact.parties.push_back(std::move(added));
  tell_offer(contact, handler, expires);
}

void Core::State::party_answered(Contact& contact, Party& p) {
  if (p.answered) return;
  p.answered = true;
  if (p.handler != no_index && p.role != PartyRole::monitor) {
    Handler& handler = handlers[p.handler];
    if (handler.offer) close_offer(handler, OfferEnd::accepted);
    handler.busy_from = now;
    handler.leg = p.leg;
    handler.misses = 0;
    ++handler.calls;
    set_state(handler, HandlerState::talking);
  }
  rearrange(contact);
}

// ---- going --------------------------------------------------------------------------------------------------------

void Core::State::leave_line(Contact& contact, LegId line) {
  if (contact.hearing.empty()) emit(DisconnectLegs{contact.caller_leg, line});
  else emit(MixToLeg{line, {}});
}

// A line held for the shift stays up.
void Core::State::release_phone(LegId& leg, HandlerIndex at, std::string_view why) {
  if (!leg) return;
  if (at == no_index || leg != handlers[at].nailed_leg) {
    emit(ReleaseLeg{leg, std::string{why}});
    return forget_leg(leg);
  }
  if (const auto line = legs.find(leg); line != legs.end()) {  // else it is the line itself that is lost
    emit(MixToLeg{leg, {}});
    line->second.contact = {};
  }
  leg = {};
}

void Core::State::drop_party(Contact& contact, Party& leaving, OfferEnd how, std::string_view why) {
  release_phone(leaving.leg, leaving.handler, why);
  const Party gone = leaving;
  contact.parties.erase(contact.parties.begin() + (&leaving - contact.parties.data()));
  if (Contact* waits = find(gone.waits_as)) return withdraw_consultation(*waits, why);
  if (gone.handler == no_index) return;
  Handler& handler = handlers[gone.handler];
  handler.leg = {};
  if (gone.role == PartyRole::monitor) {
    handler.monitors = {};
    changed(handler);
    return settle_line(gone.handler);
  }
  if (gone.answered) return finish_call(gone.handler, contact.queue, Counts::no);
  close_offer(handler, how);
  handler.contact = {};
  if (how == OfferEnd::withdrawn) free_again(gone.handler);
  else back_off(gone.handler, how, true);
}

void Core::State::party_gone(Contact& contact, Party& p, OfferEnd how, std::string_view why) {
  if (p.handler == no_index || p.leg != handlers[p.handler].nailed_leg) forget_leg(p.leg);
  note(contact, who(p) + ": " + std::string{why});
  drop_party(contact, p, how, why);
  rearrange(contact);
}

void Core::State::release_parties(Contact& contact, std::string_view why) {
  while (!contact.parties.empty()) drop_party(contact, contact.parties.back(), OfferEnd::withdrawn, why);
  contact.held = contact.muted = contact.asked_for_keys = false;
  contact.hearing.clear();
}

// An offer that came to nothing: of a whole call, or of a part in one.
void Core::State::offer_over(HandlerIndex at, OfferEnd how, bool blame) {
  Contact* contact = find(handlers[at].contact);
  if (!contact) return;
  if (contact->handler == at) return offer_failed(*contact, how, blame);
  if (Party* rung = party(*contact, at)) {
    note(*contact, who(*rung) + ": " + std::string{name(how)});
    drop_party(*contact, *rung, how, name(how));
    rearrange(*contact);
  }
}

// The former handler's leg is gone, or its release asked for. The other whom that handler was consulting goes too.
void Core::State::hand_over(Contact& contact, LegId to) {
  stop_recording(contact);
  const HandlerIndex former = contact.handler;
  if (former == no_index || contact.other_leg != handlers[former].nailed_leg) forget_leg(contact.other_leg);
  if (Party* aside = consulted(contact); aside && aside->leg != to)
    drop_party(contact, *aside, OfferEnd::withdrawn, "the handler has left");
  const Party next = *party(contact, to);
  contact.parties.erase(contact.parties.begin() + (party(contact, to) - contact.parties.data()));
  contact.other_leg = to;
  contact.other_number = next.number;
  contact.handler = next.handler;
  contact.state = next.handler == no_index ? ContactState::outside : ContactState::talking;
  if (contact.asked_for_keys) timers.cancel(contact.silent_timer);
  contact.held = contact.muted = contact.asked_for_keys = false;
  note(contact, "goes on with " + who(next));
  changed(contact);
  rearrange(contact);
  start_recording(contact);
  if (former != no_index) finish_call(former, contact.queue);
}

}  // namespace pledge::core
