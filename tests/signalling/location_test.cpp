// Locations by value: what the RFCs describe, in documents of our own; and what strangers may send instead.
#include "sip/signalling/location.hpp"

#include <catch2/catch.hpp>

#include "sip/signalling/shape.hpp"

using namespace pledge;
using namespace pledge::signalling;

namespace {

constexpr char head[] =
    R"(<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
 xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" xmlns:gml="http://www.opengis.net/gml"
 xmlns:gs="http://www.opengis.net/pidflo/1.0" xmlns:ca="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"
 entity="pres:caller@example.com">
)";

std::string tuple(const std::string& info) {
  return "<tuple id='t'><status><gp:geopriv><gp:location-info>" + info +
         "</gp:location-info><gp:usage-rules/><gp:method>GPS</gp:method></gp:geopriv></status>"
         "<timestamp>2026-03-01T12:00:00Z</timestamp></tuple>";
}
std::string document(const std::string& info) { return head + tuple(info) + "</presence>"; }

core::Location only(const std::string& info) {
  const auto found = read_locations(document(info));
  REQUIRE(found.size() == 1);
  return found.front();
}
std::string fault(const std::string& text) {
  const auto found = read_locations(text);
  REQUIRE(found.size() == 1);
  CHECK_FALSE(found.front().circle);
  CHECK(found.front().civic.empty());
  return found.front().fault;
}

std::string circle(const std::string& pos, const std::string& radius,
                   const std::string& uom = "urn:ogc:def:uom:EPSG::9001") {
  return "<gs:Circle srsName='urn:ogc:def:crs:EPSG::4326'><gml:pos>" + pos + "</gml:pos><gs:radius uom='" + uom + "'>" +
         radius + "</gs:radius></gs:Circle>";
}
std::string point(const std::string& pos) {
  return "<gml:Point srsName='urn:ogc:def:crs:EPSG::4326'><gml:pos>" + pos + "</gml:pos></gml:Point>";
}

const std::string camden =
    "<ca:civicAddress xml:lang='en'><ca:country>GB</ca:country><ca:A1>England</ca:A1><ca:A3>London</ca:A3>"
    "<ca:A4>Camden</ca:A4><ca:RD>Example</ca:RD><ca:STS>Street</ca:STS><ca:HNO>10</ca:HNO><ca:PC>NW1 0AA</ca:PC>"
    "</ca:civicAddress>";

core::BodyPart part(const std::string& id, const std::string& bytes, const std::string& type = "application/pidf+xml") {
  return {type, id, bytes};
}

}  // namespace

TEST_CASE("a point is latitude and longitude; how and when it was found out is kept") {
  const auto found = only(point(" 51.50736\n -0.12776 "));
  CHECK(found.circle);
  CHECK(found.latitude == 51.50736);
  CHECK(found.longitude == -0.12776);
  CHECK(found.radius == 0);
  CHECK(found.method == "GPS");
  CHECK(found.timestamp == "2026-03-01T12:00:00Z");
  CHECK(found.fault.empty());
}

TEST_CASE("a circle has its radius in metres; a height is left out") {
  const auto flat = only(circle("51.50736 -0.12776", "30.5"));
  CHECK(flat.radius == 30.5);
  const auto sphere = only(
      "<gs:Sphere srsName='urn:ogc:def:crs:EPSG::4979'><gml:pos>51.5 -0.1 24</gml:pos>"
      "<gs:radius uom='urn:ogc:def:uom:EPSG::9001'>40</gs:radius></gs:Sphere>");
  CHECK(sphere.latitude == 51.5);
  CHECK(sphere.radius == 40);
}

TEST_CASE("ellipse and arc band are held by a circle around their centre") {
  const auto ellipse = only(
      "<gs:Ellipse srsName='urn:ogc:def:crs:EPSG::4326'><gml:pos>51.5 -0.1</gml:pos>"
      "<gs:semiMajorAxis uom='urn:ogc:def:uom:EPSG::9001'>75</gs:semiMajorAxis>"
      "<gs:semiMinorAxis uom='urn:ogc:def:uom:EPSG::9001'>20</gs:semiMinorAxis>"
      "<gs:orientation uom='urn:ogc:def:uom:EPSG::9102'>30</gs:orientation></gs:Ellipse>");
  CHECK(ellipse.radius == 75);
  const auto band = only(
      "<gs:ArcBand srsName='urn:ogc:def:crs:EPSG::4326'><gml:pos>51.5 -0.1</gml:pos>"
      "<gs:innerRadius uom='urn:ogc:def:uom:EPSG::9001'>500</gs:innerRadius>"
      "<gs:outerRadius uom='urn:ogc:def:uom:EPSG::9001'>900</gs:outerRadius></gs:ArcBand>");
  CHECK(band.radius == 900);
}

