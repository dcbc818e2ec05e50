// The torture messages of RFC 4475 against the screen. What must be refused is refused with a status the table allows;
// what the table lets through passes. The files are shared data beside the checkout, not part of it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <tuple>

#include "sip/signalling/screen.hpp"

namespace pledge::signalling {
namespace {

namespace fs = std::filesystem;

fs::path directory() { return fs::path(PLEDGE_SOURCE_DIR) / ".." / "shared" / "data" / "sip-torture"; }

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// One line of the table; quoted cells may hold commas.
std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    else if (c == ',' && !quoted) out.emplace_back();
    else if (c != '\r') out.back() += c;
  }
  return out;
}

std::vector<std::string> alternatives(const std::string& cell) {
  std::vector<std::string> out(1);
  for (const char c : cell) {
    if (c == '|') out.emplace_back();
    else out.back() += c;
  }
  return out;
}

// What the stack and the engine give to a message that passes: anything but the refusals that only the screen gives.
bool may_pass(const std::vector<std::string>& allowed) {
  for (const auto& status : allowed)
    for (const char* later : {"1xx/2xx", "200", "404", "401", "403", "405", "406", "488"})
      if (status == later) return true;
  return false;
}

TEST_CASE("RFC 4475 torture messages", "[torture]") {
  std::ifstream table(directory() / "expected.csv");
  if (!table) {
    std::printf("skipped: %s is not there\n", directory().c_str());
    return;
  }
  std::string line;
  std::getline(table, line);
  std::size_t seen = 0;
  while (std::getline(table, line)) {
    const auto row = cells(line);
    REQUIRE(row.size() > 9);
    const auto& [file, kind, transport, treatment] = std::tie(row[0], row[4], row[6], row[7]);
    const auto allowed = alternatives(row[9]);
    const auto s = screen(read(directory() / file), transport);
    const auto verdict = s.refusal ? std::to_string(s.refusal->status) + " " + s.refusal->reason : "pass";
    INFO(file << ": " << verdict << "; allowed: " << row[9]);
    ++seen;
    if (kind == "response") {
      CHECK(s.kind == MessageKind::response);
      CHECK(s.refusal.has_value() == (treatment != "valid-response"));
    } else if (s.refusal) {
      CHECK(s.answerable());
      CHECK(std::count(allowed.begin(), allowed.end(), std::to_string(s.refusal->status)) == 1);
    } else {
      CHECK(may_pass(allowed));
    }
  }
  CHECK(seen == 49);
}

}  // namespace
}  // namespace pledge::signalling
