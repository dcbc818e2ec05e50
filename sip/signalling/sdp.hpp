#pragma once
// Session descriptions (RFC 8866): our own bounded parser and printer. Nothing of the network's SDP ever reaches the
// SIP library. Liberal where a call would be lost for nothing (bare LF, unknown lines and attributes, o=, s= or t=
// missing, lines out of order within their section), strict where guessing would send audio astray (v=, c=, m=).
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace pledge::signalling {

struct SdpLimits {
  std::size_t bytes = 16384;       // whole description; a browser's longest audio offers are about 8 kB
  std::size_t lines = 512;         // same reason
  std::size_t line_length = 2048;  // bytes; ICE and fingerprint lines stay below 300
  std::size_t media = 16;          // m-lines; each must be answered, so this bounds our answer too
  std::size_t formats = 64;        // formats of one m-line; payload types end at 127, real offers at about 20
};

// `line` counts from 1; 0 means the description as a whole.
struct SdpError {
  std::size_t line = 0;
  std::string what;  // the part at fault: "m=", "c=", "size"
  std::string why;
};
std::string to_string(const SdpError& error);  // "line 6: m=: port is not a number up to 65535"

enum class Direction : std::uint8_t { sendrecv, sendonly, recvonly, inactive };
std::string_view name(Direction direction);

// What "IN IP4 192.0.2.1" says. A multicast TTL or count ("/127") is dropped: multicast is never used.
struct SdpAddress {
  bool ipv6 = false;
  std::string host;  // an address, or a name (RFC 8866 allows one)
  friend bool operator==(const SdpAddress&, const SdpAddress&) = default;
};

struct SdpOrigin {
  std::string username = "-";
  std::string session_id = "0";  // text, because peers send more than 64 bits
  std::string version = "0";
  SdpAddress address{false, "0.0.0.0"};
  friend bool operator==(const SdpOrigin&, const SdpOrigin&) = default;
};

struct SdpAttribute {
  std::string name;
  std::string value;  // empty for a property attribute ("a=rtcp-mux")
  friend bool operator==(const SdpAttribute&, const SdpAttribute&) = default;
};

struct SdpRtpMap {
  std::uint8_t payload_type = 0;
  std::string encoding;  // as written; compare without regard to case
  std::uint32_t clock_rate = 8000;
  std::uint32_t channels = 1;
  friend bool operator==(const SdpRtpMap&, const SdpRtpMap&) = default;
};

struct SdpFmtp {
  std::string format;
  std::string parameters;
  friend bool operator==(const SdpFmtp&, const SdpFmtp&) = default;
};

struct SdpRtcp {  // RFC 3605
  std::uint16_t port = 0;
  std::optional<SdpAddress> address;
  friend bool operator==(const SdpRtcp&, const SdpRtcp&) = default;
};

struct SdpMedia {
  std::string media;  // "audio"
  std::uint16_t port = 0;
  std::string proto;  // "RTP/AVP"
  std::vector<std::string> formats;
  std::optional<SdpAddress> connection;
  std::optional<Direction> direction;
  std::optional<std::uint32_t> ptime;  // ms
  std::optional<SdpRtcp> rtcp;
  std::vector<SdpRtpMap> rtpmap;
  std::vector<SdpFmtp> fmtp;
  std::vector<SdpAttribute> attributes;  // the others, and any of the above that could not be read
  friend bool operator==(const SdpMedia&, const SdpMedia&) = default;
};

struct Sdp {
  SdpOrigin origin;
  std::string session_name = "-";
  std::optional<SdpAddress> connection;
  std::optional<Direction> direction;
  std::vector<SdpAttribute> attributes;
  std::vector<SdpMedia> media;
  friend bool operator==(const Sdp&, const Sdp&) = default;

  // The media level's own, else the session's (RFC 8866 §5.7; RFC 3264 §5.1: sendrecv when neither says).
  const SdpAddress* connection_of(const SdpMedia& line) const;
  Direction direction_of(const SdpMedia& line) const;
};

tl::expected<Sdp, SdpError> parse_sdp(std::string_view text, const SdpLimits& limits = {});
// CRLF lines. parse_sdp(print_sdp(s)) == s for every s that parse_sdp returned.
std::string print_sdp(const Sdp& sdp);

}  // namespace pledge::signalling