TEST_CASE("a polygon is held by a circle around the mean of its corners, also across the 180th meridian") {
  const auto ring = [](const std::string& inside) {
    return "<gml:Polygon srsName='urn:ogc:def:crs:EPSG::4326'><gml:exterior><gml:LinearRing>" + inside +
           "</gml:LinearRing></gml:exterior></gml:Polygon>";
  };
  const auto square = only(ring("<gml:posList>51 0 51 0.02 51.02 0.02 51.02 0 51 0</gml:posList>"));
  CHECK(square.latitude == Approx(51.01));
  CHECK(square.longitude == Approx(0.01));
  CHECK(square.radius == Approx(1314).epsilon(0.01));  // half the diagonal of 2.22 km by 1.40 km
  const auto far =
      only(ring("<gml:pos>0 179.9</gml:pos><gml:pos>0 -179.9</gml:pos><gml:pos>0.1 -179.9</gml:pos>"
                "<gml:pos>0.1 179.9</gml:pos><gml:pos>0 179.9</gml:pos>"));
  CHECK(std::abs(far.longitude) == Approx(180));
  CHECK(far.radius < 13'000);
  CHECK(only(ring("<gml:posList>51 0 51 0.02 51</gml:posList>")).fault ==
        "Polygon not understood: its corners cannot be read");
  CHECK(only(ring("")).fault == "Polygon not understood: its corners cannot be read");
}

TEST_CASE("a shape that is not understood is named, and another beside it used") {
  CHECK(only("<gs:Prism/>").fault.starts_with("Prism not understood: it is none of Point, Circle"));
  CHECK(only("<gml:Point><gml:coordinates>37:46:30N 122:25:10W</gml:coordinates></gml:Point>").fault ==
        "Point not understood: no pos");
  CHECK(only("<gml:Point srsName='urn:ogc:def:crs:EPSG::27700'><gml:pos>530000 180000</gml:pos></gml:Point>").fault ==
        "Point not understood: another reference system than EPSG:4326 and 4979");
  CHECK(only(circle("51.5 -0.1", "30", "urn:ogc:def:uom:EPSG::9002")).fault ==
        "Circle not understood: radius not in metres");
  const auto both = only("<gs:Prism/>" + point("51.5 -0.1"));
  CHECK(both.circle);
  CHECK(both.fault.empty());
}

TEST_CASE("numbers are finite, complete and on the Earth") {
  const std::string pos = GENERATE("91 0", "0 181", "-90.1 0", "nan 0", "inf 0", "1e400 0", "51.5", "51.5 0 12",
                                   "51.5, 0", "51.5x 0", "0x10 0", "", "-0.1W 51.5N");
  CHECK(only(point(pos)).fault == "Point not understood: pos is not a latitude and a longitude");
}

TEST_CASE("a radius is a length") {
  const std::string radius = GENERATE("-1", "nan", "inf", "1e30", "", "30 m", "99999999999999999999999999");
  CHECK(only(circle("51.5 -0.1", radius)).fault == "Circle not understood: radius is no length");
}

TEST_CASE("a civic address keeps its elements in order, of the present and of the former namespace") {
  const auto found = only(camden);
  REQUIRE(found.civic.size() == 8);
  CHECK(found.civic[0] == core::NamedText{"country", "GB"});
  CHECK(found.civic[3] == core::NamedText{"A4", "Camden"});
  CHECK(found.fault.empty());
  CHECK(only("<c:civicAddress "
             "xmlns:c='urn:ietf:params:xml:ns:pidf:geopriv10:civicLoc'><c:A3>London</c:A3></c:civicAddress>")
            .civic.size() == 1);
  CHECK(only("<civicAddress><A3>London</A3></civicAddress>").fault == "neither a position nor an address in it");
}

TEST_CASE("position and address of one location belong together (RFC 5491 §3)") {
  const auto found = only(point("51.54 -0.14") + camden);
  CHECK(found.circle);
  CHECK(found.civic.size() == 8);
}

TEST_CASE("several locations keep the order of the document; those of devices and persons count as well") {
  const auto geopriv = [](const std::string& pos) {
    return "<gp:geopriv><gp:location-info>" + point(pos) + "</gp:location-info></gp:geopriv>";
  };
  const auto found =
      read_locations(head + ("<dm:device id='d'>" + geopriv("1 1") + "<dm:timestamp>now</dm:timestamp></dm:device>") +
                     tuple(point("2 2")) + "<dm:person id='p'>" + geopriv("3 3") + "</dm:person></presence>");
  REQUIRE(found.size() == 3);
  CHECK(found[0].latitude == 1);
  CHECK(found[0].timestamp == "now");
  CHECK(found[1].latitude == 2);
  CHECK(found[2].latitude == 3);
  CHECK(found[2].timestamp.empty());
  std::string many = head;
  for (int i = 0; i < 30; ++i) many += tuple(point("1 1"));
  CHECK(read_locations(many + "</presence>").size() == LocationLimits{}.locations);
}

// ---- documents that are none

TEST_CASE("a malformed document is told with its line") {
  CHECK(fault("") == "not readable: line 1: no element found");
  CHECK(fault("51.5 -0.1") == "not readable: line 1: syntax error");
  CHECK(fault("<a>\n<b>\n</a>") == "not readable: line 3: mismatched tag");
  CHECK(fault("<gp:presence/>") == "not readable: line 1: unbound prefix");
  const auto whole = document(camden);
  CHECK(fault(whole.substr(0, whole.size() / 2)).starts_with("not readable: line 6: "));
  CHECK(fault("<presence/>") == "not readable: <presence> is no presence document");
  CHECK(fault("<presence xmlns='urn:ietf:params:xml:ns:pidf'/>") == "not readable: no location in the document");
  CHECK(fault(std::string(head) + "<tuple><status><gp:geopriv/></status></tuple></presence>") ==
        "not readable: no location-info");
}

TEST_CASE("no document type, no entities: the work of reading stays in proportion") {
  const std::string refused = "not readable: line 1: a document type declaration is not allowed";
  CHECK(fault("<!DOCTYPE a><a/>") == refused);
  CHECK(fault("<!DOCTYPE a SYSTEM 'http://192.0.2.1/a.dtd'><a/>") == refused);
  CHECK(fault("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>") == refused);
  std::string laughs = "<!DOCTYPE a [<!ENTITY l0 'ha'>";
  for (int i = 1; i < 20; ++i) {
    std::string ten;
    for (int k = 0; k < 10; ++k) ten += "&l" + std::to_string(i - 1) + ";";
    laughs += "<!ENTITY l" + std::to_string(i) + " '" + ten + "'>";
  }
  CHECK(fault(laughs + "]><a>&l19;</a>") == refused);
  CHECK(fault("<a>&undeclared;</a>") == "not readable: line 1: undefined entity");
}

TEST_CASE("size, depth, number and names have bounds") {
  std::string deep, many = "<a>", attributes = "<a", name(300, 'n');
  for (int i = 0; i < 30; ++i) deep += "<a>";
  for (int i = 0; i < 1000; ++i) many += "<b/>";
  for (int i = 0; i < 17; ++i) attributes += " b" + std::to_string(i) + "='1'";
  CHECK(fault(deep) == "not readable: line 1: nested deeper than 24");
  CHECK(fault(many + "</a>") == "not readable: line 1: more than 1000 elements");
  CHECK(fault(attributes + "/>") == "not readable: line 1: more than 16 attributes");
  CHECK(fault("<" + name + "/>") == "not readable: line 1: a name longer than 256 bytes");
  CHECK(fault("<a xmlns='" + name + "'/>") == "not readable: a namespace longer than 256 bytes");
  CHECK(fault("<a>" + std::string(40'000, ' ') + "</a>") == "not readable: more than 32768 bytes");
}

TEST_CASE("text is cut and made printable; bytes that are no UTF-8 are refused") {
  const auto address = [](const std::string& a3) {
    return only("<ca:civicAddress><ca:A3>" + a3 + "</ca:A3></ca:civicAddress>");
  };
  CHECK(address(" St\xc3\xa1nd\n\t Road ").civic.front().text == "St\xc3\xa1nd Road");
  CHECK(address(std::string(5000, 'x')).civic.front().text.size() == 256 + 3);
  CHECK(address("a&#127;b").civic.front().text ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(fault(document("<ca:civicAddress><ca:A3>\xff\xfe</ca:A3></ca:civicAddress>")) ==
        "not readable: line 6: not well-formed (invalid token)");
  std::string many = "<ca:civicAddress>";
  for (int i = 0; i < 50; ++i) many += "<ca:A6>x</ca:A6>";
  const auto cut = only(many + "</ca:civicAddress>");
  CHECK(cut.civic.size() == 40);
  CHECK(cut.fault == "more than 40 address elements");
}

// ---- which part of the body

TEST_CASE("the part that Geolocation names is read, else each that is a PIDF") {
  core::CallFacts facts;
  facts.body_parts = {part("<other@example.com>", document(point("1 1"))),
                      part("<a%b@example.com>", document(point("2 2"))), part("", "not a location", "text/plain")};
  const auto found = locations_of(facts);
  REQUIRE(found.size() == 2);
  CHECK(found[0].latitude == 1);
  facts.geolocation = {"<https://192.0.2.1/held>", "<cid:a%25b@example.com>;inserted-by=\"lis\""};
  REQUIRE(locations_of(facts).size() == 1);
  CHECK(locations_of(facts).front().latitude == 2);
  facts.geolocation.push_back(facts.geolocation.back());
  CHECK(locations_of(facts).size() == 1);
  facts.geolocation = {"<cid:missing@example.com>"};
  REQUIRE(locations_of(facts).size() == 1);
  CHECK(locations_of(facts).front().fault == "not readable: the body has no part <cid:missing@example.com>");
  facts = {};
  CHECK(locations_of(facts).empty());
}

// ---- the place

TEST_CASE("a civic address that names a place is in it, upper and lower case alike") {
  const std::vector<std::string> names{"Westminster", "Camden"};
  CHECK(place_of({only(camden)}, names, {}) == "Camden");
  CHECK(place_of({only("<ca:civicAddress><ca:LOC>WESTMINSTER</ca:LOC></ca:civicAddress>")}, names, {}) ==
        "Westminster");
  CHECK(place_of({only("<ca:civicAddress><ca:RD>Camden</ca:RD></ca:civicAddress>")}, names, {}).empty());
  CHECK(place_of({only("<ca:civicAddress><ca:A3>Camden Town</ca:A3></ca:civicAddress>")}, names, {}).empty());
}

TEST_CASE("a position is in the area that holds it, in the one with the nearest centre if several do") {
  const std::vector<runtime::AreaOptions> areas{{"Camden", 51.54, -0.16, 4000}, {"Westminster", 51.51, -0.16, 4000}};
  const auto at = [&](const std::string& pos) { return place_of({only(point(pos))}, {}, areas); };
  CHECK(at("51.539 -0.16") == "Camden");
  CHECK(at("51.52 -0.16") == "Westminster");
  CHECK(at("51.54 -0.30").empty());
  CHECK(place_of({}, {}, areas).empty());
  CHECK(place_of(read_locations("<nonsense/>"), {}, areas).empty());
  SECTION("the address is better than the map, and the first location that tells a place than later ones") {
    const auto both = only(point("51.51 -0.16") + camden);
    CHECK(place_of({both}, {"Camden"}, areas) == "Camden");
    CHECK(place_of({only(point("0 0")), only(point("51.51 -0.16")), only(camden)}, {"Camden"}, areas) == "Westminster");
  }
}

TEST_CASE("distances are those of the globe") {
  CHECK(distance({51.5, 0, 0}, {52.5, 0, 0}) == Approx(111'195).epsilon(0.001));
  CHECK(distance({51.5, 0, 0}, {51.5, 1, 0}) == Approx(69'220).epsilon(0.001));
  CHECK(distance({0, 179.5, 0}, {0, -179.5, 0}) == Approx(111'195).epsilon(0.001));
  CHECK(distance({90, 0, 0}, {-90, 77, 0}) == Approx(20'015'114).epsilon(0.001));
}
