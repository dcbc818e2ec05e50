#include "sip/signalling/peers.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

constexpr std::uint8_t v4_bits = 96;  // ::ffff:0:0/96 stands before an IPv4 address

bool is_v4_text(std::string_view text) { return text.find(':') == std::string_view::npos; }

AddressBytes masked(AddressBytes address, unsigned bits) {
  for (unsigned i = 0; i < address.size(); ++i) {
    const unsigned keep = bits > i * 8 ? std::min(8u, bits - i * 8) : 0;
    address[i] &= static_cast<std::uint8_t>(0xff00u >> keep);
  }
  return address;
}

}  // namespace

std::optional<AddressBytes> parse_address(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  const std::string host(text.substr(0, text.find('%')));
  AddressBytes out{};
  if (!is_v4_text(host)) return inet_pton(AF_INET6, host.c_str(), out.data()) == 1 ? std::optional(out) : std::nullopt;
  out[10] = out[11] = 0xff;
  return inet_pton(AF_INET, host.c_str(), out.data() + 12) == 1 ? std::optional(out) : std::nullopt;
}

tl::expected<AddressRange, std::string> parse_range(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return tl::unexpected(fmt::format("'{}' is not an IPv4 or IPv6 address or range", text));
  AddressRange range{*address, 128};
  if (slash != std::string_view::npos) {
    const unsigned before = is_v4_text(text) ? v4_bits : 0;
    const auto bits = text::to_number<std::uint8_t>(text.substr(slash + 1));
    if (!bits || before + *bits > 128) return tl::unexpected(fmt::format("'{}' has no valid prefix length", text));
    range.length = static_cast<std::uint8_t>(before + *bits);
  }
  if (masked(range.prefix, range.length) != range.prefix)
    return tl::unexpected(fmt::format("'{}' has bits set behind its prefix length", text));
  return range;
}

bool AddressMap::add(const AddressRange& range, std::uint32_t value) {
  auto length = std::find_if(lengths_.begin(), lengths_.end(), [&](auto& l) { return l.bits <= range.length; });
  if (length == lengths_.end() || length->bits != range.length) length = lengths_.insert(length, {range.length, {}});
  auto& entries = length->entries;
  const auto at = std::lower_bound(entries.begin(), entries.end(), range.prefix,
                                   [](const Entry& e, const AddressBytes& prefix) { return e.prefix < prefix; });
  if (at != entries.end() && at->prefix == range.prefix) return at->value == value;
  entries.insert(at, {range.prefix, value});
  return true;
}

std::optional<std::uint32_t> AddressMap::find(const AddressBytes& address) const {
  for (const auto& [bits, entries] : lengths_) {
    const auto prefix = masked(address, bits);
    const auto at = std::lower_bound(entries.begin(), entries.end(), prefix,
                                     [](const Entry& e, const AddressBytes& p) { return e.prefix < p; });
    if (at != entries.end() && at->prefix == prefix) return at->value;
  }
  return std::nullopt;
}

tl::expected<Peers, std::string> Peers::build(const runtime::SignallingOptions& options) {
  Peers peers;
  peers.trunks_ = options.trunks;
  for (std::uint32_t i = 0; i < options.trunks.size(); ++i)
    for (const auto& text : options.trunks[i].ranges) {
      const auto range = parse_range(text);
      if (!range) return tl::unexpected(fmt::format("trunk {}: {}", options.trunks[i].id.value, range.error()));
      if (!peers.trunk_ranges_.add(*range, i))
        return tl::unexpected(
            fmt::format("trunk {}: '{}' belongs to another trunk already", options.trunks[i].id.value, text));
    }
  for (const auto& text : options.phones.ranges) {
    const auto range = parse_range(text);
    if (!range) return tl::unexpected("phones: " + range.error());
    peers.phone_ranges_.add(*range, 0);
  }
  return peers;
}

const runtime::TrunkOptions* Peers::trunk(std::string_view address) const {
  const auto bytes = parse_address(address);
  const auto index = bytes ? trunk_ranges_.find(*bytes) : std::nullopt;
  return index ? &trunks_[*index] : nullptr;
}

bool Peers::may_register(std::string_view address) const {
  if (phone_ranges_.empty()) return true;
  const auto bytes = parse_address(address);
  return bytes && phone_ranges_.find(*bytes).has_value();
}

const runtime::TrunkOptions* Peers::trunk_named(const core::TrunkId& id) const {
  const auto at = std::find_if(trunks_.begin(), trunks_.end(), [&](auto& t) { return t.id == id; });
  return at == trunks_.end() ? nullptr : &*at;
}

}  // namespace pledge::signalling
