#include "service/convert.hpp"

namespace pledge::service {

using namespace std::chrono_literals;

namespace {
constexpr std::int64_t ns_per_s = 1'000'000'000;
constexpr std::int64_t longest_s = 100LL * 366 * 86'400;

template <class Wire, class Core>
Wire shifted(Core value) {
  return static_cast<Wire>(static_cast<int>(value) + 1);
}
template <class Wire, class Core>
Wire same(Core value) {
  return static_cast<Wire>(static_cast<int>(value));
}
static_assert(v1::CONTACT_STATE_UNREACHED == static_cast<int>(core::ContactState::unreached) + 1);
static_assert(v1::CONTACT_END_CALL_BACK == static_cast<int>(core::ContactEnd::call_back));
static_assert(v1::PARTY_ROLE_MONITOR == static_cast<int>(core::PartyRole::monitor) + 1);
static_assert(v1::MONITOR_MODE_BARGE == static_cast<int>(core::MonitorMode::barge));
static_assert(v1::HANDLER_STATE_WRAP_UP == static_cast<int>(core::HandlerState::wrap_up) + 1);
static_assert(v1::PHONE_MODE_NAILED_UP == static_cast<int>(core::PhoneMode::nailed_up) + 1);
static_assert(v1::OFFER_END_WITHDRAWN == static_cast<int>(core::OfferEnd::withdrawn) + 1);
static_assert(v1::DECISION_KIND_GRADED == static_cast<int>(core::DecisionKind::graded) + 1);
static_assert(v1::RECORDING_STATE_FAILED == static_cast<int>(core::RecordingState::failed));
static_assert(v1::GRADE_RESOLUTION == static_cast<int>(core::Grade::resolution));
static_assert(v1::PROVENANCE_WITHHELD == static_cast<int>(core::Provenance::withheld));
}  // namespace

void put(google::protobuf::Timestamp* to, core::Time t) {
  auto seconds = t.ns / ns_per_s, rest = t.ns % ns_per_s;
  if (rest < 0) --seconds, rest += ns_per_s;
  to->set_seconds(seconds);
  to->set_nanos(static_cast<std::int32_t>(rest));
}
void put(google::protobuf::Duration* to, core::Duration d) {
  to->set_seconds(d.count() / ns_per_s);
  to->set_nanos(static_cast<std::int32_t>(d.count() % ns_per_s));
}
core::Time time_of(const google::protobuf::Timestamp& t) {
  const auto seconds = std::clamp<std::int64_t>(t.seconds(), 0, INT64_MAX / ns_per_s - 1);
  return {seconds * ns_per_s + std::clamp(t.nanos(), 0, 999'999'999)};
}
core::Duration duration_of(const google::protobuf::Duration& d) {
  const auto seconds = std::clamp(d.seconds(), -longest_s, longest_s);
  return core::Duration{seconds * ns_per_s + std::clamp(d.nanos(), -999'999'999, 999'999'999)};
}

v1::Grade wire(core::Grade g) { return same<v1::Grade>(g); }
v1::Provenance wire(core::Provenance p) { return same<v1::Provenance>(p); }
v1::ContactState wire(core::ContactState s) { return shifted<v1::ContactState>(s); }
v1::ContactEnd wire(core::ContactEnd e) { return same<v1::ContactEnd>(e); }
v1::HandlerState wire(core::HandlerState s) { return shifted<v1::HandlerState>(s); }
v1::PhoneMode wire(core::PhoneMode m) { return shifted<v1::PhoneMode>(m); }
v1::OfferEnd wire(core::OfferEnd e) { return shifted<v1::OfferEnd>(e); }
v1::DecisionKind wire(core::DecisionKind k) { return shifted<v1::DecisionKind>(k); }
v1::RecordingState wire(core::RecordingState s) { return same<v1::RecordingState>(s); }
core::MonitorMode monitor_of(v1::MonitorMode m) {
  return v1::MonitorMode_IsValid(m) ? static_cast<core::MonitorMode>(static_cast<int>(m)) : core::MonitorMode::off;
}
core::Grade grade_of(v1::Grade g) {
  return v1::Grade_IsValid(g) ? static_cast<core::Grade>(static_cast<int>(g)) : core::Grade::none;
}

namespace {
void put(v1::NamedText* to, const core::NamedText& said) {
  to->set_name(said.name);
  to->set_text(said.text);
}

}  // namespace

void put(v1::Location* to, const core::Location& location) {
  if (location.circle) {
    to->mutable_circle()->set_latitude(location.latitude);
    to->mutable_circle()->set_longitude(location.longitude);
    to->mutable_circle()->set_radius(location.radius);
  }
  for (const auto& element : location.civic) put(to->add_civic(), element);
  to->set_method(location.method);
  to->set_timestamp(location.timestamp);
  to->set_fault(location.fault);
}

void put(v1::CallerFacts* to, const core::CallFacts& facts) {
  to->set_caller(facts.caller);
  to->set_provenance(wire(facts.provenance));
  to->set_display_name(facts.display_name);
  to->set_dialled(facts.dialled);
  to->set_trunk(facts.trunk.value);
  to->set_trusted(facts.trusted);
  to->set_resource_priority(facts.resource_priority);
  to->set_service_urn(facts.service_urn);
  for (const auto& value : facts.geolocation) to->add_geolocation(value);
  for (const auto& value : facts.call_info) to->add_call_info(value);
  for (const auto& value : facts.additional_data) to->add_additional_data(value);
  to->set_place(facts.place);
  to->set_sip_call_id(facts.sip_call_id);
  to->set_source(facts.source);
  for (const auto& location : facts.locations) put(to->add_locations(), location);
  for (const auto& item : facts.additional_items) put(to->add_additional_items(), item);
}

void put_body_parts(v1::CallerFacts* to, const core::CallFacts& facts) {
  for (const auto& part : facts.body_parts) {
    auto* p = to->add_body_parts();
    p->set_content_type(part.content_type);
    p->set_content_id(part.content_id);
    p->set_content(part.bytes);
  }
}

const core::QueueOptions* find_queue(const core::Options& options, const core::QueueId& id) {
  for (const auto& queue : options.queues) {
    if (queue.id == id) return &queue;
  }
  return nullptr;
}

void put(v1::Contact* to, const ContactRecord& record, const core::Options& options, Facts facts) {
  const auto& now = record.now;
  to->set_id(now.contact.value);
  to->set_version(now.version);
  to->set_state(wire(now.state));
  to->set_end(wire(now.end));
  to->set_queue(now.queue.value);
  to->set_handler(now.handler.value);
  to->set_grade(wire(now.grade));
  put(to->mutable_handed_over(), now.handed_over);
  put(to->mutable_arrived(), now.arrived);
  const auto* queue = find_queue(options, now.queue);
  if (!now.queue.empty()) put(to->mutable_queued(), now.queued);
  if (queue && now.answered == core::never && !now.consults) put(to->mutable_answer_deadline(), now.queued + queue->target_within);
  if (now.answered != core::never) put(to->mutable_answered(), now.answered);
  if (record.ended != core::never) put(to->mutable_ended(), record.ended);
  to->set_recording(wire(record.recording_state));
  to->set_recording_name(record.recording.value);
  to->set_outgoing(now.outgoing);
  to->set_ring_back(now.ring_back);
  to->set_continues(now.continues.value);
  to->set_consults(now.consults.value);
  to->set_consulted_by(now.consulted_by.value);
  to->set_operator_present(now.operator_present);
  if (now.operator_left != core::never) put(to->mutable_operator_left(), now.operator_left);
  for (const auto& label : record.labels) to->add_labels(label);
  if (facts == Facts::without) return;
  to->set_rule(record.rule);
  put(to->mutable_facts(), record.facts);
}

void put(v1::EarlierCall* to, const ContactRecord& record) {
  to->set_id(record.now.contact.value);
  put(to->mutable_began(), record.now.arrived);
  if (record.ended != core::never) put(to->mutable_ended(), record.ended);
  to->set_end(wire(record.now.end));
  to->set_queue(record.now.queue.value);
  to->set_handler(record.now.handler.value);
  to->set_outgoing(record.now.outgoing);
  for (const auto& label : record.labels) to->add_labels(label);
}

void put(v1::Parties* to, const core::PartiesChanged& now) {
  to->set_contact(now.contact.value);
  to->set_held(now.held);
  to->set_muted(now.muted);
  for (const auto& party : now.parties) {
    auto* p = to->add_parties();
    p->set_leg(party.leg.value);
    p->set_role(shifted<v1::PartyRole>(party.role));
    p->set_handler(party.handler.value);
    p->set_number(party.number);
    p->set_answered(party.answered);
    p->set_mode(same<v1::MonitorMode>(party.mode));
    p->set_queue(party.queue.value);
    p->set_waits_as(party.waits_as.value);
    p->set_position(party.position);
  }
}

void put(v1::Handler* to, const core::HandlerView& view) {
  to->set_id(view.now.handler.value);
  to->set_version(view.now.version);
  to->set_state(wire(view.now.state));
  to->set_reason(view.now.reason);
  to->set_contact(view.now.contact.value);
  put(to->mutable_since(), view.now.since);
  if (view.now.wrap_up_ends != core::never) put(to->mutable_wrap_up_ends(), view.now.wrap_up_ends);
  to->set_role(view.role.value);
  to->set_centre(view.centre.value);
  to->set_pool(view.pool.value);
  for (const auto& queue : view.queues) to->add_queues(queue.value);
  to->set_phone_mode(wire(view.phone_mode));
  to->set_console_attached(view.console_attached);
  to->set_phone_bound(view.phone_bound);
  if (view.now.state == core::HandlerState::ready) put(to->mutable_idle_since(), view.idle_since);
  to->set_calls_handled(view.calls_handled);
  to->set_monitors(view.now.monitors.value);
}

void put(v1::Queue* to, const core::QueueView& view, const core::Options& options) {
  to->set_id(view.queue.value);
  to->set_service_class(view.service_class.value);
  to->set_waiting(view.waiting);
  if (view.waiting > 0 && view.oldest != core::never) put(to->mutable_oldest(), view.oldest);
  to->set_signed_on(view.signed_on);
  to->set_idle(view.idle);
  if (const auto* queue = find_queue(options, view.queue)) {
    to->set_target_share(queue->target_share);
    put(to->mutable_target_within(), queue->target_within);
  }
}

void put(v1::Pool* to, const core::PoolView& view) {
  to->set_id(view.pool.value);
  to->set_reserve(view.reserve);
  to->set_idle(view.idle);
  to->set_signed_on(view.signed_on);
}

void put(v1::Decision* to, core::Time at, const core::Decision& d) {
  put(to->mutable_time(), at);
  to->set_kind(wire(d.kind));
  to->set_rule(d.rule);
  to->set_queue(d.queue.value);
  to->set_handler(d.handler.value);
  to->set_waiting_ahead(d.waiting_ahead);
  to->set_waiting(d.waiting);
  to->set_eligible_signed_on(d.eligible_signed_on);
  to->set_eligible_idle(d.eligible_idle);
  to->set_reserve(d.reserve);
  to->set_pool_idle(d.pool_idle);
  put(to->mutable_waited(), d.waited);
  put(to->mutable_handler_idle(), d.handler_idle);
  to->set_text(sentence(d));
  if (d.grade) to->set_grade(wire(*d.grade));
  to->set_actor(d.actor);
}

}  // namespace pledge::service
