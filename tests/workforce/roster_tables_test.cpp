// A roster's tables: what is read, each fault where it stands, and what is written.
#include "workforce/roster_tables.hpp"

#include <catch2/catch.hpp>

#include "workforce/made_roster.hpp"
#include "workforce/roster_page.hpp"

using namespace pledge;
using namespace pledge::workforce;

namespace {

using Told = std::vector<std::string>;
using Read = void (*)(const Table&, RosterRules&, std::vector<TextFault>&);

// "line:column what" of each fault.
Told faults_of(Read read, const std::string& text, RosterRules rules = made_rules(1, {{"x", 1}})) {
  std::vector<TextFault> faults;
  read(parse_table(text, faults), rules, faults);
  Told told;
  for (const auto& f : faults) {
    CHECK_FALSE(f.why.empty());
    CHECK_FALSE(f.remedy.empty());
    told.push_back(std::to_string(f.line) + ":" + std::to_string(f.column) + " " + f.what);
  }
  return told;
}

std::string week_of_need(const std::string& name, const std::string& handlers, unsigned slots = 7 * 48) {
  std::string text;
  for (unsigned slot = 0; slot < slots; ++slot)
    text += stamp_text(made_rules(1, {}).need.first, slot * 30) + "," + name + "," + handlers + "\n";
  return text;
}

constexpr const char* need_names = "timestamp,class,rostered\n";
constexpr const char* shift_names = "pattern,hours,paid_h,earliest,latest,step_min,breaks\n";
constexpr const char* contract_names = "contract,week_least_h,week_most_h,rest_h,days_in_row,days_off,cost,patterns\n";

}  // namespace

TEST_CASE("a need is read as `pledge staff` prints it: rostered goes before handlers") {
  RosterRules rules;
  std::vector<TextFault> faults;
  std::string text = "class,timestamp,calls,handlers,rostered\n";
  for (unsigned slot = 0; slot < 7 * 48; ++slot)
    text += "999," + stamp_text(made_rules(1, {}).need.first, slot * 30) + ",5.5,3,4\n";
  read_need(parse_table(text, faults), rules, faults);
  REQUIRE(faults.empty());
  CHECK(rules.need.days == 7);
  CHECK(rules.need.groups == Told{"999"});
  CHECK(rules.need.handlers[0][335] == 4);
}

TEST_CASE("a need with faults") {
  CHECK(faults_of(read_need, "timestamp,class\n") == Told{"1:1 no column \"handlers\""});
  CHECK(faults_of(read_need, std::string(need_names) + "2026-11-30T00:10,A,1\n2026-11-30T00:30,A,-1\n2026-11-30T01:00,,1.5\n"
                                                       "yesterday,A,nan\n2026-11-30T02:00,A,1\n2026-11-30T02:00,A,1\n") ==
        Told{"2:1 timestamp \"2026-11-30T00:10\"", "3:20 rostered \"-1\"", "4:18 class is empty", "4:19 rostered \"1.5\"",
             "5:1 timestamp \"yesterday\"", "5:13 rostered \"nan\"", "7:1 timestamp \"2026-11-30T02:00\" is there twice"});
  CHECK(faults_of(read_need, need_names + week_of_need("A", "1", 6 * 48)) == Told{"0:0 the need covers 6 days"});
  CHECK(faults_of(read_need, need_names + week_of_need("A", "1") + week_of_need("B", "1", 47)) ==
        Told{"0:0 class \"B\" has no row for 2026-11-30T23:30"});
  std::string seven = need_names;
  for (const char* name : {"1", "2", "3", "4", "5", "6", "7"}) seven += week_of_need(name, "1");
  CHECK(faults_of(read_need, seven) == Told{"0:0 7 classes"});
}

