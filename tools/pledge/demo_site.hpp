#pragma once
// Where a demonstration takes place: its configuration, and ports that nobody else uses.
#include <filesystem>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "settings/settings.hpp"
#include "tools/load/wire.hpp"

namespace pledge {

struct DemoSite {
  std::filesystem::path work;  // a temporary folder: the engine's log and journal, perhaps a configuration
  std::string configuration;   // folder that the engine reads
  settings::Settings settings;
  load::Address sip;  // where callers call
  std::string grpc;
  load::Address phones;               // where the handlers' static contacts point
  std::vector<std::string> handlers;  // those with a phone there
  std::string guest, guest_secret;    // a handler whose phone registers; empty: there is none
  bool own_ports = false;             // `configuration` is a copy with other ports
};

// Takes the configured ports if they are free and `own_ports` is false; otherwise a copy of the configuration, with
// ports of its own, in the temporary folder. The error is for a person.
tl::expected<DemoSite, std::string> prepare_site(const std::string& configuration, bool own_ports);

// The text of a configuration file with other ports. `phones` replaces the port of `phones_were`. Pure.
struct SitePorts {
  std::uint16_t sip = 0, grpc = 0, http = 0, phones = 0;
  load::Address phones_were;
};
std::string with_ports(const std::string& text, const SitePorts& ports);

}  // namespace pledge
