// Callers against phones with no engine between them: the two sides must agree on every call.
#include <catch2/catch.hpp>

#include "load/virtual_net.hpp"
#include "tools/load/callers.hpp"
#include "tools/load/phones.hpp"

using namespace pledge;
using namespace pledge::load;
using namespace std::chrono_literals;

namespace {

// Keeps which keys were pressed when.
struct Keypad final : AudioPort {
  explicit Keypad(VirtualNet& net) : net(net) {}
  Stream open() override { return ++last; }
  std::uint16_t port(Stream) const override { return 4000; }
  void start(Stream, const Address&) override {}
  void press(Stream, std::uint8_t event) override { pressed.emplace_back(event, net.now); }
  Counts close(Stream) override { return {}; }
  VirtualNet& net;
  Stream last = 0;
  std::vector<std::pair<int, core::Time>> pressed;
};

struct Pair {
  Pair(CallerOptions caller_options, PhoneOptions phone_options)
      : callers(caller_wire, &keypad, with_engine(std::move(caller_options)),
                [this](const CallRecord& record) { records.push_back(record); }),
        phones(phone_wire, nullptr, phone_options,
               {{}, [this](const PhoneRecord& record) { phone_records.push_back(record); }}) {
    net.listeners[6000] = [this](std::string_view text, const Address& from) { callers.receive(text, from); };
    net.listeners[7000] = [this](std::string_view text, const Address& from) { phones.receive(text, from); };
    phones.add("999");
  }
  static CallerOptions with_engine(CallerOptions options) {
    options.engine = Address{boost::asio::ip::make_address("127.0.0.1"), 7000};
    return options;
  }
  VirtualNet net;
  Keypad keypad{net};
  VirtualNet::Port caller_wire{net, 6000}, phone_wire{net, 7000};
  std::vector<CallRecord> records;
  std::vector<PhoneRecord> phone_records;
  Callers callers;
  Phones phones;
};

CallerOptions one_call(core::Duration patience = 0s, core::Duration talk = 0s) {
  CallerOptions options;
  options.rate = 1000;
  options.even = true;
  options.most = 1;
  options.kinds = {{"emergency", "999", 1, patience, talk}};
  return options;
}

PhoneOptions phone(core::Duration ring, core::Duration handling = 0s) {
  PhoneOptions options;
  options.ring_least = ring;
  options.handling_least = handling;
  return options;
}

}  // namespace

TEST_CASE("a call is answered after the ring time and ended by the handler") {
  Pair pair(one_call(), phone(3s, 60s));
  pair.callers.start();
  pair.net.run_for(10s);
  CHECK(pair.callers.in_progress() == 1);
  pair.net.run_for(60s);
  REQUIRE(pair.records.size() == 1);
  CHECK(pair.records[0].outcome == Outcome::answered);
  CHECK(pair.records[0].wait() == 3s + 2ms);  // one way for the INVITE, one for the 200
  CHECK(pair.records[0].ringing - pair.records[0].sent == 2ms);
  CHECK(pair.records[0].ended - pair.records[0].answered == 60s);
  CHECK(pair.records[0].fault.empty());
  CHECK(pair.net.sent == 6);  // INVITE 180 200 ACK BYE 200
}

TEST_CASE("a caller out of patience cancels, and the phone stops ringing") {
  Pair pair(one_call(1s), phone(600s));
  pair.callers.start();
  pair.net.run_for(60s);
  REQUIRE(pair.records.size() == 1);
  CHECK(pair.records[0].outcome == Outcome::abandoned);
  CHECK(pair.records[0].status == 487);
  REQUIRE(pair.phone_records.size() == 1);
  CHECK(pair.phone_records[0].cancelled);
  CHECK(pair.phone_records[0].from_user == "+447700900000");
}

TEST_CASE("a caller who hangs up in the middle of talking ends the phone's call") {
  Pair pair(one_call(), phone(1s));
  pair.callers.start();
  pair.net.run_for(5s);
  pair.callers.hang_up_all();
  pair.net.run_for(1s);
  REQUIRE(pair.records.size() == 1);
  CHECK(pair.records[0].outcome == Outcome::answered);
  CHECK(pair.phone_records.size() == 1);
}

