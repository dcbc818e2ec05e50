// Documents of an INVITE's body, once as a location and once as a block of additional data. All text is UTF-8, every
// position is on the Earth, every bound holds.
#include "sip/signalling/location.hpp"

#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "sip/signalling/additional_data.hpp"
#include "sip/signalling/text.hpp"

using namespace pledge;
using namespace pledge::signalling;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_text(std::string_view text, std::size_t most) {
  require(text.size() <= most + 8);  // the last character may pass the bound, and "…" stands behind it
  while (!text.empty()) {
    const auto length = text::utf8_length(text);
    require(length > 0);
    text.remove_prefix(length);
  }
}

void check_location(const core::Location& location) {
  const LocationLimits limits;
  require(std::abs(location.latitude) <= 90 && std::abs(location.longitude) <= 180);
  require(location.radius >= 0 && location.radius < 21e6);
  require(location.civic.size() <= limits.elements);
  for (const auto& element : location.civic) check_text(element.text, limits.text_bytes);
  check_text(location.method, limits.text_bytes);
  check_text(location.timestamp, limits.text_bytes);
  require(location.circle || !location.civic.empty() || !location.fault.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto locations = read_locations(text);
  require(!locations.empty() && locations.size() <= LocationLimits{}.locations);
  for (const auto& location : locations) check_location(location);
  place_of(locations, {"Camden"}, {{"Camden", 51.54, -0.16, 4000}});

  const AdditionalDataLimits limits;
  for (const std::string block : {"ProviderInfo", "SubscriberInfo", "DeviceInfo"}) {
    const auto items = additional_items({{"application/EmergencyCallData." + block + "+xml", {}, text}}, limits);
    require(items.size() <= limits.items + 1);
    for (const auto& item : items) check_text(item.text, limits.text_bytes);
  }
  return 0;
}
