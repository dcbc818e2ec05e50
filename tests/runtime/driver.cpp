// The driver's order: decide, journal, carry out, tell; answers wait for the disk, nothing else does.
#include "runtime/driver.hpp"

#include <catch2/catch.hpp>

#include "core/render.hpp"

using namespace pledge;
using Log = std::vector<std::string>;

namespace {

// Everything that the driver touches, writing down what it is asked.
struct World final : runtime::Clock, runtime::JournalPort, runtime::SignallingPort, runtime::Waker, runtime::Observer {
  Log log;
  core::Time time{1000};
  core::Time wish = core::never;
  std::vector<std::function<void()>> waiting;  // for the disk
  std::function<core::Actions(const core::Event&)> decide = [](const core::Event&) { return core::Actions{}; };
  std::function<void(const std::string&)> during;  // called inside ports and observers
  std::string journalled;
  core::Actions actions;
  runtime::Driver driver{[this](core::Time now, const core::Event& event) -> const core::Actions& {
                           say("step " + core::to_text(event) + " at " + std::to_string(now.ns));
                           return actions = decide(event);
                         },
                         *this};

  World() {
    driver.connect(static_cast<runtime::JournalPort&>(*this));
    driver.connect(static_cast<runtime::SignallingPort&>(*this));
    driver.connect(static_cast<runtime::Waker&>(*this));
    driver.add(*this);
  }
  void say(const std::string& text) {
    log.push_back(text);
    if (during) during(text);
  }
  void sync() {
    for (const auto& done : std::exchange(waiting, {})) done();
  }
  Log take() { return std::exchange(log, {}); }

  core::Time now() const override { return time; }
  void append(core::Time, const core::Event& event, std::string_view bytes) override {
    journalled = bytes;
    say("journal " + std::string(core::to_text(event)));
  }
  void after_sync(std::function<void()> done) override { waiting.push_back(std::move(done)); }
  void wake_at(core::Time due) override { wish = due; }
  void observe(core::Time, const core::Action& action) override { say("tell " + core::to_text(action)); }

  template <class T>
  void act(const T& action) {
    say("do " + core::to_text(core::Action(action)));
  }
  void perform(const core::AlertLeg& a) override { act(a); }
  void perform(const core::AnswerLeg& a) override { act(a); }
  void perform(const core::RejectLeg& a) override { act(a); }
  void perform(const core::RingPhone& a) override { act(a); }
  void perform(const core::DialOut& a) override { act(a); }
  void perform(const core::ReleaseLeg& a) override { act(a); }
  void perform(const core::ConnectLegs& a) override { act(a); }
  void perform(const core::DisconnectLegs& a) override { act(a); }
  void perform(const core::PlayToLeg& a) override { act(a); }
  void perform(const core::MixToLeg& a) override { act(a); }
  void perform(const core::ListenForSpeech& a) override { act(a); }

  // Answers leg 2 when leg 3 is answered, and connects them.
  void answer_and_connect() {
    decide = [](const core::Event& event) -> core::Actions {
      if (std::holds_alternative<core::LegAnswered>(event)) return {core::AnswerLeg{{2}}, core::ConnectLegs{{2}, {3}}};
      if (std::holds_alternative<core::LegEnded>(event)) return {core::ReleaseLeg{{2}, "gone"}};
      return {};
    };
  }
};

}  // namespace

TEST_CASE("an event is decided, journalled, carried out and told, in this order") {
  World world;
  world.decide = [](const core::Event&) { return core::Actions{core::AlertLeg{{2}}, core::Alarm{"kind", "text"}}; };
  world.driver.submit(core::LegRinging{{2}});
  CHECK(world.take() == Log{"step LegRinging leg=2 at 1000", "journal LegRinging leg=2", "do AlertLeg leg=2",
                            "tell AlertLeg leg=2", "tell Alarm kind=\"kind\" text=\"text\""});
  std::string bytes;
  encode(bytes, world.actions);
  CHECK(world.journalled == bytes);
}

