#pragma once
// What is known of a call from its INVITE, before anyone has spoken. Built by the signalling adapter, kept with
// the contact, used by triage and shown to the handler.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/fields.hpp"
#include "core/types.hpp"

namespace pledge::core {

// Where the caller's number comes from (RFC 3261 From; RFC 3325 P-Asserted-Identity, trusted trunks only).
enum class Provenance : std::uint8_t { unknown, from, asserted, withheld };
constexpr std::string_view name(Provenance p) {
  constexpr std::string_view names[] = {"unknown", "from", "asserted", "withheld"};
  return names[static_cast<std::size_t>(p)];
}

// One part of a multipart body, raw. Its contents are not interpreted here.
struct BodyPart {
  std::string content_type;
  std::string content_id;
  std::string bytes;
  PLEDGE_FIELDS(BodyPart, content_type, content_id, bytes)
};

// One thing that a document of the call says, in printable UTF-8: an element of a civic address ("A3", "Camden"), or of
// additional data ("ProviderInfo.DataProviderString", "Example Telecom").
struct NamedText {
  std::string name;
  std::string text;
  PLEDGE_FIELDS(NamedText, name, text)
};

// Where the caller is, as one PIDF-LO says (RFC 4119, RFC 5491). Shapes are reduced to a circle around them.
struct Location {
  bool circle = false;           // the next three are known
  double latitude = 0;           // degrees, WGS 84, north positive
  double longitude = 0;          // degrees, WGS 84, east positive
  double radius = 0;             // metres; the caller is within it. 0: a point whose accuracy was not said
  std::vector<NamedText> civic;  // RFC 5139 elements, in the order of the document
  std::string method;            // how it was found out (RFC 4119 §2.2.1: "GPS", "Cell" ...), empty if not said
  std::string timestamp;         // when, as it was said
  std::string fault;             // why it is not known, or not all of it; empty if nothing was wrong
  PLEDGE_FIELDS(Location, circle, latitude, longitude, radius, civic, method, timestamp, fault)
};

struct CallFacts {
  TrunkId trunk;                            // the configured peer that sent the call
  bool trusted = false;                     // the peer's asserted identity and priority are believed
  std::string caller;                       // E.164 ("+442079460123") where it normalises, else as sent; empty if withheld
  Provenance provenance = Provenance::unknown;
  std::string from_user;                    // the From user as sent; copied to the handler's leg
  std::string display_name;
  std::string dialled;                      // E.164 where it normalises, else the user part as sent
  std::string resource_priority;            // RFC 4412 / RFC 7135 ("esnet.1"); trusted trunks only
  std::string service_urn;                  // RFC 5031 ("urn:service:sos.police"), else empty
  std::vector<std::string> geolocation;     // RFC 6442 header values, in order
  std::vector<std::string> call_info;       // RFC 3261 §20.9, without the Additional-Data ones
  std::vector<std::string> additional_data; // RFC 7852 references (Call-Info purpose=EmergencyCallData.*)
  std::vector<BodyPart> body_parts;         // every part of the body that is not SDP
  std::optional<Time> network_handover;     // RFC 3339 time from the configured header, if one came
  std::string place;                        // place known for the caller (borough), empty if none
  std::string sip_call_id;
  std::string source;                       // "address:port/transport" that the INVITE came from
  std::vector<Location> locations;          // that came by value, the one to prefer first (RFC 5491 §3)
  std::vector<NamedText> additional_items;  // RFC 7852 blocks that came by value, in order
  bool operator_present = false;            // of a hand-over trunk: the network's operator is on the line with the caller
  bool mobile = false;                      // by the plan of its number, or by what the network says of the service
  PLEDGE_FIELDS(CallFacts, trunk, trusted, caller, provenance, from_user, display_name, dialled, resource_priority,
                service_urn, geolocation, call_info, additional_data, body_parts, network_handover, place, sip_call_id,
                source, locations, additional_items, operator_present, mobile)
};

}  // namespace pledge::core
