#pragma once
// Simulated days of one room in several ways, on the same calls; the first way is the one that others are compared with. Pure.
#include "workforce/estimate.hpp"
#include "workforce/room_ahead.hpp"

namespace pledge::workforce {

struct SideAhead {
  std::vector<Estimate> levels;             // by class, share within target, from now to the day's end
  std::vector<std::vector<double>> shares;  // by class and half-hour; NaN where no call came
};
struct GainAhead {
  std::vector<Estimate> shares;  // by class, share within target, that way less the first, over days
  Estimate calls;                // answered within their target more, of all classes
};

class AheadJudge {
 public:
  AheadJudge(const DayAhead& ahead, std::size_t ways)
      : ahead_(ahead), ways_(ways, Way(ahead)), offered_(ahead.classes.size()),
        offered_in_(ahead.classes.size(), std::vector<double>(ahead.from.size())) {}

  // Each day once for each way, the first way first.
  void add(std::size_t way, const SharesOfDay& day);
  SideAhead side(std::size_t way) const;
  GainAhead gain(std::size_t way) const;

 private:
  struct Way {
    explicit Way(const DayAhead& ahead)
        : on_time(ahead.classes.size()), on_time_in(ahead.classes.size(), std::vector<double>(ahead.from.size())) {}
    std::vector<double> calls;                 // by day: within target, of all classes
    std::vector<std::vector<double>> on_time;  // by class and day
    std::vector<std::vector<double>> on_time_in;  // by class and half-hour, all days
  };
  std::vector<double> shares(std::size_t way, std::size_t of_class) const {
    return shares_by_day(ways_[way].on_time[of_class], offered_[of_class]);
  }

  const DayAhead& ahead_;
  std::vector<Way> ways_;
  std::vector<std::vector<double>> offered_;     // by class and day: the same calls in each way
  std::vector<std::vector<double>> offered_in_;  // by class and half-hour, all days
};

}  // namespace pledge::workforce