TEST_CASE("events submitted from inside ports and observers wait their turn, in order") {
  World world;
  world.decide = [](const core::Event& event) -> core::Actions {
    if (std::get<core::LegRinging>(event).leg.value == 2) return {core::AlertLeg{{2}}, core::AlertLeg{{4}}};
    return {};
  };
  world.during = [&](const std::string& text) {
    if (text == "do AlertLeg leg=2") world.driver.submit(core::LegRinging{{10}});
    if (text == "tell AlertLeg leg=2") world.driver.submit(core::LegRinging{{11}});
  };
  world.driver.submit(core::LegRinging{{2}});
  CHECK(world.take() == Log{"step LegRinging leg=2 at 1000", "journal LegRinging leg=2", "do AlertLeg leg=2",
                            "do AlertLeg leg=4", "tell AlertLeg leg=2", "tell AlertLeg leg=4",
                            "step LegRinging leg=10 at 1000", "journal LegRinging leg=10",
                            "step LegRinging leg=11 at 1000", "journal LegRinging leg=11"});
}

TEST_CASE("a 200 waits for the disk, and what concerns its media waits with it; other legs do not") {
  World world;
  world.answer_and_connect();
  world.driver.submit(core::LegAnswered{{3}});
  CHECK(world.take() == Log{"step LegAnswered leg=3 at 1000", "journal LegAnswered leg=3", "tell AnswerLeg leg=2",
                            "tell ConnectLegs a=2 b=3"});
  world.decide = [](const core::Event&) { return core::Actions{core::AlertLeg{{6}}}; };
  world.driver.submit(core::LegRinging{{6}});
  world.decide = [](const core::Event&) { return core::Actions{}; };
  CHECK(world.take()[2] == "do AlertLeg leg=6");
  world.sync();
  CHECK(world.take() == Log{"do AnswerLeg leg=2", "do ConnectLegs a=2 b=3", "step AnswerSent leg=2 at 1000",
                            "journal AnswerSent leg=2"});
}

TEST_CASE("a leg released before its 200 has left is released at once, and never answered") {
  World world;
  world.answer_and_connect();
  world.driver.submit(core::LegAnswered{{3}});
  world.take();
  world.driver.submit(core::LegEnded{{3}, {}});
  CHECK(world.take()[2] == "do ReleaseLeg leg=2 reason=\"gone\"");
  world.sync();
  CHECK(world.take().empty());
}

TEST_CASE("an answer withdrawn before the disk has it never leaves, nor does what waited with it") {
  World world;
  world.answer_and_connect();
  world.driver.submit(core::LegAnswered{{3}});
  world.decide = [](const core::Event&) { return core::Actions{core::WithdrawAnswer{{2}}}; };
  world.driver.submit(core::LegEnded{{3}, {}});
  world.take();
  world.sync();
  CHECK(world.take().empty());
}

TEST_CASE("an answer asked for again waits for its own record, not for that of the one withdrawn") {
  World world;
  world.answer_and_connect();
  world.driver.submit(core::LegAnswered{{3}});
  const auto first = std::exchange(world.waiting, {});
  world.decide = [](const core::Event&) { return core::Actions{core::WithdrawAnswer{{2}}}; };
  world.driver.submit(core::LegEnded{{3}, {}});
  world.decide = [](const core::Event&) { return core::Actions{core::AnswerLeg{{2}}, core::ConnectLegs{{2}, {5}}}; };
  world.driver.submit(core::LegAnswered{{5}});
  world.decide = [](const core::Event&) { return core::Actions{}; };
  world.take();
  for (const auto& done : first) done();
  CHECK(world.take().empty());
  world.sync();
  CHECK(world.take() == Log{"do AnswerLeg leg=2", "do ConnectLegs a=2 b=5", "step AnswerSent leg=2 at 1000",
                            "journal AnswerSent leg=2"});
}

TEST_CASE("a telephone rings before callers hear that they ring or that they are released") {
  World world;
  const core::RingPhone ring{{5}, {9}, {4}, {"a"}, "sip:a@127.0.0.1", false};
  world.decide = [&](const core::Event&) -> core::Actions {
    return {core::AlertLeg{{4}}, core::ReleaseLeg{{2}, "over"}, core::ReleaseLeg{{3}, "offer over"}, ring,
            core::RejectLeg{{6}, 480, "full"}, core::ConnectLegs{{8}, {7}}};
  };
  world.driver.submit(core::LegRinging{{2}});
  const Log log = world.take();
  REQUIRE(log.size() > 8);
  // The former telephone's end stays before: it may be the same telephone.
  CHECK(Log(log.begin() + 2, log.begin() + 8) ==
        Log{"do ReleaseLeg leg=3 reason=\"offer over\"", "do " + core::to_text(core::Action(ring)),
            "do ConnectLegs a=8 b=7", "do AlertLeg leg=4", "do ReleaseLeg leg=2 reason=\"over\"",
            "do RejectLeg leg=6 reason=\"full\""});
}

