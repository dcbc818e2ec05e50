#pragma once
// Positions and waits in words, each a recorded prompt: "number-20" is said "twenty". A language in which tens do not come
// before units records each number whole: "number-43" goes before "number-40", "number-3".
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace pledge::core {

using Words = std::vector<std::string>;  // names of prompts

inline constexpr std::uint32_t most_spoken = 99;  // beyond it no number is said

// `has` tells whether a prompt is there. 1 to most_spoken.
Words number_in_words(std::uint32_t number, const std::function<bool(const std::string&)>& has);
// "You are next", "You are number twelve in the queue", "There are more than 99 before you"; nothing for 0.
Words position_in_words(std::uint32_t position, const std::function<bool(const std::string&)>& has);
// "... within a minute", "... within twelve minutes", "... for more than an hour and a half"; nothing for 0.
Words wait_in_words(std::uint32_t minutes, const std::function<bool(const std::string&)>& has);

// Every prompt that some position, or some wait, needs.
Words words_of_positions(const std::function<bool(const std::string&)>& has);
Words words_of_waits(const std::function<bool(const std::string&)>& has);

}  // namespace pledge::core
