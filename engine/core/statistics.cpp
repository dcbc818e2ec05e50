#include "core/statistics.hpp"

#include <algorithm>

namespace pledge::core {

namespace {
constexpr Duration quarter_hour = 15min;

Time floor(Time t, Duration step) { return {t.ns - ((t.ns % step.count()) + step.count()) % step.count()}; }
bool busy(HandlerState s) {
  return s == HandlerState::offered || s == HandlerState::talking || s == HandlerState::wrap_up;
}
}  // namespace

// ---- figures ---------------------------------------------------------------------------------------------------
void WaitFigures::answered(Duration wait, Duration target) {
  waits.add(wait);
  within_target += wait <= target;
  under_10s += wait < 10s;
  under_60s += wait >= 10s && wait < 60s;
}

void WaitFigures::add(const WaitFigures& other) {
  within_target += other.within_target;
  under_10s += other.under_10s;
  under_60s += other.under_60s;
  waits.add(other.waits);
}

double QueueFigures::occupancy() const {
  const auto total = static_cast<double>((busy + ready).count());
  return total > 0 ? static_cast<double>(busy.count()) / total : 0;
}

double QueueFigures::mean_signed_on(Time now) const {
  const auto passed = static_cast<double>((std::min(now, to) - from).count());
  return passed > 0 ? static_cast<double>(signed_on.count()) / passed : 0;
}

double QueueFigures::share(const WaitFigures& clock, AbandonRule rule) const {
  std::uint32_t counted = answered;
  if (rule == AbandonRule::counts_against) counted += abandoned;
  if (rule == AbandonRule::short_excluded) counted += abandoned - abandoned_short;
  return counted ? static_cast<double>(clock.within_target) / counted : 0;
}

void QueueFigures::add(const QueueFigures& other) {
  for (const auto member : {&QueueFigures::offered, &QueueFigures::answered, &QueueFigures::abandoned,
                            &QueueFigures::abandoned_short, &QueueFigures::overflowed, &QueueFigures::moved,
                            &QueueFigures::withdrawn, &QueueFigures::call_backs, &QueueFigures::refused, &QueueFigures::unfinished,
                            &QueueFigures::handled}) {
    this->*member += other.*member;
  }
  for (const auto member : {&QueueFigures::talk, &QueueFigures::wrap_up, &QueueFigures::busy, &QueueFigures::ready,
                            &QueueFigures::signed_on}) {
    this->*member += other.*member;
  }
  from_queue_entry.add(other.from_queue_entry);
  from_hand_over.add(other.from_hand_over);
}

// ---- slots -----------------------------------------------------------------------------------------------------
QueueFigures* Statistics::Series::find(Time at) {
  const auto from = floor(at, step);
  if (!slots.empty() && slots.back().from == from) return &slots.back();
  const auto place = std::lower_bound(slots.begin(), slots.end(), from,
                                      [](const QueueFigures& slot, Time t) { return slot.from < t; });
  return place != slots.end() && place->from == from ? &*place : nullptr;
}

QueueFigures& Statistics::Series::at(Time at) {
  if (auto* slot = find(at)) return *slot;
  const auto from = floor(at, step);
  const auto place = std::lower_bound(slots.begin(), slots.end(), from,
                                      [](const QueueFigures& slot, Time t) { return slot.from < t; });
  QueueFigures fresh;
  fresh.from = from;
  fresh.to = from + step;
  const auto made = slots.insert(place, std::move(fresh));
  if (made + 1 != slots.end()) return *made;
  while (slots.front().to + kept < from) slots.pop_front();
  return slots.back();
}

template <class Change>
void Statistics::change(Queue& queue, Time entry, Change&& change) {
  for (auto* series : {&queue.fine, &queue.coarse}) {
    if (auto* slot = series->find(entry)) change(*slot);  // else too long ago to be answered for
  }
}

Statistics::Queue& Statistics::queue(const QueueId& id) {
  const auto [place, fresh] = queues_.try_emplace(id);
  if (fresh) {
    place->second.fine = {options_.rolling_step, 1h + options_.rolling_step, {}};
    place->second.coarse = {quarter_hour, options_.kept, {}};
  }
  return place->second;
}

void Statistics::configure(Time now, const Options& options) {
  if (started_ == never) started_ = now;
  offsets_ = options.utc_offsets;
  for (const auto& configured : options.queues) {
    auto& q = queue(configured.id);
    if (q.counted_until == Time{}) q.counted_until = now;
    q.target = configured.target_within;
    q.short_abandon = configured.short_abandon;
  }
}

// ---- calls -----------------------------------------------------------------------------------------------------
Statistics::Call& Statistics::open(Time now, const ContactChanged& change) {
  if (change.continues) take_back(change.continues);
  auto& call = calls_[change.contact];
  const auto queued = change.queued.ns > 0 && change.queued != never ? change.queued : now;
  call = {};
  call.queue = &queue(change.queue);
  call.queue_id = change.queue;
  call.queued = queued;
  call.handed_over = change.handed_over;
  for (auto* series : {&call.queue->fine, &call.queue->coarse}) {
    auto& slot = series->at(queued);
    ++slot.offered;
    ++slot.unfinished;
  }
  return call;
}

void Statistics::leave(Call& call, std::uint32_t QueueFigures::* outcome) {
  if (call.outcome != Outcome::none) return;
  call.outcome = Outcome::left;
  change(*call.queue, call.queued, [&](QueueFigures& slot) { ++(slot.*outcome); });
}

void Statistics::answer(Time now, Call& call, const ContactChanged& c) {
  if (call.outcome != Outcome::none) return;
  call.outcome = Outcome::answered;
  call.answered = c.answered != never ? c.answered : now;
  call.handler = c.handler;
  call.with_handler = call.answered;
  change(*call.queue, call.queued, [&](QueueFigures& slot) {
    ++slot.answered;
    slot.from_queue_entry.answered(call.answered - call.queued, call.queue->target);
    slot.from_hand_over.answered(call.answered - call.handed_over, call.queue->target);
  });
  if (const auto handler = handlers_.find(c.handler); handler != handlers_.end()) {
    count(handler->second, now);
    ++handler->second.today.calls;
  }
}

// From one handler to another in the middle of it: each has had a part of the talk.
void Statistics::hand_over(Time now, Call& call, const HandlerId& to) {
  if (const auto from = handlers_.find(call.handler); from != handlers_.end()) {
    count(from->second, now);
    from->second.today.handle_time += now - call.with_handler;
    ++from->second.today.handled;
  }
  call.handler = to;
  call.with_handler = now;
  if (const auto handler = handlers_.find(to); handler != handlers_.end()) {
    count(handler->second, now);
    ++handler->second.today.calls;
  }
}

void Statistics::abandon(Time now, ContactId id, Call& call) {
  if (call.outcome != Outcome::none) return;
  leave(call, &QueueFigures::abandoned);
  const bool within_short = now - call.queued < call.queue->short_abandon;
  lost_[id] = {call.queue, call.queued, within_short};
  lost_age_.push_back(id);
  for (; lost_age_.size() > options_.lost; lost_age_.pop_front()) lost_.erase(lost_age_.front());
  if (within_short) change(*call.queue, call.queued, [](QueueFigures& slot) { ++slot.abandoned_short; });
}

void Statistics::take_back(ContactId id) {
  const auto former = lost_.extract(id);
  if (former.empty()) return;
  const Lost& lost = former.mapped();
  change(*lost.queue, lost.queued, [&](QueueFigures& slot) {
    --slot.offered;
    --slot.abandoned;
    slot.abandoned_short -= lost.within_short;
  });
}

void Statistics::end(Time now, Call& call, const ContactChanged& c) {
  switch (c.end) {
    case ContactEnd::none:
    case ContactEnd::completed:
    case ContactEnd::abandoned:
    case ContactEnd::tested:
    case ContactEnd::informed:
    case ContactEnd::unreached: abandon(now, c.contact, call); break;
    case ContactEnd::overflowed: leave(call, &QueueFigures::overflowed); break;
    case ContactEnd::withdrawn: leave(call, &QueueFigures::withdrawn); break;
    case ContactEnd::call_back: leave(call, &QueueFigures::call_backs); break;
    case ContactEnd::rejected: leave(call, &QueueFigures::refused); break;
  }
  call.talk_ended = now;
  const auto handler = handlers_.find(call.handler);
  // The handler's own change to wrap-up may come before or after the contact's end: while the handler still has the
  // call, its end is awaited.
  const bool awaited = call.outcome == Outcome::answered && handler != handlers_.end() &&
                       handler->second.contact == c.contact &&
                       (handler->second.state == HandlerState::talking || handler->second.state == HandlerState::wrap_up);
  if (!awaited) close(c.contact, call, now);
}

void Statistics::close(ContactId id, Call& call, Time wrap_up_ended) {
  const bool answered = call.outcome == Outcome::answered;
  const auto talk = answered ? call.talk_ended - call.answered : Duration{};
  const auto wrap_up = answered ? wrap_up_ended - call.talk_ended : Duration{};
  change(*call.queue, call.queued, [&](QueueFigures& slot) {
    --slot.unfinished;
    if (!answered) return;
    slot.talk += talk;
    slot.wrap_up += wrap_up;
    ++slot.handled;
  });
  if (const auto handler = handlers_.find(call.handler); answered && handler != handlers_.end()) {
    handler->second.today.handle_time += call.talk_ended - call.with_handler + wrap_up;
    ++handler->second.today.handled;
  }
  calls_.erase(id);
}

void Statistics::observe(Time now, const ContactChanged& c) {
  if (started_ == never) started_ = now;
  if (c.outgoing) return;  // of no queue's promise
  auto found = calls_.find(c.contact);
  const bool answered_before = found != calls_.end() && found->second.outcome == Outcome::answered;
  if (found != calls_.end() && !c.queue.empty() && found->second.queue_id != c.queue) {
    auto& left = found->second;
    if (left.outcome == Outcome::answered) left.talk_ended = now;
    leave(left, left.moved ? &QueueFigures::moved : &QueueFigures::overflowed);
    close(c.contact, left, now);
    found = calls_.end();
  }
  // Transferred within the queue, or returned by a handler whose phone was lost: offered anew, as a call of its own.
  const bool waits = c.state == ContactState::waiting || c.state == ContactState::offered;
  if (found != calls_.end() && answered_before && waits) {
    found->second.talk_ended = now;
    close(c.contact, found->second, now);
    found = calls_.end();
  }
  if (found == calls_.end() && (c.queue.empty() || c.end == ContactEnd::tested)) return;
  auto& call = found == calls_.end() ? open(now, c) : found->second;
  if (found == calls_.end() && answered_before) call.handed_over = call.queued;  // by a handler, and not by the network
  call.moved = false;  // a supervisor who only re-prioritised
  switch (c.state) {
    case ContactState::talking:
      if (call.outcome == Outcome::answered && call.handler != c.handler) hand_over(now, call, c.handler);
      answer(now, call, c);
      break;
    // Not when it is dialled: if nobody answers there, the call comes back.
    case ContactState::outside: leave(call, &QueueFigures::overflowed); break;
    case ContactState::ended: end(now, call, c); break;
    default: break;
  }
}

void Statistics::observe(Time, const Decision& decision) {
  if (decision.kind != DecisionKind::moved) return;
  if (const auto call = calls_.find(decision.contact); call != calls_.end()) call->second.moved = true;
}

// ---- handlers --------------------------------------------------------------------------------------------------
void Statistics::observe(Time now, const HandlerChanged& c, const std::vector<QueueId>& queues) {
  auto& handler = handlers_[c.handler];
  count(handler, now);
  const auto before = handler.contact;
  for (auto* q : handler.queues) count(*q, now);
  enlist(handler, -1);
  handler.state = c.state;
  handler.contact = c.contact;
  handler.queues.clear();
  for (const auto& id : queues) handler.queues.push_back(&queue(id));
  for (auto* q : handler.queues) count(*q, now);
  enlist(handler, +1);
  const bool still_wrapping_up = c.contact == before && c.state == HandlerState::wrap_up;
  const auto call = calls_.find(before);
  const bool its_handler = call != calls_.end() && call->second.handler == c.handler;
  if (its_handler && call->second.talk_ended != never && !still_wrapping_up) close(before, call->second, now);
}

void Statistics::enlist(Handler& handler, int sign) {
  if (handler.state == HandlerState::signed_off) return;
  const auto by = static_cast<std::uint32_t>(sign);  // wraps to a decrement
  for (auto* q : handler.queues) {
    q->signed_on += by;
    if (busy(handler.state)) q->busy += by;
    if (handler.state == HandlerState::ready) q->ready += by;
  }
}

// Adds the handler-time since the last count to every slot it falls into.
void Statistics::count(Queue& q, Time now) {
  const auto until = q.counted_until;
  q.counted_until = now;
  if (until == Time{} || q.signed_on == 0 || now <= until) return;
  for (auto* series : {&q.fine, &q.coarse}) {
    for (auto t = std::max(until, now - series->kept); t < now;) {
      auto& slot = series->at(t);
      const auto part = std::min(slot.to, now) - t;
      slot.busy += part * q.busy;
      slot.ready += part * q.ready;
      slot.signed_on += part * q.signed_on;
      t = t + part;
    }
  }
}

void Statistics::count(Handler& handler, Time now) {
  if (const auto day = day_of(now); day != handler.day) {
    handler.today = {};
    handler.day = day;
  }
  const auto from = std::max(handler.counted_until, day_start(handler.day));
  handler.counted_until = now;
  if (now <= from || handler.state == HandlerState::signed_off) return;
  const auto span = now - from;
  handler.today.signed_on += span;
  if (busy(handler.state)) handler.today.busy += span;
  if (handler.state == HandlerState::ready) handler.today.ready += span;
}

namespace {
std::int64_t offset_at(const std::vector<UtcOffset>& offsets, Time t) {
  std::int64_t seconds = 0;
  for (const auto& offset : offsets) {
    if (offset.from <= t) seconds = offset.seconds;
  }
  return seconds * 1'000'000'000;
}
constexpr std::int64_t day_ns = Duration{24h}.count();
}  // namespace

std::int64_t Statistics::day_of(Time now) const { return (now.ns + offset_at(offsets_, now)) / day_ns; }
Time Statistics::day_start(std::int64_t day) const {
  const Time utc{day * day_ns};
  return {utc.ns - offset_at(offsets_, utc)};
}

// ---- answers ---------------------------------------------------------------------------------------------------
std::vector<QueueFigures> Statistics::intervals(const QueueId& id, Duration length, Time from, Time to, Time now) {
  const auto found = queues_.find(id);
  if (found == queues_.end() || started_ == never || length < quarter_hour) return {};
  auto& q = found->second;
  count(q, now);
  // A call that waited since before the start (a place kept) may belong to an earlier interval: it is shown as well.
  const auto first = q.coarse.slots.empty() ? started_ : std::min(started_, q.coarse.slots.front().from);
  std::vector<QueueFigures> result;
  for (auto t = floor(std::max({from, first, now - options_.kept}), length); t < to && t <= now; t = t + length) {
    QueueFigures interval;
    interval.from = t;
    interval.to = t + length;
    for (auto part = t; part < interval.to; part = part + quarter_hour) {
      if (const auto* slot = q.coarse.find(part)) interval.add(*slot);
    }
    interval.provisional = interval.to > now || interval.unfinished > 0;
    result.push_back(std::move(interval));
  }
  return result;
}

QueueFigures Statistics::rolling(const QueueId& id, Duration window, Time now) {
  QueueFigures result;
  result.from = floor(now - window, options_.rolling_step);
  result.to = now;
  const auto found = queues_.find(id);
  if (found == queues_.end()) return result;
  auto& q = found->second;
  count(q, now);
  for (const auto& slot : q.fine.slots) {
    if (slot.from >= result.from && slot.from <= now) result.add(slot);
  }
  result.provisional = true;
  return result;
}

OwnFigures Statistics::own(const HandlerId& id, Time now) {
  const auto found = handlers_.find(id);
  if (found == handlers_.end()) return {};
  count(found->second, now);
  return found->second.today;
}

}  // namespace pledge::core
