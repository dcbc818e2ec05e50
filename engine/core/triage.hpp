#pragma once
// First match wins over the configured rules. Pure matching; nothing is remembered here.
#include <optional>

#include "core/facts.hpp"
#include "core/options.hpp"

namespace pledge::core {

struct TriageContext {
  Time now;
  const std::string& service_state;
  std::optional<Time> last_call;  // the same caller's former call, if remembered
};

// The first rule whose every condition holds; nullptr if none does.
const TriageRule* match_rule(const std::vector<TriageRule>& rules, const CallFacts& facts, const TriageContext& context);

// RFC 6881 §9: a test of the emergency path is answered by the engine and never reaches a handler.
bool is_test_call(const CallFacts& facts);

// "urn:service:sos" covers itself and "urn:service:sos.police" (RFC 5031 §3: sub-services are dot-separated labels;
// §2: compared without regard to case).
bool urn_covers(std::string_view pattern, std::string_view urn);

// A trailing '*' matches any ending; otherwise the whole number.
bool number_matches(std::string_view pattern, std::string_view number);

}  // namespace pledge::core
