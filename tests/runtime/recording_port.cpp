// Recordings through the driver: carried out at once and in order, and told to observers afterwards.
#include <catch2/catch.hpp>

#include "core/render.hpp"
#include "runtime/driver.hpp"

using namespace pledge;

namespace {

struct World final : runtime::Clock, runtime::RecordingPort, runtime::Observer {
  std::vector<std::string> log;
  core::Actions actions;
  runtime::Driver driver{[this](core::Time, const core::Event&) -> const core::Actions& { return actions; }, *this};

  core::Time now() const override { return {1000}; }
  void perform(const core::StartRecording& a) override { log.push_back("do " + core::to_text(core::Action(a))); }
  void perform(const core::SilenceRecording& a) override { log.push_back("do " + core::to_text(core::Action(a))); }
  void perform(const core::StopRecording& a) override { log.push_back("do " + core::to_text(core::Action(a))); }
  void perform(const core::RecordLegs& a) override { log.push_back("do " + core::to_text(core::Action(a))); }
  void observe(core::Time, const core::Action& action) override { log.push_back("tell " + core::to_text(action)); }
};

}  // namespace

TEST_CASE("the recorder gets its actions in order, before anyone is told") {
  World world;
  world.driver.connect(static_cast<runtime::RecordingPort&>(world));
  world.driver.add(world);
  core::StartRecording start;
  start.recording = {"20261126-172356123-17"};
  start.caller_leg = {2};
  world.actions = {start, core::SilenceRecording{start.recording, true, "card number"},
                   core::RecordLegs{start.recording, {{3}, {5}}}, core::StopRecording{start.recording}};
  world.driver.submit(core::TimerDue{});
  REQUIRE(world.log.size() == 8);
  CHECK(world.log[0] == "do StartRecording recording=20261126-172356123-17 caller_leg=2");
  CHECK(world.log[1] == "do SilenceRecording recording=20261126-172356123-17 reason=\"card number\"");
  CHECK(world.log[2] == "do RecordLegs recording=20261126-172356123-17 legs=[3, 5]");
  CHECK(world.log[3] == "do StopRecording recording=20261126-172356123-17");
  CHECK(world.log[4].starts_with("tell StartRecording"));
}

TEST_CASE("without a recorder nothing is recorded, and all else goes on") {
  World world;
  world.driver.add(world);
  world.actions = {core::StartRecording{}, core::Alarm{"kind", "text"}};
  world.driver.submit(core::TimerDue{});
  CHECK(world.log.size() == 2);
}
