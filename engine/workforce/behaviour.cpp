#include "workforce/behaviour.hpp"

#include <algorithm>

#include "workforce/workload.hpp"

namespace pledge::workforce {

using namespace std::chrono_literals;
using core::Duration;
using core::LegId;

namespace {

// What is taken where the whole day shows nothing of the kind.
constexpr Duration usual_talk = 210s, usual_ring = 3s, usual_line = 1s;

std::uint64_t mixed(std::uint64_t hash, std::string_view bytes) {  // FNV-1a (Fowler, Noll & Vo)
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return hash;
}
std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) hash = (hash ^ ((value >> (8 * i)) & 0xff)) * 0x100000001b3ull;
  return hash;
}

// Those that lasted longer than what was seen of another, of which nothing more is known.
template <class T, class Lasts>
std::vector<const T*> longer(const std::vector<T>& from, Duration beyond, Lasts lasts) {
  std::vector<const T*> found;
  for (const T& one : from)
    if (lasts(one) > beyond) found.push_back(&one);
  return found;
}

Reactions after(Duration time, core::Event event) { return {{{time, std::move(event)}}, time, true}; }

// The same keys to another prompt, which ends when it ended for another caller.
Reactions with_end_of(Reactions keys, const Reactions& other) {
  const auto is_end = [](const Reaction& r) { return std::holds_alternative<core::SoundFinished>(r.event); };
  std::erase_if(keys.inputs, is_end);
  std::copy_if(other.inputs.begin(), other.inputs.end(), std::back_inserter(keys.inputs), is_end);
  std::stable_sort(keys.inputs.begin(), keys.inputs.end(), [](const Reaction& a, const Reaction& b) { return a.after < b.after; });
  return keys;
}

}  // namespace

double Draw::uniform(LegId call, std::string_view purpose, std::uint64_t number) const {
  constexpr std::uint64_t basis = 0xcbf29ce484222325ull;
  return Random{mixed(mixed(mixed(mixed(basis, seed_), call.value), purpose), number)}.uniform();
}

std::size_t Draw::index(std::size_t count, LegId call, std::string_view purpose, std::uint64_t number) const {
  return std::min(count - 1, static_cast<std::size_t>(uniform(call, purpose, number) * static_cast<double>(count)));
}

// ---- learning -----------------------------------------------------------------------------------------------------

void Behaviour::learn(const CallBehaviour& call, Pool& pool) {
  if (call.talk && call.talk->to_the_end) pool.talks.push_back(*call.talk);
  if (call.wrap_up && call.wrap_up->to_the_end) pool.wrap_ups.push_back(*call.wrap_up);
  if (call.queued) pool.waits.push_back({call.gave_up.value_or(call.waited), call.gave_up.has_value()});
}

void Behaviour::finish(const std::map<LegId, core::QueueId>& queues) {
  for (const auto& [leg, call] : calls_) {
    learn(call, all_);
    if (const auto queue = queues.find(leg); queue != queues.end()) learn(call, queues_[queue->second]);
    if (call.answer_sent) answers_sent_.push_back(*call.answer_sent);
    for (const Offered& offer : call.offers)
      if (offer.reactions.to_the_end) {
        offers_[offer.handler].push_back(offer);
        all_offers_.push_back(offer);
      }
    for (const Heard& turn : call.menu_turns) menu_turns_[turn.sound].push_back(turn.reactions);
    for (const Heard& turn : call.messages)
      if (turn.reactions.to_the_end) messages_[turn.sound].push_back(turn.reactions);
    for (const Dialled& dialled : call.dialled)
      if (dialled.reactions.to_the_end) numbers_[dialled.number].push_back(dialled.reactions);
  }
  std::sort(answers_sent_.begin(), answers_sent_.end());
  all_.patience = Survival{all_.waits};
  for (auto& [queue, pool] : queues_) pool.patience = Survival{pool.waits};
}

const CallBehaviour* Behaviour::find(LegId call) const {
  const auto at = calls_.find(call);
  return at == calls_.end() ? nullptr : &at->second;
}

// ---- callers ------------------------------------------------------------------------------------------------------

std::optional<Behaviour::GivesUp> Behaviour::patience(LegId call, const core::QueueId& queue) const {
  const CallBehaviour* own = find(call);
  if (own && own->queued && own->gave_up) return GivesUp{*own->gave_up, own->gave_up_how};
  if (own && !own->queued && own->gave_up) return std::nullopt;  // since the arrival, and that is its patience
  const Duration waited = own && own->queued ? own->waited : Duration{};
  const auto pool = queues_.find(queue);
  const bool enough = pool != queues_.end() && pool->second.patience.happened() >= enough_abandoned;
  const Survival& patience = enough ? pool->second.patience : all_.patience;
  const auto drawn = patience.draw(draw_.uniform(call, "patience"), waited);
  if (!drawn) return std::nullopt;
  return GivesUp{*drawn, core::LegEnd::cancelled};
}

std::optional<Behaviour::GivesUp> Behaviour::gave_up_before_queue(LegId call) const {
  const CallBehaviour* own = find(call);
  if (!own || own->queued || !own->gave_up) return std::nullopt;
  return GivesUp{*own->gave_up, own->gave_up_how};
}

