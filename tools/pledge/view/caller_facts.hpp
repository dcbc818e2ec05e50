#pragma once
// What the documents of a call say, in lines that a person reads: where the caller is, what the network tells of them.
#include <string>
#include <vector>

#include "pledge/v1/common.pb.h"

namespace pledge::view {

struct FactLine {
  std::string label;
  std::string text;
  bool fault = false;  // something could not be read or understood
  bool operator==(const FactLine&) const = default;
};

// Position ("51.50736, -0.12776 ± 30 m, GPS, at 2026-03-01T12:00:00Z"), address in one line, and what was wrong.
std::vector<FactLine> lines_of(const v1::Location& location);

// A line each for provider, device, service, subscriber and comment, then for every other block that there is.
std::vector<FactLine> additional_lines(const v1::CallerFacts& facts);

// RFC 5139 elements as such an address is written: "Flat 2, 10 Example Street, Camden, London, NW1 0AA". The country
// and what is only for machines is left out.
std::string address_line(const v1::Location& location);

}  // namespace pledge::view
