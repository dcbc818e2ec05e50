#include "workforce/ahead_judge.hpp"

#include <cmath>
#include <numeric>

namespace pledge::workforce {

void AheadJudge::add(std::size_t way, const SharesOfDay& day) {
  Way& to = ways_[way];
  to.calls.push_back(std::accumulate(day.on_time.begin(), day.on_time.end(), 0.0));
  for (std::size_t c = 0; c < ahead_.classes.size(); ++c) {
    to.on_time[c].push_back(day.on_time[c]);
    if (way == 0) offered_[c].push_back(day.offered[c]);
    for (std::size_t i = 0; i < ahead_.from.size(); ++i) {
      to.on_time_in[c][i] += day.on_time_in[c][i];
      if (way == 0) offered_in_[c][i] += day.offered_in[c][i];
    }
  }
}

SideAhead AheadJudge::side(std::size_t way) const {
  SideAhead side;
  for (std::size_t c = 0; c < ahead_.classes.size(); ++c) {
    side.levels.push_back(estimate(shares(way, c)));
    auto& by_half_hour = side.shares.emplace_back();
    for (std::size_t i = 0; i < ahead_.from.size(); ++i)
      by_half_hour.push_back(offered_in_[c][i] > 0 ? ways_[way].on_time_in[c][i] / offered_in_[c][i] : std::nan(""));
  }
  return side;
}

GainAhead AheadJudge::gain(std::size_t way) const {
  GainAhead gain;
  gain.calls = difference(ways_[way].calls, ways_[0].calls);
  for (std::size_t c = 0; c < ahead_.classes.size(); ++c) gain.shares.push_back(difference(shares(way, c), shares(0, c)));
  return gain;
}

}  // namespace pledge::workforce
