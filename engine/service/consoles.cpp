#include "service/consoles.hpp"

#include <algorithm>

#include "service/errors.hpp"

namespace pledge::service {

void Consoles::attach(std::shared_ptr<Stream> stream, const core::HandlerId& handler, const std::string& session) {
  if (!core_.handler(handler)) {
    return stream->end(refuse(core::Refusal::unknown_handler, "no such handler is configured: " + handler.value));
  }
  sink_.submit(core::ConsoleAttached{handler, session});
  const auto view = core_.handler(handler);
  if (!view) return;
  sessions_[stream.get()] = handler;
  stream->push_first({snapshot(*view)});
  consoles_[handler].push_back({std::move(stream), session});
}

void Consoles::detach(const std::shared_ptr<Stream>& stream) {
  const auto known = sessions_.extract(stream.get());
  if (known.empty()) return;
  const auto handler = known.mapped();
  auto& open = consoles_[handler];
  const auto mine = std::find_if(open.begin(), open.end(), [&](const Console& c) { return c.stream == stream; });
  const auto session = mine->session;
  open.erase(mine);
  const bool last = std::none_of(open.begin(), open.end(), [&](const Console& c) { return c.session == session; });
  if (open.empty()) consoles_.erase(handler);
  if (last) sink_.submit(core::ConsoleLost{handler, session});
}

void Consoles::signed_on(const core::HandlerId& handler, const std::string& session) {
  const auto open = consoles_.find(handler);
  if (open == consoles_.end()) return;
  const bool mine =
      std::any_of(open->second.begin(), open->second.end(), [&](const Console& c) { return c.session == session; });
  if (mine) sink_.submit(core::ConsoleAttached{handler, session});
}

v1::WatchConsoleResponse Consoles::event() const {
  v1::WatchConsoleResponse event;
  put(event.mutable_time(), clock_.now());
  return event;
}

void Consoles::push(const core::HandlerId& handler, const Message& message) {
  const auto open = consoles_.find(handler);
  if (open == consoles_.end()) return;
  std::vector<std::shared_ptr<Stream>> slow;
  for (const auto& console : open->second) {
    if (!console.stream->push(message)) slow.push_back(console.stream);
  }
  for (auto& stream : slow) {
    detach(stream);  // a stalled console is a lost console: its offers go elsewhere
    dropped_(std::move(stream));
  }
}

// Of several changes of state within a turn only the last is told.
void Consoles::add(const core::HandlerId& handler, Kind kind, Message message) {
  if (pending_.empty()) turn_();
  auto& events = pending_[handler];
  if (!message) std::erase_if(events, [kind](const Event& event) { return event.kind == kind; });
  events.push_back({kind, std::move(message)});
}

void Consoles::flush() {
  for (auto& [handler, events] : std::exchange(pending_, {})) write(handler, events);
}

void Consoles::write(const core::HandlerId& handler, std::vector<Event>& events) {
  const auto urgent = [](const Event& event) { return event.kind <= Kind::offer; };
  std::stable_partition(events.begin(), events.end(), urgent);
  for (const auto& event : events) {
    if (const auto message = message_of(handler, event)) push(handler, message);
  }
}

Message Consoles::message_of(const core::HandlerId& handler, const Event& pending) const {
  if (pending.message) return pending.message;
  const auto view = core_.handler(handler);
  if (!view) return {};  // a reload took the handler away
  auto told = event();
  if (pending.kind == Kind::state) put(told.mutable_handler(), *view);
  else put_statistics(told.mutable_statistics(), handler);
  return serialise(told);
}

void Consoles::send_all(v1::WatchConsoleResponse& event) {
  const auto message = serialise(event);
  std::vector<core::HandlerId> handlers;
  for (const auto& [handler, open] : consoles_) handlers.push_back(handler);
  for (const auto& handler : handlers) push(handler, message);
}

void Consoles::put_contact(v1::Contact* to, const ContactRecord& record) const {
  constexpr std::size_t most_earlier = 5;
  put(to, record, core_.options(), Facts::with);
  for (const auto& call : history_.earlier(record, most_earlier)) put(to->mutable_facts()->add_earlier(), *call);
  if (const auto live = core_.contact(record.now.contact)) put_body_parts(to->mutable_facts(), live->facts);
}

void Consoles::put_offer(v1::Offer* to, const core::OfferMade& offer, core::Time made) const {
  to->set_id(offer.offer.value);
  if (const auto record = history_.find(offer.contact)) put_contact(to->mutable_contact(), *record);
  to->set_phone_mode(wire(offer.mode));
  to->set_can_accept(offer.mode != core::PhoneMode::ring);
  if (!to->can_accept()) to->set_cannot_accept_reason("answering the phone accepts this call");
  put(to->mutable_made(), made);
  if (offer.expires != core::never) put(to->mutable_expires(), offer.expires);
}

void Consoles::put_statistics(v1::OwnStatistics* to, const core::HandlerId& handler) const {
  const auto own = statistics_.own(handler, clock_.now());
  to->set_calls(own.calls);
  put(to->mutable_mean_handling(), own.handled ? own.handle_time / own.handled : core::Duration{});
  const auto counted = own.busy + own.ready;
  to->set_occupancy(counted.count() > 0 ? static_cast<double>(own.busy.count()) / static_cast<double>(counted.count())
                                        : 0);
  put(to->mutable_signed_on(), own.signed_on);
}

Message Consoles::snapshot(const core::HandlerView& view) const {
  auto response = event();
  auto* snapshot = response.mutable_snapshot();
  put(snapshot->mutable_handler(), view);
  const auto& handler = view.now.handler;
  if (const auto offer = offers_.find(handler); offer != offers_.end()) {
    put_offer(snapshot->mutable_offer(), offer->second.offer, offer->second.made);
  }
  if (const auto record = history_.find(view.now.contact); view.now.contact && record) {
    put_contact(snapshot->mutable_contact(), *record);
  }
  if (const auto contact = core_.contact(view.now.contact); contact && contact->parties)
    put(snapshot->mutable_parties(), *contact->parties);
  put_statistics(snapshot->mutable_statistics(), handler);
  for (const auto& reason : core_.options().not_ready_reasons) snapshot->add_not_ready_reasons(reason);
  for (const auto& reason : core_.options().recording.pause_reasons) snapshot->add_pause_reasons(reason);
  for (const auto& configured : core_.options().handlers) {
    if (configured.id != handler) continue;
    for (const auto& role : configured.roles) snapshot->add_roles(role.value);
    for (const auto& role : core_.options().roles)
      if (role.supervisor && std::count(configured.roles.begin(), configured.roles.end(), role.id))
        snapshot->add_supervisor_roles(role.id.value);
  }
  if (const auto heard = core_.contact(view.now.monitors)) {
    if (const auto record = history_.find(view.now.monitors)) put_contact(snapshot->mutable_monitored(), *record);
    if (heard->parties) put(snapshot->mutable_monitored_parties(), *heard->parties);
  }
  snapshot->mutable_service_state()->set_state(core_.service_state());
  snapshot->mutable_service_state()->set_draining(core_.draining());
  return serialise(response);
}

void Consoles::observe(const core::HandlerChanged& change) {
  if (change.monitors) monitors_[change.handler] = change.monitors;
  else monitors_.erase(change.handler);
  if (!watched(change.handler)) return;
  add(change.handler, Kind::state);
  if (change.monitors) tell_of(change.handler, change.monitors);
  const auto record = change.state == core::HandlerState::talking ? history_.find(change.contact) : nullptr;
  if (record && record->now.handler != change.handler) tell_of(change.handler, change.contact);  // was consulted
  if (change.state == core::HandlerState::offered || change.state == core::HandlerState::talking) return;
  add(change.handler, Kind::statistics);
}

void Consoles::observe(core::Time now, const core::OfferMade& offer) {
  offers_[offer.handler] = {offer, now};
  if (!watched(offer.handler)) return;
  auto made = event();
  put_offer(made.mutable_offer(), offer, now);
  add(offer.handler, Kind::offer, serialise(made));
}

void Consoles::observe(const core::OfferEnded& offer) {
  const auto present = offers_.find(offer.handler);
  if (present != offers_.end() && present->second.offer.offer == offer.offer) offers_.erase(present);
  if (!watched(offer.handler)) return;
  auto over = event();
  over.mutable_offer_over()->set_id(offer.offer.value);
  over.mutable_offer_over()->set_contact(offer.contact.value);
  over.mutable_offer_over()->set_end(wire(offer.end));
  add(offer.handler, Kind::over, serialise(over));
}

void Consoles::observe(const ContactRecord& contact) {
  tell_monitors(contact);
  if (contact.now.handler.empty() || !watched(contact.now.handler)) return;
  auto changed = event();
  put(changed.mutable_contact(), contact, core_.options(), Facts::without);
  add(contact.now.handler, Kind::contact, serialise(changed));
}

// A call whose handler is another: the console of who begins to listen to it, or to take part in it, knows nothing of it yet.
void Consoles::tell_of(const core::HandlerId& handler, core::ContactId contact) {
  const auto record = history_.find(contact);
  if (!record) return;
  auto told = event();
  put_contact(told.mutable_contact(), *record);
  add(handler, Kind::contact, serialise(told));
}

void Consoles::tell_monitors(const ContactRecord& contact) {
  for (const auto& [supervisor, call] : monitors_)
    if (call == contact.now.contact && watched(supervisor)) tell_of(supervisor, call);
}

void Consoles::facts_changed(const ContactRecord& contact) {
  if (contact.now.handler.empty() || !watched(contact.now.handler)) return;
  auto changed = event();
  put_contact(changed.mutable_contact(), contact);
  add(contact.now.handler, Kind::contact, serialise(changed));
}

void Consoles::observe(const core::PartiesChanged& parties) {
  const auto waits = [](const core::PartyView& party) { return static_cast<bool>(party.waits_as); };
  if (std::any_of(parties.parties.begin(), parties.parties.end(), waits)) consulting_[parties.contact] = parties;
  else consulting_.erase(parties.contact);
  auto changed = event();
  put(changed.mutable_parties(), parties);
  const auto message = serialise(changed);
  for (const auto& party : parties.parties)
    if (!party.handler.empty() && watched(party.handler)) add(party.handler, Kind::parties, message);
}

void Consoles::observe(const core::ServiceStateChanged& state) {
  auto changed = event();
  changed.mutable_service_state()->set_state(state.state);
  changed.mutable_service_state()->set_draining(state.draining);
  send_all(changed);
}

// A place in a queue changes by what others do.
void Consoles::tell_places() {
  for (const auto& [contact, told] : std::map{consulting_}) {
    const auto call = core_.contact(contact);
    if (!call) consulting_.erase(contact);
    else if (call->parties && *call->parties != told) observe(*call->parties);
  }
}

void Consoles::heartbeat() {
  tell_places();
  auto beat = event();
  beat.mutable_heartbeat();
  send_all(beat);
}

void Consoles::end_all(const grpc::Status& status) {
  for (const auto& [handler, open] : consoles_) {
    for (const auto& console : open) console.stream->end(status);
  }
}

}  // namespace pledge::service
