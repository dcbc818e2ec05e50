#include "sip/signalling/sdp.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

constexpr std::string_view direction_names[] = {"sendrecv", "sendonly", "recvonly", "inactive"};

std::optional<Direction> to_direction(std::string_view name) {
  for (std::size_t i = 0; i < std::size(direction_names); ++i)
    if (name == direction_names[i]) return static_cast<Direction>(i);
  return std::nullopt;
}

// "IN IP4 host[/ttl[/count]]"
std::optional<SdpAddress> to_address(std::string_view text) {
  const auto net = text::next_word(text), family = text::next_word(text);
  const auto host = text::split(text::next_word(text), '/').first;
  const bool ipv6 = text::iequals(family, "IP6");
  if (!text::iequals(net, "IN") || (!ipv6 && !text::iequals(family, "IP4")) || host.empty()) return std::nullopt;
  return SdpAddress{ipv6, std::string(host)};
}

// "8 PCMA/8000[/1]"
std::optional<SdpRtpMap> to_rtpmap(std::string_view text) {
  const auto type = text::to_number<std::uint8_t>(text::next_word(text));
  const auto [encoding, rest] = text::split(text::next_word(text), '/');
  const auto [rate_text, channels_text] = text::split(rest, '/');
  const auto rate = text::to_number<std::uint32_t>(rate_text);
  const auto channels = channels_text.empty() ? 1u : text::to_number<std::uint32_t>(channels_text);
  if (!type || *type > 127 || encoding.empty() || !rate || !channels) return std::nullopt;
  return SdpRtpMap{*type, std::string(encoding), *rate, *channels};
}

std::optional<SdpFmtp> to_fmtp(std::string_view text) {
  const auto format = text::next_word(text);
  const auto parameters = text::trim(text);
  if (format.empty() || parameters.empty()) return std::nullopt;
  return SdpFmtp{std::string(format), std::string(parameters)};
}

// "53020[ IN IP4 192.0.2.1]"
std::optional<SdpRtcp> to_rtcp(std::string_view text) {
  const auto port = text::to_number<std::uint16_t>(text::next_word(text));
  if (!port || *port == 0) return std::nullopt;
  if (text::trim(text).empty()) return SdpRtcp{*port, std::nullopt};
  auto address = to_address(text);
  if (!address) return std::nullopt;
  return SdpRtcp{*port, std::move(address)};
}

class Parser {
 public:
  Parser(std::string_view text, const SdpLimits& limits) : rest_(text), limits_(limits) {}

  tl::expected<Sdp, SdpError> run() {
    if (rest_.size() > limits_.bytes) return fail("size", fmt::format("over {} bytes", limits_.bytes));
    if (rest_.find('\0') != std::string_view::npos) return fail("size", "contains a NUL byte");
    while (!rest_.empty()) {
      if (++line_ > limits_.lines) return fail("size", fmt::format("over {} lines", limits_.lines));
      if (auto fault = take_line(text::next_line(rest_))) return tl::unexpected(std::move(*fault));
    }
    if (line_ == 0) return fail("v=", "the description is empty");
    return std::move(sdp_);
  }

 private:
  using Fault = std::optional<SdpError>;

  tl::unexpected<SdpError> fail(std::string what, std::string why) const {
    return tl::unexpected(SdpError{line_, std::move(what), std::move(why)});
  }
  Fault fault(std::string what, std::string why) const { return SdpError{line_, std::move(what), std::move(why)}; }

  Fault take_line(std::string_view line) {
    if (line.size() > limits_.line_length) return fault("size", fmt::format("over {} bytes", limits_.line_length));
    if (line.find('\r') != std::string_view::npos) return fault("line", "CR without LF");
    if (line_ == 1) return line == "v=0" ? Fault{} : fault("v=", "the first line is not v=0");
    if (text::trim(line).empty()) return {};  // some gateways end with an empty line
    if (line.size() < 2 || line[1] != '=') return fault("line", "is not <letter>=<value>");
    return take_value(line[0], line.substr(2));
  }

  Fault take_value(char type, std::string_view value) {
    switch (type) {
      case 'm':
        return take_media(value);
      case 'c':
        return take_connection(value);
      case 'o':
        return media() ? Fault{} : take_origin(value);
      case 's':
        if (!media() && !value.empty()) sdp_.session_name = value;
        return {};
      case 'a':
        take_attribute(value);
        return {};
      case 'v':
        return fault("v=", "a second v= line");
      default:
        return {};  // t= of a call is "0 0"; b=, i=, k=, z= … tell the engine nothing
    }
  }

  Fault take_origin(std::string_view value) {
    const auto user = text::next_word(value), id = text::next_word(value), version = text::next_word(value);
    auto address = to_address(value);
    if (!address) return fault("o=", "is not <user> <id> <version> IN IP4|IP6 <address>");
    sdp_.origin = {std::string(user), std::string(id), std::string(version), std::move(*address)};
    return {};
  }

  Fault take_connection(std::string_view value) {
    auto address = to_address(value);
    if (!address) return fault("c=", "is not IN IP4|IP6 <address>");
    auto& place = media() ? media()->connection : sdp_.connection;
    if (!place) place = std::move(address);  // more than one is for layered multicast
    return {};
  }

