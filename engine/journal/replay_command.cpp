// `pledge replay`: what it prints.
#include <fmt/format.h>

#include <ostream>

#include "journal/json.hpp"
#include "journal/reader.hpp"
#include "journal/replay.hpp"

namespace pledge::journal {
namespace {

std::string time_text(core::Time time) {
  std::string text;
  json_time(text, time);
  return text;
}

void print_text(std::ostream& out, const Replayed& step) {
  const core::TextStyle style{step.header.run_started};
  const auto& record = step.record;
  out << '#' << record.sequence << ' ' << time_text(record.time) << ' ';
  if (const auto* gap = std::get_if<Gap>(&record.content))
    out << gap->count << " records lost: " << gap->reason << '\n';
  else if (const auto* leg = std::get_if<LegState>(&record.content))
    out << "LegState leg=" << leg->leg.value << " (" << leg->state.size() << " bytes)\n";
  else
    out << core::to_text(std::get<core::Event>(record.content), style) << (record.restated ? " (restated)" : "")
        << '\n';
  if (step.actions == nullptr) return;
  for (const auto& action : *step.actions) out << "    " << core::to_text(action, style) << '\n';
  if (!step.same) out << "    ^ not what was decided then\n";
}

void print_json(std::ostream& out, const Replayed& step) {
  const auto& record = step.record;
  std::string line = fmt::format("{{\"sequence\":{},\"time\":{}", record.sequence, time_text(record.time));
  if (record.restated) line += ",\"restated\":true";
  if (const auto* gap = std::get_if<Gap>(&record.content)) {
    line += fmt::format(",\"gap\":{{\"count\":{},\"reason\":", gap->count);
    json_text(line, gap->reason);
    line += '}';
  } else if (const auto* leg = std::get_if<LegState>(&record.content)) {
    line += fmt::format(",\"leg_state\":{{\"leg\":{},\"bytes\":{}}}", leg->leg.value, leg->state.size());
  } else {
    to_json(line += ",\"event\":", std::get<core::Event>(record.content));
  }
  if (step.actions != nullptr) {
    to_json(line += ",\"actions\":", *step.actions);
    line += step.same ? ",\"same\":true" : ",\"same\":false";
  }
  out << line << "}\n";
}

void summarise_json(std::ostream& out, const ReplayOutcome& outcome) {
  std::string line =
      fmt::format("{{\"records\":{},\"compared\":{},\"different\":{},\"damaged\":{},\"remarks\":", outcome.records,
                  outcome.compared, outcome.different, outcome.damaged);
  to_json(line, outcome.remarks);
  json_text(line += ",\"first_difference\":", outcome.first_difference);
  out << line << "}\n";
}

void summarise_text(std::ostream& out, std::ostream& errors, const ReplayOutcome& outcome, bool compare) {
  for (const auto& remark : outcome.remarks) errors << remark << '\n';
  if (!compare) {
    out << fmt::format("{} records read\n", outcome.records);
    return;
  }
  out << fmt::format("{} records read, {} events decided again, {} decided otherwise\n", outcome.records,
                     outcome.compared, outcome.different);
  if (outcome.different > 0) out << "first: " << outcome.first_difference << '\n';
}

}  // namespace

int run_replay(const ReplayRequest& request, std::ostream& out, std::ostream& errors) {
  const auto files = find_files(request.paths);
  if (!files) return errors << files.error() << '\n', 2;
  const auto each = [&](const Replayed& step) {
    if (request.print && request.json) print_json(out, step);
    else if (request.print) print_text(out, step);
    return out.good();
  };
  const auto outcome = replay(*files, request.compare ? std::function<Step()>(new_core) : nullptr, each);
  if (request.json) summarise_json(out, outcome);
  else summarise_text(out, errors, outcome, request.compare);
  if (outcome.records == 0) return 2;
  if (outcome.different > 0) return 1;
  return outcome.damaged ? 3 : 0;
}

}  // namespace pledge::journal
