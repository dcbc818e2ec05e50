// The tables of options themselves: complete, documented, and telling the truth about defaults.
#include <catch2/catch.hpp>
#include <set>

#include "house.hpp"
#include "settings/tables.hpp"

namespace pledge::settings {

namespace {

// Every member of Options is an option of Table, or said to be filled elsewhere.
template <class Options, class Owner = Options>
void check_covered() {
  const auto& table = Schema<Owner>::table();
  std::set<std::string_view> covered(table.filled_elsewhere().begin(), table.filled_elsewhere().end());
  for (const auto& option : table.options()) covered.insert(option.field);
  std::apply(
      [&](const auto&... field) {
        (
            [&] {
              INFO(table.title() << " has no option for " << field.name);
              CHECK(covered.count(field.name) == 1);
            }(),
            ...);
      },
      Options::field_list());
}

}  // namespace

TEST_CASE("every member of every options struct is an option, or said to be filled elsewhere") {
  check_covered<core::Options, General>();
  check_covered<core::Limits>();
  check_covered<core::OfferOptions>();
  check_covered<core::ClassOptions>();
  check_covered<core::Widening>();
  check_covered<core::QueueWording, QueueWording>();
  check_covered<core::QueueOptions, Queue>();
  check_covered<core::TriageRule, Rule>();
  check_covered<core::MenuChoice, MenuChoice>();
  check_covered<core::MenuWording, MenuWording>();
  check_covered<core::MenuOptions, Menu>();
  check_covered<core::RoleOptions>();
  check_covered<core::ReserveOptions>();
  check_covered<core::PoolOptions>();
  check_covered<core::HandlerOptions, Handler>();
  check_covered<runtime::ListenerOptions>();
  check_covered<runtime::TrunkOptions>();
  check_covered<runtime::PhoneOptions>();
  check_covered<runtime::SessionTimerOptions>();
  check_covered<runtime::PlacePrefix>();
  check_covered<runtime::AreaOptions>();
  check_covered<runtime::SignallingLimits>();
  check_covered<runtime::SignallingOptions>();
  check_covered<runtime::RtpengineOptions>();
  check_covered<runtime::MediaOptions>();
  check_covered<core::RecordingOptions, Recording>();
  check_covered<runtime::RecordingOptions, Recording>();
  check_covered<runtime::JournalOptions>();
  check_covered<runtime::ServiceOptions>();
}

TEST_CASE("every option has a sentence of explanation, a type, and a unit where it is a number") {
  std::set<std::string> seen;
  for (const auto& option : describe_options()) {
    INFO(option.table << "." << option.key);
    CHECK(seen.insert(option.table + "." + option.key).second);
    CHECK(option.doc.size() > 10);
    CHECK(option.doc.back() == '.');
    CHECK_FALSE(option.type.empty());
    CHECK((option.required || !option.default_value.empty()));
    if (option.type.find("number") != std::string::npos && option.type.find("telephone") == std::string::npos &&
        option.type.find("prefix") == std::string::npos)
      CHECK_FALSE(option.unit.empty());
    if (option.type == "duration") CHECK_FALSE(option.range.empty());
  }
  CHECK(seen.count("queue.target_within"));
  CHECK(seen.count("queue.widening.after"));
  CHECK(seen.count("pool.reserve.most"));
  CHECK(seen.count("sip.limits.legs"));
}

TEST_CASE("defaults are those of the options structs, and within their own ranges") {
  const auto options = describe_options();
  auto find = [&](const std::string& table, const std::string& key) {
    return *std::find_if(options.begin(), options.end(),
                         [&](const auto& o) { return o.table == table && o.key == key; });
  };
  CHECK(find("queue", "target_within").default_value == "10 s");
  CHECK(find("queue", "target_share").default_value == "90 %");
  CHECK(find("queue", "full").default_value == "reject 503");
  CHECK(find("queue", "waiting").range == "alert | answer");
  CHECK(find("queue", "bound").range == "1 to 1000000 calls");
  CHECK(find("queue", "class").type == "class name");
  CHECK(find("queue", "class").required);
  CHECK(find("queue.widening", "after").repeated);
  for (const auto& option : options) {
    if (option.required || option.table.find('.') != std::string::npos || option.default_value == "none") continue;
    const bool bare = option.type.ends_with("number") || option.type == "true or false";
    if (option.repeated || option.type.starts_with("list") || option.type == "share") continue;
    INFO(option.table << "." << option.key);
    const auto quote = bare ? "" : "\"";
    const auto lines = test::faults_with("[" + option.table + "]\n" + option.key + " = " + quote +
                                         option.default_value + quote + "\n");
    CHECK(lines == test::Lines{});
  }
}

TEST_CASE("options as text and as JSON") {
  const auto text = options_text();
  CHECK(text.find("[[queue]]\n") != std::string::npos);
  CHECK(text.find("  target_within: duration, 1 ms to 24 h; default 10 s\n      The answer target.\n") !=
        std::string::npos);
  const auto json = options_json();
  CHECK(json.front() == '[');
  CHECK(json.find(
            "{\"table\":\"queue\",\"repeated\":true,\"key\":\"target_within\",\"type\":\"duration\",\"unit\":"
            "\"s\",\"range\":\"1 ms to 24 "
            "h\",\"default\":\"10 s\",\"required\":false,\"doc\":\"The answer target.\",\"needs_restart\":false}") !=
        std::string::npos);
}

}  // namespace pledge::settings
