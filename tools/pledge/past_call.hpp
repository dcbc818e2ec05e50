#pragma once
// A call out of the engine's journal, for `pledge explain` and `pledge trace`.
#include <optional>

#include "main/past_calls.hpp"
#include "tools/pledge/command.hpp"

namespace pledge {

// All digits: the engine's number of a call; anything else: its SIP Call-ID.
CallName call_named(const std::string& given);

// "2026-03-02T18:00", local time; seconds may follow, with up to three decimals.
std::optional<core::Time> read_local_time(const std::string& text);
std::string local_time_text(core::Time time);  // in the same form, to the millisecond

// The one call of that name; of several runs that of the run which was on at `at`. None: said why, with the exit code.
tl::expected<PastCall, int> past_call(const Program& program, const std::vector<std::string>& journal, const std::string& call,
                                      std::optional<core::Time> at);

}  // namespace pledge
