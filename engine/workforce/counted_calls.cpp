#include "workforce/counted_calls.hpp"

#include "workforce/half_hours.hpp"

namespace pledge::workforce {

void CountedCalls::begin_run(core::Time started, core::Time ended) {
  day_.begin_run(started, ended);
  next_ = half_hour_of({started.ns + half_hour.count() - 1});
}

void CountedCalls::configured(const core::Options& options) {
  for (const auto& queue : options.queues) queues_.insert(queue.id);
}

void CountedCalls::advance(core::Time now) {
  if (next_ == core::never) return;
  for (; next_ + half_hour <= now; next_ = next_ + half_hour)
    for (const auto& id : queues_) {
      CountedHalfHour one{next_, id, {}};
      const auto queue = day_.queues().find(id);
      if (queue != day_.queues().end())
        if (const auto at = queue->second.find(next_); at != queue->second.end()) one.calls = at->second;
      counted_.push_back(std::move(one));
    }
}

}  // namespace pledge::workforce
