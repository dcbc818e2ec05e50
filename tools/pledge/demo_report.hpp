#pragma once
// The summary at a demonstration's end.
#include "tools/load/audit.hpp"
#include "tools/load/room.hpp"

namespace pledge {

struct ReportStyle {
  bool json = false;
  double seconds = 0;  // how long the calls went on
};
void print_report(const load::Audit& audit, const load::Room::Counts& counts, const ReportStyle& style);

}  // namespace pledge
