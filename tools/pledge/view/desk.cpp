#include "tools/pledge/view/desk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tools/pledge/view/names.hpp"

namespace pledge::view {
namespace {

constexpr std::size_t events_kept = 6;

std::string number_of(const v1::CallerFacts& facts) { return facts.caller().empty() ? "number " + caller_of(facts) : facts.caller(); }

std::string why_of(v1::OfferEnd end) {
  switch (end) {
    case v1::OFFER_END_NO_ANSWER:
      return "not taken in time";
    case v1::OFFER_END_DECLINED:
      return "declined";
    case v1::OFFER_END_BUSY:
      return "your phone is busy";
    case v1::OFFER_END_UNREACHABLE:
      return "your phone could not be reached";
    case v1::OFFER_END_WITHDRAWN:
      return "the caller hung up, or the call was taken elsewhere (withdrawn)";
    default:
      return name_of(end);
  }
}

// Of a call known before.
std::string news_of(const v1::CallerFacts& before, const v1::CallerFacts& now) {
  if (before.sip_call_id() != now.sip_call_id()) return "the same call has come again by trunk " + now.trunk();
  if (now.place() != before.place()) return "the caller's place is known: " + now.place();
  return now.locations_size() == before.locations_size() ? std::string{} : "a location of the caller has come";
}

std::string said_of(v1::RecordingState before, v1::RecordingState now) {
  switch (now) {
    case v1::RECORDING_STATE_ON:
      return before == v1::RECORDING_STATE_PAUSED ? "recording again" : "this call is recorded";
    case v1::RECORDING_STATE_PAUSED:
      return "recording paused";
    case v1::RECORDING_STATE_FAILED:
      return "this call is NOT recorded any more: the recording failed";
    default:
      return {};
  }
}

}  // namespace

std::string Desk::apply(const v1::WatchConsoleResponse& response) {
  std::string said;
  switch (response.event_case()) {
    case v1::WatchConsoleResponse::kSnapshot:
      said = take(response.snapshot());
      break;
    case v1::WatchConsoleResponse::kHandler:
      said = take(response.handler());
      break;
    case v1::WatchConsoleResponse::kOffer:
      said = take(response.offer());
      break;
    case v1::WatchConsoleResponse::kOfferOver:
      said = take(response.offer_over());
      break;
    case v1::WatchConsoleResponse::kContact:
      said = take(response.contact());
      break;
    case v1::WatchConsoleResponse::kParties:
      said = take(response.parties());
      break;
    case v1::WatchConsoleResponse::kStatistics:
      statistics = response.statistics();
      break;
    case v1::WatchConsoleResponse::kServiceState:
      service_state = response.service_state();
      said = fmt::format("service state: {}{}", service_state.state(), service_state.draining() ? ", draining" : "");
      break;
    default:
      break;
  }
  if (!said.empty()) {
    events.push_front(fmt::format("{}  {}", clock_text(time_of(response.time())), said));
    if (events.size() > events_kept) events.resize(events_kept);
  }
  return said;
}

std::string Desk::take(const v1::ConsoleSnapshot& snapshot) {
  handler = snapshot.handler();
  offer = snapshot.has_offer() ? std::optional{snapshot.offer()} : std::nullopt;
  contact = snapshot.has_contact() ? std::optional{snapshot.contact()} : std::nullopt;
  parties = snapshot.has_parties() ? std::optional{snapshot.parties()} : std::nullopt;
  statistics = snapshot.statistics();
  reasons.assign(snapshot.not_ready_reasons().begin(), snapshot.not_ready_reasons().end());
  pause_reasons.assign(snapshot.pause_reasons().begin(), snapshot.pause_reasons().end());
  roles.assign(snapshot.roles().begin(), snapshot.roles().end());
  supervisor_roles.assign(snapshot.supervisor_roles().begin(), snapshot.supervisor_roles().end());
  monitored = snapshot.has_monitored() ? std::optional{snapshot.monitored()} : std::nullopt;
  monitored_parties = snapshot.has_monitored_parties() ? std::optional{snapshot.monitored_parties()} : std::nullopt;
  service_state = snapshot.service_state();
  attached = true;
  return {};
}

std::string Desk::take(const v1::Handler& changed) {
  const bool same = changed.state() == handler.state() && changed.reason() == handler.reason();
  if (changed.contact() != handler.contact()) parties.reset();
  const auto listening = take_monitors(changed);
  handler = changed;
  if (changed.state() != v1::HANDLER_STATE_OFFERED) offer.reset();
  if (changed.state() != v1::HANDLER_STATE_TALKING && changed.state() != v1::HANDLER_STATE_WRAP_UP &&
      changed.state() != v1::HANDLER_STATE_OFFERED)
    contact.reset(), parties.reset();
  if (!listening.empty()) return listening;
  if (same || changed.state() == v1::HANDLER_STATE_OFFERED) return {};  // the offer itself says more
  return changed.reason().empty() ? name_of(changed.state())
                                  : fmt::format("{}: {}", name_of(changed.state()), changed.reason());
}

std::string Desk::take_monitors(const v1::Handler& changed) {
  if (changed.monitors() == handler.monitors()) return {};
  monitored.reset();
  monitored_parties.reset();
  return changed.monitors() == 0 ? fmt::format("not listening to call {} any more", handler.monitors()) : std::string{};
}

std::string Desk::take(const v1::Offer& made) {
  offer = made;
  parties.reset();
  const auto& call = made.contact();
  if (call.consults() != 0)
    return fmt::format("offered a consultation: {} asks {} about call {} from {}", call.consulted_by(), call.queue(), call.consults(),
                       number_of(call.facts()));
  return fmt::format("offered a call from {} ({})", number_of(made.contact().facts()), made.contact().queue());
}

std::string Desk::take(const v1::OfferOver& over) {
  if (offer && offer->id() == over.id()) offer.reset();
  if (over.end() == v1::OFFER_END_ACCEPTED) return "accepted";
  return fmt::format("the offer is over: {}", why_of(over.end()));
}

std::string Desk::take(const v1::Contact& changed) {
  if (changed.id() == handler.monitors()) {
    monitored = changed;
    return {};
  }
  const bool on_screen = contact && contact->id() == changed.id(), offered = offer && offer->contact().id() == changed.id();
  // One that was listened to may be told of once more.
  if (!on_screen && !offered && changed.id() != handler.contact() && changed.handler() != handler.id()) return {};
  auto known = on_screen ? *contact : v1::Contact{};
  if (offered) known = offer->contact();
  const auto recorded = known.recording();
  const bool had_operator = known.operator_present();
  const auto said = known.has_facts() && changed.has_facts() ? news_of(known.facts(), changed.facts()) : std::string{};
  update(known, changed);
  if (offered) *offer->mutable_contact() = known;
  contact = std::move(known);
  if (changed.state() == v1::CONTACT_STATE_ENDED) parties.reset();
  if (changed.state() == v1::CONTACT_STATE_ENDED) return fmt::format("the call has ended ({})", name_of(changed.end()));
  if (!said.empty()) return said;
  if (had_operator && !changed.operator_present()) return "the operator has left the line";
  return recorded == changed.recording() ? std::string{} : said_of(recorded, changed.recording());
}

namespace {
bool has_call(const Desk& desk) { return desk.contact && desk.contact->handler() == desk.handler.id(); }

void add_call_keys(std::vector<std::pair<char, std::string>>& keys, const Desk& desk) {
  if (!has_call(desk)) return;  // one who was consulted, or has joined
  const auto* aside = consulted(desk);
  const bool held = desk.parties && desk.parties->held();
  if (aside) {
    if (aside->answered()) keys.emplace_back('t', "transfer to " + named(*aside));
    if (aside->answered()) keys.emplace_back('j', "join");
    keys.emplace_back('k', "end consultation");
    return;
  }
  const auto others = joined_parties(desk);
  if (others.size() == 1) keys.emplace_back('k', "remove " + named(*others.front()));
  else if (!others.empty()) keys.emplace_back('k', "remove one of the others");
  keys.emplace_back('h', held ? "take off hold" : "hold");
  keys.emplace_back('m', desk.parties && desk.parties->muted() ? "unmute" : "mute");
  keys.emplace_back('c', "consult");
  keys.emplace_back('t', "transfer");
  if (!held) keys.emplace_back('u', "ask a silent caller for keys");
  if (desk.contact->operator_present()) keys.emplace_back('g', "the operator has left");
  if (desk.contact->ring_back()) keys.emplace_back('v', "not the caller: try again later");
  if (desk.contact->outgoing()) return;
  keys.emplace_back('z', "wrong use");
}
}  // namespace

std::string named(const v1::Party& party) {
  if (!party.queue().empty()) return "queue " + party.queue();
  return party.handler().empty() ? party.number() : party.handler();
}

std::string text_of(const v1::Party& party) {
  const auto who = named(party);
  if (party.position() > 0) return fmt::format("{}, waiting at position {}", who, party.position());
  if (!party.answered()) return who + (party.queue().empty() ? ", being called" : ", a handler is being called");
  switch (party.role()) {
    case v1::PARTY_ROLE_CONSULTED:
      return who + ", consulted";
    case v1::PARTY_ROLE_JOINED:
      return who + ", in the call";
    case v1::PARTY_ROLE_MONITOR:
      return who + (party.mode() == v1::MONITOR_MODE_LISTEN    ? ", listening"
                    : party.mode() == v1::MONITOR_MODE_WHISPER ? ", whispering"
                                                               : ", in the call as supervisor");
    default:
      return who + ", has the call";
  }
}

const v1::Party* consulted(const Desk& desk) {
  if (!desk.parties) return nullptr;
  for (const auto& party : desk.parties->parties())
    if (party.role() == v1::PARTY_ROLE_CONSULTED) return &party;
  return nullptr;
}

std::vector<const v1::Party*> joined_parties(const Desk& desk) {
  std::vector<const v1::Party*> out;
  if (!desk.parties) return out;
  for (const auto& party : desk.parties->parties())
    if (party.role() == v1::PARTY_ROLE_JOINED) out.push_back(&party);
  return out;
}

bool supervises(const Desk& desk) {
  const auto& roles = desk.supervisor_roles;
  return std::find(roles.begin(), roles.end(), desk.handler.role()) != roles.end();
}

const v1::Party* own_monitoring(const Desk& desk) {
  if (!desk.monitored_parties) return nullptr;
  for (const auto& party : desk.monitored_parties->parties())
    if (party.role() == v1::PARTY_ROLE_MONITOR && party.handler() == desk.handler.id()) return &party;
  return nullptr;
}

std::string Desk::take_monitored(const v1::Parties& changed) {
  const auto* before = own_monitoring(*this);
  const bool rang = before && !before->answered();
  const auto former = before ? before->mode() : v1::MONITOR_MODE_UNSPECIFIED;
  monitored_parties = changed;
  const auto* own = own_monitoring(*this);
  if (!own || (own->mode() == former && rang == !own->answered())) return {};
  if (!own->answered()) return fmt::format("your phone rings: answer it to hear call {}", changed.contact());
  return fmt::format("{} call {}", own->mode() == v1::MONITOR_MODE_LISTEN    ? "you listen to"
                                   : own->mode() == v1::MONITOR_MODE_WHISPER ? "you whisper to the handler of"
                                                                             : "everybody hears you in",
                     changed.contact());
}

// What is new about each of them.
std::string Desk::take(const v1::Parties& changed) {
  if (changed.contact() == handler.monitors()) return take_monitored(changed);
  if (changed.contact() != handler.contact()) return {};  // one that was left
  std::vector<std::string> said;
  if (changed.held() != (parties && parties->held())) said.emplace_back(changed.held() ? "the caller is on hold" : "the caller is off hold");
  if (changed.muted() != (parties && parties->muted())) said.emplace_back(changed.muted() ? "muted" : "not muted any more");
  std::vector<std::string> before;
  if (parties)
    for (const auto& party : parties->parties()) before.push_back(text_of(party));
  for (const auto& party : changed.parties()) {
    const bool own = party.handler() == handler.id();
    const auto text = text_of(party);
    if (!own && std::find(before.begin(), before.end(), text) == before.end()) said.push_back(text);
  }
  for (const auto& party : parties ? parties->parties() : v1::Parties::default_instance().parties()) {
    // The one consulted has no leg before a phone rings, and a queue becomes one of its handlers.
    const auto consults = [](const auto& one) { return one.role() == v1::PARTY_ROLE_CONSULTED; };
    const auto same = [&](const auto& other) { return other.leg() == party.leg() || (consults(other) && consults(party)); };
    const bool gone = std::none_of(changed.parties().begin(), changed.parties().end(), same);
    const bool own = party.handler() == handler.id();
    if (gone && !own) said.push_back(named(party) + (party.answered() ? " has left" : " is not there"));
  }
  parties = changed;
  return fmt::format("{}", fmt::join(said, "; "));
}

namespace {
// Of a supervisor who listens: what is not done yet, and the way out.
void add_monitor_keys(std::vector<std::pair<char, std::string>>& keys, const Desk& desk) {
  const auto* own = own_monitoring(desk);
  const auto mode = own ? own->mode() : v1::MONITOR_MODE_UNSPECIFIED;
  if (mode != v1::MONITOR_MODE_LISTEN) keys.emplace_back('l', "listen only");
  if (mode != v1::MONITOR_MODE_WHISPER) keys.emplace_back('w', "whisper to the handler");
  if (mode != v1::MONITOR_MODE_BARGE) keys.emplace_back('b', "barge in");
  keys.emplace_back('k', "leave the call");
}
}  // namespace

std::vector<std::pair<char, std::string>> keys_of(const Desk& desk) {
  std::vector<std::pair<char, std::string>> keys;
  const auto state = desk.handler.state();
  const bool free = state == v1::HANDLER_STATE_NOT_READY || state == v1::HANDLER_STATE_READY;
  if (free && desk.handler.monitors() != 0) {  // neither ready nor called meanwhile
    add_monitor_keys(keys, desk);
    keys.emplace_back('q', "sign off");
    return keys;
  }
  if (state == v1::HANDLER_STATE_OFFERED) {
    if (desk.offer && desk.offer->can_accept()) keys.emplace_back('a', "accept");
    keys.emplace_back('d', "decline");
  }
  if (state == v1::HANDLER_STATE_TALKING) keys.emplace_back('x', "release");
  if (state == v1::HANDLER_STATE_TALKING) add_call_keys(keys, desk);
  const auto recorded = has_call(desk) && state == v1::HANDLER_STATE_TALKING ? desk.contact->recording() : v1::RecordingState{};
  if (recorded == v1::RECORDING_STATE_ON) keys.emplace_back('p', "pause recording");
  if (recorded == v1::RECORDING_STATE_PAUSED) keys.emplace_back('p', "record again");
  if (state == v1::HANDLER_STATE_WRAP_UP) {
    keys.emplace_back('w', "finish wrap-up");
    keys.emplace_back('e', "extend by 30 s");
  }
  if (state == v1::HANDLER_STATE_NOT_READY) keys.emplace_back('r', "ready");
  if (state == v1::HANDLER_STATE_SIGNED_OFF || state == v1::HANDLER_STATE_UNSPECIFIED)
    keys.emplace_back('s', "sign on");
  else {
    if (state != v1::HANDLER_STATE_NOT_READY) keys.emplace_back('n', "not ready");
    if (free) keys.emplace_back('o', "call out");
    if (free && supervises(desk)) keys.emplace_back('l', "listen to a call");
    keys.emplace_back('q', "sign off");
  }
  return keys;
}

}  // namespace pledge::view
