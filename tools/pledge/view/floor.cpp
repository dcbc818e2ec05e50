#include "tools/pledge/view/floor.hpp"

#include <algorithm>

#include "tools/pledge/view/names.hpp"

namespace pledge::view {
namespace {

constexpr std::size_t alarms_kept = 3;

template <class Message>
void put(std::vector<Message>& list, const Message& changed) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& m) { return m.id() == changed.id(); });
  if (found == list.end()) list.push_back(changed);
  else *found = changed;
}

}  // namespace

template <class Message>
void Floor::take(const Message& message) {
  for (const auto& queue : message.queues()) put(queues, queue);
  for (const auto& pool : message.pools()) put(pools, pool);
  for (const auto& handler : message.handlers()) handlers[handler.id()] = handler;
  for (const auto& contact : message.contacts()) {
    if (contact.state() == v1::CONTACT_STATE_ENDED) contacts.erase(contact.id());
    else keep(contact);
  }
  if (message.has_service_state()) service_state = message.service_state();
}

void Floor::keep(const v1::Contact& contact) { update(contacts[contact.id()], contact); }

void Floor::apply(const v1::WatchResponse& response) {
  sequence = response.sequence();
  if (response.has_snapshot()) {
    if (!in_snapshot_) *this = Floor{};
    sequence = response.sequence();
    take(response.snapshot());
    in_snapshot_ = response.snapshot().more();
    complete = !in_snapshot_;
  } else if (response.has_delta()) {
    const auto& delta = response.delta();
    if (delta.configuration_changed()) {
      queues.clear();
      pools.clear();
      handlers.clear();
    }
    take(delta);
    for (const auto& alarm : delta.alarms()) alarms.push_front(alarm);
    if (alarms.size() > alarms_kept) alarms.resize(alarms_kept);
  }
}

std::optional<double> Level::share() const {
  if (counted == 0) return std::nullopt;
  return static_cast<double>(within) / static_cast<double>(counted);
}

std::map<std::string, Level> levels(const v1::GetQueueStatisticsResponse& answer) {
  std::map<std::string, Level> out;
  for (const auto& interval : answer.statistics()) {
    auto& level = out[interval.queue()];
    level.offered += interval.offered();
    level.answered += interval.answered();
    level.abandoned += interval.abandoned();
    level.abandoned_short += interval.abandoned_short();
    level.within += interval.from_queue_entry().answered_within_target();
  }
  for (auto& [queue, level] : out) {
    level.counted = level.answered;
    if (answer.rule() != v1::ABANDON_RULE_EXCLUDED) level.counted += level.abandoned;
    if (answer.rule() == v1::ABANDON_RULE_SHORT_EXCLUDED) level.counted -= level.abandoned_short;
  }
  return out;
}

}  // namespace pledge::view
