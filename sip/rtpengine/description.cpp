#include "sip/rtpengine/description.hpp"

#include <fmt/format.h>

#include <charconv>

namespace pledge::rtpengine {
namespace {

std::string_view family(const std::string& ip) { return ip.find(':') == std::string::npos ? "IP4" : "IP6"; }

// RFC 4566 §6. What we may not send, the peer does not receive.
std::string_view direction(bool sends, bool receives) {
  if (sends) return receives ? "sendrecv" : "sendonly";
  return receives ? "recvonly" : "inactive";
}

std::string head(const std::string& ip, std::uint16_t port) {
  return fmt::format("v=0\r\no=- 1 1 IN {0} {1}\r\ns=-\r\nc=IN {0} {1}\r\nt=0 0\r\nm=audio {2} RTP/AVP", family(ip), ip, port);
}

std::string_view after(std::string_view line, std::string_view beginning) {
  return line.starts_with(beginning) ? line.substr(beginning.size()) : std::string_view{};
}

std::string_view until_space(std::string_view text) { return text.substr(0, text.find(' ')); }

}  // namespace

std::string describe(const runtime::MediaAddress& at, const runtime::MediaFormat& format, bool peers) {
  std::string text = head(at.ip, at.port);
  text += fmt::format(" {}", format.payload_type);
  if (format.event_payload_type) text += fmt::format(" {}", *format.event_payload_type);
  const bool alaw = format.codec == runtime::AudioCodec::pcma;
  text += fmt::format("\r\na=rtpmap:{} {}/8000\r\n", format.payload_type, alaw ? "PCMA" : "PCMU");
  if (format.event_payload_type) text += fmt::format("a=rtpmap:{} telephone-event/8000\r\n", *format.event_payload_type);
  if (at.rtcp_port != 0) text += fmt::format("a=rtcp:{}\r\n", at.rtcp_port);
  const auto flow = peers ? direction(format.receive, format.send) : direction(format.send, format.receive);
  return text + fmt::format("a={}\r\n", flow);
}

std::string describe_nothing() {
  constexpr std::uint16_t discard = 9;
  return head("127.0.0.1", discard) + " 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";
}

std::optional<runtime::MediaAddress> media_address(std::string_view description) {
  runtime::MediaAddress found;
  while (!description.empty()) {
    const auto end = description.find('\n');
    std::string_view line = description.substr(0, end);
    description.remove_prefix(end == std::string_view::npos ? description.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    for (const auto beginning : {"c=IN IP4 ", "c=IN IP6 "})
      if (const auto ip = after(line, beginning); !ip.empty()) found.ip = until_space(ip);
    if (const auto rest = after(line, "m=audio "); !rest.empty() && found.port == 0) {
      const auto port = until_space(rest);
      const auto [last, error] = std::from_chars(port.data(), port.data() + port.size(), found.port);
      if (error != std::errc{} || last != port.data() + port.size()) return std::nullopt;
    }
  }
  if (found.ip.empty() || found.port == 0) return std::nullopt;
  return found;
}

}  // namespace pledge::rtpengine