TEST_CASE("what happened before a 200 may leave is decided before it leaves") {
  World world;
  world.decide = [](const core::Event& event) -> core::Actions {
    if (std::holds_alternative<core::LegAnswered>(event)) return {core::AnswerLeg{{2}}, core::AlertLeg{{6}}};
    if (std::holds_alternative<core::LegEnded>(event)) return {core::WithdrawAnswer{{2}}};
    return {};
  };
  world.during = [&](const std::string& text) {
    if (text != "do AlertLeg leg=6") return;
    world.driver.submit(core::LegEnded{{3}, {}});  // found out while the answer's own actions are carried out
    world.sync();                                  // and the disk is as fast
  };
  world.driver.submit(core::LegAnswered{{3}});
  world.sync();
  const Log log = world.take();
  CHECK(std::count(log.begin(), log.end(), "do AnswerLeg leg=2") == 0);
  CHECK(std::count(log.begin(), log.end(), "step AnswerSent leg=2 at 1000") == 0);
}

TEST_CASE("two legs that both wait are connected when both have been answered") {
  World world;
  world.decide = [](const core::Event& event) -> core::Actions {
    const auto* ringing = std::get_if<core::LegRinging>(&event);
    if (!ringing) return {};
    if (ringing->leg.value == 2) return {core::AnswerLeg{{2}}, core::PlayToLeg{{2}, "ringback"}};
    return {core::AnswerLeg{{4}}, core::ConnectLegs{{2}, {4}}};
  };
  world.driver.submit(core::LegRinging{{2}});
  world.driver.submit(core::LegRinging{{4}});
  world.take();
  world.sync();
  CHECK(world.take() == Log{"do AnswerLeg leg=2", "do PlayToLeg leg=2 sound=\"ringback\"",
                            "step AnswerSent leg=2 at 1000", "journal AnswerSent leg=2", "do AnswerLeg leg=4",
                            "do ConnectLegs a=2 b=4", "step AnswerSent leg=4 at 1000", "journal AnswerSent leg=4"});
}

TEST_CASE("what an answer brings about inside signalling is decided before the next answer leaves") {
  World world;
  world.decide = [](const core::Event& event) -> core::Actions {
    if (std::holds_alternative<core::LegAnswered>(event)) return {core::AnswerLeg{{2}}, core::AnswerLeg{{4}}};
    return {};
  };
  world.driver.submit(core::LegAnswered{{3}});
  world.take();
  world.during = [&](const std::string& text) {
    if (text == "do AnswerLeg leg=2") world.driver.submit(core::LegEnded{{2}, core::LegEnd::lost});
  };
  world.sync();
  CHECK(world.take() == Log{"do AnswerLeg leg=2", "step LegEnded leg=2 cause=lost at 1000",
                            "journal LegEnded leg=2 cause=lost", "step AnswerSent leg=2 at 1000",
                            "journal AnswerSent leg=2", "do AnswerLeg leg=4", "step AnswerSent leg=4 at 1000",
                            "journal AnswerSent leg=4"});
}

TEST_CASE("every timer that is due is served, one an event; none before its time") {
  World world;
  int due = 3;
  world.decide = [&](const core::Event& event) -> core::Actions {
    if (std::holds_alternative<core::TimerDue>(event)) --due;
    return {core::WakeAt{due > 0 ? core::Time{2000} : core::never}};
  };
  world.driver.submit(core::LegRinging{{2}});
  CHECK(world.wish == core::Time{2000});
  world.take();
  world.time = core::Time{1999};
  world.driver.wake();
  CHECK(world.take().empty());
  world.time = core::Time{2000};
  world.driver.wake();
  CHECK(due == 0);
  CHECK(world.wish == core::never);
  world.take();
  world.driver.wake();
  CHECK(world.take().empty());
}

TEST_CASE("an adapter's alarm reaches the observers") {
  World world;
  world.driver.raise({"trunk_down", "trunk emergency-1 does not answer"});
  CHECK(world.take() == Log{"tell Alarm kind=\"trunk_down\" text=\"trunk emergency-1 does not answer\""});
}
