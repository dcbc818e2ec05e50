#include "main/workforce.hpp"

#include <algorithm>
#include <cmath>
#include <tl/expected.hpp>

#include "main/operations.hpp"
#include "main/recorded_day.hpp"
#include "main/workforce_wire.hpp"
#include "service/errors.hpp"
#include "workforce/demand_table.hpp"
#include "workforce/local_clock.hpp"
#include "workforce/roster_request.hpp"

namespace pledge {
namespace {
using core::seconds;

constexpr std::uint32_t most_calls_told = 1000;
constexpr std::uint32_t days_of_roster = 7;  // told where no number is asked for
constexpr core::Duration shortest_episode = std::chrono::minutes{1};

grpc::Status file_missing(const char* option, const char* what) {
  return service::refuse(grpc::StatusCode::FAILED_PRECONDITION, "NO_WORKFORCE",
                         std::string("name ") + what + " with [workforce] " + option + ", and reload");
}
grpc::Status faulty(const std::vector<std::string>& faults) {
  std::string all;
  for (const auto& fault : faults) all += (all.empty() ? "" : "\n") + fault;
  return service::refuse(grpc::StatusCode::FAILED_PRECONDITION, "CANNOT_PLAN", all);
}
grpc::Status out_of_range(const char* what, std::uint32_t most) {
  return service::refuse(grpc::StatusCode::INVALID_ARGUMENT, "OUT_OF_RANGE", std::string(what) + ": at most " + std::to_string(most));
}

grpc::Status no_date(const std::string& name, const std::string& text) {
  return service::refuse(grpc::StatusCode::INVALID_ARGUMENT, "NO_DATE", name + " \"" + text + "\": write a day as 2026-11-30");
}

// What is asked, or why it is no change.
tl::expected<workforce::AskedChange, grpc::Status> asked_in(const v1::CheckRosterChangeRequest& request) {
  const auto shift = [](const v1::ShiftOfDay& of) -> tl::expected<workforce::AskedShift, grpc::Status> {
    const auto day = workforce::parse_day(of.date());
    if (!day) return tl::unexpected(no_date("date", of.date()));
    return workforce::AskedShift{of.handler(), *day};
  };
  if (request.has_swap()) {
    const auto one = shift(request.swap().one()), other = shift(request.swap().other());
    if (!one || !other) return tl::unexpected((one ? other : one).error());
    return workforce::AskedSwap{*one, *other};
  }
  if (!request.has_leave())
    return tl::unexpected(service::refuse(grpc::StatusCode::INVALID_ARGUMENT, "NO_CHANGE", "give a swap or a leave"));
  const auto& leave = request.leave();
  const auto from = workforce::parse_day(leave.from_date()), to = workforce::parse_day(leave.to_date());
  if (!from) return tl::unexpected(no_date("from_date", leave.from_date()));
  if (!to) return tl::unexpected(no_date("to_date", leave.to_date()));
  return workforce::AskedLeave{leave.handler(), *from, *to};
}

core::Time midnight_before(core::Time now, const std::vector<core::UtcOffset>& offsets) {
  return workforce::time_of_clock(workforce::local_day(now, offsets), 0, offsets);
}

void put(v1::GetForecastResponse& to, const workforce::Demand& demand, const workforce::DayForecast& day) {
  for (unsigned s = 0; s < demand.slots; ++s) {
    if (std::isnan(day.counts[s])) continue;
    auto& interval = *to.add_intervals();
    interval.set_class_name(demand.name);
    interval.set_from(workforce::stamp_text(day.day, s * (workforce::minutes_a_day / demand.slots)));
    interval.set_calls(day.counts[s]);
    interval.set_low(day.low.empty() ? day.counts[s] : day.low[s]);
    interval.set_high(day.high.empty() ? day.counts[s] : day.high[s]);
  }
}

}  // namespace

// Values, or shared and never changed.
struct Workforce::Inputs {
  core::Time now;
  runtime::WorkforceOptions wanted;
  std::shared_ptr<const workforce::PlannedDay> plan;
  std::shared_ptr<const core::Options> options;
  workforce::SeenDay seen;
  std::string journal;

