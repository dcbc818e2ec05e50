#include "sip/signalling/digest.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdlib>

#include "sip/signalling/header.hpp"
#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

constexpr std::size_t most_parameters = 32;    // RFC 7616 defines 12
constexpr std::size_t time_digits = 16;        // hex, of a nonce's ns
constexpr std::size_t serial_digits = 16;      // hex
constexpr std::size_t seal_digits = 32;        // hex; half of HMAC-SHA-256 (RFC 2104 §5)
constexpr std::uint32_t used_up = UINT32_MAX;  // the count of a nonce answered without qop: good for one request

std::string to_hex(const unsigned char* bytes, std::size_t size) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(size * 2);
  for (std::size_t i = 0; i < size; ++i) (out += digits[bytes[i] >> 4]) += digits[bytes[i] & 15];
  return out;
}

std::string hash(DigestAlgorithm algorithm, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  const auto* type = algorithm == DigestAlgorithm::md5 ? EVP_md5() : EVP_sha256();
  if (EVP_Digest(text.data(), text.size(), bytes.data(), &size, type, nullptr) != 1) {
    // A provider without MD5 (FIPS): nothing equals the empty hash, so such credentials never pass.
    return {};
  }
  return to_hex(bytes.data(), size);
}

bool equal(std::string_view a, std::string_view b) {
  return !a.empty() && a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<DigestAlgorithm> to_algorithm(std::string_view text) {
  if (text.empty() || text::iequals(text, "MD5")) return DigestAlgorithm::md5;  // RFC 7616 §3.4: absent is MD5
  if (text::iequals(text, "SHA-256")) return DigestAlgorithm::sha256;
  return std::nullopt;
}

std::string_view get(const DigestParameters& parameters, std::string_view name) {
  const auto at = parameters.find(name);
  return at == parameters.end() ? std::string_view{} : std::string_view(at->second);
}

// RFC 7616 §3.4.1; without qop as in RFC 2069.
std::string response(DigestAlgorithm algorithm, std::string_view ha1, const DigestParameters& p,
                     std::string_view method) {
  const auto ha2 = hash(algorithm, fmt::format("{}:{}", method, get(p, "uri")));
  if (get(p, "qop").empty()) return hash(algorithm, fmt::format("{}:{}:{}", ha1, get(p, "nonce"), ha2));
  return hash(algorithm, fmt::format("{}:{}:{}:{}:{}:{}", ha1, get(p, "nonce"), get(p, "nc"), get(p, "cnonce"),
                                     get(p, "qop"), ha2));
}

std::optional<std::uint32_t> to_count(std::string_view text) {
  std::uint32_t value = 0;
  if (text.size() != 8) return std::nullopt;
  for (const char c : text) {
    if (text::hex_value(c) < 0) return std::nullopt;
    value = value * 16 + static_cast<std::uint32_t>(text::hex_value(c));
  }
  return value;
}

bool offers_auth(std::string_view qop) {
  for (const auto option : split_list(qop))
    if (text::iequals(option, "auth")) return true;
  return false;
}

}  // namespace

std::string_view name(DigestAlgorithm algorithm) { return algorithm == DigestAlgorithm::md5 ? "MD5" : "SHA-256"; }

std::string_view name(DigestVerdict verdict) {
  constexpr std::string_view names[] = {"accepted", "missing", "stale", "wrong", "malformed"};
  return names[static_cast<std::size_t>(verdict)];
}

std::string digest_ha1(DigestAlgorithm algorithm, std::string_view user, std::string_view realm,
                       std::string_view secret) {
  return hash(algorithm, fmt::format("{}:{}:{}", user, realm, secret));
}

