#include "sip/signalling/identity.hpp"

#include <algorithm>
#include <chrono>

#include "sip/signalling/header.hpp"
#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

using Values = std::vector<std::string_view>;

// All values of a header, lists taken apart, overlong ones left out.
Values flatten(const Values& fields, const IdentityOptions& options) {
  Values out;
  for (const auto field : fields)
    for (const auto value : split_list(field, options.values))
      if (out.size() < options.values && value.size() <= options.value_bytes) out.push_back(value);
  return out;
}

std::vector<std::string> to_strings(const Values& values) {
  std::vector<std::string> out;
  for (const auto value : values) out.push_back(text::printable(value));
  return out;
}

bool asks_privacy(const Values& fields) {
  for (const auto field : fields)
    for (auto rest = field; !rest.empty();) {
      const auto [item, after] = text::split(rest, ';');  // RFC 3323 §4.2: separated by ';'
      for (const auto value : split_list(item))
        if (text::iequals(value, "id") || text::iequals(value, "user")) return true;
      rest = after;
    }
  return false;
}

bool is_anonymous(const UriView& uri) {
  return text::iequals(uri.user, "anonymous") || text::iequals(uri.host, "anonymous.invalid");
}

// What networks write where they know no number (TS 24.229, annex on "Unavailable"): it is nobody's.
bool is_unavailable(const UriView& uri) {
  return text::iequals(uri.user, "unavailable") || text::iequals(uri.user, "unknown") || text::iequals(uri.host, "unknown.invalid");
}

// The asserted number; of several the first that is one (RFC 3325 §9.1: a sip and a tel URI may both come).
std::string asserted_number(const Values& values, Numbers& numbers) {
  std::string name;
  for (const auto value : values) {
    const auto address = split_name_addr(value);
    const auto uri = address ? split_uri(address->uri) : std::nullopt;
    if (!uri || uri->user.empty() || is_anonymous(*uri) || is_unavailable(*uri)) continue;
    auto number = numbers.normalise(address->uri);
    if (number.starts_with('+')) return number;
    if (name.empty()) name = std::move(number);
  }
  return name;
}

void set_caller(core::CallFacts& facts, core::Provenance provenance, std::string_view number = {}) {
  facts.provenance = provenance;
  facts.caller = text::printable(number);
}

void fill_caller(core::CallFacts& facts, const InviteHeaders& headers, Numbers& numbers,
                 const IdentityOptions& options) {
  using core::Provenance;
  const auto from = split_name_addr(headers.from);
  const auto uri = from ? split_uri(from->uri) : std::nullopt;
  if (from) facts.display_name = text::printable(from->display);
  if (uri) facts.from_user = text::printable(uri->user);
  if (asks_privacy(headers.privacy)) {
    // From may still tell who it is; the handler's phone shall not show it (RFC 3323 §4.1.1.3).
    facts.from_user = "anonymous";
    facts.display_name.clear();
    return set_caller(facts, Provenance::withheld);
  }
  auto asserted = facts.trusted ? asserted_number(flatten(headers.asserted, options), numbers) : std::string{};
  if (!asserted.empty()) return set_caller(facts, Provenance::asserted, asserted);
  if (uri && is_anonymous(*uri)) return set_caller(facts, Provenance::withheld);
  if (uri && !uri->user.empty() && !is_unavailable(*uri)) return set_caller(facts, Provenance::from, numbers.normalise(from->uri));
  set_caller(facts, Provenance::unknown);
}

std::string_view uri_of(std::string_view header_value) {
  const auto address = split_name_addr(header_value);
  return address ? address->uri : std::string_view{};
}

void fill_called(core::CallFacts& facts, const InviteHeaders& headers, Numbers& numbers,
                 const IdentityOptions& options) {
  const auto to = uri_of(headers.to);
  const bool urn = text::istarts_with(headers.request_uri, "urn:");
  facts.dialled = text::printable(numbers.normalise(headers.request_uri));
  if (urn && !text::istarts_with(to, "urn:"))
    if (auto number = numbers.normalise(to); !number.empty()) facts.dialled = text::printable(number);
  facts.service_urn = emergency_urn(headers.request_uri);
  if (facts.service_urn.empty()) facts.service_urn = emergency_urn(to);
  for (const auto route : flatten(headers.route, options))
    if (facts.service_urn.empty()) facts.service_urn = emergency_urn(uri_of(route));
}

// RFC 7135 §3: esnet.0 to esnet.4, higher is more urgent; other namespaces mean nothing to a police centre.
void fill_priority(core::CallFacts& facts, const InviteHeaders& headers, const IdentityOptions& options) {
  if (!facts.trusted) return;
  for (const auto value : flatten(headers.resource_priority, options)) {
    const bool esnet = text::istarts_with(value, "esnet.") && value.size() == 7 && value[6] >= '0' && value[6] <= '4';
    if (esnet && text::to_lower(value) > facts.resource_priority) facts.resource_priority = text::to_lower(value);
  }
}

