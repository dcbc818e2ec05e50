#include "tools/pledge/past_call.hpp"

#include <fmt/format.h>

#include <ctime>

#include "tools/pledge/json.hpp"
#include "tools/pledge/view/names.hpp"

namespace pledge {
namespace {

using Lines = std::vector<std::string>;

constexpr std::int64_t second = 1'000'000'000, millisecond = 1'000'000;

std::string told(const PastCall& call) {
  const auto& facts = call.explained.contact().facts();
  const auto& at = call.explained.contact().arrived();
  const core::Time arrived{at.seconds() * second + at.nanos()};
  return fmt::format("the run that began {}: call {} from {} to {}, arrived {}", local_time_text(call.run_started),
                     call.explained.contact().id(), view::caller_of(facts), facts.dialled(), local_time_text(arrived));
}

tl::unexpected<int> refuse(const Program& program, const std::string& reason, const Lines& lines, int code) {
  if (program.json) fmt::print("{{\"error\":{},\"reason\":{}}}\n", json_quoted(fmt::format("{}", fmt::join(lines, "; "))), json_quoted(reason));
  else fmt::print(stderr, "pledge: {}\n", fmt::join(lines, "\n  "));
  return tl::unexpected(code);
}

std::string no_such_call(const PastCalls& past, const std::string& call) {
  if (past.runs.empty()) return "no run of the engine could be played: name the journal's folder, or files from a run's first on";
  return fmt::format("no call {} in the {} of the engine that began {}{}", call, past.runs.size() == 1 ? "run" : "runs",
                     local_time_text(past.runs.front()),
                     past.runs.size() == 1 ? "" : fmt::format(" to {}", local_time_text(past.runs.back())));
}

// The last run that had begun by then, to the millisecond: it is told no finer.
const PastCall* on_at(const PastCalls& past, core::Time at) {
  core::Time began{};
  for (const auto run : past.runs)
    if (run.ns / millisecond * millisecond <= at.ns) began = run;
  for (const auto& call : past.calls)
    if (call.run_started == began) return &call;
  return nullptr;
}

Lines choices(const PastCalls& past, std::string first) {
  Lines lines{std::move(first)};
  for (const auto& call : past.calls) lines.push_back(told(call));
  return lines;
}

}  // namespace

CallName call_named(const std::string& given) {
  const bool number = !given.empty() && given.find_first_not_of("0123456789") == std::string::npos && given.size() < 20;
  return number ? CallName{{std::stoull(given)}, {}} : CallName{{}, given};
}

std::optional<core::Time> read_local_time(const std::string& text) {
  const auto dot = text.find('.');
  std::int64_t after = 0;
  if (dot != std::string::npos) {
    const auto decimals = text.substr(dot + 1);
    if (decimals.empty() || decimals.size() > 3 || decimals.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    after = std::stoll((decimals + "00").substr(0, 3)) * millisecond;
  }
  const auto whole = text.substr(0, dot);
  for (const auto* format : {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"}) {
    std::tm parts{};
    parts.tm_isdst = -1;
    const char* end = strptime(whole.c_str(), format, &parts);
    if (end && *end == '\0') return core::Time{static_cast<std::int64_t>(std::mktime(&parts)) * second + after};
  }
  return std::nullopt;
}

std::string local_time_text(core::Time time) {
  const auto seconds = static_cast<std::time_t>(time.ns / second);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  char text[32];
  if (std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts) == 0) return {};
  return fmt::format("{}.{:03}", text, time.ns % second / millisecond);
}

tl::expected<PastCall, int> past_call(const Program& program, const std::vector<std::string>& journal, const std::string& call,
                                      std::optional<core::Time> at) {
  auto past = find_past_calls(journal, call_named(call));
  if (!past) return refuse(program, "NO_JOURNAL", {past.error()}, exit_no);
  for (const auto& remark : past->remarks) fmt::print(stderr, "{}\n", remark);
  if (past->calls.empty()) return refuse(program, "UNKNOWN_CONTACT", {no_such_call(*past, call)}, exit_no);
  if (at) {
    if (const auto* then = on_at(*past, *at)) return *then;
    return refuse(program, "UNKNOWN_CONTACT", choices(*past, fmt::format("the run that was on at {} has no call {}; others have:", local_time_text(*at), call)), exit_no);
  }
  if (past->calls.size() == 1) return std::move(past->calls.front());
  const auto example = local_time_text(past->calls.back().run_started);
  return refuse(program, "SEVERAL_RUNS",
                choices(*past, fmt::format("{} runs of the engine have a call {}: say with --at when the one that is meant was on, such as --at {}",
                                           past->calls.size(), call, example)),
                exit_usage);
}

}  // namespace pledge
