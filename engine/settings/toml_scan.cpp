#include "settings/toml_scan.hpp"

#include <fmt/format.h>

namespace pledge::settings {

namespace {

constexpr int most_parts = 32;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Of one UTF-8 character; 0xFFFFFFFF if there is none.
std::uint32_t code_point(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes.front());
  const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  if (lead < 0xC2 || lead > 0xF4 || bytes.size() <= more) return 0xFFFFFFFF;
  std::uint32_t value = lead & (0x3F >> more);
  for (std::size_t i = 1; i <= more; ++i) {
    if (!continues(bytes[i])) return 0xFFFFFFFF;
    value = value << 6 | (static_cast<unsigned char>(bytes[i]) & 0x3F);
  }
  return value;
}

// Most come from a word processor.
std::string_view remedy_for(std::uint32_t character) {
  switch (character) {
    case 0x00A0:
    case 0x2009:
    case 0x202F:
    case 0x3000: return "write an ordinary space";
    case 0x200B:
    case 0x200C:
    case 0x200D:
    case 0x2060:
    case 0xFEFF: return "delete it: it cannot be seen";
    case 0x2018:
    case 0x2019:
    case 0x201C:
    case 0x201D: return "write straight quotes: \"";
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2212: return "write an ordinary hyphen: -";
    case 0xFFFFFFFF: return "save the file as UTF-8";
    default: return "put the text in quotes, or write it with ordinary letters";
  }
}

// Knows just enough of TOML to tell strings and comments from the rest. Where the text is not TOML it may lose its way
// only after the place at which the library stops reading.
class Scan {
 public:
  Scan(const std::string& name, std::string_view text) : text_(text), at_{name, 1, 1} {
    if (text.starts_with(byte_order_mark)) next_ = byte_order_mark.size();
  }
  std::optional<Fault> run();

 private:
  enum class In { nothing, comment, string };

  char now() const { return text_[next_]; }
  void pass(std::size_t bytes = 1);
  std::optional<Fault> outside();
  std::optional<Fault> inside_string();
  void open_string();
  bool close_string();
  std::optional<Fault> escape();
  std::optional<Fault> count_parts();
  Fault foreign(std::string_view where) const;

  std::string_view text_;
  std::size_t next_ = 0;
  Place at_;
  In in_ = In::nothing;
  char quote_ = 0;         // of the string
  bool several_ = false;   // lines: """ or '''
  bool part_ = false;      // the string is a part of a dotted key; after it the library looks at each character
  char before_ = '\n';     // the character before, outside strings
  int parts_ = 0;
};

void Scan::pass(std::size_t bytes) {
  for (; bytes > 0 && next_ < text_.size(); --bytes, ++next_) {
    if (now() == '\n') ++at_.line, at_.column = 1;
    else if (!continues(now())) ++at_.column;
  }
}

std::optional<Fault> Scan::run() {
  while (next_ < text_.size()) {
    std::optional<Fault> fault;
    switch (in_) {
      case In::nothing: fault = outside(); break;
      case In::string: fault = inside_string(); break;
      case In::comment:
        if (now() == '\n') in_ = In::nothing, before_ = '\n';
        pass();
        break;
    }
    if (fault) return fault;
  }
  return std::nullopt;
}

std::optional<Fault> Scan::outside() {
  const char c = now();
  if (!ascii(c)) return foreign("outside of quotes");
  if (auto fault = count_parts()) return fault;
  // After anything else a quote is a fault, and the library looks at what follows it as if it were none.
  const bool may_open = std::string_view{" \t\r\n=,[{."}.find(before_) != std::string_view::npos;
  if ((c == '"' || c == '\'') && may_open) {
    open_string();
    return std::nullopt;
  }
  if (c == '#') in_ = In::comment;
  before_ = c;
  pass();
  return std::nullopt;
}

std::optional<Fault> Scan::count_parts() {
  if (now() == '.' && ++parts_ > most_parts)
    return Fault{Severity::error, at_, "a key with more than 32 parts", "no option lies so deep", "correct the key"};
  if (std::string_view{"\n=,{[]}#"}.find(now()) != std::string_view::npos) parts_ = 0;
  return std::nullopt;
}

void Scan::open_string() {
  const std::string_view three = text_.substr(next_, 3);
  quote_ = now();
  several_ = three.size() == 3 && three[1] == quote_ && three[2] == quote_;
  part_ = before_ == '.';
  before_ = quote_;
  in_ = In::string;
  pass(several_ ? 3 : 1);
}

std::optional<Fault> Scan::inside_string() {
  const char c = now();
  if (part_ && !ascii(c)) return foreign("in a key");
  if (c == quote_ && close_string()) {
    in_ = In::nothing;
    return std::nullopt;
  }
  if (c == '\\' && quote_ == '"') return escape();
  if (c == '\n' && !several_) in_ = In::nothing, before_ = '\n', parts_ = 0;
  pass();
  return std::nullopt;
}

// Three quotes end a string of several lines; up to two before them belong to it.
bool Scan::close_string() {
  std::size_t quotes = 1;
  while (several_ && quotes < 5 && next_ + quotes < text_.size() && text_[next_ + quotes] == quote_) ++quotes;
  const bool closes = !several_ || quotes >= 3;
  if (closes) pass(quotes);
  return closes;
}

// In a string of several lines a backslash at the end of a line takes the white space after it away, and the library asks
// of the next character whether it is such.
std::optional<Fault> Scan::escape() {
  pass();
  if (next_ >= text_.size()) return std::nullopt;
  if (!several_ || std::string_view{" \t\r\n"}.find(now()) == std::string_view::npos) {
    if (!ascii(now())) return foreign("after a backslash");
    if (now() != '\n') pass();
    return std::nullopt;
  }
  while (next_ < text_.size() && std::string_view{" \t\r\n"}.find(now()) != std::string_view::npos) pass();
  if (next_ < text_.size() && !ascii(now())) return foreign("after a backslash at the end of a line");
  return std::nullopt;
}

Fault Scan::foreign(std::string_view where) const {
  const std::uint32_t character = code_point(text_.substr(next_));
  const auto what = character == 0xFFFFFFFF
                        ? fmt::format("a byte that is no character (0x{:02X}) {}", static_cast<unsigned char>(now()), where)
                        : fmt::format("the character U+{:04X} {}", character, where);
  return {Severity::error, at_, what, "other than ASCII characters stand in quoted texts and comments only",
          std::string{remedy_for(character)}};
}

}  // namespace

std::optional<Fault> unfit_for_library(const std::string& name, std::string_view text) { return Scan{name, text}.run(); }

}  // namespace pledge::settings
