#pragma once
// Bodies (RFC 2046 §5.1, RFC 5621): which part is the SDP, and the others raw. Bounded in size, number and depth;
// nothing here is ever given to the SIP library's own splitter.
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/facts.hpp"

namespace pledge::signalling {

struct MultipartLimits {
  std::size_t bytes = 65536;        // whole body: what one UDP datagram can carry; PIDF-LO and eCall stay below 10 kB
  std::size_t parts = 16;           // leaves, at any depth; emergency calls bring SDP, location and a few data blocks
  std::size_t depth = 2;            // multipart inside multipart: RFC 5621 §4 wants one, mixed(alternative) is seen
  std::size_t header_bytes = 2048;  // header block of one part
};

struct Body {
  std::optional<std::string> sdp;     // the session's description, if any
  std::vector<core::BodyPart> parts;  // everything else, in order
};

struct BodyError {
  std::string what;  // "boundary", "size", "parts", "depth", "header"
  std::string why;
};
std::string to_string(const BodyError& error);

// `content_type` is the header's value ("application/sdp", "multipart/mixed;boundary=abc"). A missing final delimiter
// is tolerated: the last part then ends with the body. Of several SDP parts the first is taken, within
// multipart/alternative the last (RFC 2046 §5.1.4); SDP whose Content-Disposition is not "session" is an ordinary part.
tl::expected<Body, BodyError> split_body(std::string_view content_type, std::string_view body,
                                         const MultipartLimits& limits = {});

// "multipart/mixed; boundary=x" -> "multipart/mixed", lower case.
std::string media_type(std::string_view content_type);

}  // namespace pledge::signalling
