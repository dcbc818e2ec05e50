// Real sockets on ephemeral ports: calls with audio, callers and phones facing each other.
#include <catch2/catch.hpp>

#include "tools/load/callers.hpp"
#include "tools/load/phones.hpp"
#include "tools/load/udp_loop.hpp"

using namespace pledge::load;
using namespace std::chrono_literals;

TEST_CASE("calls with audio over real sockets: every packet that one side sends, the other receives") {
  Loop loop;
  const auto ip = boost::asio::ip::make_address("127.0.0.1");
  auto caller_wire = UdpWire::open(loop, {ip, 0});
  auto phone_wire = UdpWire::open(loop, {ip, 0});
  REQUIRE(caller_wire);
  REQUIRE(phone_wire);
  UdpAudio caller_audio(loop, ip), phone_audio(loop, ip);
  CallerOptions options;
  options.engine = (*phone_wire)->local();
  options.rate = 200;
  options.most = 20;
  options.kinds = {{"emergency", "999", 1, 0s, 0s}};
  PhoneOptions phone;
  phone.handling_least = 200ms;
  Phones phones(**phone_wire, &phone_audio, phone);
  phones.add("999");
  std::uint64_t ended = 0;
  Callers callers(**caller_wire, &caller_audio, options, [&](const CallRecord&) {
    if (++ended == options.most) loop.schedule().at(loop.now() + 50ms, [&] { loop.stop(); });
  });
  (*caller_wire)->on_receive([&](std::string_view text, const Address& from) { callers.receive(text, from); });
  (*phone_wire)->on_receive([&](std::string_view text, const Address& from) { phones.receive(text, from); });
  loop.schedule().at(loop.now() + 20s, [&] { loop.stop(); });  // only if something is broken
  callers.start();
  loop.run();
  CHECK(callers.tallies()[0].answered == 20);
  CHECK(callers.tallies()[0].faults == 0);
  CHECK(phones.faults() == 0);
  CHECK(caller_audio.total().sent >= 20 * 8);
  CHECK(caller_audio.total().received >= 20 * 8);
  CHECK(caller_audio.total().received <= phone_audio.total().sent);
}

TEST_CASE("a port already taken is an error, not a crash") {
  Loop loop;
  const auto ip = boost::asio::ip::make_address("127.0.0.1");
  auto first = UdpWire::open(loop, {ip, 0});
  REQUIRE(first);
  CHECK_FALSE(UdpWire::open(loop, (*first)->local()));
}
