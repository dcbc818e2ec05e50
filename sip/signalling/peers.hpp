#pragma once
// Who a source address is: the longest matching address range decides (named trunks; ranges phones may register from).
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "runtime/signalling_options.hpp"

namespace pledge::signalling {

// An IPv4 address is kept as IPv4-mapped IPv6, so that a socket for both sees one peer either way.
using AddressBytes = std::array<std::uint8_t, 16>;
// Textual IPv4 or IPv6; brackets and an IPv6 zone ("%eth0") are allowed and ignored.
std::optional<AddressBytes> parse_address(std::string_view text);

struct AddressRange {
  AddressBytes prefix{};      // bits behind the length are zero
  std::uint8_t length = 128;  // bits; an IPv4 /24 is a /120
  friend auto operator<=>(const AddressRange&, const AddressRange&) = default;
};
// "192.0.2.0/24", "2001:db8::/32", or a single address. Error: why not, for a person.
tl::expected<AddressRange, std::string> parse_range(std::string_view text);

// Ranges with a value each. Lookup costs one binary search per distinct prefix length.
class AddressMap {
 public:
  // False if the very same range is there already with another value.
  bool add(const AddressRange& range, std::uint32_t value);
  std::optional<std::uint32_t> find(const AddressBytes& address) const;
  bool empty() const { return lengths_.empty(); }

 private:
  struct Entry {
    AddressBytes prefix;
    std::uint32_t value;
  };
  struct Length {
    std::uint8_t bits;
    std::vector<Entry> entries;  // by prefix
  };
  std::vector<Length> lengths_;  // longest first
};

class Peers {
 public:
  // Error: a range that cannot be read, or one claimed by two trunks; names the trunk and the range.
  static tl::expected<Peers, std::string> build(const runtime::SignallingOptions& options);

  // The trunk whose range holds the address, or null. Valid as long as this object.
  const runtime::TrunkOptions* trunk(std::string_view address) const;
  // Whether a phone may register from here: within phones.ranges, or these are empty.
  bool may_register(std::string_view address) const;
  const runtime::TrunkOptions* trunk_named(const core::TrunkId& id) const;

 private:
  std::vector<runtime::TrunkOptions> trunks_;
  AddressMap trunk_ranges_, phone_ranges_;
};

}  // namespace pledge::signalling
