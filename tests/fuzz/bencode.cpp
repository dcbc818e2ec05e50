// Anything as an answer of rtpengine: read, and what was read written and read again; and the description in it.
#include "sip/rtpengine/bencode.hpp"

#include <cstdlib>

#include "sip/rtpengine/description.hpp"

using namespace pledge::rtpengine;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto first = decode({reinterpret_cast<const char*>(data), size});
  if (!first) return 0;
  const auto bytes = encode(*first);
  const auto second = decode(bytes);
  if (!second || encode(*second) != bytes) std::abort();
  const auto address = media_address(first->text("sdp"));
  if (address && (address->ip.empty() || address->port == 0)) std::abort();
  return 0;
}
