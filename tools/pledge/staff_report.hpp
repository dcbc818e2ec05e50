#pragma once
// What `pledge staff --simulate` found: a table, or JSON lines.
#include "tools/pledge/staff_simulated.hpp"
#include "workforce/configured_room.hpp"

namespace pledge {

struct StaffReport {
  const workforce::StaffSearch& search;
  const workforce::StaffFound& found;
  const SimulatedStaffRequest& request;
  const workforce::ConfiguredRoom* configured = nullptr;  // null: a room of the command line
  double seconds = 0;                                     // that it took
};
void print_staff(const StaffReport& report, bool as_json);

}  // namespace pledge