std::optional<DigestParameters> parse_digest(std::string_view header_value) {
  header_value = text::trim(header_value);
  if (!text::iequals(text::next_word(header_value), "Digest")) return std::nullopt;
  DigestParameters out;
  for (const auto item : split_list(header_value, most_parameters + 1)) {
    const auto [name, value] = text::split(item, '=');
    if (!text::is_token_text(text::trim(name)) || out.size() == most_parameters) return std::nullopt;
    if (!out.emplace(text::to_lower(text::trim(name)), unquote(text::trim(value))).second) return std::nullopt;
  }
  return out;
}

DigestServer::DigestServer(DigestServerOptions options, std::string key)
    : options_(std::move(options)), key_(std::move(key)) {
  if (key_.size() < 16 || options_.counters == 0) {
    fmt::print(stderr, "digest: the key has under 16 bytes, or no counters are allowed\n");
    std::abort();
  }
}

std::string DigestServer::seal(std::string_view text) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), bytes.data(), &size);
  return to_hex(bytes.data(), size).substr(0, seal_digits);
}

std::string DigestServer::make_nonce(core::Time now) {
  auto text = fmt::format("{:016x}{:016x}", static_cast<std::uint64_t>(now.ns), ++serial_);
  return text + seal(text);
}

// Whether we made it within its life. Age decides only after the seal is right.
bool DigestServer::fresh(core::Time now, const std::string& nonce) const {
  constexpr std::size_t text_digits = time_digits + serial_digits;
  if (nonce.size() != text_digits + seal_digits) return false;
  if (!equal(seal(std::string_view(nonce).substr(0, text_digits)), std::string_view(nonce).substr(text_digits)))
    return false;
  const core::Time made{static_cast<std::int64_t>(std::strtoull(nonce.substr(0, time_digits).c_str(), nullptr, 16))};
  return now - made <= options_.nonce_life && nonce > floor_;
}

// False: this count, or a higher one, was seen with the nonce.
bool DigestServer::count(core::Time now, const std::string& nonce, std::uint32_t nc) {
  const auto expired = fmt::format("{:016x}", static_cast<std::uint64_t>((now - options_.nonce_life).ns));
  while (!counts_.empty() && counts_.begin()->first < expired) counts_.erase(counts_.begin());
  auto& highest = counts_[nonce];
  if (nc <= highest) return false;
  highest = nc;
  if (counts_.size() > options_.counters) {
    floor_ = counts_.begin()->first;
    counts_.erase(counts_.begin());
  }
  return true;
}

bool DigestServer::offered(DigestAlgorithm algorithm) const {
  return algorithm == DigestAlgorithm::md5 ? options_.md5 : options_.sha256;
}

std::vector<std::string> DigestServer::challenges(core::Time now, bool stale) {
  std::vector<std::string> out;
  const auto nonce = make_nonce(now);
  for (const auto algorithm : {DigestAlgorithm::sha256, DigestAlgorithm::md5}) {
    if (!offered(algorithm)) continue;
    out.push_back(fmt::format("Digest realm={}, nonce=\"{}\", algorithm={}, qop=\"auth\"{}", quote(options_.realm),
                              nonce, name(algorithm), stale ? ", stale=true" : ""));
  }
  return out;
}

DigestResult DigestServer::verify(core::Time now, const DigestRequest& request, const Lookup& lookup) {
  for (const auto value : request.credentials) {
    const auto given = parse_digest(value);
    if (given && get(*given, "realm") == options_.realm) return check(now, request, *given, lookup);
  }
  return {DigestVerdict::missing, {}, "no credentials for this realm"};
}