  // "audio 49170[/2] RTP/AVP 8 0 101"
  Fault take_media(std::string_view value) {
    if (sdp_.media.size() == limits_.media) return fault("m=", fmt::format("over {} m-lines", limits_.media));
    SdpMedia line;
    line.media = text::next_word(value);
    const auto port = text::to_number<std::uint16_t>(text::split(text::next_word(value), '/').first);
    line.proto = text::next_word(value);
    if (!port) return fault("m=", "port is not a number up to 65535");
    line.port = *port;
    for (auto format = text::next_word(value); !format.empty(); format = text::next_word(value)) {
      if (line.formats.size() == limits_.formats) return fault("m=", fmt::format("over {} formats", limits_.formats));
      line.formats.emplace_back(format);
    }
    if (line.formats.empty()) return fault("m=", "is not <media> <port> <proto> <format> ...");
    sdp_.media.push_back(std::move(line));
    return {};
  }

  void take_attribute(std::string_view text) {
    const auto [name, value] = text::split(text, ':');
    if (name.empty()) return;
    if (const auto direction = to_direction(name); direction && value.empty()) {
      (media() ? media()->direction : sdp_.direction) = direction;
      return;
    }
    if (media() && take_media_attribute(name, value)) return;
    auto& place = media() ? media()->attributes : sdp_.attributes;
    place.push_back({std::string(name), std::string(value)});
  }

  // False: not one that is interpreted, or not readable; then it is kept as it came and means nothing.
  bool take_media_attribute(std::string_view name, std::string_view value) {
    auto& line = *media();
    if (name == "rtpmap") return append(line.rtpmap, to_rtpmap(value));
    if (name == "fmtp") return append(line.fmtp, to_fmtp(value));
    if (name == "ptime" && !line.ptime) return (line.ptime = text::to_number<std::uint32_t>(value)).has_value();
    if (name == "rtcp" && !line.rtcp) return (line.rtcp = to_rtcp(value)).has_value();
    return false;
  }

  template <class T>
  static bool append(std::vector<T>& list, std::optional<T> item) {
    if (item) list.push_back(std::move(*item));
    return item.has_value();
  }

  SdpMedia* media() { return sdp_.media.empty() ? nullptr : &sdp_.media.back(); }

  std::string_view rest_;
  const SdpLimits& limits_;
  std::size_t line_ = 0;
  Sdp sdp_;
};

using Out = fmt::memory_buffer;

template <class Format, class... Args>
void line(Out& out, const Format& format, const Args&... args) {
  fmt::format_to(std::back_inserter(out), format, args...);
  out.push_back('\r');
  out.push_back('\n');
}

std::string to_text(const SdpAddress& a) { return fmt::format("IN IP{} {}", a.ipv6 ? 6 : 4, a.host); }

void print_attributes(Out& out, const std::vector<SdpAttribute>& attributes) {
  for (const auto& a : attributes) line(out, FMT_COMPILE("a={}{}{}"), a.name, a.value.empty() ? "" : ":", a.value);
}

void print_rtpmap(Out& out, const SdpRtpMap& map) {
  const auto channels = map.channels == 1 ? std::string{} : fmt::format("/{}", map.channels);
  line(out, FMT_COMPILE("a=rtpmap:{} {}/{}{}"), map.payload_type, map.encoding, map.clock_rate, channels);
}

void print_media(Out& out, const SdpMedia& media) {
  line(out, FMT_COMPILE("m={} {} {} {}"), media.media, media.port, media.proto, fmt::join(media.formats, " "));
  if (media.connection) line(out, FMT_COMPILE("c={}"), to_text(*media.connection));
  for (const auto& map : media.rtpmap) print_rtpmap(out, map);
  for (const auto& f : media.fmtp) line(out, FMT_COMPILE("a=fmtp:{} {}"), f.format, f.parameters);
  if (media.ptime) line(out, FMT_COMPILE("a=ptime:{}"), *media.ptime);
  if (media.rtcp) {
    const auto address = media.rtcp->address ? " " + to_text(*media.rtcp->address) : std::string{};
    line(out, FMT_COMPILE("a=rtcp:{}{}"), media.rtcp->port, address);
  }
  if (media.direction) line(out, FMT_COMPILE("a={}"), name(*media.direction));
  print_attributes(out, media.attributes);
}

}  // namespace

std::string_view name(Direction direction) { return direction_names[static_cast<std::size_t>(direction)]; }

std::string to_string(const SdpError& error) {
  if (error.line == 0) return fmt::format("{}: {}", error.what, error.why);
  return fmt::format("line {}: {}: {}", error.line, error.what, error.why);
}

const SdpAddress* Sdp::connection_of(const SdpMedia& line) const {
  if (line.connection) return &*line.connection;
  return connection ? &*connection : nullptr;
}

Direction Sdp::direction_of(const SdpMedia& line) const {
  return line.direction.value_or(direction.value_or(Direction::sendrecv));
}

tl::expected<Sdp, SdpError> parse_sdp(std::string_view text, const SdpLimits& limits) {
  return Parser(text, limits).run();
}

std::string print_sdp(const Sdp& sdp) {
  Out out;
  const auto& o = sdp.origin;
  line(out, FMT_COMPILE("v=0"));
  line(out, FMT_COMPILE("o={} {} {} {}"), o.username, o.session_id, o.version, to_text(o.address));
  line(out, FMT_COMPILE("s={}"), sdp.session_name);
  if (sdp.connection) line(out, FMT_COMPILE("c={}"), to_text(*sdp.connection));
  line(out, FMT_COMPILE("t=0 0"));
  if (sdp.direction) line(out, FMT_COMPILE("a={}"), name(*sdp.direction));
  print_attributes(out, sdp.attributes);
  for (const auto& media : sdp.media) print_media(out, media);
  return fmt::to_string(out);
}

}  // namespace pledge::signalling
