#pragma once
// Whether the engine's statistics are what the callers themselves measured: call by call, then queue by queue. Pure.
#include <set>
#include <string>
#include <vector>

#include "pledge/v1/statistics.pb.h"
#include "tools/load/caller_call.hpp"

namespace pledge::load {

struct Audit {
  struct Row {
    std::string queue;
    std::uint64_t offered = 0, answered = 0, abandoned = 0, refused = 0;  // as the callers counted
    std::uint64_t engine_offered = 0, engine_answered = 0, engine_abandoned = 0;
    std::uint64_t within_target = 0;  // of the answered, by the engine
    double share_within_target = 0;
    core::Duration mean{}, p90{}, longest{};  // the callers' own waits
    core::Duration target{};
  };
  std::vector<Row> rows;                // in the order of the statistics
  std::uint64_t calls = 0;              // that the callers placed
  std::uint64_t strangers = 0;          // calls of others, counted on both sides
  std::uint64_t before_queues = 0;      // given up in a menu
  std::uint64_t unheard = 0;            // answered at a phone that the callers cannot tell from a ring tone
  core::Duration largest_difference{};  // of one call's wait, engine against caller
  std::vector<std::string> faults;      // what does not agree, for a person
  bool good() const { return faults.empty(); }
};

struct AuditInput {
  std::vector<CallRecord> calls;              // every call placed, ended
  std::vector<v1::Contact> ended;             // StatisticsService.ListEndedCalls, all pages
  v1::GetQueueStatisticsResponse statistics;  // all intervals since the first call
  // Handlers whose phones are simulated: only their answer is seen by callers answered at entry. Empty: all.
  std::set<std::string> heard_handlers;
  core::Duration tolerance = std::chrono::milliseconds{20};  // between two clocks and a journal's sync
};
Audit audit(const AuditInput& input);

}  // namespace pledge::load
