#pragma once
// Who is calling, whom, and with what authority: from the values of an INVITE's header fields to core::CallFacts.
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/facts.hpp"
#include "sip/signalling/numbers.hpp"

namespace pledge::signalling {

struct IdentityOptions {
  std::size_t values = 16;         // of one list header that are kept; real calls bring one to four
  std::size_t value_bytes = 2048;  // longer values are left out (data: URLs in Call-Info grow without limit)
  // A hand-over time further back than this is a clock that is wrong, not a call that took so long: ignored.
  core::Duration oldest_handover = std::chrono::minutes(10);
  std::vector<runtime::PlacePrefix> places;
};

// Values as they came, folding undone; several fields of one name are several entries. Views are read only during the
// call of fill_facts.
struct InviteHeaders {
  std::string_view request_uri;
  std::string_view from, to;
  std::vector<std::string_view> route;
  std::vector<std::string_view> asserted;  // P-Asserted-Identity
  std::vector<std::string_view> privacy;
  std::vector<std::string_view> resource_priority;
  std::vector<std::string_view> geolocation;
  std::vector<std::string_view> call_info;
  std::string_view handover;  // of the configured header; empty if absent
};

// Fills caller, provenance, from_user, display_name, dialled, place, service_urn, resource_priority, geolocation,
// call_info, additional_data and network_handover. `facts.trusted` must be set before: without it
// P-Asserted-Identity (RFC 3325 §5), Resource-Priority (RFC 7135 §4) and the hand-over time count for nothing.
//
// Caller: withheld when Privacy asks for id or user (RFC 3323, RFC 3325 §7; from_user is then "anonymous"), or when
// From is anonymous (RFC 3323 §4.1.1.3: user "anonymous" or host "anonymous.invalid") and nobody trusted asserts who it
// is; otherwise asserted (of several the first that is a number), else From. Every text is made printable UTF-8,
// whatever the network sent. Dialled: of the Request-URI; where that is a service URN, of To if it has a user, else the
// URN.
void fill_facts(core::CallFacts& facts, const InviteHeaders& headers, core::Time arrival, Numbers& numbers,
                const IdentityOptions& options = {});

// The facts of a call by a trunk (null: of a registered phone): what the trunk makes of it, fill_facts(), and whether the
// caller's number is a mobile one. Bodies are not looked at.
core::CallFacts facts_of(const runtime::TrunkOptions* trunk, const InviteHeaders& headers, core::Time arrival, Numbers& numbers,
                         const IdentityOptions& options = {});

// "urn:service:sos", "urn:service:sos.police" or "urn:service:test.sos…" (RFC 5031, RFC 6881 §17) in lower case if the
// URI is one, else "".
std::string emergency_urn(std::string_view uri);
// A test call: answered, never queued.
bool is_test_service(std::string_view service_urn);

// "2026-03-01T12:00:00.25Z", any offset, ' ' for 'T' allowed, up to nanoseconds, leap second counted as the next
// (RFC 3339). Nothing if it is not exactly that, or lies outside 1970–2261.
std::optional<core::Time> parse_rfc3339(std::string_view text);

}  // namespace pledge::signalling
