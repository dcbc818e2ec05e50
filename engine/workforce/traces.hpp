#pragma once
// Calls, staff and demand as CSV text. Every fault of a text is found, as file:line:column and what is wrong; a text with
// faults gives no rows. Columns may come in any order, none may be missing, unknown or twice.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "workforce/workload.hpp"

namespace pledge::workforce {

struct TraceFault {
  std::size_t line = 0, column = 0;  // from 1; the column counts characters
  std::string what;
};
std::string to_text(std::string_view file, const TraceFault& fault);

template <class Row>
struct Trace {
  std::vector<Row> rows;
  std::vector<TraceFault> faults;
};

// arrival_s,class,service_s,patience_s. Times in seconds ≥ 0; a patience of 0 = never gives up. Sorted by arrival.
Trace<SimulatedCall> read_calls(std::string_view text);

// from_s,group,handlers: so many of the group are on from then until its next row. Sorted by time within the file or not.
struct StaffChange {
  double from = 0;
  std::string group;
  std::uint32_t handlers = 0;
};
Trace<StaffChange> read_staff(std::string_view text);
// Each handler's shifts, named group-1, group-2 …; all end at `end`.
std::vector<Shift> shifts_of(std::vector<StaffChange> changes, double end);

// hour,class,calls,handling_s,handling_cv,patience_s: 24 rows a class; classes by their first row, in order of priority.
// Handling and patience of a class are those of its first row.
Trace<DemandClass> read_demand(std::string_view text);
// `wrong_with`: what is wrong with a class's name, empty = nothing; a fault at its first row.
Trace<DemandClass> read_demand(std::string_view text, const std::function<std::string(const std::string&)>& wrong_with);

}  // namespace pledge::workforce