  grpc::Status missing() const {
    if (plan->roster.empty()) return file_missing("roster", "the roster");
    return plan->demand.empty() ? file_missing("counts", "past counts") : grpc::Status::OK;
  }
  // The local day of that date, or tomorrow; none: no date, or one that has begun, or too far ahead.
  std::optional<workforce::Day> day_to_come(const std::string& date) const {
    const auto today = workforce::local_day(now, plan->offsets);
    const auto day = date.empty() ? std::optional{today + std::chrono::days{1}} : workforce::parse_day(date);
    if (!day || *day <= today || *day > today + std::chrono::days{workforce::most_lead}) return std::nullopt;
    return day;
  }
  workforce::AheadOptions ahead() const { return {wanted.shrinkage, seconds(wanted.handling), seconds(wanted.patience)}; }
  workforce::IntradayOutcome intraday(std::uint32_t days, std::uint64_t seed, const service::Stop& stop) const {
    workforce::IntradayPlanOptions with;
    with.ahead = ahead();
    with.days = days;
    with.seed = seed;
    return workforce::plan_intraday({now, *plan, *options, seen}, with, stop);
  }
};

void Workforce::use(const settings::Settings& settings, std::shared_ptr<const core::Options> options) {
  wanted_ = settings.workforce;
  plan_ = settings.planned_day;
  journal_ = settings.journal.directory;
  options_ = std::move(options);
}

std::shared_ptr<const Workforce::Inputs> Workforce::inputs() const {
  const auto now = clock_.now();
  return std::make_shared<const Inputs>(Inputs{now, wanted_, plan_, options_, day_.seen(now), journal_});
}

service::Work<v1::GetForecastResponse> Workforce::forecast(const v1::GetForecastRequest& request) {
  return [in = inputs(), days = std::max(1u, request.days())](v1::GetForecastResponse& to, const service::Stop& stop) {
    if (days > workforce::most_lead) return out_of_range("days", workforce::most_lead);
    if (in->plan->demand.empty()) return file_missing("counts", "past counts");
    for (const auto& demand : in->plan->demand) {
      if (stop()) break;
      const auto made = workforce::forecast_from_today(in->now, *in->plan, demand, *in->options, in->seen, days);
      if (!made)
        return faulty({"class " + demand.name + ": a forecast needs " + std::to_string(workforce::least_history) +
                       " days of counts, the last not older than " + std::to_string(workforce::most_lead) + " days"});
      for (const auto& day : *made) put(to, demand, day);
    }
    return grpc::Status::OK;
  };
}

service::Work<v1::GetStaffingResponse> Workforce::staffing(const v1::GetStaffingRequest&) {
  return [in = inputs()](v1::GetStaffingResponse& to, const service::Stop& stop) {
    if (const auto missing = in->missing(); !missing.ok()) return missing;
    const auto outcome = in->intraday(0, 1, stop);
    if (!outcome.faults.empty()) return faulty(outcome.faults);
    to = staffing_to_wire(outcome.plan);
    return grpc::Status::OK;
  };
}

service::Work<v1::GetAdherenceResponse> Workforce::adherence(const v1::GetAdherenceRequest& request) {
  return [in = inputs(), request](v1::GetAdherenceResponse& to, const service::Stop&) {
    if (in->plan->roster.empty()) return file_missing("roster", "the roster");
    const core::Interval known{std::max(in->seen.known.from, midnight_before(in->now, in->plan->offsets)), in->now};
    to = to_wire(workforce::adherence(in->plan->roster, in->seen.changes, known, shortest_episode), known, request);
    return grpc::Status::OK;
  };
}

service::Work<v1::GetIntradayResponse> Workforce::intraday(const v1::GetIntradayRequest& request) {
  const auto days = request.days() == 0 ? wanted_.days : request.days();
  return [in = inputs(), days, seed = std::max<std::uint64_t>(1, request.seed())](v1::GetIntradayResponse& to, const service::Stop& stop) {
    if (days > workforce::most_intraday_days) return out_of_range("days", workforce::most_intraday_days);
    if (const auto missing = in->missing(); !missing.ok()) return missing;
    const auto outcome = in->intraday(days, seed, stop);
    if (!outcome.faults.empty()) return faulty(outcome.faults);
    if (!outcome.stopped) to = to_wire(outcome.plan, in->plan->offsets);
    return grpc::Status::OK;
  };
}

service::Work<v1::SimulateResponse> Workforce::simulate(const v1::SimulateRequest& request) {
  return [in = inputs(), request, days = request.days() == 0 ? wanted_.days : request.days()](v1::SimulateResponse& to, const service::Stop& stop) {
    if (days > workforce::most_intraday_days) return out_of_range("days", workforce::most_intraday_days);
    if (const auto missing = in->missing(); !missing.ok()) return missing;
    const auto day = in->day_to_come(request.date());
    if (!day)
      return service::refuse(grpc::StatusCode::INVALID_ARGUMENT, "NO_DAY_TO_COME",
                             "date: write a day after today as 2026-11-30, at most " + std::to_string(workforce::most_lead) + " days ahead");
    const auto midnight = workforce::time_of_clock(*day, 0, in->plan->offsets);
    std::optional<core::Options> other;
    if (!request.directory().empty()) {
      auto options = options_in(request.directory(), midnight);
      if (!options) return faulty(options.error());
      other = std::move(*options);
    }
    const auto seed = std::max<std::uint64_t>(1, request.seed());
    const auto outcome = workforce::simulate_day_to_come({midnight, *in->plan, *in->options, other ? &*other : nullptr, in->ahead(), days, seed}, stop);
    if (!outcome.faults.empty()) return faulty(outcome.faults);
    if (outcome.stopped) return grpc::Status::OK;
    to = to_wire(outcome.day);
    to.set_date(workforce::to_text(*day));
    return grpc::Status::OK;
  };
}

service::Work<v1::GetWhatIfResponse> Workforce::what_if(const v1::GetWhatIfRequest& request) {
  return [in = inputs(), request](v1::GetWhatIfResponse& to, const service::Stop& stop) {
    if (request.calls() > most_calls_told) return out_of_range("calls", most_calls_told);
    if (request.directory().empty() && !request.roster())
      return service::refuse(grpc::StatusCode::INVALID_ARGUMENT, "NOTHING_DIFFERS", "nothing would differ: give a directory, roster or both");
    if (request.roster() && in->plan->roster.empty()) return file_missing("roster", "the roster");
    const auto run = read_latest_run(in->journal, in->now, stop);
    if (stop()) return grpc::Status::OK;
    if (!run) return faulty(run.error());
    if (request.roster() && !any_shift_within(run->events, in->plan->roster)) return faulty({"no shift of the roster lies within this run"});
    const auto& first = run->events.front();
    core::Options candidate = *std::get<core::Configured>(first.event).options;
    if (!request.directory().empty()) {
      auto options = options_in(request.directory(), first.at);
      if (!options) return faulty(options.error());
      candidate = std::move(*options);
    }
    workforce::WhatIfOptions with;
    with.seed = std::max<std::uint64_t>(1, request.seed());
    if (request.roster()) with.roster = in->plan->roster;
    to = to_wire(workforce::what_if(run->events, candidate, with), request.calls());
    for (const auto& remark : run->remarks) to.add_remarks(remark);
    return grpc::Status::OK;
  };
}

service::Work<v1::GetRosterResponse> Workforce::roster(const v1::GetRosterRequest& request) {
  return [in = inputs(), request](v1::GetRosterResponse& to, const service::Stop&) {
    if (request.days() > workforce::most_lead) return out_of_range("days", workforce::most_lead);
    if (in->plan->roster.empty()) return file_missing("roster", "the roster");
    const auto from = request.from_date().empty() ? std::optional{workforce::local_day(in->now, in->plan->offsets)} : workforce::parse_day(request.from_date());
    if (!from) return no_date("from_date", request.from_date());
    const std::chrono::days days{request.days() == 0 ? days_of_roster : request.days()};
    to = to_wire(workforce::shifts_between(*in->plan, *from, *from + days), request);
    return grpc::Status::OK;
  };
}

service::Work<v1::CheckRosterChangeResponse> Workforce::roster_change(const v1::CheckRosterChangeRequest& request) {
  return [in = inputs(), request](v1::CheckRosterChangeResponse& to, const service::Stop& stop) {
    const auto asked = asked_in(request);
    if (!asked) return asked.error();
    if (const auto missing = in->missing(); !missing.ok()) return missing;
    if (!in->plan->rules) return file_missing("rules", "the folder of rules");
    const auto answer = workforce::judge_change({in->now, *in->plan, *in->options, in->ahead()}, *asked, stop);
    if (!answer.faults.empty()) return faulty(answer.faults);
    if (!answer.stopped) to = to_wire(answer);
    return grpc::Status::OK;
  };
}

}  // namespace pledge
