// Whether rtpengine is there, and still knows what it must.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sip/rtpengine/calls.hpp"

namespace pledge::rtpengine {
namespace {

// RTP of both ends, in an answer to `query`: its "totals", "RTP", "packets". 0 where it says nothing of them.
std::int64_t packets_of(const Dictionary& answer) {
  const Value* at = answer.find("totals");
  for (const auto* key : {"RTP", "packets"}) {
    const auto* inner = at ? std::get_if<Dictionary>(&at->is) : nullptr;
    at = inner ? inner->find(key) : nullptr;
  }
  const auto* packets = at ? std::get_if<std::int64_t>(&at->is) : nullptr;
  return packets ? *packets : 0;
}

bool failed_by(const Answer& answer, Failure::Kind kind) { return !answer && answer.error().kind == kind; }

}  // namespace

void Calls::watch(Instant now) {
  now_ = now;
  if (up()) {
    retry();
    sweep();
    renew(now);
    if (makes_none_ && making_.empty() && ready_.size() < options_.ready) make_ready();
    refill();
    look_after_legs();
  }
  if (!std::exchange(watching_, true)) probe();
}

// The oldest call: it is from before a restart if any is. One that has ended meanwhile says nothing.
void Calls::probe() {
  if (known_.empty()) {
    Dictionary ping;
    ping.set("command", {std::string("ping")});
    return ports_.ask(ping, [this](const Answer& answer) { watched(answer); });
  }
  const Number oldest = known_.begin()->first;
  ports_.ask(request("query", oldest), [this, oldest](const Answer& answer) {
    if (failed_by(answer, Failure::Kind::refused) && known_.contains(oldest)) return doubt(oldest);
    watched(answer);
  });
}

// rtpengine ends a leg without packets by itself, and in a much longer time an offer without an answer: a restart is what neither
// a leg nor a ready call has survived. Else that one is dropped, and the other legs are asked for at once: it may have
// been a restart all the same, where what is ready was made after it.
void Calls::doubt(Number unknown) {
  const auto second = witness(unknown);
  if (!second) return drop(unknown), hurry(), watched(Dictionary{});
  ports_.ask(request("query", *second), [this, unknown, second = *second](const Answer& answer) {
    if (failed_by(answer, Failure::Kind::refused) && known_.contains(second)) restarted();
    else if (answer) drop(unknown), hurry();
    watched(answer);
  });
}

// Of a leg the oldest ready call, of a ready one the next: legs are older than what is ready. nullopt: there is none.
std::optional<Calls::Number> Calls::witness(Number unknown) const {
  const auto found = known_.at(unknown) ? std::find_if(known_.begin(), known_.end(), [](const auto& one) { return !one.second; })
                                        : known_.upper_bound(unknown);
  return found == known_.end() ? std::nullopt : std::optional(found->first);
}

void Calls::hurry() {
  for (auto& look : looks_) look.due = std::min(look.due, now_);
}

void Calls::watched(const Answer& answer) {
  watching_ = false;
  if (failed_by(answer, Failure::Kind::timeout)) return went_down(answer.error().why);
  if (failed_by(answer, Failure::Kind::full)) return;
  if (!up()) came_up();
}

void Calls::came_up() {
  if (std::exchange(state_, State::up) == State::down) alarm("answers again");
  sweep();
  refill();
}

// Its packets may still flow where only its answers are lost: then a leg that is moved loses nothing by it.
void Calls::went_down(const std::string& why) {
  if (std::exchange(state_, State::down) == State::down) return;
  makes_none_ = false;
  for (const auto& one : std::exchange(ready_, {})) forget(one.call);
  ports_.alarm({"media.rtpengine", fmt::format("rtpengine at {}: {} within {} ms: new legs have ports of the engine until it "
                                               "answers; {} legs were in it",
                                               options_.address, why, options_.timeout.count(), legs_.size())});
  lose_all();
}

void Calls::restarted() {
  makes_none_ = false;
  for (const auto& one : std::exchange(ready_, {})) forget(one.call);
  alarm(fmt::format("has forgotten its calls (was it restarted?): {} legs were in it", legs_.size()));
  lose_all();
  refill();
}

// One call that rtpengine knows no more.
void Calls::drop(Number unknown) {
  const auto found = known_.find(unknown);
  if (found == known_.end()) return;
  if (const auto leg = found->second) {
    alarm(fmt::format("has ended leg {}, which is moved to a port of the engine: is its --timeout more than three times refresh_after?", leg->value));
    return lose({*leg});
  }
  alarm("has ended a call that was kept ready: is its --offer-timeout more than renew_after?");
  std::erase_if(ready_, [&](const Ready& one) { return one.call == unknown; });
  forget(unknown);
  refill();
}

// Each leg is asked for in turn.
void Calls::look_after_legs() {
  for (std::size_t asked = 0; asked < share() && !looks_.empty() && looks_.front().due <= now_;) {
    const Look look = looks_.front();
    looks_.pop_front();
    if (!known_.contains(look.call)) continue;  // it has ended
    ++asked;
    looks_.push_back({look.leg, look.call, now_ + options_.refresh_after});
    ports_.ask(request("query", look.call), [this, look](const Answer& answer) { looked(look, answer); });
  }
}

void Calls::looked(const Look& look, const Answer& answer) {
  if (failed_by(answer, Failure::Kind::timeout)) return went_down(answer.error().why);
  if (!known_.contains(look.call) || failed_by(answer, Failure::Kind::full)) return;
  if (!answer) return drop(look.call);
  Leg& state = legs_.at(look.leg);
  const auto before = std::exchange(state.packets, packets_of(*answer));
  if (state.packets == before && state.told && !state.asking) keep(look.leg);
}

}  // namespace pledge::rtpengine
