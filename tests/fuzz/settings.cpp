// Any bytes as a configuration file: faults or settings, never a crash. Those that load must differ from themselves in
// nothing.
#include "settings/settings.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pledge;
  const std::vector<settings::File> files{{"fuzz.toml", std::string(reinterpret_cast<const char*>(data), size)}};
  const settings::Environment environment{core::Time{1'795'435'200'000'000'000}};
  const auto loaded = settings::load(files, environment);
  if (!loaded) {
    if (!settings::has_errors(loaded.error())) std::abort();
    for (const auto& fault : loaded.error()) (void)settings::to_text(fault);
    return 0;
  }
  if (!settings::diff(*loaded, *loaded).empty()) std::abort();
  return 0;
}
