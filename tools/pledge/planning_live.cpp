#include "tools/pledge/planning_live.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <filesystem>

#include "pledge/v1/workforce.grpc.pb.h"
#include "tools/pledge/client.hpp"
#include "tools/pledge/roster_files.hpp"
#include "workforce/table.hpp"

namespace pledge {
namespace {

constexpr std::chrono::seconds live_deadline{60};

// The engine reads the folder: it has another working directory.
std::string on_engine(const std::string& folder) {
  return folder.empty() ? folder : std::filesystem::absolute(folder).lexically_normal().string();
}

std::string percent(const v1::Estimate& e, bool sign) {
  if (std::isnan(e.mean())) return "–";
  return sign ? fmt::format("{:+.2f} ±{:.2f}", 100 * e.mean(), 100 * e.interval()) : fmt::format("{:.2f} ±{:.2f} %", 100 * e.mean(), 100 * e.interval());
}

std::string clock_text(const google::protobuf::Timestamp& at) {
  return fmt::format("{:%Y-%m-%dT%H:%MZ}", fmt::gmtime(static_cast<std::time_t>(at.seconds())));
}

void print(const v1::SimulateResponse& day) {
  fmt::print("{}, as rostered; share answered within target of all offered, ± is the 95 % interval\n", day.date());
  for (const auto& one : day.classes()) {
    const auto& level = one.in_force();
    fmt::print("{:<18} in {:g} s {}, target {:.0f} %", level.class_name(), level.target_within_s(), percent(level.within_target(), false),
               100 * level.target_share());
    if (one.has_other()) fmt::print("; the other configuration {} ({} points)", percent(one.other(), false), percent(one.difference(), true));
    fmt::print("\n");
  }
  if (day.has_calls()) fmt::print("calls within target, of all classes: {:+.1f} ±{:.1f} in the other configuration\n", day.calls().mean(), day.calls().interval());
  fmt::print("\nfrom,class,calls,needed,in_force,other\n");
  const auto share = [](bool has, double value) { return has ? fmt::format("{:.3f}", value) : std::string{}; };
  for (const auto& one : day.classes())
    for (const auto& h : one.half_hours())
      fmt::print("{},{},{:.1f},{},{},{}\n", clock_text(h.from()), one.in_force().class_name(), h.calls(), h.needed(),
                 share(h.has_in_force(), h.in_force()), share(h.has_other(), h.other()));
  for (const auto& remark : day.remarks()) fmt::print(stderr, "{}\n", remark);
}

void print(const char* which, const v1::WhatIfSide& side) {
  fmt::print("  {:<8} offered {:>6}, answered {:>6}, abandoned {:>5}, within target {:>6.1f} %, worst half-hour {}, longest {:.1f} s, occupancy {:.1f} %\n",
             which, side.offered(), side.answered(), side.abandoned(), 100 * side.share(),
             side.has_worst_half_hour() ? fmt::format("{} {:.1f} %", clock_text(side.worst_half_hour()), 100 * side.worst_share()) : "–",
             side.longest_wait_s(), 100 * side.occupancy());
}

void print(const char* which, const v1::WhatIfOutcome& outcome) {
  fmt::print("  {:<8} {}, {:.1f} s, {}\n", which, outcome.queue().empty() ? "no queue" : outcome.queue(), outcome.wait_s(),
             !outcome.answered() ? "not answered" : outcome.handler().empty() ? "outside" : outcome.handler());
  for (const auto& line : outcome.decisions()) fmt::print("           {}\n", line);
}

void print(const v1::GetWhatIfResponse& result) {
  fmt::print("{} to {}: {} calls\n", clock_text(result.from()), clock_text(result.to()), result.calls());
  for (const auto& row : result.queues()) {
    fmt::print("{}, {:g} % in {:g} s\n", row.queue(), 100 * row.target_share(), row.target_within_s());
    print("then", row.then());
    print("what if", row.now());
  }
  if (result.same_options()) fmt::print("nothing would have changed: this configuration decides as that of the run did\n");
  else if (result.fates().empty()) fmt::print("no call would have fared differently\n");
  for (const auto& fate : result.fates()) fmt::print("{} calls: {}\n", fate.calls(), fate.fate());
  for (const auto& call : result.differing()) {
    fmt::print("\ncall {} ({} at {}): {}\n", call.contact(), call.dialled(), clock_text(call.arrived()), call.fate());
    print("then", call.then());
    print("what if", call.now());
  }
  for (const auto& text : result.not_possible()) fmt::print("would have been refused: {}\n", text);
  for (const auto& remark : result.remarks()) fmt::print(stderr, "{}\n", remark);
}

void print(const v1::GetRosterResponse& roster) {
  fmt::print("handler,start,end,pattern,breaks\n");
  for (const auto& shift : roster.shifts())
    fmt::print("{},{},{},{},{}\n", workforce::cell_text(shift.handler()), shift.start(), shift.end(), workforce::cell_text(shift.pattern()), shift.breaks());
}

void print(const v1::CheckRosterChangeResponse& answer) {
  fmt::print("{}\n", answer.accepted() ? "accepted" : "refused");
  for (const auto& reason : answer.reasons()) fmt::print("  {}\n", reason);
  for (const auto& remark : answer.remarks()) fmt::print(stderr, "{}\n", remark);
}

template <class Response>
int exit_of(const Response&) {
  return exit_done;
}
int exit_of(const v1::CheckRosterChangeResponse& answer) { return answer.accepted() ? exit_done : exit_no; }

template <class Request, class Response, class Method>
int ask(const Program& program, const Request& request, Method method) {
  Client client(program.server);
  const auto stub = v1::WorkforceService::NewStub(client.channel);
  Response answer;
  const auto status = call(*stub, method, request, answer, live_deadline);
  if (!status.ok()) return report(status, program.server, program.json);
  if (program.json) fmt::print("{}\n", to_json(answer));
  else print(answer);
  return exit_of(answer);
}

bool put(v1::ShiftOfDay& to, const std::string& text) {
  const auto p = parts(text, 1);
  if (p.empty()) return fmt::print(stderr, "--swap {}: write HANDLER:DAY\n", text), false;
  to.set_handler(p[0]);
  to.set_date(p[1]);
  return true;
}

}  // namespace

int simulate_live(const Program& program, const LiveDay& wanted) {
  v1::SimulateRequest request;
  request.set_date(wanted.date);
  request.set_directory(on_engine(wanted.configuration));
  request.set_days(wanted.days);
  request.set_seed(wanted.seed);
  return ask<v1::SimulateRequest, v1::SimulateResponse>(program, request, &v1::WorkforceService::Stub::Simulate);
}

int what_if_live(const Program& program, const LiveWhatIf& wanted) {
  v1::GetWhatIfRequest request;
  request.set_directory(on_engine(wanted.configuration));
  request.set_roster(wanted.roster);
  request.set_calls(wanted.calls);
  request.set_seed(wanted.seed);
  return ask<v1::GetWhatIfRequest, v1::GetWhatIfResponse>(program, request, &v1::WorkforceService::Stub::GetWhatIf);
}

int roster_live(const Program& program, const LiveRoster& wanted) {
  if (wanted.swap.empty() && wanted.leave.empty())
    return ask<v1::GetRosterRequest, v1::GetRosterResponse>(program, {}, &v1::WorkforceService::Stub::GetRoster);
  v1::CheckRosterChangeRequest request;
  if (!wanted.swap.empty()) {
    auto& swap = *request.mutable_swap();
    if (!put(*swap.mutable_one(), wanted.swap[0]) || !put(*swap.mutable_other(), wanted.swap[1])) return exit_usage;
  } else {
    const auto p = parts(wanted.leave, 2);
    if (p.empty()) return fmt::print(stderr, "--leave {}: write HANDLER:FROM:TO\n", wanted.leave), exit_usage;
    auto& leave = *request.mutable_leave();
    leave.set_handler(p[0]);
    leave.set_from_date(p[1]);
    leave.set_to_date(p[2]);
  }
  return ask<v1::CheckRosterChangeRequest, v1::CheckRosterChangeResponse>(program, request, &v1::WorkforceService::Stub::CheckRosterChange);
}

}  // namespace pledge
