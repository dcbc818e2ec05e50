#include "journal/frame.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace pledge::journal {
namespace {
// Looking for the next frame after damage hashes whatever looks like one; garbage can look like many.
constexpr std::uint64_t most_searched = 1ull << 30;
}  // namespace

void close_frame(std::string& out, std::size_t at) {
  const auto length = static_cast<std::uint32_t>(out.size() - at - frame_head);
  const std::uint64_t hash = XXH3_64bits_withSeed(out.data() + at + frame_head, length, length);
  std::memcpy(out.data() + at, &length, sizeof length);
  std::memcpy(out.data() + at + sizeof length, &hash, sizeof hash);
}

bool Frames::frame_at(std::size_t at, std::string_view& payload) {
  const std::string_view rest = bytes_.substr(at);
  if (rest.size() < frame_head) return false;
  std::uint32_t length = 0;
  std::uint64_t hash = 0;
  std::memcpy(&length, rest.data(), sizeof length);
  std::memcpy(&hash, rest.data() + sizeof length, sizeof hash);
  if (length == 0 || length > longest_payload || length > rest.size() - frame_head) return false;
  payload = rest.substr(frame_head, length);
  searched_ += length;
  return XXH3_64bits_withSeed(payload.data(), payload.size(), length) == hash;
}

std::variant<Frame, Unreadable, End> Frames::next() {
  // Space taken ahead of the writing reads as zeros.
  if (bytes_.find_first_not_of('\0', at_) == std::string_view::npos) return End{};
  const std::size_t start = at_;
  std::string_view payload;
  if (frame_at(start, payload)) {
    at_ = start + frame_head + payload.size();
    searched_ = 0;
    return Frame{base_ + start, payload};
  }
  for (at_ = start + 1; at_ < bytes_.size() && searched_ < most_searched; ++at_)
    if (frame_at(at_, payload)) return Unreadable{false, base_ + start, at_ - start};
  at_ = bytes_.size();
  return Unreadable{true, base_ + start, bytes_.size() - start};
}

}  // namespace pledge::journal
