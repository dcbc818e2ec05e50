#include "tools/pledge/view/caller_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace pledge::view {
namespace {

using Items = google::protobuf::RepeatedPtrField<v1::NamedText>;

std::string_view find(const Items& items, std::string_view name) {
  for (const auto& item : items)
    if (item.name() == name) return item.text();
  return {};
}

void append(std::string& text, std::string_view more, std::string_view between = ", ") {
  if (more.empty()) return;
  if (!text.empty()) text += between;
  text += more;
}

// "10A Example Street West": number, its suffix, and the road with what belongs to its name. A6 is the road where there
// is no RD (RFC 4119).
std::string street(const Items& civic) {
  std::string road, number{find(civic, "HNO")};
  number += find(civic, "HNS");
  for (const auto part : {"PRM", "PRD", "RD", "STS", "POD", "POM"}) append(road, find(civic, part), " ");
  if (road.empty()) road = find(civic, "A6");
  append(number, road, " ");
  return number;
}

std::string numbered(std::string_view what, std::string_view which) {
  return which.empty() ? "" : fmt::format("{} {}", what, which);
}

std::string metres(double radius) {
  return radius < 10'000 ? fmt::format("{:.0f} m", radius) : fmt::format("{:.0f} km", radius / 1000);
}

// Items of one block that people read; identifiers and codes are for machines (and in --json).
bool is_for_people(std::string_view name) {
  constexpr std::string_view left_out[] = {"ProviderInfo.ProviderID", "ProviderInfo.ProviderIDSeries",
                                           "ProviderInfo.Language"};
  return !name.ends_with(".DataProviderReference") &&
         std::find(std::begin(left_out), std::end(left_out), name) == std::end(left_out);
}

FactLine block_line(const Items& items, std::string_view block, std::string_view label) {
  FactLine line{std::string(label), {}, false};
  for (const auto& item : items) {
    const std::string_view name = item.name();
    if (name == block) line.fault = true;  // the block could not be read: its text says why
    if (name == block || (name.starts_with(block) && name.substr(block.size()).starts_with('.') && is_for_people(name)))
      append(line.text, item.text());
  }
  return line;
}

struct Block {
  std::string_view name, label;
};
constexpr Block blocks[] = {{"ProviderInfo", "provider"},
                            {"DeviceInfo", "device"},
                            {"ServiceInfo", "kind of line"},
                            {"SubscriberInfo", "subscriber"},
                            {"Comment", "comment"}};

bool is_of_block(std::string_view name) {
  return std::any_of(std::begin(blocks), std::end(blocks), [&](const Block& block) {
    return name.starts_with(block.name) && (name.size() == block.name.size() || name[block.name.size()] == '.');
  });
}

}  // namespace

std::string address_line(const v1::Location& location) {
  const auto& civic = location.civic();
  std::string line;
  for (const auto part : {"NAM", "UNIT"}) append(line, find(civic, part));
  append(line, numbered("room", find(civic, "ROOM")));
  append(line, numbered("floor", find(civic, "FLR")));
  for (const auto part : {"SEAT", "BLD", "LMK", "LOC"}) append(line, find(civic, part));
  append(line, street(civic));
  const bool road = !find(civic, "RD").empty();
  for (const auto part : {"A6", "A5", "A4", "A3", "A2", "A1", "PC"})
    if (part != std::string_view("A6") || road) append(line, find(civic, part));
  return line;
}

std::vector<FactLine> lines_of(const v1::Location& location) {
  std::vector<FactLine> lines;
  std::string position;
  if (location.has_circle()) {
    const auto& circle = location.circle();
    position = fmt::format("{:.5f}, {:.5f}", circle.latitude(), circle.longitude());
    if (circle.radius() > 0) position += " ± " + metres(circle.radius());
  }
  append(position, location.method());
  append(position, location.timestamp(), position.empty() ? "" : ", at ");
  if (!position.empty()) lines.push_back({"location", position, false});
  if (auto address = address_line(location); !address.empty()) lines.push_back({"address", std::move(address), false});
  if (!location.fault().empty()) lines.push_back({"location", location.fault(), true});
  return lines;
}

std::vector<FactLine> additional_lines(const v1::CallerFacts& facts) {
  const auto& items = facts.additional_items();
  std::vector<FactLine> lines;
  for (const auto& [block, label] : blocks)
    if (auto line = block_line(items, block, label); !line.text.empty()) lines.push_back(std::move(line));
  for (const auto& item : items)
    if (!is_of_block(item.name()))
      lines.push_back({"additional", fmt::format("{} {}", item.name(), item.text()), false});
  return lines;
}

}  // namespace pledge::view
