// Recordings: which call is recorded from when to when, and who may pause or hear it.
#include <algorithm>
#include <cstdio>

#include "core/state.hpp"

namespace pledge::core {

namespace {

// "20261126-172356123-17": the UTC time of its start to the millisecond, and the contact. Contact ids begin again with each
// run of the engine; both together do not repeat.
RecordingId recording_id(Time at, ContactId contact) {
  using namespace std::chrono;
  const sys_time<nanoseconds> instant{nanoseconds{at.ns}};
  const auto midnight = floor<days>(instant);
  const year_month_day date{midnight};
  const hh_mm_ss time{floor<milliseconds>(instant - midnight)};
  char text[64];
  std::snprintf(text, sizeof text, "%04d%02u%02u-%02d%02d%02d%03d-%llu", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()), static_cast<unsigned long long>(contact.value));
  return {text};
}

}  // namespace

// From the moment at which the caller hears the handler, as the call's answer is counted: before it nothing is said. What goes
// on with a number after a transfer is the centre's call still; what overflows to one never was.
void Core::State::start_recording(Contact& contact) {
  const bool transferred = contact.state == ContactState::outside && !contact.other_number.empty();
  const bool talks = contact.state == ContactState::talking || transferred;
  if (!talks || contact.answered == never || !directory.queue(contact.queue).options.record) return;
  contact.recording = {recording_id(now, contact.id), RecordingState::on, 0, {}, {contact.other_leg}};
  const RecordingId& id = contact.recording.id;
  emit(StartRecording{id, contact.id, contact.caller_leg, contact.other_leg, directory.queue(contact.queue).options.id,
                      contact.handler == no_index ? HandlerId{} : handlers[contact.handler].options.id, contact.facts.sip_call_id,
                      contact.other_number});
  emit(RecordingChanged{id, contact.id, RecordingState::on, {}, {}});
  record_heard(contact);
}

// What the caller hears is what is recorded beside the caller.
void Core::State::record_heard(Contact& contact) {
  if (contact.recording.id.empty()) return;
  std::vector<LegId> heard = heard_by_caller(contact);
  if (heard == contact.recording.heard) return;
  contact.recording.heard = heard;
  emit(RecordLegs{contact.recording.id, std::move(heard)});
}

void Core::State::stop_recording(Contact& contact) {
  if (contact.recording.id.empty()) return;
  timers.cancel(contact.recording.resume_timer);
  emit(StopRecording{contact.recording.id});
  emit(RecordingChanged{contact.recording.id, contact.id, RecordingState::stopped, {}, {}});
  contact.recording = {};
}

void Core::State::resume_recording(Contact& contact, std::string why, std::string actor) {
  Recording& recording = contact.recording;
  if (recording.state != RecordingState::paused) return;
  timers.cancel(recording.resume_timer);
  recording.state = RecordingState::on;
  emit(SilenceRecording{recording.id, false, {}});
  emit(RecordingChanged{recording.id, contact.id, recording.state, std::move(why), std::move(actor)});
}

// One who may sign on with a supervisor's role.
bool Core::State::is_supervisor(const std::string& actor) const {
  const HandlerIndex at = find(HandlerId{actor});
  if (at == no_index || !handlers[at].configured) return false;
  const auto& allowed = handlers[at].options.roles;
  const auto& roles = directory.options().roles;
  return std::any_of(roles.begin(), roles.end(), [&](const RoleOptions& role) {
    return role.supervisor && std::find(allowed.begin(), allowed.end(), role.id) != allowed.end();
  });
}

Contact* Core::State::recorded_for_request(const Request& request, ContactId id) {
  Contact* contact = find(id);
  const std::uint64_t version = contact ? contact->version : 0;
  const HandlerIndex at = contact ? contact->handler : no_index;
  const bool handles = at != no_index && request.actor == handlers[at].options.id.value;
  Refusal refusal = Refusal::none;
  std::string detail;
  if (!contact) {
    refusal = Refusal::unknown_contact;
    detail = "no such call, or it has ended";
  } else if (contact->recording.id.empty()) {
    refusal = Refusal::wrong_state;
    detail = "this call is not being recorded";
  } else if (!handles && !is_supervisor(request.actor)) {
    refusal = Refusal::role_not_allowed;
    detail = "only the call's own handler or a supervisor may pause and resume its recording";
  } else if (request.expected_version != 0 && request.expected_version != version) {
    refusal = Refusal::stale_version;
    detail = "the call has changed since: look again";
  }
  if (refusal == Refusal::none) return contact;
  reply(request, refusal, std::move(detail), version);
  return nullptr;
}

void Core::State::on(const PauseRecording& event) {
  Contact* contact = recorded_for_request(event.request, event.contact);
  if (!contact) return;
  const RecordingOptions& options = directory.options().recording;
  const auto& reasons = options.pause_reasons;
  Recording& recording = contact->recording;
  if (event.reason.empty())
    return reply(event.request, Refusal::reason_required, "say why: the reason is kept with the recording", contact->version);
  if (!reasons.empty() && std::find(reasons.begin(), reasons.end(), event.reason) == reasons.end())
    return reply(event.request, Refusal::unknown_reason, "no pause reason \"" + event.reason + "\" is configured", contact->version);
  if (recording.state == RecordingState::paused)
    return reply(event.request, Refusal::wrong_state, "this recording is paused already", contact->version);
  if (recording.pauses >= options.pauses_at_most)
    return reply(event.request, Refusal::wrong_state,
                 "this recording has been paused " + std::to_string(recording.pauses) + " times, the most that is allowed",
                 contact->version);
  ++recording.pauses;
  recording.state = RecordingState::paused;
  recording.resume_timer = timers.arm(now + options.pause_at_most, TimerKind::resume_recording, contact->id.value);
  emit(SilenceRecording{recording.id, true, event.reason});
  emit(RecordingChanged{recording.id, contact->id, recording.state, event.reason, event.request.actor});
  reply(event.request, Refusal::none, {}, contact->version);
}

void Core::State::on(const ResumeRecording& event) {
  Contact* contact = recorded_for_request(event.request, event.contact);
  if (!contact) return;
  if (contact->recording.state != RecordingState::paused)
    return reply(event.request, Refusal::wrong_state, "this recording is not paused", contact->version);
  resume_recording(*contact, {}, event.request.actor);
  reply(event.request, Refusal::none, {}, contact->version);
}

// One that fails in mid-call is over: the recorder needs no stop any more.
void Core::State::on(const RecordingFinished& event) {
  const bool failed = !event.failure.empty();
  if (Contact* contact = find(event.contact); contact && contact->recording.id == event.recording) {
    timers.cancel(contact->recording.resume_timer);
    contact->recording = {};
  }
  emit(RecordingChanged{event.recording, event.contact, failed ? RecordingState::failed : RecordingState::kept, event.failure, {}});
  if (failed) alarm("recording.failed", "recording " + event.recording.value + ": " + event.failure);
}

// Nothing changes here: that it was asked, by whom and why, and what was answered, is what the journal is to have.
void Core::State::on(const HearRecording& event) {
  if (!is_supervisor(event.request.actor))
    return reply(event.request, Refusal::role_not_allowed, "only a supervisor may listen to recordings");
  if (event.reason.empty())
    return reply(event.request, Refusal::reason_required, "say why: who listened and why is kept in the journal");
  reply(event.request, Refusal::none);
}

}  // namespace pledge::core
