#include "settings/calendar.hpp"

#include <catch2/catch.hpp>

#include "house.hpp"
#include "settings/kinds.hpp"

namespace pledge::settings {

using namespace std::chrono_literals;

namespace {

// "2026-03-29 00:30" in UTC.
core::Time utc(const std::string& text) {
  const auto date = *parse_date(text.substr(0, 10));
  const auto hours = std::stoi(text.substr(11, 2)), minutes = std::stoi(text.substr(14, 2));
  // Days since 1970 by the civil calendar (proleptic Gregorian).
  const int y = date.year - (date.month <= 2), era = y / 400;
  const unsigned yoe = static_cast<unsigned>(y - era * 400);
  const unsigned doy = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  const std::int64_t days = era * 146097LL + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
  return {((days * 24 + hours) * 60 + minutes) * 60'000'000'000};
}
core::Interval span(const std::string& from, const std::string& to) { return {utc(from), utc(to)}; }

std::vector<core::Interval> london(const std::string& hours, core::Interval within, std::vector<Date> closed = {}) {
  return expand("Europe/London", {*parse_hours(hours)}, closed, within);
}

}  // namespace

TEST_CASE("hours are read, or refused") {
  CHECK(parse_hours("mon-fri 08:00-18:00"));
  CHECK(parse_hours("sat,sun 10:00-16:00"));
  CHECK(parse_hours("fri-mon 00:00-24:00"));
  CHECK(parse_hours("daily 22:00-06:00")->to == 30h);
  for (const char* wrong :
       {"", "mon", "mon 8:00-18:00", "mon 08:00-08:00", "mon 08:00-25:00", "mon 24:00-24:00", "mon 24:00-02:00",
        "mon-xyz 08:00-18:00", "mon, 08:00-18:00", "mon 08:60-18:00", "mon 08:00 18:00"}) {
    INFO(wrong);
    CHECK_FALSE(parse_hours(wrong));
  }
}

TEST_CASE("dates are read, and must exist") {
  CHECK(parse_date("2028-02-29"));
  CHECK_FALSE(parse_date("2027-02-29"));
  CHECK_FALSE(parse_date("2027-13-01"));
  CHECK_FALSE(parse_date("27-01-01"));
}

TEST_CASE("weekly hours in winter are UTC, in summer an hour earlier") {
  CHECK(london("mon 08:00-18:00", span("2026-11-22 00:00", "2026-11-25 00:00")) ==
        std::vector{span("2026-11-23 08:00", "2026-11-23 18:00")});
  CHECK(london("mon 08:00-18:00", span("2026-07-05 00:00", "2026-07-08 00:00")) ==
        std::vector{span("2026-07-06 07:00", "2026-07-06 17:00")});
}

TEST_CASE("in the spring gap a time that does not exist is the moment of the change") {
  // 29 March 2026: 01:00 GMT becomes 02:00 BST.
  const auto day = span("2026-03-29 00:00", "2026-03-29 12:00");
  CHECK(london("sun 01:30-03:00", day) == std::vector{span("2026-03-29 01:00", "2026-03-29 02:00")});
  CHECK(london("sun 00:30-01:30", day) == std::vector{span("2026-03-29 00:30", "2026-03-29 01:00")});
  CHECK(london("sun 01:10-01:50", day).empty());
  CHECK(london("sun 00:00-04:00", day) == std::vector{span("2026-03-29 00:00", "2026-03-29 03:00")});
}

TEST_CASE("in the autumn an hour that comes twice is open both times") {
  // 25 October 2026: 02:00 BST becomes 01:00 GMT; 01:30 comes at 00:30 and at 01:30 UTC.
  const auto day = span("2026-10-24 12:00", "2026-10-25 12:00");
  CHECK(london("sun 01:30-03:00", day) == std::vector{span("2026-10-25 00:30", "2026-10-25 03:00")});
  CHECK(london("sun 00:30-01:30", day) == std::vector{span("2026-10-24 23:30", "2026-10-25 01:30")});
  CHECK(london("sun 01:15-01:45", day) == std::vector{span("2026-10-25 00:15", "2026-10-25 01:45")});
}

TEST_CASE("a night belongs to the day on which it begins, over the change of the clocks too") {
  CHECK(london("sat 22:00-06:00", span("2026-10-24 12:00", "2026-10-26 00:00")) ==
        std::vector{span("2026-10-24 21:00", "2026-10-25 06:00")});
  CHECK(london("sat 22:00-06:00", span("2026-03-28 12:00", "2026-03-30 00:00")) ==
        std::vector{span("2026-03-28 22:00", "2026-03-29 05:00")});
}

TEST_CASE("holidays are taken out, and a period that began before the span is cut at it") {
  const auto week = span("2026-12-23 12:00", "2026-12-30 00:00");
  CHECK(london("mon-fri 09:00-17:00", week, {{2026, 12, 25}, {2026, 12, 28}}) ==
        std::vector{span("2026-12-23 12:00", "2026-12-23 17:00"), span("2026-12-24 09:00", "2026-12-24 17:00"),
                    span("2026-12-29 09:00", "2026-12-29 17:00")});
}

TEST_CASE("touching days are one interval, and the complement is the rest") {
  const auto days = span("2026-11-23 00:00", "2026-11-26 00:00");
  CHECK(london("mon-wed 00:00-24:00", days) == std::vector{days});
  CHECK(complement(london("tue 08:00-18:00", days), days) ==
        std::vector{span("2026-11-23 00:00", "2026-11-24 08:00"), span("2026-11-24 18:00", "2026-11-26 00:00")});
  CHECK(complement({}, days) == std::vector{days});
  CHECK(complement({days}, days).empty());
}

TEST_CASE("offsets from UTC: one at the beginning, one at each change") {
  const auto offsets = utc_offsets("Europe/London", span("2026-02-01 00:00", "2026-12-01 00:00"));
  REQUIRE(offsets.size() == 3);
  CHECK(offsets[0] == core::UtcOffset{utc("2026-02-01 00:00"), 0});
  CHECK(offsets[1] == core::UtcOffset{utc("2026-03-29 01:00"), 3600});
  CHECK(offsets[2] == core::UtcOffset{utc("2026-10-25 01:00"), 0});
  CHECK(utc_offsets("UTC", span("2026-02-01 00:00", "2026-12-01 00:00")).size() == 1);
}

TEST_CASE("a zone is one that the machine knows, and not just a file beside it") {
  CHECK(zone_exists("Europe/London"));
  for (const char* wrong : {"", "Europe/Londn", "tzdata.zi", "zone.tab", "../../etc/passwd", "Europe"})
    CHECK_FALSE(zone_exists(wrong));
}

TEST_CASE("rules are timed inside, outside, and both") {
  const std::string calendars = R"([[rule]]
name = "both"
when = "day"
outside = "office"
queue = "emergency"
[[rule]]
name = "in"
when = "office"
queue = "emergency"
[[rule]]
name = "out"
outside = "office"
queue = "emergency"
[[calendar]]
name = "office"
open = ["mon-fri 08:00-18:00"]
closed = ["list"]
[[calendar]]
name = "day"
open = ["daily 06:00-20:00"]
[[holidays]]
name = "list"
dates = ["2026-11-25"]
[general]
calendar_horizon = "3 days"
)";
  const auto core = test::sound(calendars).core;  // from Saturday 12:00 until Thursday 12:00
  REQUIRE(core.triage.size() == 5);
  CHECK(core.triage[0].timed);
  CHECK(core.triage[1].windows == std::vector{span("2026-11-23 08:00", "2026-11-23 18:00"),
                                              span("2026-11-24 08:00", "2026-11-24 18:00"),
                                              span("2026-11-26 08:00", "2026-11-26 12:00")});
  CHECK(core.triage[2].windows == std::vector{span("2026-11-21 12:00", "2026-11-23 08:00"),
                                              span("2026-11-23 18:00", "2026-11-24 08:00"),
                                              span("2026-11-24 18:00", "2026-11-26 08:00")});
  CHECK(core.triage[0].windows ==
        std::vector{span("2026-11-21 12:00", "2026-11-21 20:00"), span("2026-11-22 06:00", "2026-11-22 20:00"),
                    span("2026-11-23 06:00", "2026-11-23 08:00"), span("2026-11-23 18:00", "2026-11-23 20:00"),
                    span("2026-11-24 06:00", "2026-11-24 08:00"), span("2026-11-24 18:00", "2026-11-24 20:00"),
                    span("2026-11-25 06:00", "2026-11-25 20:00"), span("2026-11-26 06:00", "2026-11-26 08:00")});
  CHECK_FALSE(core.triage[3].timed);
}

TEST_CASE("durations, shares and requirements are read and written alike") {
  CHECK(parse_duration("10 s") == 10s);
  CHECK(parse_duration("2min") == 2min);
  CHECK(parse_duration("1 h 30 min") == 90min);
  CHECK(parse_duration("500 ms") == 500ms);
  CHECK(parse_duration("0.5 s") == 500ms);
  CHECK(parse_duration("400 days") == 9600h);
  for (const char* wrong : {"", "10", "s", "-1 s", "1 fortnight", "1 s 2", "1e9 s", "99999999999999 s", "1..5 s"}) {
    INFO(wrong);
    CHECK_FALSE(parse_duration(wrong));
  }
  CHECK(duration_text(90s) == "90 s");
  CHECK(duration_text(2min) == "2 min");
  CHECK(duration_text(1500ms) == "1500 ms");
  CHECK(duration_text(48h) == "2 days");
  CHECK(duration_text(0s) == "0 s");
  CHECK(parse_share("90 %") == Approx(0.9));
  CHECK_FALSE(parse_share("90"));
  CHECK(share_text(0.915) == "91.5 %");
  CHECK(parse_requirement("polish:3") == core::Requirement{{"polish"}, 3});
  CHECK_FALSE(parse_requirement("polish:0"));
  CHECK_FALSE(parse_requirement(":3"));
}

TEST_CASE("addresses, numbers and URIs are told from what is none") {
  for (const char* good : {"127.0.0.0/8", "::1", "2001:db8::/32", "::ffff:192.0.2.1", "192.0.2.1"})
    CHECK(matches(Format::address_range, good));
  for (const char* bad :
       {"", "127.0.0", "127.0.0.256", "01.2.3.4", "::1::", "2001:db8::/129", "1.2.3.4/33", "1.2.3.4/", "a", ":::"})
    CHECK_FALSE(matches(Format::address_range, bad));
  for (const char* good : {"999", "101", "+442079460123", "+4420*", "*", "control-room"}) {
    INFO(good);
    CHECK(matches(Format::number_pattern, good) == (std::string{good} != "*"));
  }
  for (const char* bad : {"", "+", "020 7946 0123", "0207946", "+0123456789", "9*9", "+44 20"})
    CHECK_FALSE(matches(Format::number_pattern, bad));
  for (const char* good :
       {"sip:a@127.0.0.1:7000", "sip:127.0.0.1", "sips:a@[::1]:5061", "sip:a@example.com;transport=tcp"})
    CHECK(matches(Format::sip_uri, good));
  for (const char* bad : {"", "a@b", "sip:", "sip:@host", "sip:a@host:99999", "tel:101", "sip:a@b c"})
    CHECK_FALSE(matches(Format::sip_uri, bad));
  for (const char* good : {"127.0.0.1:0", "[::1]:9090", "localhost:1"}) CHECK(matches(Format::host_port, good));
  for (const char* bad : {"127.0.0.1", "::1:9090", ":1", "a:b"}) CHECK_FALSE(matches(Format::host_port, bad));
}

}  // namespace pledge::settings