TEST_CASE("shift patterns: alternatives of breaks, faults") {
  RosterRules rules;
  std::vector<TextFault> faults;
  read_shift_patterns(parse_table(std::string(shift_names) + "early,8.5,8,06:00,08:00,30,2:00+15 4:00+30|5:00+45\nplain,4,4,9:00,9:00,30,\n",
                                  faults),
                      rules, faults);
  REQUIRE(faults.empty());
  REQUIRE(rules.patterns.size() == 2);
  CHECK(rules.patterns[0].breaks == std::vector<std::vector<Break>>{{{120, 15}, {240, 30}}, {{300, 45}}});
  CHECK(shift_types(rules).size() == 5 * 2 + 1);
  CHECK(faults_of(read_shift_patterns, std::string(shift_names) + "e,8,9,08:00,06:00,30,4:00\ne,25,1,24:00,7,3,7:50+30\n", {}) ==
        Told{"2:5 paid_h 9", "2:13 latest 06:00", "2:22 break \"4:00\"", "3:3 hours \"25\"", "3:8 earliest \"24:00\"",
             "3:14 latest \"7\"", "3:16 step_min \"3\"", "3:6 paid_h 1", "3:18 breaks \"7:50+30\"",
             "3:1 \"e\" is there twice"});
}

TEST_CASE("contracts, handlers and leave refer to what there is") {
  CHECK(faults_of(read_contracts, std::string(contract_names) + "k,40,38,11,0,7,-1,early weekend\n") ==
        Told{"2:12 days_in_row \"0\"", "2:14 days_off \"7\"", "2:16 cost \"-1\"", "2:6 week_most_h 38",
             "2:19 unknown pattern \"weekend\""});
  std::string with_week_rest = contract_names;
  with_week_rest.insert(with_week_rest.size() - 1, ",week_rest_h");
  CHECK(faults_of(read_contracts, with_week_rest + "k,20,38,11,6,2,1,early,35\nl,20,38,11,6,2,1,early,23\nm,20,38,11,6,2,1,early,36\n") ==
        Told{"3:24 week_rest_h \"23\"", "4:24 week_rest_h \"36\""});
  CHECK(faults_of(read_roster_handlers, "handler,contract,skills\ny,none,A C\nz,c,\nz,c,A\n") ==
        Told{"2:3 unknown contract \"none\"", "2:8 unknown class of the need \"C\"", "4:1 \"z\" is there twice"});
  CHECK(faults_of(read_leave, "handler,from,to\nq,2026-12-01,2026-12-01\nx,2026-12-03,2026-12-01\nx,2026-02-30,\n") ==
        Told{"2:1 unknown handler \"q\"", "3:14 to 2026-12-01", "4:3 from \"2026-02-30\"", "4:14 to \"\""});
  CHECK(faults_of(read_leave, "handler,from,to\n").empty());
  CHECK(faults_of(read_roster_handlers, "handler,contract,skills\n") == Told{"1:1 no rows"});
}

TEST_CASE("leave reaches as far as the roster does; a day of it counts for a fifth of the week") {
  auto rules = made_rules(1, {{"x", 1}});
  std::vector<TextFault> faults;
  read_leave(parse_table("handler,from,to\nx,2026-11-01,2026-12-01\n", faults), rules, faults);
  REQUIRE(faults.empty());
  CHECK(rules.handlers[0].leave == std::vector<bool>{true, true, false, false, false, false, false});
  CHECK(week_hours(rules, rules.handlers[0], 0).least == 24 * 60 * 3 / 5);
  CHECK(week_hours(rules, rules.handlers[0], 0).most == 32 * 60 - 24 * 60 * 2 / 5);
}

TEST_CASE("a roster that was written reads back the same") {
  const auto rules = drawn_rules(5);
  const auto types = shift_types(rules);
  Roster roster;
  Dice dice{5};
  for (std::size_t h = 0; h < rules.handlers.size(); ++h)
    for (unsigned day = 0; day < rules.need.days; ++day)
      if (dice.below(2) == 0) roster.push_back({h, day, dice.below(static_cast<unsigned>(types.size()))});
  std::vector<TextFault> faults;
  CHECK(read_roster(parse_table(roster_table(rules, types, roster), faults), rules, types, faults) == roster);
  CHECK(faults.empty());
}

