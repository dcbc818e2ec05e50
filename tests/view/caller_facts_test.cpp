#include "tools/pledge/view/caller_facts.hpp"

#include <catch2/catch.hpp>

#include "tools/pledge/view/desk.hpp"

using namespace pledge;
using namespace pledge::view;

namespace {

using Said = std::vector<std::pair<std::string, std::string>>;

v1::Location location(const Said& civic) {
  v1::Location out;
  for (const auto& [name, text] : civic) {
    auto& element = *out.add_civic();
    element.set_name(name);
    element.set_text(text);
  }
  return out;
}
v1::Location at(double latitude, double longitude, double radius) {
  v1::Location out;
  out.mutable_circle()->set_latitude(latitude);
  out.mutable_circle()->set_longitude(longitude);
  out.mutable_circle()->set_radius(radius);
  return out;
}
v1::CallerFacts facts(const Said& items) {
  v1::CallerFacts out;
  for (const auto& [name, text] : items) {
    auto& item = *out.add_additional_items();
    item.set_name(name);
    item.set_text(text);
  }
  return out;
}
using Lines = std::vector<FactLine>;

}  // namespace

TEST_CASE("a position is a line with its accuracy, how it was found out and when") {
  auto known = at(51.50736, -0.12776, 30.4);
  CHECK(lines_of(known) == Lines{{"location", "51.50736, -0.12776 ± 30 m", false}});
  known.set_method("GPS");
  known.set_timestamp("2026-03-01T12:00:00Z");
  CHECK(lines_of(known) == Lines{{"location", "51.50736, -0.12776 ± 30 m, GPS, at 2026-03-01T12:00:00Z", false}});
  CHECK(lines_of(at(51.5, 0, 0)) == Lines{{"location", "51.50000, 0.00000", false}});
  CHECK(lines_of(at(51.5, 0, 12'400)) == Lines{{"location", "51.50000, 0.00000 ± 12 km", false}});
}

TEST_CASE("what could not be read is a line too") {
  v1::Location none;
  none.set_fault("not readable: line 3: mismatched tag");
  CHECK(lines_of(none) == Lines{{"location", "not readable: line 3: mismatched tag", true}});
}

TEST_CASE("an address is written as people write it, whatever the order of its elements") {
  CHECK(address_line(location({{"country", "GB"},
                               {"A1", "England"},
                               {"A3", "London"},
                               {"A4", "Camden"},
                               {"RD", "Example"},
                               {"STS", "Street"},
                               {"HNO", "10"},
                               {"HNS", "A"},
                               {"FLR", "2"},
                               {"PC", "NW1 0AA"}})) == "floor 2, 10A Example Street, Camden, London, England, NW1 0AA");
  CHECK(address_line(location({{"NAM", "Example Shop"}, {"A6", "High Street"}, {"HNO", "1"}, {"A3", "London"}})) ==
        "Example Shop, 1 High Street, London");
  CHECK(address_line(location({{"A6", "Example Estate"}, {"RD", "Long Lane"}})) == "Long Lane, Example Estate");
  CHECK(address_line(location({})).empty());
  CHECK(lines_of(location({{"LOC", "Camden"}})) == Lines{{"address", "Camden", false}});
}

TEST_CASE("additional data is a line for each block, without what is for machines") {
  CHECK(additional_lines(facts({{"ProviderInfo.DataProviderReference", "1@example.com"},
                                {"ProviderInfo.DataProviderString", "Example Telecom"},
                                {"ProviderInfo.ProviderID", "4711"},
                                {"ProviderInfo.ContactURI", "tel:+442079460199"},
                                {"Comment.Comment", "Ring the bell twice."},
                                {"DeviceInfo", "not readable: line 2: mismatched tag"},
                                {"eCall.MSD", "140 bytes, not interpreted"}})) ==
        Lines{{"provider", "Example Telecom, tel:+442079460199", false},
              {"device", "not readable: line 2: mismatched tag", true},
              {"comment", "Ring the bell twice.", false},
              {"additional", "eCall.MSD 140 bytes, not interpreted", false}});
}

TEST_CASE("a handler is shown where the caller is, and references only where they lead elsewhere") {
  Desk desk;
  v1::WatchConsoleResponse snapshot, offer;
  snapshot.mutable_snapshot()->mutable_handler()->set_state(v1::HANDLER_STATE_OFFERED);
  auto& known = *offer.mutable_offer()->mutable_contact()->mutable_facts();
  known = facts({{"ProviderInfo.DataProviderString", "Example Telecom"}});
  *known.add_locations() = at(51.5, -0.1, 30);
  known.add_geolocation("<cid:here@example.com>");
  known.add_geolocation("<https://example.com/here>");
  known.add_additional_data("<cid:provider@example.com>;purpose=EmergencyCallData.ProviderInfo");
  desk.apply(snapshot);
  desk.apply(offer);
  std::string shown;
  for (const auto& line : draw(desk, {core::Time{}, {30, 90}, {false}, "", std::nullopt})) shown += line + "\n";
  INFO(shown);
  CHECK(shown.find("51.50000, -0.10000 ± 30 m") != std::string::npos);
  CHECK(shown.find("provider         Example Telecom") != std::string::npos);
  CHECK(shown.find("<https://example.com/here>") != std::string::npos);
  CHECK(shown.find("cid:") == std::string::npos);
}
