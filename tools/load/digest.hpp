#pragma once
// The answer to a digest challenge (RFC 7616, RFC 8760: MD5 and SHA-256, qop=auth).
#include <string>
#include <string_view>

namespace pledge::load {

struct DigestAsked {
  std::string_view challenge;  // the value of WWW-Authenticate
  std::string_view method, uri, user, secret;
  std::string_view cnonce;
};
// The value of Authorization; empty when the challenge is of a kind not known here.
std::string digest_answer(const DigestAsked& asked);

}  // namespace pledge::load
