// The room that a configuration describes: who can answer what in time, and which kinds of handlers are alike.
#include "workforce/configured_room.hpp"

#include <catch2/catch.hpp>

using namespace pledge::workforce;
using namespace std::chrono_literals;
namespace core = pledge::core;

namespace {

core::HandlerOptions handler(const std::string& id, const std::string& centre, const std::string& role,
                             std::vector<core::Requirement> skills = {}) {
  core::HandlerOptions made;
  made.id = {id};
  made.centre = {centre};
  made.pool = {centre};
  made.roles = {{role}};
  made.skills = std::move(skills);
  return made;
}

// 999 first; a fast lane for the trained, then for those with some training, then for all; two centres.
core::Options two_centres() {
  core::Options options;
  options.classes = {{{"emergency"}, {}}, {{"fast-lane"}, {}}};
  core::QueueOptions lane, emergency;
  lane.id = {"abuse"}, lane.service_class = {"fast-lane"}, lane.target_within = 20s, lane.target_share = 0.91;
  lane.skills = {{{"abuse"}, 3}};
  lane.widening = {{15s, {{{"abuse"}, 1}}}, {30s, {}}};
  lane.wrap_up_until_done = true;
  emergency.id = {"999"}, emergency.service_class = {"emergency"}, emergency.wrap_up = 20s;
  options.queues = {lane, emergency};
  options.roles = {{{"all"}, {{"999"}, {"abuse"}}, false}, {{"watch"}, {{"999"}}, true}, {{"none"}, {}, false}};
  options.pools = {{{"east"}, {}}, {{"west"}, {}}};
  for (const std::string centre : {"east", "west"}) {
    for (const std::string number : {"1", "2"}) options.handlers.push_back(handler(centre + number, centre, "all"));
    options.handlers.push_back(handler(centre + "3", centre, "all", {{{"turkish"}, 3}}));
    options.handlers.push_back(handler(centre + "4", centre, "all", {{{"abuse"}, 3}}));
    options.handlers.push_back(handler(centre + "5", centre, "all", {{{"abuse"}, 1}, {{"turkish"}, 2}}));
    options.handlers.push_back(handler(centre + "6", centre, "watch"));
  }
  options.handlers.push_back(handler("away", "west", "none"));
  return options;
}

DemandOfDay demand_of(double emergency, double lane) {
  DemandOfDay demand;
  demand.classes = {{"999", {}, 200, 1, 240}, {"abuse", {}, 600, 1, 240}};
  demand.classes[0].calls.fill(emergency);
  demand.classes[1].calls.fill(lane);
  return demand;
}

}  // namespace

TEST_CASE("a configured room has its queues in the order of service and its handlers by kind") {
  const auto room = configured_room(two_centres(), 50);
  REQUIRE(room.room.classes.size() == 2);
  CHECK(room.room.classes[0].name == "999");
  CHECK(room.room.wrap_up_of(room.room.classes[0]) == 20);
  CHECK(room.room.wrap_up_of(room.room.classes[1]) == 50);  // ended by hand
  CHECK(room.room.classes[1].target_share == 0.91);
  std::vector<std::string> kinds;
  for (const auto& kind : room.kinds) kinds.push_back(kind.name);
  CHECK(kinds == std::vector<std::string>{"east/all", "east/all/turkish:3", "east/all/abuse:3", "east/all/abuse+turkish:2", "west/all",
                                          "west/all/turkish:3", "west/all/abuse:3", "west/all/abuse+turkish:2"});
  CHECK(room.left_out == std::vector<std::string>{"east/watch", "west/watch", "west/none"});
}

TEST_CASE("kinds between which no queue tells are one group, which serves what it is let into in time") {
  const auto room = configured_room(two_centres(), 0);
  REQUIRE(room.alike.size() == 3);
  CHECK(room.alike[0].name == "all");
  CHECK(room.alike[0].kinds == std::vector<std::size_t>{0, 1, 4, 5});  // languages tell nothing
  CHECK(room.alike[1].name == "all/abuse:3");
  CHECK(room.alike[2].name == "all/abuse");
  CHECK(room.room.groups[0].classes == std::vector<std::string>{"999"});  // let into the lane after 30 s, its target is 20 s
  CHECK(room.room.groups[1].classes == std::vector<std::string>{"999", "abuse"});
  CHECK(room.room.groups[2].classes == std::vector<std::string>{"999", "abuse"});
}

TEST_CASE("handlers of a group come to work in proportion to its kinds") {
  const auto room = configured_room(two_centres(), 0);
  CHECK(of_kinds(room.alike[0], 0) == std::vector<std::uint32_t>{0, 0, 0, 0});
  CHECK(of_kinds(room.alike[0], 2) == std::vector<std::uint32_t>{1, 0, 1, 0});
  CHECK(of_kinds(room.alike[0], 6) == std::vector<std::uint32_t>{2, 1, 2, 1});
  StaffGrid staff(3);
  staff[1].fill(1);
  staff[0][10] = staff[0][11] = 1;
  CHECK(by_kind(room, staff)[2][0] == 1);
  CHECK(by_kind(room, staff)[0][11] == 1);
  const auto shifts = shifts_of(room, staff);
  REQUIRE(shifts.size() == 2);
  CHECK(shifts[0].handler.value == "east1");
  CHECK(shifts[0].from == 2h + 5h);
  CHECK(shifts[0].to == 2h + 6h);
  CHECK(shifts[1].handler.value == "east4");
  CHECK(shifts[1].from == 0h);  // there before the day and after it
  CHECK(shifts[1].to == 27h);
  CHECK(room.with(shifts).handlers.size() == 2);
}

TEST_CASE("a class of demand is a queue, or the only one of its class of service") {
  const auto options = two_centres();
  CHECK(queue_of(options, "abuse").queue == "abuse");
  CHECK(queue_of(options, "emergency").queue == "999");
  CHECK_THAT(queue_of(options, "101").fault, Catch::Contains("\"101\" is no queue") && Catch::Contains("abuse, 999"));
  auto two = options;
  two.queues.push_back(two.queues[0]);
  two.queues.back().id = {"crime"};
  CHECK_THAT(queue_of(two, "fast-lane").fault, Catch::Contains("several queues"));
}

TEST_CASE("a queue with calls that nobody can answer in time is named") {
  auto options = two_centres();
  CHECK(unserved(configured_room(options, 0), demand_of(20, 2)).empty());
  std::erase_if(options.handlers, [](const auto& one) { return !one.skills.empty() && one.skills[0].skill.value == "abuse"; });
  const auto faults = unserved(configured_room(options, 0), demand_of(20, 2));
  REQUIRE(faults.size() == 1);
  CHECK_THAT(faults[0], Catch::Contains("queue \"abuse\""));
  CHECK(unserved(configured_room(options, 0), demand_of(20, 0)).empty());  // no calls
}

TEST_CASE("calls of a configured room are answered by whom the widening lets in") {
  const auto room = configured_room(two_centres(), 0);
  const auto answered_after = [&](std::size_t group) {
    StaffGrid staff(3);
    staff[group].fill(1);
    const auto shifts = shifts_of(room, staff);
    Simulation run{{1'700'006'400'000'000'000}, {}, room.with(shifts), {{3h, "abuse", 60s, {}}}, shifts};
    return simulate(run).front().wait;
  };
  CHECK(answered_after(1) == 0s);
  CHECK(answered_after(2) == 15s);
  CHECK(answered_after(0) == 30s);
}
