// Frames: what a crash or a bad disk leaves behind is told apart, and what is whole is read.
#include "journal/frame.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace pledge::journal;

namespace {
std::string three_frames() {
  std::string bytes;
  for (const auto* text : {"one", "two two", "three three three"}) put_frame(bytes, [&] { bytes += text; });
  return bytes;
}
struct Seen {
  std::vector<std::string> payloads;
  std::vector<Unreadable> unreadable;
};
Seen read_all(std::string_view bytes) {
  Seen seen;
  Frames frames(bytes, 8);
  for (auto next = frames.next(); !std::holds_alternative<End>(next); next = frames.next()) {
    if (const auto* frame = std::get_if<Frame>(&next)) seen.payloads.emplace_back(frame->payload);
    else seen.unreadable.push_back(std::get<Unreadable>(next));
  }
  return seen;
}
}  // namespace

TEST_CASE("frames are read in order, zeros after them are the end") {
  const auto seen = read_all(three_frames() + std::string(1000, '\0'));
  CHECK(seen.payloads == std::vector<std::string>{"one", "two two", "three three three"});
  CHECK(seen.unreadable.empty());
}

TEST_CASE("a last frame cut anywhere is a torn tail with its offset") {
  const std::string whole = three_frames();
  const std::size_t last = whole.size() - frame_head - 17;
  for (std::size_t size = last + 1; size < whole.size(); ++size) {
    const auto seen = read_all(std::string(whole, 0, size));
    CHECK(seen.payloads.size() == 2);
    REQUIRE(seen.unreadable.size() == 1);
    CHECK(seen.unreadable[0].torn);
    CHECK(seen.unreadable[0].offset == 8 + last);
    CHECK(seen.unreadable[0].bytes == size - last);
  }
}

TEST_CASE("any flipped bit of a frame in the middle is damage, and the frames after it are read") {
  const std::string whole = three_frames();
  const std::size_t second = frame_head + 3, third = second + frame_head + 7;
  for (std::size_t bit = second * 8; bit < third * 8; ++bit) {
    CAPTURE(bit);
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const auto seen = read_all(flipped);
    CHECK(seen.payloads == std::vector<std::string>{"one", "three three three"});
    REQUIRE(seen.unreadable.size() == 1);
    CHECK_FALSE(seen.unreadable[0].torn);
    CHECK(seen.unreadable[0].offset == 8 + second);
    CHECK(seen.unreadable[0].bytes == third - second);
  }
}
