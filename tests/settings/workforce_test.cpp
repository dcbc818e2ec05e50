// [workforce]: the planner's files are read with the configuration, and judged with it.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "house.hpp"
#include "workforce/day_ahead.hpp"

using namespace pledge;
using namespace pledge::settings;
using namespace pledge::settings::test;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() {
    auto name = (fs::temp_directory_path() / "pledge-workforce-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  std::string put(const std::string& name, const std::string& text) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name) << text;
    return (path / name).string();
  }
  fs::path path;
};

const std::string roster = "handler,start,end,pattern,breaks\na01,2026-11-23T06:00,2026-11-23T14:00,early,4:00+30\n";
const std::string counts = "timestamp,count,class\n2026-11-22T00:00,4,emergency\n2026-11-22T00:30,5,emergency\n";

void put_rules(const Folder& folder, const std::string& handlers) {
  folder.put("rules/shifts.csv", "pattern,hours,paid_h,earliest,latest,step_min,breaks\nearly,8,7.5,06:00,06:00,30,4:00+30\n");
  folder.put("rules/contracts.csv", "contract,week_least_h,week_most_h,rest_h,days_in_row,days_off,cost,patterns\nfull,30,40,11,6,2,1,\n");
  folder.put("rules/handlers.csv", "handler,contract,skills\n" + handlers);
}

std::string option(const std::string& key, const std::string& value) { return key + " = \"" + value + "\"\n"; }

}  // namespace

TEST_CASE("roster, counts and rules are read with the configuration") {
  Folder folder;
  put_rules(folder, "a01,full,emergency\n");
  const auto settings = sound("[workforce]\n" + option("roster", folder.put("roster.csv", roster)) +
                              option("counts", folder.put("counts.csv", counts)) + option("rules", (folder.path / "rules").string()) +
                              "shrinkage = \"20 %\"\nhandling = \"4 min\"\n");
  REQUIRE(settings.planned_day);
  REQUIRE(settings.planned_day->roster.size() == 1);
  CHECK(settings.planned_day->roster[0].pattern == "early");
  CHECK(settings.planned_day->demand[0].name == "emergency");
  REQUIRE(settings.planned_day->rules);
  CHECK(settings.planned_day->rules->handlers[0].skills == 1);
  CHECK(settings.planned_day->rules->need.days == 7);
  CHECK(settings.workforce.shrinkage == Approx(0.2));
  CHECK(settings.workforce.handling == std::chrono::minutes{4});
}

TEST_CASE("the weeks of a roster begin on the local day of its first shift") {
  Folder folder;
  put_rules(folder, "a01,full,emergency\n");
  // Midnight of a summer's Monday in London is Sunday in UTC.
  const auto settings = sound("[workforce]\n" +
                              option("roster", folder.put("roster.csv", "handler,start,end,breaks\na01,2026-07-06T00:00,2026-07-06T08:00,\n")) +
                              option("counts", folder.put("counts.csv", counts)) + option("rules", (folder.path / "rules").string()));
  REQUIRE(settings.planned_day->rules);
  CHECK(workforce::to_text(settings.planned_day->rules->need.first) == "2026-07-06");
  CHECK(settings.planned_day->rules->need.days == 7);
}

TEST_CASE("without files there is an empty plan") {
  const auto settings = sound();
  REQUIRE(settings.planned_day);
  CHECK(settings.planned_day->roster.empty());
  CHECK(settings.planned_day->demand.empty());
}

TEST_CASE("every fault of the files is told, with the file's line and column") {
  Folder folder;
  put_rules(folder, "a01,part,emergency\n");
  const auto bad = folder.put("roster.csv", "handler,start,end,breaks\na01,2026-11-23T06:00,2026-11-23T06:00,\n");
  const auto unknown = folder.put("counts.csv", "timestamp,count,class\n2026-11-22T00:00,4,nowhere\n2026-11-22T00:30,-5,nowhere\n");
  auto faults = faults_with("[workforce]\n" + option("roster", bad) + option("counts", unknown));
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].starts_with(unknown + ":3:18: count \"-5\""));
  CHECK(faults[1].starts_with(bad + ":2:22: end \"2026-11-23T06:00\""));
  faults = faults_with("[workforce]\n" + option("counts", folder.put("named.csv", "timestamp,count,class\n2026-11-22T00:00,4,nowhere\n")));
  REQUIRE(faults.size() >= 1);
  CHECK(faults.back().find("class \"nowhere\" is no queue and no class of service") != std::string::npos);
  faults = faults_with("[workforce]\n" + option("roster", folder.put("good.csv", roster)) + option("rules", (folder.path / "rules").string()));
  REQUIRE(faults.size() == 2);  // neither that contract nor that class is there
  CHECK(faults[0].find("handlers.csv:2:5: unknown contract \"part\"") != std::string::npos);
  faults = faults_with("[workforce]\n" + option("roster", (folder.path / "absent.csv").string()));
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].find("absent.csv: cannot be read") != std::string::npos);
}

TEST_CASE("a new roster under the old name is a difference") {
  Folder folder;
  const auto more = "[workforce]\n" + option("roster", folder.put("roster.csv", roster));
  const auto before = sound(more);
  CHECK(diff(before, sound(more)).empty());
  folder.put("roster.csv", roster + "a02,2026-11-23T06:00,2026-11-23T14:00,early,\n");
  const auto changes = diff(before, sound(more));
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].text == "workforce: roster, counts or rules have changed");
}
