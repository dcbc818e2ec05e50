#pragma once
// Digest authentication (RFC 7616 with RFC 8760's use in SIP): MD5 and SHA-256, qop=auth, and RFC 2069 style without
// qop for old phones. Header values in, header values out. Time and random bytes are passed in.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/types.hpp"

namespace pledge::signalling {

enum class DigestAlgorithm : std::uint8_t { md5, sha256 };
std::string_view name(DigestAlgorithm algorithm);  // "MD5", "SHA-256"

// H(user:realm:secret) in hex: what is kept of a secret.
std::string digest_ha1(DigestAlgorithm algorithm, std::string_view user, std::string_view realm,
                       std::string_view secret);

// The parameters of "Digest a=b, c=\"d\"", names in lower case, values unquoted.
using DigestParameters = std::map<std::string, std::string, std::less<>>;
// Nothing if the scheme is another, the text is malformed, a parameter comes twice, or there are more than 32.
std::optional<DigestParameters> parse_digest(std::string_view header_value);

// ---- the side that asks --------------------------------------------------------------------------------------------

struct DigestServerOptions {
  std::string realm = "pledge";
  bool sha256 = true;
  bool md5 = true;                                        // offered after SHA-256: most desk phones know nothing else
  core::Duration nonce_life = std::chrono::seconds(300);  // an older nonce gets stale=true and a new one
  std::size_t counters = 20'000;  // nonces in use whose count is remembered; one a phone, some turn over
};

enum class DigestVerdict : std::uint8_t {
  accepted,
  missing,    // no usable credentials for our realm: 401 with challenges
  stale,      // right secret, old nonce or a count seen before: 401 with challenges(stale)
  wrong,      // unknown user or wrong secret: 401 with challenges; count it
  malformed,  // contradicts the request or itself: 400
};
std::string_view name(DigestVerdict verdict);
struct DigestResult {
  DigestVerdict verdict = DigestVerdict::missing;
  std::string user;  // as claimed; proven only when accepted
  std::string why;   // for the log
};

struct DigestRequest {
  std::string_view method;
  std::string_view uri;                       // Request-URI as received
  std::vector<std::string_view> credentials;  // values of Authorization (or Proxy-Authorization), in order
};

// Nonces are stateless (time, serial, HMAC); only the count of nonces that proved a secret is kept, so that strangers
// cannot fill the table. When the table is full the oldest nonce is forgotten and everything as old is stale.
class DigestServer {
 public:
  // `key`: at least 16 random bytes, new at each start.
  DigestServer(DigestServerOptions options, std::string key);

  // Values for WWW-Authenticate, one each, SHA-256 first (RFC 8760 §2.3).
  std::vector<std::string> challenges(core::Time now, bool stale = false);

  // HA1 in hex of a user for an algorithm; nothing for an unknown user.
  using Lookup = std::function<std::optional<std::string>(std::string_view user, DigestAlgorithm algorithm)>;
  DigestResult verify(core::Time now, const DigestRequest& request, const Lookup& lookup);

 private:
  bool offered(DigestAlgorithm algorithm) const;
  DigestResult check(core::Time now, const DigestRequest& request, const DigestParameters& given, const Lookup& lookup);
  bool fresh(core::Time now, const std::string& nonce) const;
  bool count(core::Time now, const std::string& nonce, std::uint32_t nc);
  std::string make_nonce(core::Time now);
  std::string seal(std::string_view text) const;

  DigestServerOptions options_;
  std::string key_;
  std::uint64_t serial_ = 0;
  std::map<std::string, std::uint32_t> counts_;  // nonce -> highest count seen; nonces sort by age
  std::string floor_;                            // nonces not above it are stale
};

// ---- the side that is asked ----------------------------------------------------------------------------------------

struct DigestCredentials {
  std::string user;
  std::string secret;
};
// Value for Authorization (401) or Proxy-Authorization (407): answers the topmost challenge that can be answered
// (RFC 8760 §2.4), preferring qop=auth. `cnonce`: random, fresh, printable without quotes. `count`: how often this
// nonce is used, from 1. Nothing if no challenge is usable.
std::optional<std::string> answer_challenge(const std::vector<std::string_view>& challenges,
                                            const DigestCredentials& credentials, std::string_view method,
                                            std::string_view uri, std::string_view cnonce, std::uint32_t count = 1);

}  // namespace pledge::signalling
