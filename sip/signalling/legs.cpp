#include "sip/signalling/legs.hpp"

#include <boost/asio/post.hpp>

#include "sip/signalling/leg.hpp"

namespace pledge::signalling {

LegTable::LegTable(boost::asio::io_context& io) : io_(io), self_(std::make_shared<LegTable*>(this)) {}

LegTable::~LegTable() { *self_ = nullptr; }

void LegTable::add(std::unique_ptr<Leg> leg) {
  const auto id = leg->id();
  legs_.emplace(id, std::move(leg));
}

Leg* LegTable::find(core::LegId id) const {
  const auto found = legs_.find(id);
  return found == legs_.end() ? nullptr : found->second.get();
}

void LegTable::take_from(Legs& legs, core::LegId id) {
  const auto found = legs.find(id);
  if (found == legs.end()) return;
  if (retired_.empty())
    boost::asio::post(io_, [self = self_] {
      if (*self) std::exchange((*self)->retired_, {}).clear();
    });
  retired_.push_back(std::move(found->second));
  legs.erase(found);
}

void LegTable::retire(core::LegId id) { take_from(legs_, id); }
void LegTable::dismiss(core::LegId id) { take_from(lingering_, id); }

void LegTable::linger(core::LegId id) {
  if (auto node = legs_.extract(id)) lingering_.insert(std::move(node));
}

void LegTable::for_each(const std::function<void(Leg&)>& visit) const {
  for (const auto& [id, leg] : legs_) visit(*leg);
}

LegDeadlines::LegDeadlines(boost::asio::io_context& io, const runtime::Clock& clock,
                           std::function<void(core::LegId)> due)
    : clock_(clock), due_(std::move(due)), alarm_(io, [this] { serve(); }) {}

void LegDeadlines::set(core::LegId leg, std::chrono::milliseconds after) {
  clear(leg);
  const auto entry = by_time_.emplace(clock_.now() + after, leg);
  by_leg_.emplace(leg, entry);
  if (entry == by_time_.begin()) arm();
}

void LegDeadlines::clear(core::LegId leg) {
  const auto found = by_leg_.find(leg);
  if (found == by_leg_.end()) return;
  by_time_.erase(found->second);
  by_leg_.erase(found);
}

void LegDeadlines::arm() {
  if (!by_time_.empty())
    alarm_.ring_by(runtime::LazyAlarm::Clock::now() + (by_time_.begin()->first - clock_.now()));
}

void LegDeadlines::serve() {
  const auto now = clock_.now();
  while (!by_time_.empty() && by_time_.begin()->first <= now) {
    const auto leg = by_time_.begin()->second;
    clear(leg);
    due_(leg);
  }
  arm();
}

}  // namespace pledge::signalling
