#include "sip/signalling/additional_data.hpp"

#include <fmt/format.h>

#include "sip/signalling/text.hpp"
#include "sip/signalling/xml.hpp"

namespace pledge::signalling {
namespace {

constexpr std::string_view type_prefix = "application/EmergencyCallData.";
constexpr std::string_view space_prefix = "urn:ietf:params:xml:ns:EmergencyCallData:";
constexpr std::string_view vcard = "urn:ietf:params:xml:ns:vcard-4.0";
constexpr std::string_view known[] = {"ProviderInfo", "ServiceInfo", "DeviceInfo", "SubscriberInfo", "Comment"};

// "ProviderInfo" of "application/EmergencyCallData.ProviderInfo+xml"; "" if it is no such type.
std::string_view block_of(std::string_view content_type) {
  auto type = text::trim(text::split(content_type, ';').first);
  if (!text::istarts_with(type, type_prefix)) return {};
  type.remove_prefix(type_prefix.size());
  const auto plus = type.find('+');
  const auto block = type.substr(0, plus);
  for (const auto name : known)
    if (text::iequals(block, name)) return name;
  return block;
}

bool is_known(std::string_view block) {
  for (const auto name : known)
    if (block == name) return true;
  return false;
}

class Items {
 public:
  explicit Items(const AdditionalDataLimits& limits) : limits_(limits) {}

  void take_part(const core::BodyPart& part) {
    const auto block = block_of(part.content_type);
    if (block.empty()) return;
    if (!is_known(block)) return add(block, fmt::format("{} bytes, not interpreted", part.bytes.size()));
    const auto root = read_xml(part.bytes);
    if (!root) return add(block, "not readable: " + root.error());
    if (!root->is(std::string(space_prefix) += block, "EmergencyCallData." + std::string(block)))
      return add(block, fmt::format("not readable: <{}> is another block", root->name));
    if (const auto asked = root->attribute("privacyRequested"); !asked.empty())
      add(fmt::format("{}.privacyRequested", block), asked);
    walk(*root, block);
  }

  std::vector<core::NamedText> all;

 private:
  void add(std::string_view name, std::string_view said) {
    if (full_ || said.empty()) return;
    full_ = all.size() == limits_.items || bytes_ >= limits_.all_bytes;
    if (full_) return void(all.push_back({"more", fmt::format("than {} items: the rest is left out", all.size())}));
    all.push_back({shown_text(name, limits_.text_bytes), shown_text(said, limits_.text_bytes)});
    bytes_ += all.back().name.size() + all.back().text.size();
  }

  void walk(const XmlElement& element, std::string_view block) {
    for (const auto& child : element.children) {
      const bool card = child.is(vcard, "vcards") || child.is(vcard, "vcard");
      const auto name = fmt::format("{}.{}", block, child.name);
      const auto kind = child.attribute("TypeOfDeviceID");
      if (child.children.empty()) add(name, kind.empty() ? child.text : fmt::format("{} ({})", child.text, kind));
      else if (child.space == vcard && !card) add(name, joined(child));
      else walk(child, block);
    }
  }

  // "Rivera, Jo": the values of a property, without the parameters that describe them.
  static std::string joined(const XmlElement& property) {
    std::string all = property.text;
    for (const auto& child : property.children) {
      if (child.is(vcard, "parameters")) continue;
      const auto more = joined(child);
      if (!all.empty() && !more.empty()) all += ", ";
      all += more;
    }
    return all;
  }

  const AdditionalDataLimits& limits_;
  std::size_t bytes_ = 0;
  bool full_ = false;
};

}  // namespace

std::vector<core::NamedText> additional_items(const std::vector<core::BodyPart>& parts,
                                              const AdditionalDataLimits& limits) {
  Items items(limits);
  for (const auto& part : parts) items.take_part(part);
  return std::move(items.all);
}

}  // namespace pledge::signalling
