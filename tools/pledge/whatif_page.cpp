// The page of `pledge whatif --html`.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/pledge/whatif.hpp"
#include "workforce/plot.hpp"

namespace pledge {

namespace {

using workforce::PageTable;
using workforce::QueueSide;

double seconds(core::Duration d) { return static_cast<double>(d.count()) / 1e9; }

void add_row(PageTable& table, const WhatIfReport& report, std::string queue, const char* which, const QueueSide& side) {
  const auto& worst = side.worst;
  table.rows.push_back({std::move(queue), which, std::to_string(side.offered), std::to_string(side.answered),
                        std::to_string(side.abandoned), fmt::format("{} ({:.1f} %)", side.within, side.share * 100),
                        worst ? fmt::format("{} {:.1f} % ({} of {})", clock_text(report.offsets, worst->from, false),
                                            worst->share() * 100, worst->within, worst->counted)
                              : "–",
                        fmt::format("{:.1f} s", seconds(side.longest)), fmt::format("{:.1f} %", side.occupancy * 100)});
}

PageTable queues_table(const WhatIfReport& report) {
  PageTable table{"Queues, measured with the new targets",
                  {"queue", "", "offered", "answered", "abandoned", "within target", "worst half-hour", "longest wait", "occupancy"},
                  {}};
  for (const auto& row : report.result.queues) {
    add_row(table, report, fmt::format("{}: {:g} % in {:g} s", row.queue.value, row.target_share * 100, seconds(row.target)), "then",
            row.then);
    add_row(table, report, "", "what if", row.now);
  }
  return table;
}

PageTable fates_table(const WhatIfReport& report) {
  PageTable table{"How the calls would have fared", {"", "calls"}, {}};
  for (std::size_t i = 0; i < workforce::fates; ++i)
    table.rows.push_back({std::string{name(static_cast<workforce::Fate>(i))}, std::to_string(report.result.by_fate[i])});
  return table;
}

PageTable calls_table(const WhatIfReport& report) {
  const auto& all = report.result.differences;
  const auto shown = std::min(all.size(), report.request.calls);
  PageTable table{fmt::format("Calls that would have fared differently: {} of {}", shown, all.size()),
                  {"call", "dialled", "arrived", "difference", "then", "what if"},
                  {}};
  for (std::size_t i = 0; i < shown; ++i)
    table.rows.push_back({std::to_string(all[i].then->contact.value), all[i].then->dialled,
                          clock_text(report.offsets, all[i].then->arrived, true), std::string{name(all[i].fate)},
                          side_text(*all[i].then, all[i].wait_then), side_text(*all[i].now, all[i].wait_now)});
  return table;
}

double share_of(const std::vector<workforce::QueueHalfHour>& half_hours, core::Time from) {
  const auto at = std::find_if(half_hours.begin(), half_hours.end(), [&](const auto& h) { return h.from == from; });
  return at == half_hours.end() || at->counted == 0 ? std::nan("") : at->share() * 100;
}

workforce::Plot queue_plot(const WhatIfReport& report, const workforce::QueueComparison& row) {
  workforce::Plot plot;
  plot.title = fmt::format("Queue {}: answered within {:g} s, by half-hour of entry", row.queue.value, seconds(row.target));
  plot.unit = "%";
  plot.lines = {{"then", {}, workforce::LineStyle::steps}, {"what if", {}, workforce::LineStyle::steps}};
  const auto& longer = row.then.half_hours.size() >= row.now.half_hours.size() ? row.then : row.now;
  const std::size_t each = std::max<std::size_t>(1, longer.half_hours.size() / 12);
  for (std::size_t i = 0; i < longer.half_hours.size(); ++i) {
    const core::Time from = longer.half_hours[i].from;
    plot.labels.push_back(clock_text(report.offsets, from, false));
    plot.lines[0].values.push_back(share_of(row.then.half_hours, from));
    plot.lines[1].values.push_back(share_of(row.now.half_hours, from));
    if (i % each != 0) continue;
    plot.ticks.push_back(i);
    plot.tick_names.push_back(plot.labels.back());
  }
  return plot;
}

}  // namespace

std::string what_if_page(const WhatIfReport& report) {
  const auto& result = report.result;
  std::vector<workforce::Plot> plots;
  for (const auto& row : result.queues) plots.push_back(queue_plot(report, row));
  return workforce::page(
      "What if", {fmt::format("A recorded day of {} calls and {} handlers, {} to {}, and the same day with {}.", result.calls,
                              result.handlers, clock_text(report.offsets, result.from, false),
                              clock_text(report.offsets, result.to, false), under_text(report.request)),
                  result.same_options ? "Nothing would have changed: this configuration decides as that of the day did."
                                      : fmt::format("{} calls would have fared differently; handlers' occupancy {:.1f} % then, "
                                                    "{:.1f} % what if.",
                                                    result.differing(), result.handlers_then.occupancy() * 100,
                                                    result.handlers_now.occupancy() * 100)},
      {queues_table(report), fates_table(report), calls_table(report)}, plots);
}

}  // namespace pledge
