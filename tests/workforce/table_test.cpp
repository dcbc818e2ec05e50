// Tables of text: what is read, and each fault where it stands.
#include "workforce/table.hpp"

#include <catch2/catch.hpp>

#include "workforce/erlang_table.hpp"

using namespace pledge::workforce;

namespace {

constexpr const char* header = "model,lambda_per_s,aht_s,agents,patience_s,target_s\n";

// "line:column what" of each fault of these cases.
std::vector<std::string> faults_of(const std::string& text) {
  std::vector<TextFault> faults;
  erlang_cases(parse_table(text, faults), faults);
  std::vector<std::string> told;
  for (const auto& f : faults) {
    CHECK_FALSE(f.why.empty());
    CHECK_FALSE(f.remedy.empty());
    told.push_back(std::to_string(f.line) + ":" + std::to_string(f.column) + " " + f.what);
  }
  return told;
}

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("cells: quotes, CR LF, a byte-order mark, empty lines") {
  std::vector<TextFault> faults;
  const auto table = parse_table(
      "\xEF\xBB\xBF"
      "a,b\r\n\r\n1,\"x, \"\"y\"\"\"\r\n,",
      faults);
  REQUIRE(faults.empty());
  REQUIRE(table.rows.size() == 2);
  CHECK(table.column("b") == 1u);
  CHECK(table.rows[0].line == 3);
  CHECK(table.rows[0].cells[1].text == "x, \"y\"");
  CHECK(table.rows[0].cells[1].column == 3);
  CHECK(table.rows[1].cells[1].text.empty());
}

TEST_CASE("a broken table is told by line and column") {
  CHECK(faults_of("") == Told{"0:0 no columns"});
  CHECK(faults_of("model,aht_s,agents,patience_s,target_s\n") == Told{"1:1 no column \"lambda_per_s\""});
  CHECK(faults_of(std::string(header) + "ErlangC,1,2\n") == Told{"2:11 3 cells"});
  CHECK(faults_of(std::string(header) + "\"ErlangC,1,2,3,4,5\n") == Told{"2:1 a quoted cell that does not end"});
}

TEST_CASE("each bad value is told, all of a row at once") {
  CHECK(faults_of(std::string(header) + "ErlangD,1,2,3,,5\n") == Told{"2:1 model \"ErlangD\""});
  CHECK(faults_of(std::string(header) + "ErlangB,nan,-2,0,,0\n") ==
        Told{"2:9 lambda_per_s \"nan\"", "2:13 aht_s \"-2\"", "2:16 agents \"0\""});
  CHECK(faults_of(std::string(header) + "ErlangB,1/0,1e999,5.5x,,inf\n").size() == 4);
  CHECK(faults_of(std::string(header) + "ErlangB,0.1,100,10.5,,0\n") == Told{"2:17 agents 10.5"});
  CHECK(faults_of(std::string(header) + "ErlangA,0.1,100,10,,0\n") == Told{"2:20 patience_s \"\""});
  CHECK(faults_of(std::string(header) + "ErlangA,100000,100,10,1e6,0\n") == Told{"2:23 patience_s 1e6"});
  CHECK(faults_of(std::string(header) + "ErlangC,0.1,100,10,,0\n") == Told{"2:17 agents 10"});
}

TEST_CASE("a row with a fault does not cost the others") {
  std::vector<TextFault> faults;
  const auto cases = erlang_cases(
      parse_table(std::string(header) + "ErlangC,0.1,100,10,,0\nErlangB,1/100,200,2,,0\n", faults), faults);
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].line == 3);
  CHECK(cases[0].figures.wait_share == Approx(0.4));
  CHECK(erlang_figure("prob_wait") == &ErlangFigures::wait_share);
  CHECK(erlang_figure("note") == nullptr);
}
