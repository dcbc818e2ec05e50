#pragma once
// Bencoding, in which rtpengine's ng protocol says everything (BEP 3, "bencoding"): whole numbers, texts of any bytes, lists
// and dictionaries. What is read is bounded by its own length and by `most_levels`; anything else than one whole value is
// refused.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

namespace pledge::rtpengine {

inline constexpr std::size_t most_levels = 16;  // an answer to `query` has ten

struct Value;
struct Entry;
using List = std::vector<Value>;

// Keys as they came; where one stands twice, the first counts.
struct Dictionary {
  std::vector<Entry> entries;

  const Value* find(std::string_view key) const;
  std::string text(std::string_view key) const;  // empty where there is none
  void set(std::string key, Value value);        // adds it: not to be called twice for one key
};

struct Value {
  std::variant<std::int64_t, std::string, List, Dictionary> is;
};

struct Entry {
  std::string key;
  Value value;
};

std::string encode(const Dictionary& dictionary);  // keys in order, as BEP 3 demands

// The error says what is wrong and at which byte.
tl::expected<Dictionary, std::string> decode(std::string_view bytes);

}  // namespace pledge::rtpengine
