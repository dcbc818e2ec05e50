#pragma once
// Session descriptions as rtpengine is given them, and the one thing that is wanted of those that it returns. They never go to
// a peer: those are made by sip/signalling.
#include <optional>
#include <string>
#include <string_view>

#include "runtime/media_port.hpp"

namespace pledge::rtpengine {

// One audio line at `at`, with the payload types of `format`. `peers`: as the peer of the leg would write it, hold included;
// otherwise as the engine would.
std::string describe(const runtime::MediaAddress& at, const runtime::MediaFormat& format, bool peers);

// Before anything is negotiated: an IPv4 address that is not known yet (port 9, "discard"), and what may become of it.
std::string describe_nothing();

// Address and port of the first media line; nullopt where it has none that could be used.
std::optional<runtime::MediaAddress> media_address(std::string_view description);

}  // namespace pledge::rtpengine
