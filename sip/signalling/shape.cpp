#include "sip/signalling/shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

constexpr std::string_view gml = "http://www.opengis.net/gml";
constexpr std::string_view gs = "http://www.opengis.net/pidflo/1.0";
constexpr std::string_view metre = "urn:ogc:def:uom:EPSG::9001";
constexpr double earth = 6'371'008.8;              // metres: mean radius (IUGG)
constexpr double farthest = 20'100'000;            // metres: half around it
constexpr double degree = std::numbers::pi / 180;  // in radians

using Number = std::optional<double>;
using Result = tl::expected<Circle, std::string>;

Result not_understood(const XmlElement& shape, std::string_view why) {
  return tl::unexpected(fmt::format("{} not understood: {}", shown_text(shape.name, 40), why));
}

// xsd:double without its infinities and NaN.
Number number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string_view next_number(std::string_view& text) {
  text = text::trim(text);
  std::size_t end = 0;
  while (end < text.size() && !text::is_space(text[end])) ++end;
  const auto word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

// Positions of `dimensions` numbers each; none if the text is anything else.
std::vector<Circle> positions(std::string_view text, std::size_t dimensions) {
  std::vector<Circle> found;
  while (!text::trim(text).empty()) {
    const auto latitude = number(next_number(text)), longitude = number(next_number(text));
    if (!latitude || !longitude || std::abs(*latitude) > 90 || std::abs(*longitude) > 180) return {};
    for (std::size_t i = 2; i < dimensions; ++i)
      if (!number(next_number(text))) return {};
    found.push_back({*latitude, *longitude, 0});
  }
  return found;
}

// What a shape's coordinates are: two numbers each or three; 0: another reference system than RFC 5491 §5 allows. One
// that is not named is taken for EPSG:4326.
std::size_t dimensions(const XmlElement& shape, const XmlElement& coordinates) {
  auto system = shape.attribute("srsName");
  if (system.empty()) system = coordinates.attribute("srsName");
  if (system.empty() || text::iequals(system, "urn:ogc:def:crs:EPSG::4326")) return 2;
  return text::iequals(system, "urn:ogc:def:crs:EPSG::4979") ? 3 : 0;
}

Result centre(const XmlElement& shape) {
  const auto* pos = shape.child(gml, "pos");
  if (!pos) return not_understood(shape, "no pos");
  const auto size = dimensions(shape, *pos);
  if (size == 0) return not_understood(shape, "another reference system than EPSG:4326 and 4979");
  const auto found = positions(pos->text, size);
  if (found.size() != 1) return not_understood(shape, "pos is not a latitude and a longitude");
  return found.front();
}

// The centre, with the length that `name` says as radius.
Result around_centre(const XmlElement& shape, std::string_view name) {
  auto circle = centre(shape);
  if (!circle) return circle;
  const auto* length = shape.child(gs, name);
  if (!length) return not_understood(shape, fmt::format("no {}", name));
  const auto unit = length->attribute("uom");
  if (!unit.empty() && !text::iequals(unit, metre)) return not_understood(shape, fmt::format("{} not in metres", name));
  const auto metres = number(length->text);
  if (!metres || *metres < 0 || *metres > farthest) return not_understood(shape, fmt::format("{} is no length", name));
  circle->radius = *metres;
  return circle;
}

std::vector<Circle> corners(const XmlElement& polygon, const XmlElement& ring) {
  std::vector<Circle> all;
  for (const auto& child : ring.children) {
    const bool one = child.is(gml, "pos");
    const auto size = dimensions(polygon, child);
    if (size == 0 || (!one && !child.is(gml, "posList"))) return {};
    const auto found = positions(child.text, size);
    if (found.empty() || (one && found.size() != 1)) return {};
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

// Around the mean of the corners, as far as the farthest of them. Holes are left out of account.
Result around_polygon(const XmlElement& polygon) {
  const auto* outside = polygon.child(gml, "exterior");
  const auto* ring = outside ? outside->child(gml, "LinearRing") : nullptr;
  if (!ring) return not_understood(polygon, "no exterior LinearRing");
  auto all = corners(polygon, *ring);
  const bool closed = all.size() > 1 && distance(all.front(), all.back()) < 1;
  if (closed) all.pop_back();  // the first again
  if (all.size() < 3) return not_understood(polygon, "its corners cannot be read");
  Circle circle;
  for (const auto& corner : all) {
    circle.latitude += corner.latitude / static_cast<double>(all.size());
    // Relative to the first, so that a polygon across the 180th meridian has its centre there.
    circle.longitude += std::remainder(corner.longitude - all.front().longitude, 360) / static_cast<double>(all.size());
  }
  circle.longitude = std::remainder(circle.longitude + all.front().longitude, 360);
  for (const auto& corner : all) circle.radius = std::max(circle.radius, distance(circle, corner));
  return circle;
}

}  // namespace

double distance(const Circle& a, const Circle& b) {
  const double up = std::sin((b.latitude - a.latitude) * degree / 2);
  const double across = std::sin((b.longitude - a.longitude) * degree / 2);
  const double h = up * up + std::cos(a.latitude * degree) * std::cos(b.latitude * degree) * across * across;
  return 2 * earth * std::asin(std::sqrt(std::min(h, 1.0)));
}

bool is_shape(const XmlElement& element) { return element.space == gml || element.space == gs; }

Result enclosing_circle(const XmlElement& shape) {
  if (shape.is(gml, "Point")) return centre(shape);
  if (shape.is(gs, "Circle") || shape.is(gs, "Sphere")) return around_centre(shape, "radius");
  if (shape.is(gs, "Ellipse")) return around_centre(shape, "semiMajorAxis");
  if (shape.is(gs, "ArcBand")) return around_centre(shape, "outerRadius");
  if (shape.is(gml, "Polygon")) return around_polygon(shape);
  return not_understood(shape, "it is none of Point, Circle, Ellipse, ArcBand, Polygon and Sphere");
}

}  // namespace pledge::signalling
