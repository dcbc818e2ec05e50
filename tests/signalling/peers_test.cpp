#include "sip/signalling/peers.hpp"

#include <catch2/catch.hpp>

namespace pledge::signalling {
namespace {

runtime::TrunkOptions trunk(std::string id, std::vector<std::string> ranges, bool trusted = false) {
  runtime::TrunkOptions t;
  t.id = {std::move(id)};
  t.ranges = std::move(ranges);
  t.trusted = trusted;
  return t;
}

std::string name_of(const Peers& peers, std::string_view address) {
  const auto* found = peers.trunk(address);
  return found ? found->id.value : "none";
}

TEST_CASE("the longest range wins, in both families") {
  runtime::SignallingOptions options;
  options.trunks = {trunk("wide", {"192.0.2.0/24", "2001:db8::/32"}), trunk("narrow", {"192.0.2.128/25"}, true),
                    trunk("one", {"192.0.2.200", "2001:db8:1::5"})};
  const auto peers = Peers::build(options);
  REQUIRE(peers);
  CHECK(name_of(*peers, "192.0.2.1") == "wide");
  CHECK(name_of(*peers, "192.0.2.129") == "narrow");
  CHECK(peers->trunk("192.0.2.129")->trusted);
  CHECK(name_of(*peers, "192.0.2.200") == "one");
  CHECK(name_of(*peers, "::ffff:192.0.2.200") == "one");
  CHECK(name_of(*peers, "[2001:db8:1::5]") == "one");
  CHECK(name_of(*peers, "2001:db8:1::6") == "wide");
  CHECK(name_of(*peers, "198.51.100.1") == "none");
  CHECK(name_of(*peers, "not an address") == "none");
  CHECK(peers->trunk_named({"one"}) == peers->trunk("192.0.2.200"));
  CHECK(peers->trunk_named({"nobody"}) == nullptr);
}

TEST_CASE("0.0.0.0/0 is every IPv4 address and no IPv6 one") {
  runtime::SignallingOptions options;
  options.trunks = {trunk("any", {"0.0.0.0/0"})};
  const auto peers = Peers::build(options);
  REQUIRE(peers);
  CHECK(name_of(*peers, "203.0.113.9") == "any");
  CHECK(name_of(*peers, "2001:db8::1") == "none");
}

TEST_CASE("phones register from their ranges, or from anywhere") {
  runtime::SignallingOptions options;
  CHECK(Peers::build(options)->may_register("203.0.113.9"));
  options.phones.ranges = {"10.0.0.0/8"};
  CHECK(Peers::build(options)->may_register("10.1.2.3"));
  CHECK_FALSE(Peers::build(options)->may_register("203.0.113.9"));
}

TEST_CASE("ranges that contradict or cannot be read are named") {
  const auto fault = [](std::string range) { return parse_range(range).error(); };
  CHECK(fault("192.0.2.0/33") == "'192.0.2.0/33' has no valid prefix length");
  CHECK(fault("192.0.2.1/24") == "'192.0.2.1/24' has bits set behind its prefix length");
  CHECK(fault("trunk.example.com") == "'trunk.example.com' is not an IPv4 or IPv6 address or range");
  runtime::SignallingOptions options;
  options.trunks = {trunk("a", {"192.0.2.0/24"}), trunk("b", {"192.0.2.0/24"})};
  CHECK(Peers::build(options).error() == "trunk b: '192.0.2.0/24' belongs to another trunk already");
}

}  // namespace
}  // namespace pledge::signalling
