#include "tools/load/callers.hpp"

#include <fmt/format.h>

namespace pledge::load {

Callers::Callers(Wire& wire, AudioPort* audio, CallerOptions options, Ended ended)
    : wire_(wire),
      audio_(audio),
      options_(std::move(options)),
      ended_(std::move(ended)),
      random_(options_.seed),
      tallies_(options_.kinds.size()) {}

Callers::~Callers() {
  stop();
  for (auto& [index, ticket] : lingering_) wire_.schedule().cancel(ticket);
}

void Callers::start() {
  due_ = wire_.now();
  schedule_next();
}

void Callers::stop() { wire_.schedule().cancel(arrival_); }

void Callers::hang_up_all() {
  for (auto& [id, call] : calls_) call->hang_up();
}

void Callers::schedule_next() {
  if (options_.rate <= 0 || (options_.most != 0 && next_index_ >= options_.most)) return;
  const core::Duration mean{static_cast<std::int64_t>(1e9 / options_.rate)};
  due_ = due_ + (options_.even ? mean : random_.exponential(mean));
  arrival_ = wire_.schedule().at(due_, [this] { arrive(); });
}

std::size_t Callers::draw_kind() {
  double total = 0;
  for (const auto& kind : options_.kinds) total += kind.weight;
  double drawn = random_.unit() * total;
  for (std::size_t i = 0; i < options_.kinds.size(); ++i)
    if ((drawn -= options_.kinds[i].weight) < 0) return i;
  return options_.kinds.size() - 1;
}

void Callers::arrive() {
  arrival_ = {};
  CallPlan plan;
  plan.index = next_index_++;
  plan.kind = draw_kind();
  const auto& kind = options_.kinds[plan.kind];
  plan.from_user = fmt::format("{}{:03}", options_.numbers, plan.index % options_.numbers_count);
  plan.dialled = kind.dialled;
  plan.patience = random_.exponential(kind.patience_mean);
  plan.talk = random_.exponential(kind.talk_mean);
  plan.answered_at_entry = kind.answered_at_entry;
  if (!kind.keys.empty()) {
    if (random_.unit() >= kind.share_without_keys) plan.keys = kind.keys;
    plan.key_gap = kind.key_gap_least + random_.exponential(kind.key_gap_mean);
  }
  auto call = std::make_unique<CallerCall>(CallerCall::Place{wire_, options_.engine, audio_}, std::move(plan),
                                           [this](const CallerCall& ended) { over(ended); });
  auto& placed = *calls_.emplace(call->call_id(), std::move(call)).first->second;
  if (kind.answered_at_entry) held_[placed.record().from_user] = &placed;
  ++tallies_[placed.record().kind].offered;
  ++in_progress_;
  placed.start();
  schedule_next();
}

void Callers::receive(std::string_view datagram, const Address& from) {
  const auto message = parse_sip(datagram);
  if (!message) return;
  const auto found = calls_.find(message->call_id);
  if (found == calls_.end()) {
    if (message->request && message->method != "ACK")
      wire_.send(from, response(response_head(*message, "none"), wire_.local(), {481}));
    return;
  }
  found->second->receive(*message, from);
}

// A finished call stays for a while: the engine may repeat its last message.
void Callers::over(const CallerCall& call) {
  const auto& record = call.record();
  tallies_[record.kind].add(record);
  --in_progress_;
  if (const auto held = held_.find(record.from_user); held != held_.end() && held->second == &call) held_.erase(held);
  lingering_[record.index] =
      wire_.schedule().at(wire_.now() + options_.linger, [this, index = record.index, id = call.call_id()] {
        lingering_.erase(index);
        calls_.erase(id);
      });
  if (ended_) ended_(record);
}

void Callers::connected(std::string_view from_user, core::Time when) {
  if (const auto found = held_.find(from_user); found != held_.end()) found->second->connected(when);
}

}  // namespace pledge::load
