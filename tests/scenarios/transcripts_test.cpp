// Each file of tests/scenarios/transcripts is one story. To accept what the core does today as the new truth, run
// with PLEDGE_REWRITE=1 and read the difference before you commit it.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "scenarios/scenario.hpp"

using namespace pledge::core::test;

namespace {

std::vector<std::filesystem::path> stories() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator{PLEDGE_SOURCE_DIR "/tests/scenarios/transcripts"})
    if (entry.path().extension() == ".txt") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

std::string read(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream{path}.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("every transcript is what the core does") {
  REQUIRE(stories().size() >= 20);
  for (const auto& path : stories()) {
    INFO(path.filename().string());
    const std::string told = read(path);
    const std::string played = play(told);
    if (std::getenv("PLEDGE_REWRITE") && played != told) std::ofstream{path} << played;
    CHECK(played == told);
  }
}
