#include "tools/pledge/demo_report.hpp"

#include <fmt/format.h>

#include "tools/pledge/client.hpp"
#include "tools/pledge/view/text.hpp"

namespace pledge {
namespace {

double seconds(core::Duration span) { return std::chrono::duration<double>(span).count(); }
double milliseconds(core::Duration span) { return seconds(span) * 1000; }

void print_row(const load::Audit::Row& row) {
  fmt::print("{} {:>8} {:>9} {:>10} {:>8} {:>9} {:>11} {:>9} {:>9} {:>9}\n", view::left(row.queue, 20), row.offered,
             row.answered, row.abandoned, row.refused, fmt::format("{:.1f} %", row.share_within_target * 100),
             fmt::format("in {}", view::seconds_text(row.target)), view::seconds_text(row.mean),
             view::seconds_text(row.p90), view::seconds_text(row.longest));
}

void print_text(const load::Audit& audit, const load::Room::Counts& counts, const ReportStyle& style) {
  fmt::print("\n{} {:>8} {:>9} {:>10} {:>8} {:>9} {:>11} {:>9} {:>9} {:>9}\n", view::left("queue", 20), "offered",
             "answered", "abandoned", "refused", "within", "target", "mean", "p90", "longest");
  for (const auto& row : audit.rows) print_row(row);
  fmt::print("within: by the promise, from the entry of the queue; mean, p90 and longest: by the caller, from the INVITE, a menu "
             "included\n");
  fmt::print("\n{} calls in {:.0f} s; RTP: callers sent {} packets and heard {}, phones sent {} and heard {}\n",
             audit.calls, style.seconds, counts.caller_packets.sent, counts.caller_packets.received,
             counts.phone_packets.sent, counts.phone_packets.received);
  if (audit.strangers > 0) fmt::print("{} calls of others, counted on both sides\n", audit.strangers);
  if (audit.before_queues > 0) fmt::print("{} callers gave up in a menu, before any queue\n", audit.before_queues);
  if (audit.unheard > 0)
    fmt::print("{} calls answered at a phone that is not simulated: their waits are the engine's\n", audit.unheard);
  for (const auto& fault : audit.faults) fmt::print("differs: {}\n", fault);
  if (audit.good())
    fmt::print(
        "every call is accounted for; the engine's statistics equal the callers' own count; waits agree within {:.1f} "
        "ms\n",
        milliseconds(audit.largest_difference));
}

std::string json_row(const load::Audit::Row& row) {
  return fmt::format(
      R"({{"queue":{},"offered":{},"answered":{},"abandoned":{},"refused":{},"engine_offered":{},"engine_answered":{},"engine_abandoned":{},)"
      R"("answered_within_target":{},"mean_s":{:.3f},"p90_s":{:.3f},"longest_s":{:.3f}}})",
      json_quoted(row.queue), row.offered, row.answered, row.abandoned, row.refused, row.engine_offered,
      row.engine_answered, row.engine_abandoned, row.within_target, seconds(row.mean), seconds(row.p90),
      seconds(row.longest));
}

void print_json(const load::Audit& audit, const load::Room::Counts& counts, const ReportStyle& style) {
  std::vector<std::string> rows, faults;
  for (const auto& row : audit.rows) rows.push_back(json_row(row));
  for (const auto& fault : audit.faults) faults.push_back(json_quoted(fault));
  fmt::print(
      R"({{"good":{},"calls":{},"seconds":{:.1f},"largest_difference_ms":{:.3f},"failed":{},"strangers":{},"unheard":{},)"
      R"("caller_packets":[{},{}],"phone_packets":[{},{}],"queues":[{}],"faults":[{}]}})"
      "\n",
      audit.good(), audit.calls, style.seconds, milliseconds(audit.largest_difference), counts.failed, audit.strangers,
      audit.unheard, counts.caller_packets.sent, counts.caller_packets.received, counts.phone_packets.sent,
      counts.phone_packets.received, fmt::join(rows, ","), fmt::join(faults, ","));
}

}  // namespace

void print_report(const load::Audit& audit, const load::Room::Counts& counts, const ReportStyle& style) {
  if (style.json) print_json(audit, counts, style);
  else print_text(audit, counts, style);
}

}  // namespace pledge
