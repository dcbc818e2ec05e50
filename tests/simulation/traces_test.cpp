// Calls, staff and demand from CSV: what is read, and that each fault is told with its place.
#include "workforce/traces.hpp"

#include <catch2/catch.hpp>

using namespace pledge::workforce;
using namespace std::chrono_literals;

namespace {
template <class Row>
std::vector<std::string> lines(const Trace<Row>& trace) {
  std::vector<std::string> lines;
  for (const auto& fault : trace.faults) lines.push_back(to_text("f.csv", fault));
  return lines;
}
using Lines = std::vector<std::string>;
}  // namespace

TEST_CASE("calls are read in any order of columns and rows") {
  const auto trace = read_calls("class,arrival_s,patience_s,service_s\r\nN,2.5,0,300\nE,1,60,120.25\n");
  REQUIRE(trace.faults.empty());
  REQUIRE(trace.rows.size() == 2);
  CHECK(trace.rows[0].dialled == "E");
  CHECK(trace.rows[0].handling == 120'250ms);
  CHECK(trace.rows[0].patience == 60s);
  CHECK(trace.rows[1].at == 2500ms);
  CHECK(trace.rows[1].patience == 0s);
}

TEST_CASE("every fault of calls is told with line and column") {
  CHECK(lines(read_calls("arrival_s,class,service_s\n1,E,2\n")) == Lines{"f.csv:1:1: column \"patience_s\" is missing"});
  CHECK(lines(read_calls("arrival_s,class,service_s,patience,patience_s,class\n")) ==
        Lines{"f.csv:1:27: unknown column \"patience\"", "f.csv:1:47: column \"class\" is there twice"});
  CHECK(lines(read_calls("arrival_s,class,service_s,patience_s\nnan,E,-2,4\n1,E,x,4\n1,,3,4\n1,E,2\n")) ==
        Lines{"f.csv:2:1: arrival_s \"nan\" is not a finite number", "f.csv:2:7: service_s \"-2\" is negative",
              "f.csv:3:5: service_s \"x\" is not a number", "f.csv:4:3: class is empty",
              "f.csv:5:1: 3 columns where the heading has 4"});
  CHECK(lines(read_calls("arrival_s,class,service_s,patience_s\n")) == Lines{"f.csv:1:1: there are no rows"});
  CHECK(lines(read_calls("")).size() == 5);
}

TEST_CASE("staff changes become shifts: the last to come is the first to go") {
  const auto trace = read_staff("from_s,group,handlers\n0,day,2\n3600,day,1\n7200,day,3\n");
  REQUIRE(trace.faults.empty());
  const auto shifts = shifts_of(trace.rows, 10'000);
  REQUIRE(shifts.size() == 4);
  CHECK(shifts[0].handler.value == "day-2");
  CHECK(shifts[0].to == 3600s);
  std::chrono::nanoseconds sum{};
  for (const Shift& shift : shifts) sum += shift.to - shift.from;
  CHECK(sum == 2 * 3600s + 3600s + 3 * 2800s);
  CHECK(lines(read_staff("from_s,group,handlers\n0,day,1.5\n0,day,inf\n")) ==
        Lines{"f.csv:2:7: handlers \"1.5\" is not a whole number", "f.csv:3:7: handlers \"inf\" is not a finite number"});
}

TEST_CASE("a demand has 24 hours a class") {
  std::string text = "hour,class,calls,handling_s,handling_cv,patience_s\n";
  for (int hour = 0; hour < 24; ++hour) text += std::to_string(hour) + ",E," + std::to_string(hour * 10) + ",210,0.8,180\n";
  const auto demand = read_demand(text);
  REQUIRE(demand.faults.empty());
  CHECK(demand.rows[0].calls[7] == 70);
  CHECK(calls_an_hour(demand.rows[0], 8 * 3600) == Approx(75));
  CHECK(lines(read_demand(text + "3,E,1,210,0.8,180\n")) == Lines{"f.csv:26:1: hour 3 of class \"E\" is there twice"});
  CHECK(lines(read_demand(text.substr(0, text.rfind("23,")))) == Lines{"f.csv:1:1: class \"E\" has no row for hour 23"});
  const auto no_e = [](const std::string& name) { return name == "E" ? "there is no E" : std::string{}; };
  CHECK(lines(read_demand(text, no_e)).front() == "f.csv:2:3: there is no E");
}
