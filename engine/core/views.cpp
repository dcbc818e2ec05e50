// What adapters may read between steps.
#include <algorithm>

#include "core/state.hpp"

namespace pledge::core {

ContactChanged Core::State::snapshot(const Contact& contact, ContactEnd how) const {
  ContactChanged now_is;
  now_is.contact = contact.id;
  now_is.version = contact.version;
  now_is.state = contact.state;
  if (contact.queue != no_index) now_is.queue = directory.queue(contact.queue).options.id;
  if (contact.handler != no_index) now_is.handler = handlers[contact.handler].options.id;
  now_is.grade = contact.grade;
  now_is.handed_over = contact.handed_over;
  now_is.arrived = contact.arrived;
  now_is.queued = contact.queued;
  now_is.answered = contact.answered;
  now_is.end = how;
  now_is.outgoing = contact.outgoing;
  now_is.ring_back = contact.ring_back;
  now_is.continues = contact.continues;
  now_is.operator_present = contact.operator_present;
  now_is.operator_left = contact.operator_left;
  now_is.consults = contact.consults;
  if (const Contact* about = find(contact.consults)) now_is.consulted_by = handlers[about->handler].options.id;
  return now_is;
}

HandlerChanged Core::State::snapshot(const Handler& handler) const {
  return {handler.options.id, handler.version,      handler.state,   handler.reason, handler.contact,
          handler.since,      handler.wrap_up_ends, handler.monitors};
}

ContactView Core::State::view(const Contact& contact) const {
  ContactView view;
  view.now = snapshot(contact, ContactEnd::none);
  const Contact* about = find(contact.consults);
  view.facts = (about ? *about : contact).facts;
  if (about) view.facts.sip_call_id.clear();  // that dialog is the call's
  view.rule = contact.rule;
  view.labels = (about ? *about : contact).labels;
  if (contact.queue != no_index) view.waiting = directory.queue(contact.queue).options.waiting;
  view.caller_leg = contact.caller_leg;
  view.handler_leg = contact.other_leg;
  view.position = contact.indexed ? ahead_of(contact) + 1 : 0;
  view.recording = contact.recording.id;
  view.recording_state = contact.recording.state;
  if (!contact.hearing.empty()) view.parties = parties_of(contact);
  return view;
}

HandlerView Core::State::view(const Handler& handler) const {
  HandlerView view;
  view.now = snapshot(handler);
  view.role = {handler.role};
  view.centre = handler.options.centre;
  view.pool = handler.options.pool;
  if (handler.state != HandlerState::signed_off)
    for (const QueueIndex queue : queues_of(handler)) view.queues.push_back(directory.queue(queue).options.id);
  view.phone_mode = handler.options.phone_mode;
  view.console_attached = handler.console_attached;
  view.phone_bound = handler.phone_bound || !handler.options.phone.empty();
  view.offer = handler.offer;
  view.idle_since = handler.idle_since;
  view.calls_handled = handler.calls;
  return view;
}

Time Core::State::oldest_wait(QueueIndex at) const {
  Time oldest = never;
  for (const auto& calls : waiting[at].by_grade)
    if (!calls.empty()) oldest = std::min(oldest, contacts[calls.front().slot].queued);
  return oldest;
}

QueueView Core::State::view(QueueIndex at) const {
  const EligibleCount serving = index.count_serving(at);
  const auto& here = waiting[at];
  QueueView view;
  view.queue = directory.queue(at).options.id;
  view.service_class = directory.queue(at).options.service_class;
  view.waiting = here.size;
  view.oldest = oldest_wait(at);
  view.signed_on = serving.signed_on;
  view.idle = serving.idle;
  return view;
}

const Options& Core::options() const { return state_->directory.options(); }
const std::string& Core::service_state() const { return state_->service_state; }
bool Core::draining() const { return state_->draining; }
std::uint32_t Core::contacts_live() const { return static_cast<std::uint32_t>(state_->slot_of.size()); }

std::uint32_t Core::calls_live() const {
  const auto& all = state_->contacts;
  return static_cast<std::uint32_t>(
      std::count_if(all.begin(), all.end(), [](const Contact& c) { return c.id && (c.caller_leg || c.other_leg); }));
}

bool Core::is_first_class(Time at, const CallFacts& facts) const { return state_->is_first_class(at, facts); }

std::optional<ContactView> Core::contact(ContactId id) const {
  const Contact* contact = state_->find(id);
  return contact ? std::optional{state_->view(*contact)} : std::nullopt;
}

std::optional<HandlerView> Core::handler(const HandlerId& id) const {
  const HandlerIndex at = state_->find(id);
  return at == no_index ? std::nullopt : std::optional{state_->view(state_->handlers[at])};
}

std::optional<QueueView> Core::queue(const QueueId& id) const {
  const QueueIndex at = state_->directory.find_queue(id.value);
  return at == no_index ? std::nullopt : std::optional{state_->view(at)};
}

void Core::for_each_contact(const std::function<void(const ContactView&)>& visit) const {
  std::vector<const Contact*> live;
  for (const Contact& contact : state_->contacts)
    if (contact.id) live.push_back(&contact);
  std::sort(live.begin(), live.end(), [](const Contact* a, const Contact* b) { return a->id < b->id; });
  for (const Contact* contact : live) visit(state_->view(*contact));
}

void Core::for_each_handler(const std::function<void(const HandlerView&)>& visit) const {
  std::vector<const Handler*> known;
  for (const Handler& handler : state_->handlers)
    if (handler.configured || handler.state != HandlerState::signed_off) known.push_back(&handler);
  std::sort(known.begin(), known.end(), [](const Handler* a, const Handler* b) { return a->options.id < b->options.id; });
  for (const Handler* handler : known) visit(state_->view(*handler));
}

void Core::for_each_queue(const std::function<void(const QueueView&)>& visit) const {
  for (const QueueOptions& options : state_->directory.options().queues)
    visit(state_->view(state_->directory.find_queue(options.id.value)));
}

void Core::for_each_pool(const std::function<void(const PoolView&)>& visit) const {
  std::vector<std::uint32_t> signed_on(state_->pools.size(), 0);
  for (const Handler& handler : state_->handlers)
    if (handler.group != no_index && state_->index.serves_first_class(handler.group))
      ++signed_on[state_->directory.pool(handler.options.pool)];
  for (PoolIndex at = 0; at < state_->pools.size(); ++at) {
    const Pool& pool = state_->pools[at];
    if (at > 0 || signed_on[at] > 0) visit({state_->directory.pools()[at].id, pool.reserve, pool.idle, signed_on[at]});
  }
}

}  // namespace pledge::core
