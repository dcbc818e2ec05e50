#include "sip/signalling/digest.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>

namespace pledge::signalling {
namespace {

using namespace std::chrono_literals;
constexpr core::Time start{1'700'000'000'000'000'000};
constexpr const char* key = "0123456789abcdef";
constexpr const char* uri = "sip:pledge.example.com";

std::optional<std::string> lookup(std::string_view user, DigestAlgorithm algorithm) {
  if (user != "desk1") return std::nullopt;
  return digest_ha1(algorithm, user, "pledge", "secret");
}

std::vector<std::string_view> views(const std::vector<std::string>& values) { return {values.begin(), values.end()}; }

struct Phone {
  DigestCredentials credentials{"desk1", "secret"};
  std::string answer(const std::vector<std::string>& challenges, std::uint32_t count = 1,
                     std::string_view to = uri) const {
    return *answer_challenge(views(challenges), credentials, "REGISTER", to, "c0ffee", count);
  }
};

DigestVerdict verdict(DigestServer& server, core::Time now, const std::string& value) {
  return server.verify(now, {"REGISTER", uri, {value}}, lookup).verdict;
}

std::string without_qop(const std::string& nonce) {
  const auto challenge = fmt::format("Digest realm=\"pledge\", nonce=\"{}\"", nonce);
  return Phone{}.answer({challenge});
}

TEST_CASE("the worked examples of RFC 7616 §3.9.1 come out") {
  const std::string challenge =
      "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={}, "
      "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
  const auto answer = [&](std::string_view algorithm) {
    const auto value = fmt::format(fmt::runtime(challenge), algorithm);
    return *answer_challenge({value}, {"Mufasa", "Circle of Life"}, "GET", "/dir/index.html",
                             "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ");
  };
  CHECK(answer("MD5").find("response=\"8ca523f5e9506fed4657c9700eebdbec\"") != std::string::npos);
  CHECK(answer("SHA-256").find("response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\"") !=
        std::string::npos);
  CHECK(answer("MD5").find("opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"") != std::string::npos);
}

TEST_CASE("challenges: SHA-256 before MD5, MD5 only if allowed") {
  DigestServer both({}, key);
  const auto challenges = both.challenges(start);
  REQUIRE(challenges.size() == 2);
  CHECK(challenges[0].find("algorithm=SHA-256") != std::string::npos);
  CHECK(challenges[1].find("algorithm=MD5") != std::string::npos);
  CHECK(both.challenges(start, true)[0].find("stale=true") != std::string::npos);
  DigestServerOptions strict;
  strict.md5 = false;
  CHECK(DigestServer(strict, key).challenges(start).size() == 1);
  DigestServerOptions old_phones;  // some give up at an algorithm that they do not know
  old_phones.sha256 = false;
  const auto only = DigestServer(old_phones, key).challenges(start);
  REQUIRE(only.size() == 1);
  CHECK(only[0].find("algorithm=MD5") != std::string::npos);
}

TEST_CASE("a phone that knows its secret is accepted, with either algorithm") {
  DigestServer server({}, key);
  const auto challenges = server.challenges(start);
  CHECK(verdict(server, start + 1s, Phone{}.answer({challenges[0]})) == DigestVerdict::accepted);
  CHECK(verdict(server, start + 2s, Phone{}.answer({challenges[1]}, 2)) == DigestVerdict::accepted);
  const auto legacy = without_qop(parse_digest(server.challenges(start)[1])->at("nonce"));
  CHECK(verdict(server, start + 1s, legacy) == DigestVerdict::accepted);
  CHECK(verdict(server, start + 1s, legacy) == DigestVerdict::stale);
}

TEST_CASE("wrong secret, unknown user, no credentials, another realm or scheme") {
  DigestServer server({}, key);
  const auto challenges = server.challenges(start);
  CHECK(verdict(server, start, Phone{{"desk1", "guess"}}.answer(challenges)) == DigestVerdict::wrong);
  CHECK(verdict(server, start, Phone{{"nobody", "secret"}}.answer(challenges)) == DigestVerdict::wrong);
  CHECK(server.verify(start, {"REGISTER", uri, {}}, lookup).verdict == DigestVerdict::missing);
  CHECK(verdict(server, start, "NoOneKnowsThisScheme opaque-data=here") == DigestVerdict::missing);
  CHECK(verdict(server, start, "Digest realm=\"elsewhere\", username=\"desk1\"") == DigestVerdict::missing);
}

TEST_CASE("replays, old nonces and foreign nonces are stale") {
  DigestServer server({}, key);
  const auto challenges = server.challenges(start);
  const auto answer = Phone{}.answer(challenges);
  CHECK(verdict(server, start, answer) == DigestVerdict::accepted);
  CHECK(verdict(server, start, answer) == DigestVerdict::stale);
  CHECK(verdict(server, start, Phone{}.answer(challenges, 2)) == DigestVerdict::accepted);
  CHECK(verdict(server, start + 301s, Phone{}.answer(challenges, 3)) == DigestVerdict::stale);
  DigestServer restarted({}, "another key of 16+ bytes");
  CHECK(verdict(restarted, start, Phone{}.answer(challenges, 4)) == DigestVerdict::stale);
}

TEST_CASE("what is signed must be what is asked") {
  DigestServer server({}, key);
  const auto challenges = server.challenges(start);
  CHECK(verdict(server, start, Phone{}.answer(challenges, 1, "sip:elsewhere")) == DigestVerdict::malformed);
  CHECK(server.verify(start, {"INVITE", uri, {Phone{}.answer(challenges)}}, lookup).verdict == DigestVerdict::wrong);
  auto no_count = Phone{}.answer(challenges);
  no_count.replace(no_count.find("nc=00000001"), 11, "nc=1");
  CHECK(verdict(server, start, no_count) == DigestVerdict::malformed);
}

TEST_CASE("the table of counts is bounded and forgetting opens no hole") {
  DigestServerOptions options;
  options.counters = 2;
  DigestServer server(options, key);
  const auto first = server.challenges(start);
  CHECK(verdict(server, start, Phone{}.answer(first)) == DigestVerdict::accepted);
  for (int i = 1; i <= 2; ++i)
    CHECK(verdict(server, start + 1s, Phone{}.answer(server.challenges(start + 1s))) == DigestVerdict::accepted);
  CHECK(verdict(server, start + 1s, Phone{}.answer(first)) == DigestVerdict::stale);
  CHECK(verdict(server, start + 1s, Phone{}.answer(first, 2)) == DigestVerdict::stale);
}

TEST_CASE("the topmost challenge that can be answered is answered") {
  const DigestCredentials me{"u", "s"};
  const auto answer = answer_challenge({"Basic realm=x", "Digest realm=\"a\", nonce=\"n\", algorithm=SHA-512",
                                        "Digest realm=\"b\", nonce=\"n\", qop=\"auth-int\"",
                                        "Digest realm=\"c\", nonce=\"n\", algorithm=MD5-sess, qop=\"auth-int,auth\""},
                                       me, "INVITE", "sip:x", "cn");
  REQUIRE(answer);
  CHECK(parse_digest(*answer)->at("realm") == "c");
  CHECK(parse_digest(*answer)->at("algorithm") == "MD5-sess");
  CHECK_FALSE(answer_challenge({"Basic realm=x"}, me, "INVITE", "sip:x", "cn"));
}

TEST_CASE("digest values are read carefully") {
  const auto read = parse_digest("digest a=b , C=\"d, \\\"e\\\"\"");
  REQUIRE(read);
  CHECK(read->at("c") == "d, \"e\"");
  CHECK_FALSE(parse_digest("Digest a=1, A=2"));
  CHECK_FALSE(parse_digest("Digest =1"));
  std::string many = "Digest ";
  for (int i = 0; i < 33; ++i) many += fmt::format("p{}=1,", i);
  CHECK_FALSE(parse_digest(many));
}

}  // namespace
}  // namespace pledge::signalling
