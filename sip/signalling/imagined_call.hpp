#pragma once
// The facts of a call that did not happen, made by the way of those that do: as an INVITE that says nothing else.
#include <string>
#include <tl/expected.hpp>

#include "runtime/ports.hpp"
#include "sip/signalling/numbers.hpp"

namespace pledge::signalling {

// The error names what the configuration does not have (trunk, place), or what means nothing (a service URN, a priority).
tl::expected<core::CallFacts, std::string> facts_of(const runtime::ImaginedCall& call, core::Time arrival, Numbers& numbers,
                                                    const runtime::SignallingOptions& options);

}  // namespace pledge::signalling
