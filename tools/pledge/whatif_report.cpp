// What `pledge whatif` prints.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "journal/json.hpp"
#include "runtime/sentences.hpp"
#include "tools/pledge/json.hpp"
#include "tools/pledge/whatif.hpp"

namespace pledge {

using workforce::CallLog;
using workforce::Difference;
using workforce::Fate;
using workforce::QueueComparison;
using workforce::QueueSide;
using workforce::WhatIf;

namespace {

double seconds(core::Duration d) { return static_cast<double>(d.count()) / 1e9; }

double hours(core::Duration d) { return seconds(d) / 3600; }

std::int64_t local_ns(const std::vector<core::UtcOffset>& offsets, core::Time time) {
  std::int64_t offset = 0;
  for (const core::UtcOffset& from : offsets)
    if (from.from <= time) offset = from.seconds;
  return time.ns + offset * 1'000'000'000;
}

std::string with_date(const std::vector<core::UtcOffset>& offsets, core::Time time) {
  return fmt::format("{:%a %d %b %Y %H:%M}", fmt::gmtime(static_cast<std::time_t>(local_ns(offsets, time) / 1'000'000'000)));
}

// ---- text ---------------------------------------------------------------------------------------------------------

std::string worst_text(const WhatIfReport& report, const QueueSide& side) {
  if (!side.worst) return "-";
  return fmt::format("{} {:5.1f} % ({} of {})", clock_text(report.offsets, side.worst->from, false), side.worst->share() * 100,
                     side.worst->within, side.worst->counted);
}

void print_side(const WhatIfReport& report, const std::string& label, const char* which, const QueueSide& side) {
  fmt::print("{:<22} {:<8} {:>7} {:>8} {:>9} {:>6} {:>7.1f} %   {:<28} {:>7.1f} s {:>7.1f} %\n", label, which, side.offered,
             side.answered, side.abandoned, side.within, side.share * 100, worst_text(report, side), seconds(side.longest),
             side.occupancy * 100);
}

std::string target_text(const QueueComparison& row) {
  std::string text = fmt::format("  {:g} % in {:g} s", row.target_share * 100, seconds(row.target));
  if (row.removed) return text + " (removed)";
  if (row.target_then == core::Duration{}) return text + " (new)";
  return row.target_then == row.target ? text : text + fmt::format(" (was {:g})", seconds(row.target_then));
}

void print_queues(const WhatIfReport& report) {
  fmt::print("{:<22} {:<8} {:>7} {:>8} {:>9} {:>16}   {:<28} {:>9} {:>9}\n", "queue, target", "", "offered", "answered", "abandoned",
             "within target", "worst half-hour", "longest", "occupancy");
  for (const QueueComparison& row : report.result.queues) {
    print_side(report, row.queue.value, "then", row.then);
    print_side(report, target_text(row), "what if", row.now);
  }
  const WhatIf& result = report.result;
  fmt::print("handlers' occupancy: {:.1f} % then, {:.1f} % what if; signed on: {} for {:.1f} h then, {} for {:.1f} h what if\n",
             result.handlers_then.occupancy() * 100, result.handlers_now.occupancy() * 100, result.handlers,
             hours(result.handlers_then.signed_on), result.handlers_on_now, hours(result.handlers_now.signed_on));
}

void print_decisions(const CallLog& call, const char* which) {
  for (const auto& said : call.decisions) {
    fmt::print("    {:<8} {:>9.3f} s  {}\n", which, seconds(said.at - call.arrived), runtime::sentence(said.decision));
    which = "";
  }
}

void print_difference(const WhatIfReport& report, const Difference& d) {
  fmt::print("\ncall {} ({} at {}): {}\n  {} → {}\n", d.then->contact.value, d.then->dialled.empty() ? "?" : d.then->dialled,
             clock_text(report.offsets, d.then->arrived, true), name(d.fate), side_text(*d.then, d.wait_then),
             side_text(*d.now, d.wait_now));
  print_decisions(*d.then, "then");
  print_decisions(*d.now, "what if");
}

std::string fates_text(const WhatIf& result) {
  std::string text;
  for (std::size_t i = 0; i < workforce::fates; ++i)
    if (static_cast<Fate>(i) != Fate::same && result.by_fate[i] > 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", result.by_fate[i], name(static_cast<Fate>(i)));
  return text;
}

void print_not_possible(const WhatIfReport& report) {
  const auto& all = report.result.not_possible;
  if (all.empty()) return;
  fmt::print("\n{} request{} of that day{} would have been refused{}\n", all.size(), all.size() == 1 ? "" : "s",
             report.request.roster.empty() ? "" : " or the roster", report.request.calls > 0 ? ":" : "");
  for (std::size_t i = 0; i < std::min(all.size(), report.request.calls); ++i)
    fmt::print("  {} {}: {}\n", clock_text(report.offsets, all[i].at, true), core::to_text(all[i].event), all[i].detail);
  if (report.request.calls > 0 && all.size() > report.request.calls) fmt::print("  … and {} more\n", all.size() - report.request.calls);
}

// ---- JSON ---------------------------------------------------------------------------------------------------------

std::string json_time(core::Time time) {
  std::string text;
  journal::json_time(text, time);
  return text;
}

std::string json(const QueueSide& side) {
  std::string half_hours;
  for (const auto& half_hour : side.half_hours)
    half_hours += fmt::format(R"({}{{"from":{},"offered":{},"counted":{},"within_target":{}}})", half_hours.empty() ? "" : ",",
                              json_time(half_hour.from), half_hour.offered, half_hour.counted, half_hour.within);
  const std::string worst = side.worst ? fmt::format(R"({{"from":{},"share":{:.6f},"within_target":{},"counted":{}}})",
                                                     json_time(side.worst->from), side.worst->share(), side.worst->within,
                                                     side.worst->counted)
                                       : "null";
  return fmt::format(
      R"({{"offered":{},"answered":{},"abandoned":{},"within_target":{},"share":{:.6f},"worst_half_hour":{},"longest_wait_s":{:.3f},)"
      R"("occupancy":{:.6f},"half_hours":[{}]}})",
      side.offered, side.answered, side.abandoned, side.within, side.share, worst, seconds(side.longest), side.occupancy, half_hours);
}

std::string json(const CallLog& call, core::Duration wait) {
  std::string decisions;
  for (const auto& said : call.decisions) {
    decisions += decisions.empty() ? "{\"at\":" : ",{\"at\":";
    journal::json_time(decisions, said.at);
    decisions += ",\"decision\":";
    journal::to_json(decisions, said.decision);
    decisions += ",\"text\":" + json_quoted(runtime::sentence(said.decision)) + "}";
  }
  return fmt::format(R"({{"queue":{},"handler":{},"answered":{},"end":"{}","wait_s":{:.6f},"decisions":[{}]}})",
                     json_quoted(call.queue.value), json_quoted(call.handler.value), call.was_answered(), name(call.end), seconds(wait),
                     decisions);
}

std::string json_calls(const WhatIfReport& report) {
  std::string calls;
  const auto& all = report.result.differences;
  for (std::size_t i = 0; i < std::min(all.size(), report.request.calls); ++i) {
    const Difference& d = all[i];
    calls += fmt::format(R"({}{{"contact":{},"sip_call_id":{},"dialled":{},"arrived":{},"differs":{},"then":{},"what_if":{}}})",
                         calls.empty() ? "" : ",", d.then->contact.value, json_quoted(d.then->sip_call_id), json_quoted(d.then->dialled),
                         json_time(d.then->arrived), json_quoted(name(d.fate)), json(*d.then, d.wait_then), json(*d.now, d.wait_now));
  }
  return calls;
}

std::string json_queues(const WhatIf& result) {
  std::string queues;
  for (const QueueComparison& row : result.queues)
    queues += fmt::format(R"({}{{"queue":{},"target_s":{},"target_share":{},"target_then_s":{},"removed":{},"then":{},"what_if":{}}})",
                          queues.empty() ? "" : ",", json_quoted(row.queue.value), seconds(row.target), row.target_share,
                          seconds(row.target_then), row.removed, json(row.then), json(row.now));
  return queues;
}

std::string json_not_possible(const WhatIf& result, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < std::min(result.not_possible.size(), most); ++i) {
    const auto& one = result.not_possible[i];
    text += fmt::format(R"({}{{"at":{},"refusal":"{}","detail":{},"event":)", text.empty() ? "" : ",", json_time(one.at),
                        name(one.refusal), json_quoted(one.detail));
    journal::to_json(text, one.event);
    text += '}';
  }
  return text;
}

}  // namespace

std::string clock_text(const std::vector<core::UtcOffset>& offsets, core::Time time, bool with_seconds) {
  const std::int64_t ns = local_ns(offsets, time);
  const auto clock = fmt::gmtime(static_cast<std::time_t>(ns / 1'000'000'000));
  if (!with_seconds) return fmt::format("{:%H:%M}", clock);
  return fmt::format("{:%H:%M:%S}.{}", clock, ns % 1'000'000'000 / 100'000'000);
}

std::string side_text(const CallLog& call, core::Duration wait) {
  const auto by = call.handler.empty() ? "outside" : call.handler.value;
  const auto how = call.was_answered() ? by : call.end == core::ContactEnd::none ? "not over" : std::string{name(call.end)};
  return fmt::format("{}, {:.1f} s, {}", call.queue.empty() ? "no queue" : call.queue.value, seconds(wait), how);
}

std::string under_text(const WhatIfRequest& request) {
  if (request.roster.empty()) return request.configuration;
  const auto roster = "roster " + request.roster;
  return request.configuration.empty() ? roster : request.configuration + " and " + roster;
}

void print_what_if(const WhatIfReport& report) {
  const WhatIf& result = report.result;
  fmt::print("{} to {}: {} calls, {} handlers; then: as recorded; what if: with {}\n\n", with_date(report.offsets, result.from),
             clock_text(report.offsets, result.to, false), result.calls, result.handlers, under_text(report.request));
  print_queues(report);
  if (result.same_options) fmt::print("\nnothing would have changed: this configuration decides as that of the day did\n");
  else if (result.differences.empty()) fmt::print("\nno call would have fared differently\n");
  else
    fmt::print("\n{} of {} calls would have fared differently: {}\n", result.differences.size(), result.calls, fates_text(result));
  for (std::size_t i = 0; i < std::min(result.differences.size(), report.request.calls); ++i)
    print_difference(report, result.differences[i]);
  if (report.request.calls > 0 && result.differences.size() > report.request.calls)
    fmt::print("\n… and {} more (--calls {} tells them all)\n", result.differences.size() - report.request.calls,
               result.differences.size());
  print_not_possible(report);
}

void print_what_if_json(const WhatIfReport& report) {
  const WhatIf& result = report.result;
  std::string fates;
  for (std::size_t i = 0; i < workforce::fates; ++i)
    fates += fmt::format("{}{}:{}", i > 0 ? "," : "", json_quoted(name(static_cast<Fate>(i))), result.by_fate[i]);
  fmt::print(
      R"({{"from":{},"to":{},"same_options":{},"seed":{},"differs_by_s":{},"calls":{},"handlers":{},"occupancy":{{"then":{:.6f},)"
      R"("what_if":{:.6f}}},"roster":{},"signed_on":{{"then":{{"handlers":{},"hours":{:.4f}}},"what_if":{{"handlers":{},"hours":{:.4f}}}}},)"
      R"("queues":[{}],"differing":{},"fates":{{{}}},"differences":[{}],"not_possible_in_all":{},"not_possible":[{}]}})"
      "\n",
      json_time(result.from), json_time(result.to), result.same_options, report.request.seed, report.request.differs_by, result.calls,
      result.handlers, result.handlers_then.occupancy(), result.handlers_now.occupancy(),
      report.request.roster.empty() ? "null" : json_quoted(report.request.roster), result.handlers,
      hours(result.handlers_then.signed_on), result.handlers_on_now, hours(result.handlers_now.signed_on), json_queues(result), result.differing(), fates,
      json_calls(report), result.not_possible.size(), json_not_possible(result, report.request.calls));
}

}  // namespace pledge
