#include "sip/rtpengine/bencode.hpp"

#include <algorithm>
#include <charconv>

namespace pledge::rtpengine {
namespace {

void put(std::string& out, const Value& value);

void put(std::string& out, const std::string& text) {
  out += std::to_string(text.size());
  out += ':';
  out += text;
}
void put(std::string& out, std::int64_t number) { out += 'i' + std::to_string(number) + 'e'; }
void put(std::string& out, const List& list) {
  out += 'l';
  for (const auto& value : list) put(out, value);
  out += 'e';
}
void put(std::string& out, const Dictionary& dictionary) {
  std::vector<const Entry*> sorted;
  for (const auto& entry : dictionary.entries) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(), [](const Entry* a, const Entry* b) { return a->key < b->key; });
  out += 'd';
  for (const auto* entry : sorted) put(out, entry->key), put(out, entry->value);
  out += 'e';
}
void put(std::string& out, const Value& value) {
  std::visit([&](const auto& one) { put(out, one); }, value.is);
}

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : bytes_(bytes) {}

  std::optional<Value> value(std::size_t level = 0) {
    if (level > most_levels) return fail("too deep");
    if (take('i')) return number();
    if (take('l')) return list(level);
    if (take('d')) return dictionary(level);
    auto text = this->text();
    if (!text) return std::nullopt;
    return Value{std::move(*text)};
  }
  bool at_end() const { return at_ == bytes_.size(); }
  std::nullopt_t fail(std::string why) {
    if (fault_.empty()) fault_ = std::move(why) + " at byte " + std::to_string(at_);
    return std::nullopt;
  }
  const std::string& fault() const { return fault_; }

 private:
  bool take(char wanted) {
    if (at_end() || bytes_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  // Digits up to `end`, with no zero in front; a sign where allowed.
  template <class Number>
  std::optional<Number> digits(char end) {
    Number number{};
    const char* first = bytes_.data() + at_;
    const auto [last, error] = std::from_chars(first, bytes_.data() + bytes_.size(), number);
    const std::string_view written(first, static_cast<std::size_t>(last - first));
    const bool padded = written.starts_with("-0") || (written.size() > 1 && written.front() == '0');
    if (error != std::errc{} || padded) return fail("no number");
    at_ += written.size();
    if (!take(end)) return fail("a number has no end");
    return number;
  }

  std::optional<Value> number() {
    const auto number = digits<std::int64_t>('e');
    if (!number) return std::nullopt;
    return Value{*number};
  }

  std::optional<std::string> text() {
    const auto size = digits<std::size_t>(':');
    if (!size) return std::nullopt;
    if (*size > bytes_.size() - at_) return fail("a text is cut off");
    std::string text(bytes_.substr(at_, *size));
    at_ += *size;
    return text;
  }

  std::optional<Value> list(std::size_t level) {
    List list;
    while (!take('e')) {
      auto next = value(level + 1);
      if (!next) return std::nullopt;
      list.push_back(std::move(*next));
    }
    return Value{std::move(list)};
  }

  std::optional<Value> dictionary(std::size_t level) {
    Dictionary dictionary;
    while (!take('e')) {
      auto key = text();
      if (!key) return std::nullopt;
      auto next = value(level + 1);
      if (!next) return std::nullopt;
      dictionary.set(std::move(*key), std::move(*next));
    }
    return Value{std::move(dictionary)};
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::string fault_;
};

}  // namespace

const Value* Dictionary::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &found->value;
}

std::string Dictionary::text(std::string_view key) const {
  const auto* value = find(key);
  const auto* text = value ? std::get_if<std::string>(&value->is) : nullptr;
  return text ? *text : std::string();
}

void Dictionary::set(std::string key, Value value) { entries.push_back({std::move(key), std::move(value)}); }

std::string encode(const Dictionary& dictionary) {
  std::string out;
  put(out, dictionary);
  return out;
}

tl::expected<Dictionary, std::string> decode(std::string_view bytes) {
  Decoder decoder(bytes);
  auto value = decoder.value();
  if (value && !decoder.at_end()) decoder.fail("something follows");
  if (!decoder.fault().empty()) return tl::unexpected(decoder.fault());
  auto* dictionary = std::get_if<Dictionary>(&value->is);
  if (!dictionary) return tl::unexpected(std::string("not a dictionary"));
  return std::move(*dictionary);
}

}  // namespace pledge::rtpengine
