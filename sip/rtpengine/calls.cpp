#include "sip/rtpengine/calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "sip/rtpengine/description.hpp"

namespace pledge::rtpengine {
namespace {

constexpr std::size_t made_at_a_time = 16;  // calls: enough to fill up quickly, far from the bound of open requests
// Calls to be deleted when rtpengine answers again: as many as there may be legs. It ends those beyond by itself.
constexpr std::size_t most_forgotten = 16'384;

List texts(std::initializer_list<std::string> words) {
  List list;
  for (const auto& word : words) list.push_back({word});
  return list;
}

// port-latching: its ports stay when an end moves, as they are in SDP that the other end has. strict-source: nobody but the end
// is heard. Who that is: `learning`, of the end whose SDP the message brings.
List flags(const std::string& learning) {
  return texts({"port-latching", "strict-source", "trust-address", "endpoint-learning-" + learning});
}

}  // namespace

// ---- requests -----------------------------------------------------------------------------------------------------------

std::string Calls::id(Number call) const { return fmt::format("{}-{}", name_, call); }

Dictionary Calls::request(const std::string& command, Number call) const {
  Dictionary request;
  request.set("command", {command});
  request.set("call-id", {id(call)});
  return request;
}

// At once: by itself it keeps the call and its ports for another --delete-delay (30 s).
Dictionary Calls::deletion(Number call) const {
  Dictionary all = request("delete", call);
  all.set("delete-delay", {std::int64_t{0}});
  return all;
}

// By the engine, whose port is as it says. Neither ICE nor DTLS: it speaks plain RTP. `direction` names the side that the
// message comes from first; once told, rtpengine keeps it.
Dictionary Calls::offer(Number call, std::string sdp) const {
  Dictionary all = request("offer", call);
  all.set("from-tag", {std::string("engine")});
  all.set("sdp", {std::move(sdp)});
  all.set("flags", {flags("off")});
  all.set("ICE", {std::string("remove")});
  all.set("DTLS", {std::string("off")});
  if (!options_.inside_interface.empty() && !options_.outside_interface.empty())
    all.set("direction", {texts({options_.inside_interface, options_.outside_interface})});
  return all;
}

// By the peer. Where it is not behind NAT, it sends from where it is sent to (RFC 4961).
Dictionary Calls::answer(Number call, const runtime::MediaFormat& format) const {
  const bool behind_nat = format.source == runtime::SourcePolicy::behind_nat;
  Dictionary all = request("answer", call);
  all.set("from-tag", {std::string("engine")});
  all.set("to-tag", {std::string("peer")});
  all.set("sdp", {describe(format.remote, format, true)});
  all.set("flags", {flags(behind_nat ? "heuristic" : "off")});
  all.set("ICE", {std::string("remove")});
  all.set("DTLS", {std::string("off")});
  return all;
}

void Calls::alarm(const std::string& what) const {
  ports_.alarm({"media.rtpengine", fmt::format("rtpengine at {} {}", options_.address, what)});
}

// ---- calls made ahead, and their end ------------------------------------------------------------------------------------

void Calls::refill() {
  while (up() && !makes_none_ && making_.size() < made_at_a_time && ready_.size() + making_.size() < options_.ready) {
    const auto before = making_.size();
    make_ready();
    if (making_.size() == before) return;  // not even sent
  }
}

void Calls::make_ready() {
  const Number call = ++made_;
  making_.insert(call);
  ports_.ask(offer(call, describe_nothing()), [this, call](const Answer& answer) { made(call, answer); });
}

// Of an offer that was never answered rtpengine may have made a call all the same.
void Calls::made(Number call, const Answer& answer) {
  making_.erase(call);
  if (!answer && answer.error().kind == Failure::Kind::timeout) return forget(call), went_down(answer.error().why);
  if (!answer && answer.error().kind == Failure::Kind::refused) return made_none(answer.error().why);
  if (!answer) return;
  const auto outside = media_address(answer->text("sdp"));
  if (!outside || !up()) remove(call);
  if (!up()) return;
  if (!outside) return made_none("its answer names no port");
  if (std::exchange(makes_none_, false)) alarm("makes calls again: new legs have its ports");
  ready_.push_back({call, *outside, now_});
  known_[call] = std::nullopt;
  refill();
}

void Calls::made_none(const std::string& why) {
  if (std::exchange(makes_none_, true)) return;
  alarm(fmt::format("makes no more calls, new legs have ports of the engine: {}", why));
}

void Calls::renew(Instant now) {
  if (makes_none_ || ready_.empty() || now - ready_.front().made < options_.renew_after) return;
  remove(ready_.front().call);
  ready_.pop_front();
}

void Calls::forget(Number call) {
  known_.erase(call);
  if (forgotten_.size() >= most_forgotten) forgotten_.pop_front();
  forgotten_.push_back(call);
}

void Calls::remove(Number call) {
  forget(call);
  sweep();
}

void Calls::sweep() {
  while (up() && deleting_ < share() && !forgotten_.empty()) {
    const auto before = forgotten_.size();
    delete_one();
    if (forgotten_.size() == before) return;  // not even sent: at the next watch
  }
}

void Calls::delete_one() {
  const Number call = forgotten_.front();
  forgotten_.pop_front();
  ++deleting_;
  ports_.ask(deletion(call), [this, call](const Answer& answer) {
    --deleting_;
    if (!answer && answer.error().kind != Failure::Kind::refused) return forget(call);  // refused: it knows no such call
    sweep();
  });
}

// No answer is awaited: what is lost of it, rtpengine ends by itself when no packet comes any more.
void Calls::stop() {
  for (const auto& [call, leg] : known_) ports_.tell(deletion(call));
  for (const auto call : making_) ports_.tell(deletion(call));
  for (const auto call : forgotten_) ports_.tell(deletion(call));
  for (const auto& [leg, state] : legs_)
    if (state.closed) ports_.tell(deletion(state.call));
}

// ---- legs -----------------------------------------------------------------------------------------------------------------

std::optional<runtime::MediaAddress> Calls::take(core::LegId leg, const runtime::MediaAddress& engine) {
  if (ready_.empty()) return std::nullopt;
  const Ready taken = std::move(ready_.front());
  ready_.pop_front();
  Leg& state = legs_[leg];
  state.call = taken.call, state.outside = taken.outside, state.engine = engine;
  known_[taken.call] = leg;
  looks_.push_back({leg, taken.call, now_ + options_.refresh_after});
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
  known_.erase(state.call);
  if (state.asking) {
    state.closed = true;  // a late repetition of what is being asked would make the call anew
    return;
  }
  const auto gone = legs_.extract(leg);
  remove(gone.mapped().call);
}

void Calls::negotiate(core::LegId leg) {
  Leg& state = legs_.at(leg);
  state.asking = true;
  const auto format = *state.wanted;
  ports_.ask(offer(state.call, describe(state.engine, format, false)),
             [this, leg, format](const Answer& answer) { offered(leg, format, answer); });
}

// The same offer again: nothing changes, and rtpengine counts the time without packets anew.
void Calls::keep(core::LegId leg) {
  Leg& state = legs_.at(leg);
  state.asking = true;
  ports_.ask(offer(state.call, describe(state.engine, *state.told, false)), [this, leg](const Answer& answer) {
    if (took(leg, answer)) settled(leg);
  });
}

// Whether the leg still is where its peer was told. An offer of a call that rtpengine has forgotten makes another one.
bool Calls::took(core::LegId leg, const Answer& answer) {
  if (!answer) return failed(leg, answer.error()), false;
  const auto found = legs_.find(leg);
  if (found == legs_.end()) return false;
  if (media_address(answer->text("sdp")) == found->second.outside) return true;
  if (!found->second.closed) alarm(fmt::format("had forgotten leg {} and gave it another port: it is moved to the engine's own", leg.value));
  return lose({leg}), false;
}

void Calls::offered(core::LegId leg, const runtime::MediaFormat& format, const Answer& answer) {
  if (!took(leg, answer)) return;
  ports_.ask(this->answer(legs_.at(leg).call, format), [this, leg, format](const Answer& next) { answered(leg, format, next); });
}

void Calls::answered(core::LegId leg, runtime::MediaFormat format, const Answer& answer) {
  if (!answer) return failed(leg, answer.error());
  const auto found = legs_.find(leg);
  if (found == legs_.end()) return;
  const auto inside = media_address(answer->text("sdp"));
  if (!inside) return failed(leg, {Failure::Kind::refused, "its answer names no port"});
  Leg& state = found->second;
  state.told = format;
  if (state.closed || *state.wanted != format) return settled(leg);
  state.asking = false;
  format.remote = *inside;
  format.source = runtime::SourcePolicy::signalled;
  ports_.joined(leg, format);
}

void Calls::settled(core::LegId leg) {
  Leg& state = legs_.at(leg);
  state.asking = false;
  if (state.closed) return close(leg);
  if (state.wanted != state.told) negotiate(leg);
}

void Calls::failed(core::LegId leg, const Failure& failure) {
  if (failure.kind == Failure::Kind::timeout) return went_down(failure.why);
  const auto found = legs_.find(leg);
  if (found == legs_.end()) return;
  if (failure.kind == Failure::Kind::full && !found->second.closed) {
    found->second.asking = false;
    return postponed_.push_back(leg);
  }
  if (!found->second.closed) alarm(fmt::format("does not take leg {}: {}", leg.value, failure.why));
  lose({leg});
}

void Calls::retry() {
  for (const auto leg : std::exchange(postponed_, {}))
    if (has(leg) && !legs_.at(leg).asking && legs_.at(leg).wanted != legs_.at(leg).told) negotiate(leg);
}

void Calls::lose_all() {
  std::vector<core::LegId> all;
  for (const auto& [leg, state] : legs_) all.push_back(leg);
  lose(std::move(all));
}

void Calls::lose(std::vector<core::LegId> legs) {
  std::erase_if(legs, [&](core::LegId leg) {
    const auto gone = legs_.extract(leg);
    if (gone) forget(gone.mapped().call);
    return !gone || gone.mapped().closed;
  });
  sweep();
  if (!legs.empty()) ports_.lost(std::move(legs));
}

}  // namespace pledge::rtpengine
