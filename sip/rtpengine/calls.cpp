#include "sip/rtpengine/calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "sip/rtpengine/description.hpp"

namespace pledge::rtpengine {
namespace {

constexpr std::size_t made_at_a_time = 16;  // calls: enough to fill up quickly, far from the bound of open requests

List texts(std::initializer_list<std::string> words) {
  List list;
  for (const auto& word : words) list.push_back({word});
  return list;
}

}  // namespace

Dictionary Calls::request(const std::string& command, const std::string& id) const {
  Dictionary request;
  request.set("command", {command});
  request.set("call-id", {id});
  return request;
}

// port-latching: its ports stay when an end moves, as they are in SDP that the other end has. strict-source: once it has learned
// where an end sends from, nobody else is heard. Neither ICE nor DTLS: the embedded engine speaks plain RTP.
Dictionary Calls::description(const std::string& command, const std::string& id, std::string sdp) const {
  Dictionary all = request(command, id);
  all.set("from-tag", {std::string("engine")});
  if (command == "answer") all.set("to-tag", {std::string("peer")});
  all.set("sdp", {std::move(sdp)});
  all.set("flags", {texts({"port-latching", "strict-source", "trust-address"})});
  all.set("ICE", {std::string("remove")});
  all.set("DTLS", {std::string("off")});
  if (!options_.inside_interface.empty() && !options_.outside_interface.empty())
    all.set("direction", {texts({options_.inside_interface, options_.outside_interface})});
  return all;
}

// ---- calls made ahead -----------------------------------------------------------------------------------------------

void Calls::refill() {
  while (up() && being_made_ < made_at_a_time && ready_.size() + being_made_ < options_.ready) {
    const auto before = being_made_;
    make_ready();
    if (being_made_ == before) return;  // not even sent
  }
}

// One that is refused is not asked for again at once: watch() does.
void Calls::make_ready() {
  ++being_made_;
  const std::string id = fmt::format("{}-{}", name_, ++made_);
  ports_.ask(description("offer", id, describe_nothing()), [this, id](const Answer& answer) {
    --being_made_;
    if (!answer) {
      if (answer.error().kind == Failure::Kind::timeout) return went_down(answer.error().why);
      if (answer.error().kind == Failure::Kind::refused)
        ports_.alarm({"media.rtpengine", fmt::format("rtpengine at {} makes no more calls, new legs have ports of the engine: {}",
                                                     options_.address, answer.error().why)});
      return;
    }
    const auto outside = media_address(answer->text("sdp"));
    if (!outside || !up()) return remove(id);
    ready_.push_back({id, *outside, now_});
    refill();
  });
}

void Calls::renew(Instant now) {
  if (ready_.empty() || now - ready_.front().made < options_.renew_after) return;
  remove(ready_.front().id);
  ready_.pop_front();
}

// Nobody waits for it. What is lost of it, rtpengine ends by itself when no packet comes any more.
void Calls::remove(const std::string& id) {
  if (up()) ports_.ask(request("delete", id), [](const Answer&) {});
}

// ---- whether it is there ----------------------------------------------------------------------------------------------

void Calls::watch(Instant now) {
  now_ = now;
  if (up()) {
    for (const auto& id : std::exchange(forgotten_, {})) remove(id);
    renew(now);
    refill();
  }
  if (watching_) return;
  watching_ = true;
  const auto in_use = std::find_if(legs_.begin(), legs_.end(), [](const auto& leg) { return !leg.second.closed; });
  const bool known = !ready_.empty() || in_use != legs_.end();
  const auto asked = known ? request("query", ready_.empty() ? in_use->second.id : ready_.front().id) : request("ping", {});
  ports_.ask(asked, [this, known, id = asked.text("call-id")](const Answer& answer) {
    watching_ = false;
    // A call that was deleted, or moved from the ready ones to a leg that ended, meanwhile says nothing.
    const bool still = std::any_of(ready_.begin(), ready_.end(), [&](const Ready& one) { return one.id == id; }) ||
                       std::any_of(legs_.begin(), legs_.end(), [&](const auto& leg) { return leg.second.id == id && !leg.second.closed; });
    watched(answer, known && still);
  });
}

void Calls::watched(const Answer& answer, bool known) {
  if (!answer && answer.error().kind == Failure::Kind::timeout) return went_down(answer.error().why);
  if (!answer && answer.error().kind == Failure::Kind::full) return;
  if (!answer && known) restarted();
  if (!up()) came_up();
}

void Calls::came_up() {
  if (std::exchange(state_, State::up) == State::down)
    ports_.alarm({"media.rtpengine", fmt::format("rtpengine at {} answers again", options_.address)});
  refill();
}

// Its packets may still flow where only its answers are lost: then a leg that is moved loses nothing by it.
void Calls::went_down(const std::string& why) {
  if (std::exchange(state_, State::down) == State::down) return;
  for (const auto& one : std::exchange(ready_, {})) forgotten_.push_back(one.id);
  ports_.alarm({"media.rtpengine", fmt::format("rtpengine at {}: {} within {} ms: new legs have ports of the engine until it "
                                               "answers; {} legs were in it",
                                               options_.address, why, options_.timeout.count(), legs_.size())});
  lose_all();
}

void Calls::restarted() {
  ready_.clear();
  ports_.alarm({"media.rtpengine", fmt::format("rtpengine at {} has forgotten its calls (was it restarted?): {} legs were in it",
                                               options_.address, legs_.size())});
  lose_all();
  forgotten_.clear();  // by it too
  refill();
}

// ---- legs -----------------------------------------------------------------------------------------------------------------

std::optional<runtime::MediaAddress> Calls::take(core::LegId leg, const runtime::MediaAddress& engine) {
  if (ready_.empty()) return std::nullopt;
  const Ready taken = std::move(ready_.front());
  ready_.pop_front();
  legs_[leg] = {taken.id, engine, std::nullopt};
  refill();
  return taken.outside;
}

bool Calls::has(core::LegId leg) const {
  const auto found = legs_.find(leg);
  return found != legs_.end() && !found->second.closed;
}

void Calls::set_format(core::LegId leg, const runtime::MediaFormat& format) {
  legs_.at(leg).wanted = format;
  if (!legs_.at(leg).asking) negotiate(leg);
}

void Calls::close(core::LegId leg) {
  Leg& state = legs_.at(leg);
  if (state.asking) {
    state.closed = true;  // a late repetition of what is being asked would make the call anew
    return;
  }
  const auto gone = legs_.extract(leg);
  remove(gone.mapped().id);
}

void Calls::stop() {
  for (const auto& one : std::exchange(ready_, {})) remove(one.id);
}

void Calls::negotiate(core::LegId leg) {
  Leg& state = legs_.at(leg);
  state.asking = true;
  const auto format = *state.wanted;
  ports_.ask(description("offer", state.id, describe(state.engine, format, false)),
             [this, leg, format](const Answer& answer) { offered(leg, format, answer); });
}

void Calls::offered(core::LegId leg, const runtime::MediaFormat& format, const Answer& answer) {
  if (!answer) return failed(leg, answer.error());
  const auto found = legs_.find(leg);
  if (found == legs_.end()) return;
  ports_.ask(description("answer", found->second.id, describe(format.remote, format, true)),
             [this, leg, format](const Answer& next) { answered(leg, format, next); });
}

void Calls::answered(core::LegId leg, runtime::MediaFormat format, const Answer& answer) {
  if (!answer) return failed(leg, answer.error());
  const auto found = legs_.find(leg);
  if (found == legs_.end()) return;
  const auto inside = media_address(answer->text("sdp"));
  if (!inside) return failed(leg, {Failure::Kind::refused, "its answer names no port"});
  Leg& state = found->second;
  state.asking = false;
  if (state.closed) return close(leg);
  if (*state.wanted != format) return negotiate(leg);
  format.remote = *inside;
  format.source = runtime::SourcePolicy::signalled;
  ports_.joined(leg, format);
}

void Calls::failed(core::LegId leg, const Failure& failure) {
  if (failure.kind == Failure::Kind::timeout) went_down(failure.why);
  else ports_.alarm({"media.rtpengine", fmt::format("rtpengine at {} does not take leg {}: {}", options_.address, leg.value, failure.why)});
  lose({leg});
}

void Calls::lose_all() {
  std::vector<core::LegId> all;
  for (const auto& [leg, state] : legs_) all.push_back(leg);
  lose(std::move(all));
}

void Calls::lose(std::vector<core::LegId> legs) {
  std::erase_if(legs, [&](core::LegId leg) {
    const auto gone = legs_.extract(leg);
    if (gone) forgotten_.push_back(gone.mapped().id);
    return !gone || gone.mapped().closed;
  });
  if (!legs.empty()) ports_.lost(std::move(legs));
}

}  // namespace pledge::rtpengine
