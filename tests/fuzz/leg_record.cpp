// A leg's text in the journal: whatever is read can be written, and is then read the same.
#include "sip/signalling/leg_record.hpp"

#include <cstdlib>

using namespace pledge::signalling;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto record = decode_leg_record({reinterpret_cast<const char*>(data), size});
  if (!record) {
    if (record.error().empty()) std::abort();
    return 0;
  }
  const auto again = decode_leg_record(encode(*record));
  if (!again || *again != *record) std::abort();
  return 0;
}
