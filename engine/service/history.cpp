#include "service/history.hpp"

namespace pledge::service {

const std::shared_ptr<ContactRecord>& History::record(core::ContactId id) {
  if (const auto past = past_.find(id); past != past_.end()) return past->second;
  auto& live = live_[id];
  if (!live) {
    live = std::make_shared<ContactRecord>();
    live->now.contact = id;
  }
  return live;
}

void History::take_facts(ContactRecord& r, core::ContactView&& view) {
  r.facts = std::move(view.facts);
  r.facts.body_parts.clear();  // large, and the core keeps them while the call lives
  r.rule = std::move(view.rule);
  r.labels = std::move(view.labels);
}

// Of a call that is over by now nothing more is known.
std::shared_ptr<ContactRecord> History::observe(const core::FactsChanged& change) {
  auto view = core_.contact(change.contact);
  if (!view) return nullptr;
  const auto r = record(change.contact);
  take_facts(*r, std::move(*view));
  if (!change.sip_call_id.empty()) wire_.arrived(r->wire, change.sip_call_id);
  r->announced = false;
  return r;
}

void History::add(core::ContactId id, Step step) {
  const auto& r = record(id);
  if (r->steps.size() < options_.steps_per_contact) r->steps.push_back(std::move(step));
  else r->cut = true;
}

std::shared_ptr<ContactRecord> History::observe(core::Time now, const core::ContactChanged& change) {
  const auto r = record(change.contact);
  if (r->facts.sip_call_id.empty()) {
    if (auto view = core_.contact(change.contact)) {
      take_facts(*r, std::move(*view));
      wire_.arrived(r->wire, r->facts.sip_call_id);
    }
  }
  // The caller's way through a menu has become its rule, and may have given it labels.
  if (r->now.state == core::ContactState::menu && change.state != core::ContactState::menu) {
    if (const auto view = core_.contact(change.contact)) r->rule = view->rule, r->labels = view->labels;
    r->announced = false;
  }
  // Call control labels calls; and so do a caller's keys, in whatever state it stays.
  if (change.state == r->now.state || change.state == core::ContactState::talking || change.outgoing)
    if (const auto view = core_.contact(change.contact); view && view->labels != r->labels) r->labels = view->labels;
  r->now = change;
  link(*r);
  add(change.contact, {now, ContactStep{change.state, change.end, change.queue, change.handler}});
  if (change.state == core::ContactState::ended && r->ended == core::never) {
    r->ended = now;
    retire(r);
  }
  return r;
}

// A consultation has the number of the call that it is about, and is none of its own.
void History::link(ContactRecord& r) {
  if (r.earlier || r.facts.caller.empty() || r.now.consults) return;
  r.earlier = std::exchange(newest_of_[r.facts.caller], r.now.contact);
}

std::vector<std::shared_ptr<const ContactRecord>> History::earlier(const ContactRecord& record, std::size_t most) const {
  std::vector<std::shared_ptr<const ContactRecord>> found;
  for (auto next = record.earlier; next && found.size() < most; next = found.back()->earlier) {
    auto call = find(*next);
    if (!call) break;
    found.push_back(std::move(call));
  }
  return found;
}

void History::retire(const std::shared_ptr<ContactRecord>& r) {
  r->steps.shrink_to_fit();
  live_.erase(r->now.contact);
  past_.emplace(r->now.contact, r);
  ended_.push_back(r);
  if (ended_.size() <= options_.ended_contacts) return;
  const ContactRecord& oldest = *ended_.front();
  wire_.forget(oldest.wire);
  if (const auto newest = newest_of_.find(oldest.facts.caller); newest != newest_of_.end() && newest->second == oldest.now.contact)
    newest_of_.erase(newest);
  past_.erase(oldest.now.contact);
  ended_.pop_front();
  ++ended_before_;
}

void History::observe(core::Time now, const core::Decision& decision) {
  if (decision.contact) add(decision.contact, {now, decision});
}
void History::observe(core::Time now, const core::OfferMade& offer) {
  add(offer.contact, {now, OfferStep{offer.offer, offer.handler, {}}});
}
void History::observe(core::Time now, const core::OfferEnded& offer) {
  add(offer.contact, {now, OfferStep{offer.offer, offer.handler, offer.end}});
}

void History::observe(core::Time now, const core::CallNote& note) { add(note.contact, {now, note}); }

// The file of a call is complete after its end, and perhaps after the call was forgotten.
std::shared_ptr<ContactRecord> History::observe(core::Time now, const core::RecordingChanged& recording) {
  const auto live = live_.find(recording.contact);
  const auto past = past_.find(recording.contact);
  if (live == live_.end() && past == past_.end()) return nullptr;
  const auto r = live != live_.end() ? live->second : past->second;
  r->recording = recording.recording;
  r->recording_state = recording.state;
  add(recording.contact, {now, recording});
  return r;
}

void History::observe(const core::RingPhone& ring) {
  if (ring.contact) wire_.rings(record(ring.contact)->wire, ring.leg, ring.handler.value);
}
void History::observe(const core::DialOut& dial) {
  if (dial.contact) wire_.rings(record(dial.contact)->wire, dial.leg, dial.number);
}

std::shared_ptr<const ContactRecord> History::find(core::ContactId id) const {
  if (const auto live = live_.find(id); live != live_.end()) return live->second;
  const auto past = past_.find(id);
  return past == past_.end() ? nullptr : past->second;
}

std::shared_ptr<const ContactRecord> History::find_call_id(const std::string& sip_call_id) const {
  for (const auto& [id, r] : live_) {
    if (r->facts.sip_call_id == sip_call_id) return r;
  }
  for (auto r = ended_.rbegin(); r != ended_.rend(); ++r) {
    if ((*r)->facts.sip_call_id == sip_call_id) return *r;
  }
  return nullptr;
}

}  // namespace pledge::service
