#include "sip/media/port_pairs.hpp"

#include <catch2/catch.hpp>

using pledge::media::PortPairs;

TEST_CASE("pairs are even, lie wholly inside the range, and run out") {
  PortPairs pairs(20'001, 20'006);
  CHECK(pairs.take() == 20'002);
  CHECK(pairs.take() == 20'004);
  CHECK(pairs.take() == std::nullopt);  // 20'006 has no partner inside
}

TEST_CASE("a pair given back is used again only after all others") {
  PortPairs pairs(20'000, 20'005);
  const auto first = *pairs.take();
  pairs.give_back(first);
  CHECK(pairs.take() == 20'002);
  CHECK(pairs.take() == 20'004);
  CHECK(pairs.take() == first);
}

TEST_CASE("the ends of the port space are usable, port 0 is not") {
  CHECK(PortPairs(65'534, 65'535).take() == 65'534);
  CHECK(PortPairs(65'535, 65'535).take() == std::nullopt);
  CHECK(PortPairs(0, 3).take() == 2);
  CHECK(PortPairs(30'000, 20'000).take() == std::nullopt);
}
