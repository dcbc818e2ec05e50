// Other sounds of a queue by time and state of the service, as `pledge check` judges them. Those of menus have the same conditions.
#include "house.hpp"
#include "spoken.hpp"

namespace pledge::settings::test {

namespace {

std::string announcement(const std::string& name, const std::string& then = "") {
  return "[[announcement]]\nname = \"" + name + "\"\nprompts = [\"words\"]\nthen = \"" + then + "\"\n";
}
const std::string calendars =
    "[[calendar]]\nname = \"day\"\nopen = [\"daily 08:00-18:00\"]\n[[calendar]]\nname = \"sunday\"\nopen = [\"sun 10:00-12:00\"]\n";
const std::string answered = "waiting = \"answer\"\nbound = 100\nwaiting_sound = \"ringback\"\n";
const std::string key = "key_refused_sound = \"sorry\"\n[[queue.key]]\nkey = \"1\"\nsays = \"danger\"\nqueue = \"emergency\"\n";

std::string wording(const std::string& more, const std::string& sound = "waiting_sound = \"other\"\n") {
  return "[[queue.wording]]\n" + sound + more;
}
const std::string in_incident = "service_states = [\"major incident\"]\n";

// `more` belongs to the queue of the base that is not for emergencies.
auto load_queue(const std::string& more, const std::string& rest = {}) {
  const Spoken spoken;
  const auto text = replaced(replaced(base, "target_within = \"30 s\"\n", "target_within = \"30 s\"\n" + more), "centres = ",
                             "service_states = [\"normal\", \"major incident\"]\ncentres = ");
  return settings::load({{"base.toml", text},
                         {"rules.toml", rules},
                         {"more.toml", announcement("other") + announcement("sorry") + announcement("on and on", "ringback") + calendars + rest}},
                        Environment{noon, 0, spoken.path, {}});
}
Lines faults_of_queue(const std::string& more, const std::string& rest = {}) {
  const auto settings = load_queue(more, rest);
  Lines lines;
  for (auto& line : texts(settings ? settings->warnings : settings.error()))
    if (line.find("is not used") == std::string::npos) lines.push_back(line);
  return lines;
}
// The one fault, without its place.
std::string fault_of(const std::string& more, const std::string& rest = {}) {
  const auto lines = faults_of_queue(more, rest);
  INFO((lines.size() > 1 ? lines[1] : ""));
  REQUIRE(lines.size() == 1);
  return lines[0].substr(lines[0].find(": ") + 2);
}

}  // namespace

TEST_CASE("the wordings of a queue keep their order, and calendars become windows") {
  const auto settings = load_queue(answered + key + wording(in_incident, "waiting_sound = \"other\"\nkey_refused_sound = \"sorry\"\n") +
                                   wording("when = \"day\"\n") + wording("outside = \"day\"\n", "waiting_sound = \"ringback\"\n"));
  REQUIRE(settings);
  const auto& wordings = settings->core.queues[1].wordings;
  REQUIRE(wordings.size() == 3);
  CHECK(wordings[0].waiting_sound == "other");
  CHECK(wordings[0].key_refused_sound == "sorry");
  CHECK(wordings[0].call_back_sound.empty());
  CHECK(wordings[0].service_states == Lines{"major incident"});
  CHECK_FALSE(wordings[0].timed);
  CHECK(wordings[1].timed);
  CHECK(wordings[1].windows.size() > 300);
  CHECK(wordings[2].waiting_sound == "ringback");
  const auto& closed = wordings[2].windows;
  CHECK(std::any_of(closed.begin(), closed.end(), [&](const auto& window) { return window.from == wordings[1].windows[0].to; }));
}

TEST_CASE("a wording names what there is") {
  CHECK(fault_of(answered + wording("service_states = [\"major accident\"]\n")) ==
        "unknown service state \"major accident\": \"service_states\" needs the name of a service state defined by \"service_states\" "
        "of [general]; did you mean \"major incident\"?");
  CHECK(fault_of(answered + wording(in_incident, "waiting_sound = \"othre\"\n")) ==
        "unknown announcement \"othre\": \"waiting_sound\" needs the name of an announcement defined by an [[announcement]]; did you "
        "mean \"other\"?");
  CHECK(fault_of(answered + wording("when = \"dya\"\n")).starts_with("unknown calendar \"dya\": "));
  CHECK(fault_of(answered + wording(in_incident, "waiting_sond = \"other\"\nwaiting_sound = \"other\"\n")).find("\"waiting_sond\"") !=
        std::string::npos);
  CHECK(fault_of(answered + wording(in_incident, "waiting_sound = \"\"\n")).starts_with("\"waiting_sound\" = \"\" is not "));
}

TEST_CASE("a wording that says nothing is refused, and one that nobody hears is warned of") {
  CHECK(fault_of(answered + wording(in_incident, "")) ==
        "wording 1 of queue \"non-emergency\" says nothing: it names no sound; add waiting_sound = \"...\", or remove it");
  CHECK(fault_of(wording(in_incident)) ==
        "warning: waiting_sound has no effect: with waiting = \"alert\" callers hear the network; remove it, or use waiting = \"answer\"");
  CHECK(fault_of(answered + wording(in_incident, "call_back_sound = \"other\"\n")) ==
        "warning: call_back_sound has no effect: no key of queue \"non-emergency\" asks for a call back; remove it, or add such a "
        "[[queue.key]]");
  CHECK(fault_of(answered + wording(in_incident, "key_refused_sound = \"sorry\"\n")) ==
        "warning: key_refused_sound has no effect: no key of queue \"non-emergency\" leads to a queue or a call back; remove it, or add "
        "such a [[queue.key]]");
  CHECK(fault_of(answered + key + wording(in_incident, "key_refused_sound = \"on and on\"\n")) ==
        "announcement \"on and on\" has no end: after it comes \"ringback\"; write then = \"\" and no repeat_after: waiting_sound "
        "follows it");
}

TEST_CASE("wordings that overlap are told apart by their order, unless one is never heard") {
  CHECK(faults_of_queue(answered + wording(in_incident) + wording("when = \"day\"\n") + wording("when = \"sunday\"\n")) == Lines{});
  CHECK(faults_of_queue(answered + wording(in_incident + "when = \"day\"\n") + wording(in_incident)) == Lines{});
  CHECK(fault_of(answered + wording(in_incident) + wording(in_incident + "when = \"day\"\n")) ==
        "wording 2 of queue \"non-emergency\" is never heard: wording 1 comes first and holds whenever this one does; move it up, or "
        "remove it");
  CHECK(fault_of(answered + wording("when = \"day\"\noutside = \"day\"\n")) ==
        "wording 1 of queue \"non-emergency\" is never heard: no time is both inside and outside calendar \"day\"; remove one of the two");
  CHECK(fault_of(answered + wording("")) ==
        "warning: wording 1 of queue \"non-emergency\" is always heard: it has no condition: what it stands for is never heard; give it "
        "when, outside or service_states, or write it without a wording");
}

TEST_CASE("a wording without any window within the horizon is most likely a slip") {
  const std::string closed =
      "[[calendar]]\nname = \"never\"\nopen = [\"mon 09:00-10:00\"]\nclosed = [\"mondays\"]\n[[holidays]]\nname = \"mondays\"\ndates = "
      "[2026-11-23, 2026-11-30]\n[general]\ncalendar_horizon = \"10 days\"\n";
  CHECK(fault_of(answered + wording("when = \"never\"\n"), closed) ==
        "warning: wording 1 of queue \"non-emergency\" is not heard at any time: its calendar is empty within calendar_horizon; correct "
        "the calendar");
}

}  // namespace pledge::settings::test
