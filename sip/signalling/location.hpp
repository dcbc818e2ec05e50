#pragma once
// Where a caller is, as the call itself says: PIDF-LO by value (RFC 4119, RFC 5139, RFC 5491) in the body of the
// INVITE.
#include <string>
#include <string_view>
#include <vector>

#include "core/facts.hpp"
#include "runtime/signalling_options.hpp"

namespace pledge::signalling {

struct LocationLimits {
  std::size_t locations = 4;     // of one call that are kept; one or two are usual
  std::size_t elements = 40;     // of one civic address: RFC 5139 has 29
  std::size_t text_bytes = 256;  // of one element; longer ones are cut
  std::size_t address_bytes = 2048;  // of one civic address, which every screen and the history keep
};

// The locations of one document, in its order, which is that of preference (RFC 5491 §3). What cannot be read or
// understood is told in `fault` of a location: there is always at least one.
std::vector<core::Location> read_locations(std::string_view pidf, const LocationLimits& limits = {});

// The locations that came with a call: of the parts that `cid:` URLs of its Geolocation header name (RFC 6442), else of
// each part that is a PIDF. A part that is named and missing is a location with a fault.
std::vector<core::Location> locations_of(const core::CallFacts& facts, const LocationLimits& limits = {});

// The configured place that the first location to tell one is in: named by an element A2 to A6 or LOC of a civic
// address, upper and lower case alike; else of the areas that hold the position the one with the nearest centre. "" if
// none is.
std::string place_of(const std::vector<core::Location>& locations, const std::vector<std::string>& names,
                     const std::vector<runtime::AreaOptions>& areas);

// The part of the body that "<cid:location@example.com>" names; null if there is none, or if it is another URL.
const core::BodyPart* part_of(std::string_view reference, const std::vector<core::BodyPart>& parts);

}  // namespace pledge::signalling
