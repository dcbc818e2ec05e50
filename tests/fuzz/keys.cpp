// Anything as key-presses: cut into payloads, each is a telephone-event and then audio. A byte before each says how long it
// is and how it arrived, two more where it stands in time.
#include "sip/media/keys.hpp"

#include <algorithm>
#include <cstdlib>

using namespace pledge::media;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint32_t most_a_second = 10;
  Keys events(most_a_second), tones(most_a_second);
  events.listen(true);
  tones.listen(true);
  std::span<const std::uint8_t> rest(data, size);
  std::uint32_t timestamp = 0;
  std::size_t told = 0;
  while (rest.size() >= 3) {
    const std::size_t length = std::min<std::size_t>(rest[0] & 0x3F, rest.size() - 3);
    if (rest[0] & 0x80) events.restart(), tones.restart();
    timestamp += static_cast<std::uint32_t>(rest[1] << 24 | rest[2] << 4);
    const auto payload = rest.subspan(3, length);
    told += events.take({true, true, pledge::runtime::AudioCodec::pcma, timestamp, payload}, {}).size();
    tones.take({false, false, pledge::runtime::AudioCodec::pcmu, timestamp, payload}, {});
    rest = rest.subspan(3 + length);
  }
  if (told > most_a_second) std::abort();  // the clock stands still
  return 0;
}