TEST_CASE("a roster with faults") {
  const auto rules = made_rules(1, {{"x", 1}});
  const auto types = shift_types(rules);
  std::vector<TextFault> faults;
  const std::string rows =
      "q,2026-11-30T06:00,2026-11-30T14:00,early,\nx,2026-11-29T06:00,2026-11-29T14:00,early,\n"
      "x,2026-11-30T07:00,2026-11-30T15:00,early,\nx,2026-11-30T06:00,2026-11-30T15:00,early,\n"
      "x,2026-11-30T06:00,2026-11-30T14:00,early,1:00+30\nx,2026-11-30T06:00,2026-11-30T14:00,dawn,\n";
  CHECK(read_roster(parse_table("handler,start,end,pattern,breaks\n" + rows, faults), rules, types, faults).empty());
  Told told;
  for (const auto& f : faults) told.push_back(std::to_string(f.line) + ":" + std::to_string(f.column) + " " + f.what);
  CHECK(told == Told{"2:1 unknown handler \"q\"", "3:3 start \"2026-11-29T06:00\"", "4:3 start \"2026-11-30T07:00\"",
                     "5:20 end \"2026-11-30T15:00\"", "6:43 breaks \"1:00+30\"", "7:37 unknown pattern \"dawn\""});
}

TEST_CASE("staff for a simulation: each group's handlers on, breaks off") {
  auto rules = made_rules(1, {{"x", 1}, {"y", 3}});
  rules.patterns[0].breaks = {{{240, 30}}};
  CHECK(staff_table(rules, shift_types(rules), {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}}) ==
        "from_s,group,handlers\n21600,A,1\n36000,A,0\n37800,A,1\n50400,A,0\n"
        "21600,A+B,1\n36000,A+B,0\n37800,A+B,1\n50400,A+B,0\n108000,A+B,1\n122400,A+B,0\n124200,A+B,1\n136800,A+B,0\n");
}

TEST_CASE("a calendar: UTC, stable names, text escaped, lines folded at 75 octets") {
  auto rules = made_rules(1, {{"x,y;\\z of a name that is long enough to make the line of its UID longer than may be, é", 1}});
  rules.patterns[2].breaks = {{{240, 60}}};
  const std::vector<core::UtcOffset> offsets{{core::Time{0}, 3600}};
  const auto text = roster_calendar(rules, shift_types(rules), {{0, 0, 2}}, 0, {offsets, core::Time{1'795'000'000'000'000'000}});
  std::string unfolded;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find("\r\n", at);
    REQUIRE(end != std::string::npos);
    CHECK(end - at <= 75);
    if (text[at] == ' ') unfolded.resize(unfolded.size() - 1);
    unfolded += text.substr(text[at] == ' ' ? at + 1 : at, end - at - (text[at] == ' ')) + "\n";
    at = end + 2;
  }
  CHECK(unfolded ==
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Pledge//roster//EN\nBEGIN:VEVENT\n"
        "UID:x\\,y\\;\\\\z of a name that is long enough to make the line of its UID longer than may be\\, é-2026-11-30@roster.pledge\n"
        "DTSTAMP:20261118T110640Z\nDTSTART:20261130T210000Z\nDTEND:20261201T050000Z\nSUMMARY:Shift night\\, 22:00 to 06:00\n"
        "DESCRIPTION:Breaks: 02:00 to 03:00\\n8 h paid\nEND:VEVENT\nEND:VCALENDAR\n");
}

TEST_CASE("a page names every handler, shift, leave and gap, escaped") {
  auto rules = made_rules(1, {{"<x>", 1}, {"y", 1}});
  rules.handlers[1].leave[3] = true;
  rules.need.handlers[0][0] = 1;
  const auto html = roster_page(rules, shift_types(rules), {{0, 2, 1}}, {"A remark."});
  for (const char* part : {"&lt;x&gt;", "14:00–22:00", "<td>leave</td>", "Week of 2026-11-30", "Half-hours that lack handlers: 1",
                           "2026-11-30T00:00", "A remark."})
    CHECK(html.find(part) != std::string::npos);
  CHECK(html.find("<x>") == std::string::npos);
}
