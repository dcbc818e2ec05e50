#pragma once
// Shapes of a PIDF-LO (RFC 5491 §5, the GML profile of OGC 06-142) reduced to a circle that holds all of the shape.
#include <string>
#include <tl/expected.hpp>

#include "sip/signalling/xml.hpp"

namespace pledge::signalling {

struct Circle {
  double latitude = 0, longitude = 0;  // degrees, WGS 84
  double radius = 0;                   // metres
};

// Point, Circle, Ellipse, ArcBand, Polygon, and Sphere seen from above, with coordinates in EPSG:4326 (latitude,
// longitude) or EPSG:4979 (and a height, which is left out) and lengths in metres (EPSG:9001). Else why not, in words.
tl::expected<Circle, std::string> enclosing_circle(const XmlElement& shape);

// True of elements that are meant as a shape, understood or not.
bool is_shape(const XmlElement& element);

// Metres between two positions on a sphere of the Earth's mean radius: right to 0.6 %.
double distance(const Circle& a, const Circle& b);

}  // namespace pledge::signalling
