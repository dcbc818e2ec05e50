#include "core/spoken.hpp"

#include <algorithm>

namespace pledge::core {

namespace {
using Has = std::function<bool(const std::string&)>;

std::string number(std::uint32_t n) { return "number-" + std::to_string(n); }

Words sentence(const std::string& before, std::uint32_t n, const std::string& after, const Has& has) {
  Words words{before};
  for (auto& word : number_in_words(n, has)) words.push_back(std::move(word));
  words.push_back(after);
  return words;
}

template <class Say>
Words all_of(Say say, const Has& has) {
  Words all;
  for (std::uint32_t n = 1; n <= most_spoken + 1; ++n)
    for (auto& word : say(n, has))
      if (std::find(all.begin(), all.end(), word) == all.end()) all.push_back(std::move(word));
  return all;
}
}  // namespace

Words number_in_words(std::uint32_t n, const Has& has) {
  const bool one_word = n <= 20 || n % 10 == 0;
  if (one_word || has(number(n))) return {number(n)};
  return {number(n - n % 10), number(n % 10)};
}

Words position_in_words(std::uint32_t position, const Has& has) {
  if (position == 0) return {};
  if (position == 1) return {"position-next"};
  if (position > most_spoken) return {"position-far"};
  return sentence("position-before", position, "position-after", has);
}

Words wait_in_words(std::uint32_t minutes, const Has& has) {
  if (minutes == 0) return {};
  if (minutes == 1) return {"wait-short"};
  if (minutes > most_spoken) return {"wait-long"};
  return sentence("wait-before", minutes, "wait-after", has);
}

Words words_of_positions(const Has& has) { return all_of(position_in_words, has); }
Words words_of_waits(const Has& has) { return all_of(wait_in_words, has); }

}  // namespace pledge::core
