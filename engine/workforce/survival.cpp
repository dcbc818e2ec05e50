#include "workforce/survival.hpp"

#include <algorithm>

namespace pledge::workforce {

// Whoever was seen for exactly as long as another's event was still there when it happened.
Survival::Survival(std::vector<Observation> observations) {
  std::sort(observations.begin(), observations.end(), [](const Observation& a, const Observation& b) { return a.after < b.after; });
  double share = 1;
  for (std::size_t at = 0; at < observations.size();) {
    const auto time = observations[at].after;
    const auto there = static_cast<double>(observations.size() - at);
    std::size_t events = 0;
    for (; at < observations.size() && observations[at].after == time; ++at) events += observations[at].happened;
    if (events == 0) continue;
    share *= 1 - static_cast<double>(events) / there;
    steps_.push_back({time, share});
    happened_ += events;
  }
}

double Survival::beyond(core::Duration after) const {
  const auto next = std::upper_bound(steps_.begin(), steps_.end(), after, [](core::Duration t, const Step& s) { return t < s.at; });
  return next == steps_.begin() ? 1 : std::prev(next)->share;
}

std::optional<core::Duration> Survival::draw(double u, core::Duration after) const {
  const double least = u * beyond(after);
  const auto next = std::upper_bound(steps_.begin(), steps_.end(), after, [](core::Duration t, const Step& s) { return t < s.at; });
  const auto drawn = std::find_if(next, steps_.end(), [&](const Step& s) { return s.share <= least; });
  if (drawn == steps_.end()) return std::nullopt;
  return drawn->at;
}

}  // namespace pledge::workforce
