// Who hears whom, and who falls silent.
#include <algorithm>

#include "sip/media/relay_leg.hpp"

namespace pledge::media {

using namespace std::chrono_literals;

// ---- legs ---------------------------------------------------------------------------------------------------------

void Relay::open(Slot slot, const LegStart& start, Instant now) {
  if (slot >= legs_.size()) legs_.resize(slot + 1);
  legs_[slot] = std::make_unique<Leg>(slot, options_, start, now);
  ++open_;
}

runtime::MediaCounters Relay::close(Slot slot) {
  Leg* leg = find(slot);
  if (!leg) return {};
  part(*leg);
  for (const Slot listener : std::vector(leg->mixed_to)) {
    auto others = find(listener)->sources;
    std::erase(others, slot);
    hear(*find(listener), Feed::mix, std::move(others));
  }
  if (Leg* listener = find(leg->relayed_to)) hear(*listener, Feed::mix, {});
  stop_playing(*leg);
  hear(*leg, Feed::none, {});
  const runtime::MediaCounters last = leg->counters;
  legs_[slot].reset();
  --open_;
  return last;
}

void Relay::set_format(Slot slot, const LegFormat& format) {
  Leg* leg = find(slot);
  if (!leg) return;
  leg->format = format;
  leg->source.expect(format.rtp, format.source);
  if (!leg->source.believed()) leg->rtcp_from.reset();
}

// ---- hearing ------------------------------------------------------------------------------------------------------

void Relay::connect(Slot a, Slot b) {
  Leg *first = find(a), *second = find(b);
  if (!first || !second || a == b) return;
  stop_playing(*first);
  stop_playing(*second);
  first->keys.listen(first->speech != nullptr);
  second->keys.listen(second->speech != nullptr);
  first->tone_every = second->tone_every = 0;
  if (first->peer == b && first->feed == Feed::packets && second->feed == Feed::packets) return;
  part(*first);
  part(*second);
  first->peer = b;
  second->peer = a;
  hear(*first, Feed::packets, {b});
  hear(*second, Feed::packets, {a});
}

void Relay::disconnect(Slot a, Slot b) {
  Leg *first = find(a), *second = find(b);
  if (!first || !second) return;
  if (first->peer == b) first->peer = second->peer = no_slot;
  forget(*first, b);
  forget(*second, a);
}

// Ends the leg's connection, if it has one.
void Relay::part(Leg& leg) {
  if (leg.peer != no_slot) disconnect(leg.slot, leg.peer);
}

void Relay::forget(Leg& listener, Slot source) {
  auto others = listener.sources;
  if (std::erase(others, source) > 0) hear(listener, listener.feed == Feed::mix ? Feed::mix : Feed::none, std::move(others));
}

void Relay::mix(Slot slot, std::vector<Slot> sources, std::chrono::milliseconds tone_every) {
  Leg* leg = find(slot);
  if (!leg) return;
  std::vector<Slot> kept;  // those named first
  for (const Slot source : sources) {
    const bool known = source != slot && find(source) && std::find(kept.begin(), kept.end(), source) == kept.end();
    if (known && kept.size() < options_.mix_sources) kept.push_back(source);
  }
  sources = std::move(kept);
  std::sort(sources.begin(), sources.end());
  stop_playing(*leg);
  leg->keys.listen(leg->speech != nullptr);
  if (Leg* peer = find(leg->peer)) leg->peer = peer->peer = no_slot;  // which hears this leg on
  set_tone(*leg, tone_every);
  const Feed feed = leg->tone_every == 0 && may_relay(sources, slot) ? Feed::packets : Feed::mix;
  hear(*leg, feed, std::move(sources));
}

// The packets of a leg go to one other as they come, for each packet that arrives is one transmission at most. Any further
// leg that hears nobody else hears a mix of one, and takes the other's place when that is free.
bool Relay::may_relay(const std::vector<Slot>& sources, Slot listener) const {
  if (sources.size() != 1) return false;
  const Slot relayed_to = find(sources.front())->relayed_to;
  return relayed_to == no_slot || relayed_to == listener;
}

void Relay::hear(Leg& leg, Feed feed, std::vector<Slot> sources) {
  if (feed == leg.feed && sources == leg.sources) return;
  const auto before = std::exchange(leg.sources, std::move(sources));
  const Feed feed_before = std::exchange(leg.feed, feed);
  for (const Slot source : before) leave(*find(source), leg.slot);
  for (const Slot source : leg.sources) join(*find(source), leg.slot, feed);
  for (const Slot source : before)  // not sooner: what is heard on is heard on without a gap
    if (find(source)->mixed_to.empty()) find(source)->playout.reset();
  const bool goes_on = feed == Feed::mix && feed_before == Feed::mix;
  if (!goes_on && !leg.playing()) begin_feed(leg);
  for (const Slot source : before) offer_packets(*find(source));
}

void Relay::offer_packets(Leg& source) {
  if (source.relayed_to != no_slot) return;
  for (const Slot listener : source.mixed_to)
    if (find(listener)->may_be_relayed_to()) return hear(*find(listener), Feed::packets, {source.slot});
}

void Relay::leave(Leg& source, Slot listener) {
  if (source.relayed_to == listener) source.relayed_to = no_slot;
  std::erase(source.mixed_to, listener);
}

void Relay::join(Leg& source, Slot listener, Feed feed) {
  if (feed == Feed::packets) {
    Leg* other = find(std::exchange(source.relayed_to, listener));
    if (other && other->slot != listener) hear(*other, Feed::mix, {source.slot});
    return;
  }
  source.mixed_to.push_back(listener);
  if (!source.playout) source.playout = std::make_unique<Playout>();
}

// ---- silence ------------------------------------------------------------------------------------------------------

// A leg that somebody should hear. On hold in either direction it may send or not: phones differ.
bool Relay::expected(const Leg& leg) const { return leg.heard_by_any() && leg.format.send && leg.format.receive; }

// Whether any of those who hear the leg was heard itself in the time before `now`.
bool Relay::listener_heard(const Leg& leg, std::chrono::milliseconds time, Instant now) const {
  const auto heard = [&](Slot slot) {
    const Leg* other = find(slot);
    return other && other->heard && now - *other->heard < time && other->reception.any();
  };
  return heard(leg.relayed_to) || std::any_of(leg.mixed_to.begin(), leg.mixed_to.end(), heard);
}

std::optional<SilentLeg> Relay::check_silence(Leg& leg, Instant now) {
  if (!expected(leg)) {
    leg.heard.reset();
    leg.silent = leg.lost = false;
    return std::nullopt;
  }
  if (!leg.heard) leg.heard = now;
  check_loss(leg, now);
  const bool silent = options_.silence_after > 0ms && now - *leg.heard >= options_.silence_after;
  if (silent == leg.silent) return std::nullopt;
  leg.silent = silent;
  const Slot listener = leg.relayed_to != no_slot ? leg.relayed_to : leg.mixed_to.front();
  return SilentLeg{leg.slot, listener, !silent, listener_heard(leg, options_.silence_after, now), leg.counters.refused};
}

// Where the other party is not heard either, it is the network that is lost, not one phone. Half the time, because two legs
// that fall silent together do so some packets apart.
void Relay::check_loss(Leg& leg, Instant now) {
  if (options_.lost_after == 0ms) return;
  const bool lost = now - *leg.heard >= options_.lost_after;
  if (!lost) leg.lost = false;
  if (!lost || leg.lost || !listener_heard(leg, options_.lost_after / 2, now)) return;
  leg.lost = true;
  heard_.push_back({leg.slot, Heard::What::loss});
}

std::vector<SilentLeg> Relay::check_silence(Instant now) {
  std::vector<SilentLeg> changed;
  for (const auto& leg : legs_) {
    const auto one = leg ? check_silence(*leg, now) : std::nullopt;
    if (one) changed.push_back(*one);
  }
  return changed;
}

}  // namespace pledge::media
