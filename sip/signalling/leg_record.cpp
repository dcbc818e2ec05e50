#include "sip/signalling/leg_record.hpp"

#include <fmt/format.h>

#include <array>
#include <tuple>
#include <type_traits>
#include <utility>

#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

using runtime::AudioCodec;
using runtime::MediaFormat;
using runtime::SourcePolicy;

constexpr std::string_view head = "leg 1";  // of this version

constexpr std::array<std::string_view, 2> roles{"caller", "phone"};
constexpr std::array<std::string_view, 3> states{"early", "answered", "confirmed"};
constexpr std::array<std::string_view, 2> codecs{"pcmu", "pcma"};
constexpr std::array<std::string_view, 2> policies{"signalled", "nat"};
constexpr std::array<std::string_view, 3> refreshers{"none", "us", "peer"};
constexpr std::array<std::string_view, 2> flags{"no", "yes"};

template <class Enum, std::size_t Count>
bool choose(const std::array<std::string_view, Count>& names, std::string_view text, Enum& value) {
  for (std::size_t i = 0; i < Count; ++i)
    if (names[i] == text) return value = static_cast<Enum>(i), true;
  return false;
}

template <class Enum, std::size_t Count>
std::string_view name_of(const std::array<std::string_view, Count>& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

template <class Number>
bool take_number(std::string_view text, Number& value) {
  const auto number = text::to_number<Number>(text);
  if (number) value = *number;
  return number.has_value();
}

constexpr bool must_escape(char c) { return (static_cast<unsigned char>(c) < ' ') | (c == 0x7f) | (c == '%'); }

std::string escaped(std::string_view value) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : value) {
    if (!must_escape(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    (out += '%') += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

// ---- fields of more than one word ------------------------------------------------------------------------------------

void add_word(std::string& out, std::string_view word) {
  if (!out.empty()) out += ' ';
  out += word;
}
void add_number(std::string& out, std::uint64_t number) {
  const fmt::format_int text(number);
  add_word(out, {text.data(), text.size()});
}

std::string to_text(const MediaFormat& format) {
  std::string out;
  out.reserve(64);
  add_word(out, name_of(codecs, format.codec));
  add_number(out, format.payload_type);
  if (format.event_payload_type) add_number(out, *format.event_payload_type);
  else add_word(out, "-");
  add_word(out, name_of(flags, format.send));
  add_word(out, name_of(flags, format.receive));
  add_word(out, name_of(policies, format.source));
  add_number(out, format.remote.port);
  add_number(out, format.remote.rtcp_port);
  add_word(out, format.remote.ip);
  return out;
}

bool from_text(std::string_view text, MediaFormat& format) {
  bool good = choose(codecs, text::next_word(text), format.codec);
  good = good && take_number(text::next_word(text), format.payload_type);
  if (const auto events = text::next_word(text); events != "-")
    good = good && take_number(events, format.event_payload_type.emplace());
  good = good && choose(flags, text::next_word(text), format.send);
  good = good && choose(flags, text::next_word(text), format.receive);
  good = good && choose(policies, text::next_word(text), format.source);
  good = good && take_number(text::next_word(text), format.remote.port);
  good = good && take_number(text::next_word(text), format.remote.rtcp_port);
  format.remote.ip = text::next_word(text);
  return good && !format.remote.ip.empty() && text.empty();
}

std::string to_text(const SessionTimer& timer) {
  std::string out(name_of(refreshers, timer.refresher));
  add_number(out, timer.expires);
  add_word(out, name_of(flags, timer.peer_supports));
  return out;
}

bool from_text(std::string_view text, SessionTimer& timer) {
  return choose(refreshers, text::next_word(text), timer.refresher) &&
         take_number(text::next_word(text), timer.expires) &&
         choose(flags, text::next_word(text), timer.peer_supports) && text.empty();
}

// ---- the fields, once for both ways ------------------------------------------------------------------------------------

template <class Codec, class Record>
void each_field(Codec& codec, Record& record) {
  codec.choice("role", record.role, roles);
  codec.choice("state", record.state, states);
  codec.value("id", record.call_id);
  codec.value("local", record.local_uri);
  codec.value("ltag", record.local_tag);
  codec.value("remote", record.remote_uri);
  codec.value("rtag", record.remote_tag);
  codec.value("lseq", record.local_cseq);
  codec.value("rseq", record.remote_cseq);
  codec.value("invite", record.invite_cseq);
  codec.value("branch", record.invite_branch);
  codec.list("via", record.invite_vias);
  codec.list("rset", record.routes);
  codec.value("target", record.target);
  codec.value("hops", record.hops);
  codec.value("on", record.listener);
  codec.value("peer", record.peer);
  codec.value("route", record.route);
  codec.value("nat", record.behind_nat);
  codec.value("srv", record.by_name);
  codec.value("trunk", record.trunk);
  codec.value("update", record.peer_allows_update);
  codec.value("ip", record.media_ip);
  codec.value("port", record.media_port);
  codec.value("sid", record.session_id);
  codec.value("ver", record.session_version);
  codec.list("m", record.lines);
  codec.value("audio", record.audio_line);
  codec.value("offer", record.offer_open);
  codec.value("early", record.offer_early);
  codec.optional("rtp", record.format);
  codec.value("timer", record.timer);
  codec.value("at", record.refreshed_at);
}

class Writer {
 public:
  Writer(std::string& out, bool escape) : out_(out), escape_(escape) {}

  std::size_t lines() const { return lines_; }

  template <class Enum, std::size_t Count>
  void choice(std::string_view key, Enum value, const std::array<std::string_view, Count>& names) {
    plain_line(key, name_of(names, value));
  }
  void value(std::string_view key, const std::string& text) {
    if (!text.empty()) line(key, text);
  }
  void value(std::string_view key, const SessionTimer& timer) {
    if (timer != SessionTimer{}) plain_line(key, to_text(timer));
  }
  template <class Number, class = std::enable_if_t<std::is_arithmetic_v<Number>>>
  void value(std::string_view key, Number number) {
    if (number == 0) return;
    const fmt::format_int text(static_cast<std::uint64_t>(number));
    plain_line(key, {text.data(), text.size()});
  }
  void list(std::string_view key, const std::vector<std::string>& values) {
    for (const auto& value : values) line(key, value);
  }
  void optional(std::string_view key, const std::optional<MediaFormat>& format) {
    if (format) line(key, to_text(*format));
  }

 private:
  // Of our own making: nothing to escape.
  void plain_line(std::string_view key, std::string_view value) {
    out_.append(key).append(1, ' ').append(value).append(1, '\n');
    ++lines_;
  }
  void line(std::string_view key, std::string_view value) {
    if (escape_) plain_line(key, escaped(value));
    else plain_line(key, value);
  }
  std::string& out_;
  bool escape_;
  std::size_t lines_ = 0;
};

// The number of its lines.
std::size_t write(const LegRecord& record, bool escape, std::string& out) {
  (out = head) += '\n';
  Writer writer(out, escape);
  each_field(writer, record);
  return 1 + writer.lines();
}

// Takes the lines in the order of the fields; a line that is not the next of any is left over, and so is a fault.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) { advance(); }

  template <class Enum, std::size_t Count>
  void choice(std::string_view key, Enum& value, const std::array<std::string_view, Count>& names) {
    if (key_ != key) return fail(key);
    take(key, [&] { return choose(names, value_, value); });
  }
  void value(std::string_view key, std::string& text) {
    take(key, [&] { return text = text::unescape(value_), !text.empty(); });
  }
  void value(std::string_view key, bool& flag) {
    take(key, [&] { return flag = true, value_ == "1"; });
  }
  void value(std::string_view key, SessionTimer& timer) {
    take(key, [&] { return from_text(value_, timer); });
  }
  template <class Number, class = std::enable_if_t<std::is_arithmetic_v<Number>>>
  void value(std::string_view key, Number& number) {
    take(key, [&] { return take_number(value_, number); });
  }
  void list(std::string_view key, std::vector<std::string>& values) {
    while (fault_.empty() && key_ == key)
      take(key, [&] { return values.push_back(text::unescape(value_)), true; });
  }
  void optional(std::string_view key, std::optional<MediaFormat>& format) {
    take(key, [&] { return from_text(text::unescape(value_), format.emplace()); });
  }
  const std::string& finish() {
    if (!key_.empty() || !value_.empty() || !rest_.empty()) fail(key_);
    return fault_;
  }

 private:
  template <class Parse>
  void take(std::string_view key, Parse parse) {
    if (!fault_.empty() || key_ != key) return;
    if (!parse()) return fail(key);
    advance();
  }
  void advance() {
    const auto line = text::next_line(rest_);
    std::tie(key_, value_) = text::split(line, ' ');
  }
  void fail(std::string_view key) {
    if (fault_.empty()) fault_ = fmt::format("line \"{}\"", text::printable(key.substr(0, 40)));
  }
  std::string_view rest_, key_, value_;
  std::string fault_;
};

}  // namespace

std::string encode(const LegRecord& record) {
  std::string out;
  out.reserve(768);  // one piece for nearly every leg
  const auto lines = write(record, false, out);
  // Hardly any value has one, and each line ends with one. Counted without a way out of the loop: many at a time.
  std::uint32_t special = 0;
  for (const char c : out) special += must_escape(c);
  if (special > lines) write(record, true, out);
  return out;
}

tl::expected<LegRecord, std::string> decode_leg_record(std::string_view text) {
  if (text.size() > leg_record_bytes) return tl::unexpected(std::string("too long"));
  if (text::next_line(text) != head) return tl::unexpected(std::string("not a leg of this version"));
  LegRecord record;
  Reader reader(text);
  each_field(reader, record);
  if (const auto& fault = reader.finish(); !fault.empty()) return tl::unexpected(fault);
  if (record.call_id.empty() || record.local_tag.empty()) return tl::unexpected(std::string("no dialog"));
  return record;
}

}  // namespace pledge::signalling