DigestResult DigestServer::check(core::Time now, const DigestRequest& request, const DigestParameters& given,
                                 const Lookup& lookup) {
  const auto reply = [&](DigestVerdict verdict, std::string why) {
    return DigestResult{verdict, std::string(get(given, "username")), std::move(why)};
  };
  const auto algorithm = to_algorithm(get(given, "algorithm"));
  if (!algorithm || !offered(*algorithm))
    return reply(DigestVerdict::missing, "algorithm not offered");
  const auto qop = get(given, "qop");
  const auto nc = qop.empty() ? std::optional(used_up) : to_count(get(given, "nc"));
  if (!qop.empty() && !text::iequals(qop, "auth")) return reply(DigestVerdict::missing, "qop not offered");
  if (!nc || *nc == 0 || (!qop.empty() && get(given, "cnonce").empty()))
    return reply(DigestVerdict::malformed, "nc or cnonce is missing or not a number");
  // RFC 7616 §3.4.6: what was signed must be what is asked.
  if (!text::iequals(get(given, "uri"), request.uri))
    return reply(DigestVerdict::malformed, "uri is not the request's");
  const auto ha1 = lookup(get(given, "username"), *algorithm);
  // An unknown user costs the same work as a known one.
  const auto expected = response(*algorithm, ha1.value_or(std::string(64, '0')), given, request.method);
  const bool proven = equal(expected, text::to_lower(get(given, "response"))) && ha1.has_value();
  if (!proven) return reply(DigestVerdict::wrong, ha1 ? "wrong secret" : "unknown user");
  const std::string nonce(get(given, "nonce"));
  if (!fresh(now, nonce)) return reply(DigestVerdict::stale, "nonce expired or not ours");
  if (!count(now, nonce, *nc)) return reply(DigestVerdict::stale, "nonce count used before");
  return reply(DigestVerdict::accepted, {});
}

namespace {

// Nothing if this challenge asks for something that we do not do.
std::optional<std::string> answer_one(const DigestParameters& challenge, const DigestCredentials& credentials,
                                      std::string_view method, DigestParameters ours) {
  auto algorithm_text = get(challenge, "algorithm");
  const bool session =
      algorithm_text.size() > 5 && text::iequals(algorithm_text.substr(algorithm_text.size() - 5), "-sess");
  const auto algorithm = to_algorithm(algorithm_text.substr(0, algorithm_text.size() - (session ? 5 : 0)));
  const auto qop = get(challenge, "qop");
  if (!algorithm || get(challenge, "nonce").empty() || (!qop.empty() && !offers_auth(qop))) return std::nullopt;
  ours["nonce"] = get(challenge, "nonce");
  if (!qop.empty()) ours["qop"] = "auth";
  const auto realm = get(challenge, "realm");
  auto ha1 = digest_ha1(*algorithm, credentials.user, realm, credentials.secret);
  if (session) ha1 = hash(*algorithm, fmt::format("{}:{}:{}", ha1, ours["nonce"], ours["cnonce"]));
  auto out =
      fmt::format("Digest username={}, realm={}, nonce={}, uri={}, response=\"{}\"", quote(credentials.user),
                  quote(realm), quote(ours["nonce"]), quote(ours["uri"]), response(*algorithm, ha1, ours, method));
  if (!algorithm_text.empty()) out += fmt::format(", algorithm={}", algorithm_text);
  if (!qop.empty()) out += fmt::format(", qop=auth, nc={}, cnonce={}", ours["nc"], quote(ours["cnonce"]));
  else if (session) out += fmt::format(", cnonce={}", quote(ours["cnonce"]));
  if (challenge.contains("opaque")) out += fmt::format(", opaque={}", quote(get(challenge, "opaque")));
  return out;
}

}  // namespace

std::optional<std::string> answer_challenge(const std::vector<std::string_view>& challenges,
                                            const DigestCredentials& credentials, std::string_view method,
                                            std::string_view uri, std::string_view cnonce, std::uint32_t count) {
  for (const auto value : challenges) {
    const auto challenge = parse_digest(value);
    if (!challenge) continue;
    DigestParameters ours{
        {"uri", std::string(uri)}, {"cnonce", std::string(cnonce)}, {"nc", fmt::format("{:08x}", count)}};
    if (auto answer = answer_one(*challenge, credentials, method, std::move(ours))) return answer;
  }
  return std::nullopt;
}

}  // namespace pledge::signalling
