#pragma once
// What media tells of calls whose audio is broken.
#include <cstdint>

#include "core/types.hpp"

namespace pledge::runtime {

// A connected leg, held by neither side, from which no RTP has come for MediaOptions::silence_after; or comes again.
struct LegSilence {
  core::LegId leg, peer;
  bool over = false;          // it is heard again
  bool peer_heard = false;    // audio comes from the other leg: one-way audio
  std::uint64_t refused = 0;  // packets refused on this leg since it was opened: somebody sends, but from elsewhere
};

}  // namespace pledge::runtime
