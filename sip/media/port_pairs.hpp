#pragma once
// Which RTP/RTCP port pairs of the configured range are free. A pair given back goes to the end of the line, so that
// packets still under way to an ended call do not reach the next one. Pure: nothing is bound here.
#include <cstdint>
#include <deque>
#include <optional>

namespace pledge::media {

class PortPairs {
 public:
  // Both ends inclusive; pairs start on even ports and lie wholly inside.
  PortPairs(std::uint16_t first, std::uint16_t last);

  std::optional<std::uint16_t> take();  // the RTP port of the pair longest unused; nullopt if none is free
  void give_back(std::uint16_t rtp_port);
  std::size_t free() const { return free_.size(); }

 private:
  std::deque<std::uint16_t> free_;
};

}  // namespace pledge::media
