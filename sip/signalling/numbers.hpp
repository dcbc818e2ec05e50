#pragma once
// Telephone numbers as the network sends them -> E.164 (by libphonenumber, whose metadata knows every country's plan).
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/signalling_options.hpp"

namespace pledge::signalling {

struct NumberOptions {
  std::string region = "GB";          // of numbers without country code (ISO 3166-1)
  std::size_t longest = 64;           // characters of a user part that are looked at; longer ones are kept as sent
  std::size_t short_code_digits = 6;  // up to so many digits are a code of this country (999, 101, 116123): as sent
  std::size_t cached = 8192;          // results of the library kept, at most twice as many; a repeat caller is common
};

// Whether libphonenumber knows the region.
bool known_region(std::string_view region);

class Numbers {
 public:
  explicit Numbers(NumberOptions options = {});

  // From a tel:, sip: or sips: URI, or a bare user part: E.164 ("+442079460123") where it is a number, otherwise the
  // user part as sent, its escapes undone ("alice", "999"). Understood: visual separators (RFC 3966 §5.1.1), ;ext and
  // other parameters (left out), ;phone-context (a prefix such as +44 is put before the digits; a domain makes the
  // number local: as sent), 00 and + prefixes, country code without prefix, national form.
  // A national form counts as a number when the plan has such numbers; one with + or 00 or the trunk 0 when its length
  // fits the plan, since ranges are opened more often than metadata is updated.
  std::string normalise(std::string_view uri_or_user);

 private:
  std::string look_up(const std::string& digits);
  std::string ask_library(const std::string& digits) const;

  NumberOptions options_;
  // Two generations: when the young one is full it becomes the old one, whose entries move back when asked for.
  std::unordered_map<std::string, std::string> young_, old_;
};

// Whether the plan gives the E.164 number to mobile telephones, as libphonenumber knows it ("+447700900123").
bool is_mobile(std::string_view number);

// The longest configured prefix of an E.164 number names its place; "" if none.
std::string place_of(std::string_view number, const std::vector<runtime::PlacePrefix>& places);

}  // namespace pledge::signalling
