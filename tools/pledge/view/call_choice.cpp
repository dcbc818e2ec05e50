#include "tools/pledge/view/call_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "tools/pledge/view/names.hpp"

namespace pledge::view {
namespace {

constexpr std::size_t most_typed = 40, before_labels = 66;
constexpr std::size_t lines_around = 4;  // the title, what is typed, the heading, and what is left out

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

bool has(const v1::Contact& call, const std::string& typed) {
  return lower(fmt::format("{}\n{}\n{}\n{}\n{}", call.id(), call.handler(), call.queue(), caller_of(call.facts()), joined(call.labels())))
             .find(typed) != std::string::npos;
}

std::string row(const v1::Contact& call, core::Time now, std::size_t columns) {
  const auto talk = span_text(now - time_of(call.answered()));
  return fmt::format("{} {}  {} {} {} {}", right(std::to_string(call.id()), 6), right(talk, 8), left(call.handler(), 10),
                     left(call.queue(), 15), left(caller_of(call.facts()), 14),
                     cut(joined(call.labels()), columns > before_labels ? columns - before_labels : 0));
}

}  // namespace

void CallChoice::take(std::vector<v1::Contact> calls, bool more) {
  std::erase_if(calls, [](const v1::Contact& call) { return !call.has_answered(); });  // nobody talks yet
  const auto began = [](const v1::Contact& call) { return std::pair{time_of(call.answered()), call.id()}; };
  std::sort(calls.begin(), calls.end(), [&](const auto& a, const auto& b) { return began(a) < began(b); });
  const bool none_before = !known_ || matching().empty();
  calls_ = std::move(calls);
  more_ = more;
  known_ = true;
  if (none_before) mark();
  else if (!find(marked_)) marked_ = 0;
}

void CallChoice::mark() {
  const auto shown = matching();
  const auto marks = [&](const auto& which) {
    const auto at = std::find_if(shown.begin(), shown.end(), which);
    if (at != shown.end()) marked_ = (*at)->id();
    return at != shown.end();
  };
  if (marks([&](const auto* call) { return std::to_string(call->id()) == typed_; })) return;
  if (marks([&](const auto* call) { return call->id() == marked_; })) return;
  marked_ = shown.empty() ? 0 : shown.front()->id();
}

void CallChoice::type(char c) {
  if (typed_.size() < most_typed) typed_ += lower({c});
  mark();
}

void CallChoice::erase() {
  if (!typed_.empty()) typed_.pop_back();
  mark();
}

std::vector<const v1::Contact*> CallChoice::matching() const {
  std::vector<const v1::Contact*> shown;
  for (const auto& call : calls_)
    if (has(call, typed_)) shown.push_back(&call);
  return shown;
}

std::size_t CallChoice::place_of_mark(const std::vector<const v1::Contact*>& shown) const {
  const auto at = std::find_if(shown.begin(), shown.end(), [&](const auto* call) { return call->id() == marked_; });
  return static_cast<std::size_t>(at - shown.begin());
}

void CallChoice::move(int by) {
  const auto shown = matching();
  if (shown.empty()) return;
  const auto count = static_cast<std::ptrdiff_t>(shown.size());
  auto place = static_cast<std::ptrdiff_t>(place_of_mark(shown));
  place = place < count ? place + by : by > 0 ? 0 : count - 1;
  marked_ = shown[static_cast<std::size_t>((place % count + count) % count)]->id();
}

std::optional<std::uint64_t> CallChoice::chosen() const {
  const auto shown = matching();
  if (!shown.empty()) return marked_ != 0 ? std::optional{marked_} : std::nullopt;
  std::uint64_t number = 0;
  const auto* end = typed_.data() + typed_.size();
  const auto read = std::from_chars(typed_.data(), end, number);
  return read.ec == std::errc{} && read.ptr == end ? std::optional{number} : std::nullopt;
}

const v1::Contact* CallChoice::find(std::uint64_t call) const {
  const auto at = std::find_if(calls_.begin(), calls_.end(), [&](const auto& one) { return one.id() == call; });
  return at == calls_.end() ? nullptr : &*at;
}

Frame CallChoice::draw(core::Time now, Size room, const Paint& paint) const {
  const auto columns = static_cast<std::size_t>(room.columns);
  const auto rows = static_cast<std::size_t>(std::max(room.rows, 6)) - lines_around;
  const auto shown = matching();
  const auto mark = place_of_mark(shown);
  Frame lines{paint(Colour::bold, fmt::format(" CALLS IN PROGRESS   {} of {}{}", shown.size(), calls_.size(), more_ ? ", and others" : "")),
              fmt::format("   with {}▏", typed_),
              paint(Colour::dim, fmt::format("   {} {}  {} {} {} {}", right("CALL", 6), right("TALKING", 8), left("HANDLER", 10),
                                             left("QUEUE", 15), left("CALLER", 14), "LABELS"))};
  const auto middle = mark < shown.size() ? mark : 0;
  const auto first = shown.size() <= rows ? 0 : std::min(middle - std::min(middle, rows / 2), shown.size() - rows);
  for (std::size_t i = first; i < std::min(first + rows, shown.size()); ++i) {
    const auto line = (i == mark ? " ▶ " : "   ") + row(*shown[i], now, columns);
    lines.push_back(i == mark ? paint(Colour::inverse, left(line, columns)) : line);
  }
  if (shown.empty()) lines.push_back(paint(Colour::dim, known_ ? "   no call in progress has that in it" : "   asking the engine …"));
  else if (shown.size() > rows) lines.push_back(paint(Colour::dim, fmt::format("   {} more: type a handler, a queue or a number", shown.size() - rows)));
  return lines;
}

}  // namespace pledge::view
