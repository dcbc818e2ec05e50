#pragma once
// The same change for many handlers at once: a bounded number of calls in flight on one completion queue.
#include <chrono>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "tools/pledge/client.hpp"

namespace pledge {

enum class HandlerAction { sign_on, ready, not_ready, accept, decline, release, finish, extend, sign_off };

struct HandlerChange {
  HandlerAction action = HandlerAction::ready;
  std::string reason, role, session;
  bool takeover = false;
  std::chrono::seconds by{};
};
struct HandlerOutcome {
  std::string handler;
  grpc::Status status;
  std::uint64_t version = 0;
};

// In the order given. Where no engine answers for one, the rest are not asked: their status is the same.
std::vector<HandlerOutcome> run_batch(const Client& client, const HandlerChange& change,
                                      const std::vector<std::string>& handlers);

// "a0001-a0003" → a0001, a0002, a0003 (the digits' width is kept); other words stay. The error is for a person.
tl::expected<std::vector<std::string>, std::string> expand_ranges(const std::vector<std::string>& words);

}  // namespace pledge
