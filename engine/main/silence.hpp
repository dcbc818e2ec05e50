#pragma once
// Legs that fall silent in mid-call: counted, alarmed, and heard again. Part of the composition root.
#include <array>
#include <functional>
#include <vector>

#include "core/core.hpp"
#include "runtime/media_faults.hpp"
#include "service/service.hpp"

namespace pledge {

class SilenceWatch {
 public:
  SilenceWatch(const core::Core& core, std::function<void(core::Alarm)> raise) : core_(core), raise_(std::move(raise)) {}

  // Legs whose silence began or ended at the same time. One alarm for each that began, and one for all the others where a
  // fault of the network silences many.
  void take(const std::vector<runtime::LegSilence>& legs);
  std::vector<service::Metric> metrics() const;

 private:
  void alarm(const runtime::LegSilence& silence);

  const core::Core& core_;
  const std::function<void(core::Alarm)> raise_;
  std::array<std::array<std::uint64_t, 2>, 2> counts_{};  // [of an outgoing leg][the other one is heard]
};

}  // namespace pledge
