#pragma once
// What the Workforce service plans with (engine/service serves it, engine/main computes it): plain data, filled by `settings`.
#include <cstdint>
#include <string>

#include "core/fields.hpp"
#include "core/types.hpp"

namespace pledge::runtime {

using namespace std::chrono_literals;

struct WorkforceOptions {
  // Files; relative to the file that names them. Empty: what needs it is refused.
  std::string roster;    // handler,start,end,breaks,pattern: as `pledge roster` writes it
  std::string counts;    // timestamp,count,class: past calls
  std::string calendar;  // holidays, closed hours and events of the counts
  std::string rules;     // folder of shifts.csv, contracts.csv, handlers.csv, leave.csv: rules of overtime and breaks
  double shrinkage = 0.1;  // share of handlers at work by the roster who are not: sickness, training, meetings
  core::Duration handling = 300s, patience = 240s;  // means, until the day has shown enough calls
  std::uint32_t days = 60;                          // simulated, of each option
  // Jobs that wait for the one thread that computes; a further one is refused.
  std::uint32_t jobs = 8;
  PLEDGE_FIELDS(WorkforceOptions, roster, counts, calendar, rules, shrinkage, handling, patience, days, jobs)
};

}  // namespace pledge::runtime
