#pragma once
// What networks tell of a caller besides the location: blocks of RFC 7852 by value in the body of the INVITE.
#include <vector>

#include "core/facts.hpp"

namespace pledge::signalling {

struct AdditionalDataLimits {
  std::size_t items = 64;        // of one call; five full blocks have about 50. The last one says if there were more
  std::size_t text_bytes = 512;  // of one item; longer ones are cut
  std::size_t all_bytes = 6144;  // of one call, which every screen and the history keep; further items are left out
};

// The contents of ProviderInfo, ServiceInfo, DeviceInfo, SubscriberInfo and Comment, flattened in the order of the
// body: "ProviderInfo.DataProviderString" = "Example Telecom". A property of a vCard (RFC 6351) is one item, its parts
// joined by ", ". Of other blocks (and of one that is malformed: the reason) only that they are there.
std::vector<core::NamedText> additional_items(const std::vector<core::BodyPart>& parts,
                                              const AdditionalDataLimits& limits = {});

}  // namespace pledge::signalling
