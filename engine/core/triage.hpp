#pragma once
// First match wins over the configured rules. Pure matching; nothing is remembered here.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/facts.hpp"
#include "core/options.hpp"
#include "core/text_map.hpp"

namespace pledge::core {

struct TriageContext {
  Time now;
  const std::string& service_state;
  std::optional<Time> last_call;  // the same caller's former call, if remembered
};

// The rules, with those found at once that hold for whole dialled numbers only: a centre has one for each of its many
// numbers, and a call is held against those for its own and against those for any, not against all.
class TriageRules {
 public:
  TriageRules() = default;
  explicit TriageRules(const std::vector<TriageRule>& rules);  // must stay where they are as long as this

  // The first rule whose every condition holds; nullptr if none does.
  const TriageRule* match(const CallFacts& facts, const TriageContext& context) const;

 private:
  using Places = std::vector<std::uint32_t>;  // in `rules_`, ascending
  const std::vector<TriageRule>* rules_ = nullptr;
  TextMap<Places> by_number_;
  Places for_any_;
};

bool holds(const Moments& moments, const TriageContext& context);
Time next_change(const std::vector<Interval>& windows, Time now);  // the next beginning or end of one; `never` if none

// Which of the wordings of a menu or a queue is heard; none: the words written first are.
template <class Wording>
std::optional<std::uint32_t> first_that_holds(const std::vector<Wording>& wordings, const TriageContext& context) {
  for (std::uint32_t i = 0; i < wordings.size(); ++i)
    if (holds(wordings[i], context)) return i;
  return std::nullopt;
}

// How the explanation of a caller's way through a menu begins: 101: menu "first".
std::string way_to_menu(const std::string& rule, const std::string& menu);

const MenuOptions* find_menu(const Options& options, const std::string& id);  // nullptr: not configured

// RFC 6881 §9: a test of the emergency path is answered by the engine and never reaches a handler.
bool is_test_call(const CallFacts& facts);

// "urn:service:sos" covers itself and "urn:service:sos.police" (RFC 5031 §3: sub-services are dot-separated labels;
// §2: compared without regard to case).
bool urn_covers(std::string_view pattern, std::string_view urn);

// A trailing '*' matches any ending; otherwise the whole number.
bool number_matches(std::string_view pattern, std::string_view number);

}  // namespace pledge::core
