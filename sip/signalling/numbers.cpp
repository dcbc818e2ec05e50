#include "sip/signalling/numbers.hpp"

#include <phonenumbers/phonenumberutil.h>

#include <set>

#include "sip/signalling/header.hpp"
#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

namespace library = i18n::phonenumbers;
using library::PhoneNumberUtil;

constexpr std::string_view separators = "-.() ";  // RFC 3966 visual-separator, and the blank that people write

struct Dialled {
  std::string user;    // as sent, unescaped
  std::string digits;  // without separators and parameters; "+" first if it was there; empty if no number
};

bool is_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && text::all_of(text, text::is_digit);
}

// The context of a local number in front of it (RFC 3966 §5.1.5); "" if the context is a domain.
std::string in_context(std::string_view digits, std::string_view parameters) {
  const auto context = header_parameter(parameters, "phone-context");
  if (!context || digits.starts_with('+')) return std::string(digits);
  std::string prefix;
  for (const char c : *context)
    if (separators.find(c) == std::string_view::npos) prefix += c;
  if (!prefix.starts_with('+') || !is_number(prefix)) return {};
  return prefix + std::string(digits);
}

Dialled take_apart(std::string_view text) {
  const auto uri = split_uri(text);
  const bool tel = uri && text::iequals(uri->scheme, "tel");
  if (uri && !tel && !uri->is_sip()) return {text::unescape(text), {}};
  const auto user = uri ? uri->user : text;
  Dialled out{text::unescape(user), {}};
  const auto semicolon = std::min(user.find(';'), user.size());
  std::string digits;
  for (const char c : text::unescape(user.substr(0, semicolon)))
    if (separators.find(c) == std::string_view::npos) digits += c;
  if (is_number(digits)) out.digits = in_context(digits, tel ? uri->parameters : user.substr(semicolon));
  return out;
}

// Forms whose answer the numbering plan itself gives: most calls of a British centre cost no look-up.
std::string plain_british(std::string_view digits, std::string_view region) {
  if (digits.size() == 13 && digits.starts_with("+44") && digits[3] != '0') return std::string(digits);
  if (region == "GB" && digits.size() == 11 && digits[0] == '0' && digits[1] != '0')
    return "+44" + std::string(digits.substr(1));
  return {};
}

}  // namespace

bool known_region(std::string_view region) {
  std::set<std::string> regions;
  PhoneNumberUtil::GetInstance()->GetSupportedRegions(&regions);
  return regions.contains(std::string(region));
}

Numbers::Numbers(NumberOptions options) : options_(std::move(options)) {
  // Loads the metadata now rather than during the first call, and compiles the common patterns.
  ask_library("+442079460000");
}

std::string Numbers::normalise(std::string_view uri_or_user) {
  if (uri_or_user.size() > options_.longest * 4) return std::string(uri_or_user);
  const auto dialled = take_apart(uri_or_user);
  const auto& digits = dialled.digits;
  const bool short_code = !digits.starts_with('+') && digits.size() <= options_.short_code_digits;
  if (digits.empty() || short_code || digits.size() > options_.longest) return dialled.user;
  if (auto plain = plain_british(digits, options_.region); !plain.empty()) return plain;
  auto number = look_up(digits);
  return number.empty() ? dialled.user : number;
}

std::string Numbers::look_up(const std::string& digits) {
  if (const auto hit = young_.find(digits); hit != young_.end()) return hit->second;
  const auto hit = old_.find(digits);
  auto number = hit != old_.end() ? hit->second : ask_library(digits);
  if (young_.size() >= options_.cached) {
    old_ = std::move(young_);
    young_.clear();
  }
  young_.emplace(digits, number);
  return number;
}

// "" if it is no number of any plan.
std::string Numbers::ask_library(const std::string& digits) const {
  const auto& util = *PhoneNumberUtil::GetInstance();
  library::PhoneNumber number;
  if (util.Parse(digits, options_.region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return {};
  const bool marked = digits.starts_with('+') || digits.starts_with('0');
  const bool taken =
      util.IsValidNumber(number) || (marked && util.IsPossibleNumberWithReason(number) == PhoneNumberUtil::IS_POSSIBLE);
  if (!taken) return {};
  std::string out;
  util.Format(number, PhoneNumberUtil::E164, &out);
  return out;
}

bool is_mobile(std::string_view digits) {
  if (!digits.starts_with('+') || !is_number(digits)) return false;
  // Of British numbers the first digits tell (Ofcom's plan: 071 to 075 and 077 to 079; 07624 is the Isle of Man's).
  if (digits.starts_with("+44"))
    return digits.size() == 13 && digits[3] == '7' && digits[4] != '0' && (digits[4] != '6' || digits.substr(5, 2) == "24");
  const auto& util = *PhoneNumberUtil::GetInstance();
  library::PhoneNumber number;
  if (util.Parse(std::string(digits), "ZZ", &number) != PhoneNumberUtil::NO_PARSING_ERROR) return false;
  const auto type = util.GetNumberType(number);
  return type == PhoneNumberUtil::MOBILE || type == PhoneNumberUtil::FIXED_LINE_OR_MOBILE;
}

std::string place_of(std::string_view number, const std::vector<runtime::PlacePrefix>& places) {
  const runtime::PlacePrefix* best = nullptr;
  for (const auto& p : places)
    if (number.starts_with(p.prefix) && (!best || p.prefix.size() > best->prefix.size())) best = &p;
  return best ? best->place : std::string{};
}

}  // namespace pledge::signalling
