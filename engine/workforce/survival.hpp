#pragma once
// How long it takes until something happens, from observations of which not all were seen to the end: callers' patience,
// known only of those who gave up. The product-limit estimate (Kaplan & Meier 1958).
#include <cstddef>
#include <optional>
#include <vector>

#include "core/types.hpp"

namespace pledge::workforce {

struct Observation {
  core::Duration after{};
  bool happened = false;  // false: it had not happened by then, and more is not known
};

class Survival {
 public:
  Survival() = default;
  explicit Survival(std::vector<Observation> observations);

  std::size_t happened() const { return happened_; }
  // The share to which it has not happened by `after`; 1 without observations.
  double beyond(core::Duration after) const;
  // When it happens to one to whom it had not by `after`, by a number of (0, 1), u: the first time at which the share falls to
  // u times that of `after`. None: later than anything that was seen, to be taken as never.
  std::optional<core::Duration> draw(double u, core::Duration after) const;

 private:
  struct Step {
    core::Duration at{};
    double share = 1;  // from then on
  };
  std::vector<Step> steps_;  // ascending
  std::size_t happened_ = 0;
};

}  // namespace pledge::workforce
