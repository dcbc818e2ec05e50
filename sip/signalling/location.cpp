#include "sip/signalling/location.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sip/signalling/multipart.hpp"
#include "sip/signalling/shape.hpp"
#include "sip/signalling/text.hpp"
#include "sip/signalling/xml.hpp"

namespace pledge::signalling {
namespace {

constexpr std::string_view pidf = "urn:ietf:params:xml:ns:pidf";
constexpr std::string_view data_model = "urn:ietf:params:xml:ns:pidf:data-model";
constexpr std::string_view geopriv = "urn:ietf:params:xml:ns:pidf:geopriv10";
// RFC 5139, and of RFC 4119, which it replaced.
constexpr std::string_view civic = "urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr";
constexpr std::string_view civic_before = "urn:ietf:params:xml:ns:pidf:geopriv10:civicLoc";
constexpr std::string_view pidf_type = "application/pidf+xml";

core::Location not_readable(std::string why) {
  core::Location location;
  location.fault = std::move(why);
  return location;
}

class Reading {
 public:
  explicit Reading(const LocationLimits& limits) : limits_(limits) {}

  // Every geopriv below, wherever it stands (tuple/status, device or person), with the timestamp beside or above it.
  void walk(const XmlElement& element, std::string_view timestamp) {
    for (const auto space : {pidf, data_model})
      if (const auto* when = element.child(space, "timestamp")) timestamp = when->text;
    for (const auto& child : element.children) {
      if (found.size() == limits_.locations) return;
      if (child.is(geopriv, "geopriv")) found.push_back(read(child, timestamp));
      else walk(child, timestamp);
    }
  }

  std::vector<core::Location> found;

 private:
  core::Location read(const XmlElement& object, std::string_view timestamp) const {
    const auto* info = object.child(geopriv, "location-info");
    if (!info) return not_readable("not readable: no location-info");
    core::Location location;
    for (const auto& child : info->children) {
      if (is_shape(child)) take_shape(location, child);
      else if (location.civic.empty() && is_civic(child)) take_civic(location, child);
    }
    if (const auto* method = object.child(geopriv, "method"))
      location.method = shown_text(method->text, limits_.text_bytes);
    location.timestamp = shown_text(timestamp, limits_.text_bytes);
    if (!location.circle && location.civic.empty() && location.fault.empty())
      location.fault = "neither a position nor an address in it";
    return location;
  }

  static bool is_civic(const XmlElement& element) {
    return element.is(civic, "civicAddress") || element.is(civic_before, "civicAddress");
  }

  // Of several shapes the first that is understood; what was wrong with others before it does not matter then.
  static void take_shape(core::Location& location, const XmlElement& shape) {
    if (location.circle) return;
    const auto circle = enclosing_circle(shape);
    if (!circle) return void(location.fault = circle.error());
    location.circle = true;
    location.latitude = circle->latitude;
    location.longitude = circle->longitude;
    location.radius = circle->radius;
    location.fault.clear();
  }

  void take_civic(core::Location& location, const XmlElement& address) const {
    std::size_t bytes = 0;
    for (const auto& element : address.children) {
      if (element.text.empty()) continue;
      if (location.civic.size() == limits_.elements)
        return void(location.fault = fmt::format("more than {} address elements", limits_.elements));
      location.civic.push_back(
          {shown_text(element.name, limits_.text_bytes), shown_text(element.text, limits_.text_bytes)});
      bytes += location.civic.back().name.size() + location.civic.back().text.size();
      if (bytes > limits_.address_bytes)
        return void(location.fault = fmt::format("an address of more than {} bytes", limits_.address_bytes));
    }
  }

  const LocationLimits& limits_;
};

void append(std::vector<core::Location>& all, std::vector<core::Location> more, const LocationLimits& limits) {
  for (auto& location : more)
    if (all.size() < limits.locations) all.push_back(std::move(location));
}

bool is_cid(std::string_view reference) { return text::istarts_with(reference, "<cid:"); }

bool names_a_place(std::string_view element) {
  constexpr std::array<std::string_view, 6> elements{"A2", "A3", "A4", "A5", "A6", "LOC"};
  return std::find(elements.begin(), elements.end(), element) != elements.end();
}

std::string named_place(const core::Location& location, const std::vector<std::string>& names) {
  for (const auto& element : location.civic)
    for (const auto& name : names)
      if (names_a_place(element.name) && text::iequals(element.text, name)) return name;
  return {};
}

std::string place_on_the_map(const core::Location& location, const std::vector<runtime::AreaOptions>& areas) {
  if (!location.circle) return {};
  const runtime::AreaOptions* best = nullptr;
  double nearest = 0;
  for (const auto& area : areas) {
    const auto away = distance({location.latitude, location.longitude, 0}, {area.latitude, area.longitude, 0});
    const bool wide = location.radius > area.radius;  // "somewhere in the country" is no place, wherever its centre is
    if (wide || away > area.radius || (best && away >= nearest)) continue;
    best = &area;
    nearest = away;
  }
  return best ? best->place : std::string{};
}

}  // namespace

std::vector<core::Location> read_locations(std::string_view document, const LocationLimits& limits) {
  const auto root = read_xml(document);
  if (!root) return {not_readable("not readable: " + root.error())};
  if (!root->is(pidf, "presence"))
    return {not_readable(fmt::format("not readable: <{}> is no presence document", shown_text(root->name, 40)))};
  Reading reading(limits);
  reading.walk(*root, {});
  if (reading.found.empty()) return {not_readable("not readable: no location in the document")};
  return std::move(reading.found);
}

std::vector<core::Location> locations_of(const core::CallFacts& facts, const LocationLimits& limits) {
  std::vector<core::Location> all;
  std::vector<const core::BodyPart*> done;  // a part that is named twice is read once
  for (const auto& reference : facts.geolocation) {
    if (!is_cid(reference)) continue;
    const auto* part = part_of(reference, facts.body_parts);
    if (!part) append(all, {not_readable("not readable: the body has no part " + shown_text(reference, 80))}, limits);
    else if (std::find(done.begin(), done.end(), part) == done.end())
      append(all, read_locations(part->bytes, limits), limits);
    done.push_back(part);
  }
  if (!all.empty()) return all;
  for (const auto& part : facts.body_parts)
    if (media_type(part.content_type) == pidf_type) append(all, read_locations(part.bytes, limits), limits);
  return all;
}

std::string place_of(const std::vector<core::Location>& locations, const std::vector<std::string>& names,
                     const std::vector<runtime::AreaOptions>& areas) {
  for (const auto& location : locations) {
    auto place = named_place(location, names);
    if (place.empty()) place = place_on_the_map(location, areas);
    if (!place.empty()) return place;
  }
  return {};
}

const core::BodyPart* part_of(std::string_view reference, const std::vector<core::BodyPart>& parts) {
  if (!is_cid(reference)) return nullptr;
  const auto id = "<" + text::unescape(text::split(reference.substr(5), '>').first) + ">";
  for (const auto& part : parts)
    if (part.content_id == id) return &part;
  return nullptr;
}

}  // namespace pledge::signalling