// RFC 7852 §2: Call-Info whose purpose begins with EmergencyCallData refers to Additional Data.
void fill_call_info(core::CallFacts& facts, const InviteHeaders& headers, const IdentityOptions& options) {
  for (const auto value : flatten(headers.call_info, options)) {
    const auto purpose = header_parameter(value, "purpose");
    const bool additional = purpose && text::istarts_with(*purpose, "EmergencyCallData");
    (additional ? facts.additional_data : facts.call_info).push_back(text::printable(value));
  }
}

void fill_handover(core::CallFacts& facts, const InviteHeaders& headers, core::Time arrival,
                   const IdentityOptions& options) {
  if (!facts.trusted) return;
  const auto time = parse_rfc3339(text::trim(headers.handover));
  if (!time || arrival - *time > options.oldest_handover) return;
  facts.network_handover = std::min(*time, arrival);  // the peer's clock may be a little ahead
}

// Takes a decimal number of exactly `digits` digits off the front.
std::optional<unsigned> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  const auto value = text::to_number<unsigned>(text.substr(0, digits));
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// "[.digits]" as nanoseconds; what is finer is cut off.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!take(text, ".")) return 0;
  std::int64_t ns = 0, unit = 100'000'000;
  const auto before = text.size();
  for (; !text.empty() && text::is_digit(text.front()); text.remove_prefix(1), unit /= 10)
    ns += (text.front() - '0') * unit;
  return text.size() == before ? std::nullopt : std::optional(ns);
}

// "Z" or "+hh:mm", in minutes.
std::optional<int> take_offset(std::string_view& text) {
  if (take(text, "Zz")) return 0;
  const bool minus = text.starts_with('-');
  if (!take(text, "+-")) return std::nullopt;
  const auto hours = take_number(text, 2);
  const bool colon = take(text, ":");
  const auto minutes = take_number(text, 2);
  if (!hours || !colon || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const int offset = static_cast<int>(*hours * 60 + *minutes);
  return minus ? -offset : offset;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  const bool first = take(text, "-");
  const auto month = take_number(text, 2);
  const bool second = take(text, "-");
  const auto day = take_number(text, 2);
  if (!year || !first || !month || !second || !day || *year < 1970 || *year > 2261) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                         std::chrono::day(*day)};
  return date.ok() ? std::optional(std::chrono::sys_days(date)) : std::nullopt;
}

std::optional<std::chrono::seconds> take_time_of_day(std::string_view& text) {
  const auto hours = take_number(text, 2);
  const bool first = take(text, ":");
  const auto minutes = take_number(text, 2);
  const bool second = take(text, ":");
  const auto seconds = take_number(text, 2);
  if (!hours || !first || !minutes || !second || !seconds || *hours > 23 || *minutes > 59 || *seconds > 60)
    return std::nullopt;
  return std::chrono::hours(*hours) + std::chrono::minutes(*minutes) + std::chrono::seconds(*seconds);
}

}  // namespace

std::string emergency_urn(std::string_view uri) {
  auto urn = text::to_lower(text::trim(uri));
  for (const std::string_view stem : {"urn:service:sos", "urn:service:test.sos"}) {
    if (!urn.starts_with(stem)) continue;
    const auto rest = std::string_view(urn).substr(stem.size());
    const bool label =
        text::all_of(rest, [](char c) { return text::is_alpha(c) || text::is_digit(c) || c == '-' || c == '.'; });
    if (rest.empty() || (rest.size() > 1 && rest.front() == '.' && label)) return urn;
  }
  return {};
}

bool is_test_service(std::string_view service_urn) { return service_urn.starts_with("urn:service:test."); }

std::optional<core::Time> parse_rfc3339(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !take(text, "Tt ")) return std::nullopt;
  const auto time = take_time_of_day(text);
  if (!time) return std::nullopt;
  const auto fraction = take_fraction(text);
  const auto offset = fraction ? take_offset(text) : std::nullopt;
  if (!offset || !text.empty()) return std::nullopt;
  const auto since_epoch = date->time_since_epoch() + *time - std::chrono::minutes(*offset);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
  if (seconds < 0) return std::nullopt;
  return core::Time{seconds * 1'000'000'000 + *fraction};
}

void fill_facts(core::CallFacts& facts, const InviteHeaders& headers, core::Time arrival, Numbers& numbers,
                const IdentityOptions& options) {
  fill_caller(facts, headers, numbers, options);
  fill_called(facts, headers, numbers, options);
  fill_priority(facts, headers, options);
  fill_call_info(facts, headers, options);
  fill_handover(facts, headers, arrival, options);
  facts.geolocation = to_strings(flatten(headers.geolocation, options));
  facts.place = place_of(facts.caller, options.places);
}

core::CallFacts facts_of(const runtime::TrunkOptions* trunk, const InviteHeaders& headers, core::Time arrival, Numbers& numbers,
                         const IdentityOptions& options) {
  core::CallFacts facts;
  if (trunk) facts.trunk = trunk->id;
  facts.trusted = trunk && trunk->trusted;
  facts.operator_present = facts.trusted && trunk->hand_over;
  fill_facts(facts, headers, arrival, numbers, options);
  facts.mobile = is_mobile(facts.caller);
  return facts;
}

}  // namespace pledge::signalling
