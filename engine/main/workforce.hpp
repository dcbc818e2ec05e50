#pragma once
// The planner joined to the engine: what is seen of the day, and what the Workforce service computes from it. Part of the composition
// root.
#include <memory>

#include "core/core.hpp"
#include "runtime/ports.hpp"
#include "service/workforce_port.hpp"
#include "settings/settings.hpp"
#include "workforce/day_so_far.hpp"

namespace pledge {

// On the loop, but for the work that its functions return: that has copies of all it uses.
class Workforce final : public service::WorkforcePort, public runtime::Observer {
 public:
  explicit Workforce(const runtime::Clock& clock) : clock_(clock) {}

  // `options`: what the core is configured with from now on.
  void use(const settings::Settings& settings, std::shared_ptr<const core::Options> options);
  void observe(core::Time now, const core::Action& action) override { day_.observe(now, action); }

  service::Work<v1::GetForecastResponse> forecast(const v1::GetForecastRequest& request) override;
  service::Work<v1::GetStaffingResponse> staffing(const v1::GetStaffingRequest& request) override;
  service::Work<v1::GetAdherenceResponse> adherence(const v1::GetAdherenceRequest& request) override;
  service::Work<v1::GetIntradayResponse> intraday(const v1::GetIntradayRequest& request) override;
  service::Work<v1::SimulateResponse> simulate(const v1::SimulateRequest& request) override;
  service::Work<v1::GetWhatIfResponse> what_if(const v1::GetWhatIfRequest& request) override;
  service::Work<v1::GetRosterResponse> roster(const v1::GetRosterRequest& request) override;
  service::Work<v1::CheckRosterChangeResponse> roster_change(const v1::CheckRosterChangeRequest& request) override;

 private:
  struct Inputs;
  std::shared_ptr<const Inputs> inputs() const;

  const runtime::Clock& clock_;
  workforce::DaySoFar day_;
  runtime::WorkforceOptions wanted_;
  std::string journal_;  // its folder
  std::shared_ptr<const workforce::PlannedDay> plan_;
  std::shared_ptr<const core::Options> options_;
};

}  // namespace pledge