Talk Behaviour::talk(LegId call, const core::QueueId& queue) const {
  const CallBehaviour* own = find(call);
  if (own && own->talk && own->talk->to_the_end) return *own->talk;
  const Duration seen = own && own->talk ? own->talk->lasted : Duration{};
  const auto lasts = [](const Talk& talk) { return talk.lasted; };
  const auto pool = queues_.find(queue);
  auto from = pool == queues_.end() ? std::vector<const Talk*>{} : longer(pool->second.talks, seen, lasts);
  if (from.empty()) from = longer(all_.talks, seen, lasts);
  if (from.empty()) return {std::max(usual_talk, seen), true, core::LegEnded{call, core::LegEnd::hung_up}};
  Talk drawn = *from[draw_.index(from.size(), call, "talk")];
  // Whose leg it was that ended is kept; the leg is this call's.
  if (auto* ended = std::get_if<core::LegEnded>(&drawn.ended_by); ended && ended->leg.value % 2 == 0) ended->leg = call;
  return drawn;
}

Reactions Behaviour::message(LegId call, const std::string& sound, std::size_t n) const {
  const CallBehaviour* own = find(call);
  if (own && n < own->messages.size() && own->messages[n].sound == sound &&
      (own->messages[n].reactions.to_the_end || !own->messages[n].reactions.inputs.empty()))
    return own->messages[n].reactions;
  const auto others = messages_.find(sound);
  if (others == messages_.end()) return {};
  return others->second[draw_.index(others->second.size(), call, "message", n)];
}

// The caller's own keys, whatever the prompt says now.
Reactions Behaviour::menu_turn(LegId call, const std::string& sound, std::size_t n) const {
  const CallBehaviour* own = find(call);
  const auto others = menu_turns_.find(sound);
  if (own && n < own->menu_turns.size()) {
    const Heard& turn = own->menu_turns[n];
    if (turn.sound == sound || others == menu_turns_.end()) return turn.reactions;
    return with_end_of(turn.reactions, others->second.front());
  }
  if (others == menu_turns_.end()) return {};
  return others->second[draw_.index(others->second.size(), call, "menu", n)];
}

Reactions Behaviour::dialled(LegId call, const std::string& number, std::size_t n) const {
  const CallBehaviour* own = find(call);
  if (own && n < own->dialled.size() && own->dialled[n].number == number && own->dialled[n].reactions.to_the_end)
    return own->dialled[n].reactions;
  const auto others = numbers_.find(number);
  if (others == numbers_.end()) return after(usual_ring, core::LegAnswered{});
  return others->second[draw_.index(others->second.size(), call, "number", n)];
}

Duration Behaviour::answer_sent(LegId call) const {
  const CallBehaviour* own = find(call);
  if (own && own->answer_sent) return *own->answer_sent;
  return answers_sent_.empty() ? Duration{} : answers_sent_[answers_sent_.size() / 2];
}

// ---- handlers -----------------------------------------------------------------------------------------------------

Reactions Behaviour::wrap_up(LegId call, const core::QueueId& queue) const {
  const CallBehaviour* own = find(call);
  if (own && own->wrap_up && own->wrap_up->to_the_end) return *own->wrap_up;
  const Duration seen = own && own->wrap_up ? own->wrap_up->seen : Duration{};
  const auto lasts = [](const Reactions& reactions) { return reactions.seen; };
  const auto pool = queues_.find(queue);
  auto from = pool == queues_.end() ? std::vector<const Reactions*>{} : longer(pool->second.wrap_ups, seen, lasts);
  if (from.empty()) from = longer(all_.wrap_ups, seen, lasts);
  return from.empty() ? Reactions{} : *from[draw_.index(from.size(), call, "wrap-up")];
}

namespace {

std::vector<const Offered*> alike(const std::vector<Offered>& offers, core::PhoneMode mode, Duration seen) {
  auto found = longer(offers, seen, [](const Offered& offer) { return offer.reactions.seen; });
  std::erase_if(found, [&](const Offered* offer) { return offer->mode != mode; });
  return found;
}

Reactions usual_offer(core::PhoneMode mode, Duration seen) {
  const Duration time = std::max(usual_ring, seen + 1s);
  if (mode == core::PhoneMode::ring) return after(time, core::LegAnswered{});
  Reactions reactions = after(time, core::AcceptOffer{});
  if (mode == core::PhoneMode::accept_first) reactions.inputs.push_back({time + usual_line, core::LegAnswered{}});
  return reactions;
}

}  // namespace

Reactions Behaviour::offer(LegId call, const core::HandlerId& handler, core::PhoneMode mode, std::size_t n) const {
  Duration seen{};
  if (const CallBehaviour* own = find(call)) {
    std::size_t nth = 0;
    for (const Offered& offer : own->offers) {
      if (offer.handler != handler || nth++ != n) continue;
      if (offer.mode == mode && offer.reactions.to_the_end) return offer.reactions;
      seen = offer.reactions.seen;
    }
  }
  const auto own_offers = offers_.find(handler);
  auto from = own_offers == offers_.end() ? std::vector<const Offered*>{} : alike(own_offers->second, mode, seen);
  if (from.empty()) from = alike(all_offers_, mode, seen);
  if (from.empty()) return usual_offer(mode, seen);
  return from[draw_.index(from.size(), call, handler.value, n)]->reactions;
}

Reactions Behaviour::line(const core::HandlerId& handler, std::size_t n) const {
  const auto lines = lines_.find(handler);
  if (lines == lines_.end()) return after(usual_line, core::LegAnswered{});
  return lines->second[std::min(n, lines->second.size() - 1)];
}

}  // namespace pledge::workforce