TEST_CASE("a CANCEL that crosses the 200 counts as answered, and the call is released") {
  Pair pair(one_call(), phone(3s));
  pair.callers.start();
  pair.net.run_for(3s + 2ms);  // placed at 1 ms, rings from 2 ms, answered at 3 s 2 ms: the 200 is on its way
  pair.callers.hang_up_all();
  pair.net.run_for(2s);
  REQUIRE(pair.records.size() == 1);
  CHECK(pair.records[0].outcome == Outcome::answered);
  CHECK(pair.phones.in_progress() == 0);
}

TEST_CASE("a call refused by a busy phone is acknowledged once and not repeated") {
  auto options = phone(0s);
  options.busy_share = 1;
  Pair pair(one_call(), options);
  pair.callers.start();
  pair.net.run_for(40s);
  REQUIRE(pair.records.size() == 1);
  CHECK(pair.records[0].outcome == Outcome::refused);
  CHECK(pair.records[0].status == 486);
  CHECK(pair.net.sent == 3);  // INVITE 486 ACK
}

TEST_CASE("an INVITE to nobody is given up after 32 s and counted as failed") {
  Pair pair(one_call(), phone(0s));
  pair.net.listeners.erase(7000);
  pair.callers.start();
  pair.net.run_for(33s);
  REQUIRE(pair.records.size() == 1);
  CHECK(pair.records[0].outcome == Outcome::failed);
  CHECK(pair.records[0].fault == "INVITE unanswered");
}

TEST_CASE("with a fifth of all datagrams lost, both sides still agree on every call") {
  auto options = one_call(20s, 15s);
  options.most = 2000;
  options.even = false;
  options.rate = 50;
  auto slow = phone(5s);
  slow.ring_spread = 10s;
  Pair pair(options, slow);
  pair.net.loss = 0.2;
  pair.callers.start();
  pair.net.run_for(250s);
  const auto& tally = pair.callers.tallies()[0];
  CHECK(tally.offered == 2000);
  CHECK(tally.ended() == 2000);
  CHECK(tally.failed == 0);
  CHECK(tally.answered == pair.phones.answered());
  CHECK(pair.phones.in_progress() == 0);
  CHECK(tally.abandoned > 300);
  CHECK(tally.answered > 300);
}

TEST_CASE("a queue that answers at entry: the handler's answer counts, not the 200") {
  auto options = one_call();
  options.kinds[0].answered_at_entry = true;
  Pair pair(options, phone(0s));
  pair.callers.start();
  pair.net.run_for(5s);
  pair.callers.connected("+447700900000", pair.net.now);
  pair.callers.hang_up_all();
  pair.net.run_for(1s);
  REQUIRE(pair.records.size() == 1);
  CHECK(pair.records[0].outcome == Outcome::answered);
  CHECK(pair.records[0].wait() == 4999ms);
}

TEST_CASE("a caller in a menu presses the keys in turn, until a handler is there") {
  auto options = one_call();
  options.kinds[0].answered_at_entry = true;
  options.kinds[0].keys = {core::Key::two, core::Key::star, core::Key::one};
  options.kinds[0].key_gap_least = 2s;
  Pair pair(options, phone(0s));
  pair.callers.start();
  pair.net.run_for(5s);
  const auto answered = pair.net.now - 5s + 1ms + 2ms;  // placed at 1 ms, the 200 after 2 ms more
  CHECK(pair.keypad.pressed == std::vector<std::pair<int, core::Time>>{{2, answered + 2s}, {10, answered + 4s}});
  pair.callers.connected("+447700900000", pair.net.now);
  pair.net.run_for(10s);
  CHECK(pair.keypad.pressed.size() == 2);
  options.kinds[0].share_without_keys = 1;
  Pair silent(options, phone(0s));
  silent.callers.start();
  silent.net.run_for(20s);
  CHECK(silent.keypad.pressed.empty());
}

TEST_CASE("the same seed places the same calls; the rate and the shares are those asked for") {
  auto options = one_call(0s, 1s);
  options.most = 5000;
  options.even = false;
  options.rate = 100;
  options.kinds = {{"emergency", "999", 1, 0s, 1s}, {"non-emergency", "999", 3, 0s, 1s}};
  const auto run = [&] {
    Pair pair(options, phone(0s));
    pair.callers.start();
    pair.net.run_for(200s);
    std::vector<core::Time> sent;
    for (const auto& record : pair.records) sent.push_back(record.sent);
    CHECK(pair.callers.tallies()[0].offered == Approx(1250).margin(100));
    return sent;
  };
  const auto first = run();
  CHECK(first.size() == 5000);
  CHECK(first == run());
}
