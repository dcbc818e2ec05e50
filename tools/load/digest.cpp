#include "tools/load/digest.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include "tools/load/sip_text.hpp"

namespace pledge::load {
namespace {

constexpr std::string_view first_use = "00000001";  // a nonce is used once here

std::string hex_digest(const EVP_MD* algorithm, std::string_view text) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), bytes, &size, algorithm, nullptr) != 1) return {};
  std::string out;
  for (unsigned int i = 0; i < size; ++i) out += fmt::format("{:02x}", bytes[i]);
  return out;
}

}  // namespace

std::string digest_answer(const DigestAsked& asked) {
  if (!asked.challenge.starts_with("Digest ")) return {};
  const bool sha256 = asked.challenge.find("SHA-256") != std::string_view::npos;
  const auto* algorithm = sha256 ? EVP_sha256() : EVP_md5();
  const auto realm = quoted(asked.challenge, "realm"), nonce = quoted(asked.challenge, "nonce");
  const auto opaque = quoted(asked.challenge, "opaque");
  const bool qop = asked.challenge.find("qop=") != std::string_view::npos;
  const auto secret = hex_digest(algorithm, fmt::format("{}:{}:{}", asked.user, realm, asked.secret));
  const auto what = hex_digest(algorithm, fmt::format("{}:{}", asked.method, asked.uri));
  const auto middle = qop ? fmt::format("{}:{}:{}:auth", nonce, first_use, asked.cnonce) : std::string{nonce};
  const auto response = hex_digest(algorithm, fmt::format("{}:{}:{}", secret, middle, what));
  auto out = fmt::format(R"(Digest username="{}", realm="{}", nonce="{}", uri="{}", response="{}", algorithm={})",
                         asked.user, realm, nonce, asked.uri, response, sha256 ? "SHA-256" : "MD5");
  if (qop) out += fmt::format(R"(, qop=auth, nc={}, cnonce="{}")", first_use, asked.cnonce);
  if (!opaque.empty()) out += fmt::format(R"(, opaque="{}")", opaque);
  return out;
}

}  // namespace pledge::load
