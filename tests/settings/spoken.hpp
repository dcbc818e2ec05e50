#pragma once
// Prompts for the announcements of tests.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

namespace pledge::settings::test {

struct Spoken {  // a folder with the one prompt that all announcements of a test have
  std::filesystem::path path;
  Spoken() {
    auto name = (std::filesystem::temp_directory_path() / "pledge-prompts-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
    std::filesystem::create_directories(path / "en-GB");
    std::ofstream(path / "en-GB/words.wav");
  }
  Spoken(const Spoken&) = delete;
  ~Spoken() { std::filesystem::remove_all(path); }
};

}  // namespace pledge::settings::test
