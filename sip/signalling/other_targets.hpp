#pragma once
// The other places of a name (RFC 3263 §4.3): where a request goes next once the place it was sent to has refused it with
// 503. Where nobody is there the library goes on by itself; a 503 it takes for the answer.
#include <optional>
#include <string>
#include <vector>

#include "sip/signalling/agent.hpp"

namespace pledge::signalling {

// The places of one request, which are learned when the first of them has refused it.
class OtherTargets {
 public:
  // URI of the next place for a request to `uri`; empty: there is none, or enough have been tried. `refused_by` is whose
  // 503 it was; without it nobody was there, which counts only once we choose the places ourselves.
  std::string next(const Agent& agent, const url_t* uri, const std::optional<Source>& refused_by);

 private:
  std::optional<std::vector<Source>> left_;  // the next one last
};

// The places of a URI whose host is a name, best first; none for an address. Only what the resolver was told for the
// present request, and still may use (time to live): a transport that it did not have to ask for is not among them. The
// `ip` of a place whose address was not asked for yet is its name.
std::vector<Source> targets_of(const Agent& agent, const url_t* uri);

}  // namespace pledge::signalling
