#pragma once
// Frames of a journal file: length (32 bits), XXH3-64 of the payload seeded with the length (64 bits), payload;
// little-endian.
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace pledge::journal {

inline constexpr std::string_view magic = "PLEDGEJ1";
inline constexpr std::size_t frame_head = 12;
// Longer frames are never written: larger than any configuration, smaller than what a flipped length could ask for.
inline constexpr std::uint32_t longest_payload = 64u << 20;

// Appends to `out` the frame around what `fill` appends.
template <class Fill>
void put_frame(std::string& out, Fill&& fill);
void close_frame(std::string& out, std::size_t at);

template <class Fill>
void put_frame(std::string& out, Fill&& fill) {
  const std::size_t at = out.size();
  out.append(frame_head, '\0');
  fill();
  close_frame(out, at);
}

// Bytes that are no frame. torn: nothing readable follows, as after a crash in mid-write. damaged: frames follow.
struct Unreadable {
  bool torn = false;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};
struct Frame {
  std::uint64_t offset = 0;
  std::string_view payload;
};
struct End {};

// Walks the frames in `bytes`, which begin `base` bytes after the start of the file. Never reads outside them.
class Frames {
 public:
  explicit Frames(std::string_view bytes, std::uint64_t base = 0) : bytes_(bytes), base_(base) {}
  std::variant<Frame, Unreadable, End> next();

 private:
  bool frame_at(std::size_t at, std::string_view& payload);

  std::string_view bytes_;
  std::uint64_t base_;
  std::size_t at_ = 0;
  std::uint64_t searched_ = 0;  // bytes hashed while looking for the next frame, bounded
};

}  // namespace pledge::journal
