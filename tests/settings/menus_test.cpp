// Menus, as `pledge check` judges them: nobody is lost in one, and no emergency call meets one.
#include "house.hpp"
#include "spoken.hpp"

namespace pledge::settings::test {

namespace {

const std::string announcements =
    "[[announcement]]\nname = \"words\"\nprompts = [\"words\"]\nthen = \"\"\n"
    "[[announcement]]\nname = \"facts\"\nprompts = [\"words\"]\nthen = \"\"\n";
// Rules that keep emergency calls away from what follows.
const std::string safe =
    "[[rule]]\nname = \"priority\"\npriorities = [\"esnet.0\", \"esnet.1\", \"esnet.2\", \"esnet.3\", \"esnet.4\"]\n"
    "queue = \"emergency\"\n[[rule]]\nname = \"sos\"\nservice_urns = [\"urn:service:sos\"]\nqueue = \"emergency\"\n"
    "[[rule]]\nname = \"999\"\ndialled = [\"999\", \"112\", \"18000\"]\nqueue = \"emergency\"\n";
const std::string to_menu = "[[rule]]\nname = \"101\"\ndialled = [\"101\"]\nmenu = \"first\"\n";
const std::string rest = "[[rule]]\nname = \"rest\"\nqueue = \"non-emergency\"\n";

std::string menu(const std::string& name, const std::string& more = {}) {
  return "[[menu]]\nname = \"" + name + "\"\nannouncement = \"words\"\nescape = \"non-emergency\"\n" + more;
}
std::string choice(const std::string& key, const std::string& leads) {
  return "[[menu.choice]]\nkey = \"" + key + "\"\nsays = \"choice " + key + "\"\n" + leads + "\n";
}
const std::string human = choice("1", "queue = \"emergency\"");

auto load_menus(const std::string& menus, const std::string& rules_text = safe + to_menu + rest) {
  const Spoken spoken;
  return settings::load({{"base.toml", base}, {"m.toml", announcements + menus}, {"r.toml", rules_text}},
                        Environment{noon, 0, spoken.path, {}});
}
Lines faults_of_menus(const std::string& menus, const std::string& rules_text = safe + to_menu + rest) {
  const auto settings = load_menus(menus, rules_text);
  Lines lines;
  for (auto& line : texts(settings ? settings->warnings : settings.error()))
    if (line.find("\"facts\" is not used") == std::string::npos) lines.push_back(line);
  return lines;
}
// The one fault, without its place.
std::string fault_of(const std::string& menus, const std::string& rules_text = safe + to_menu + rest) {
  const auto lines = faults_of_menus(menus, rules_text);
  INFO((lines.size() > 1 ? lines[1] : ""));
  REQUIRE(lines.size() == 1);
  return lines[0].substr(lines[0].find(": ") + 2);
}

}  // namespace

TEST_CASE("a menu becomes choices and wordings with their windows") {
  const auto settings = load_menus(
      menu("first", "wait_for_key = \"4 s\"\n[[menu.wording]]\nannouncement = \"facts\"\nwhen = \"day\"\n" + human +
                        choice("2", "menu = \"second\"\nlabels = [\"l\"]\ngrade = \"E\"") + choice("*", "repeat = true")) +
      menu("second", human + choice("2", "announcement = \"facts\"")) + "[[calendar]]\nname = \"day\"\nopen = [\"daily 08:00-18:00\"]\n");
  REQUIRE(settings);
  CHECK(texts(settings->warnings) == Lines{});
  REQUIRE(settings->core.menus.size() == 2);
  const auto& first = settings->core.menus[0];
  CHECK(first.escape.value == "non-emergency");
  CHECK(first.wait_for_key == std::chrono::seconds(4));
  REQUIRE(first.choices.size() == 3);
  CHECK(first.choices[0].queue.value == "emergency");
  CHECK(first.choices[1].key == core::Key::two);
  CHECK(first.choices[1].menu == "second");
  CHECK(first.choices[1].grade == core::Grade::extended);
  CHECK(first.choices[2].key == core::Key::star);
  CHECK(first.choices[2].repeat);
  REQUIRE(first.wordings.size() == 1);
  CHECK(first.wordings[0].timed);
  CHECK(first.wordings[0].windows.size() > 300);
  CHECK(settings->core.triage[3].menu == "first");
}

TEST_CASE("the way to a human comes first, and no choice is a dead end") {
  CHECK(fault_of(menu("first")).starts_with("menu \"first\" has no choices: "));
  CHECK(fault_of(menu("first", choice("2", "announcement = \"facts\"") + human))
            .starts_with("the first choice of menu \"first\" is not the way to a call handler: "));
  CHECK(fault_of(menu("first", human + choice("2", "")))
            .starts_with("choice \"choice 2\" of menu \"first\" is a dead end: it leads nowhere; "));
  CHECK(fault_of(menu("first", human + choice("2", "queue = \"emergency\"\nrepeat = true")))
            .starts_with("choice \"choice 2\" of menu \"first\" leads to 2 places: "));
  CHECK(fault_of(menu("first", human + choice("1", "repeat = true")))
            .starts_with("key 1 of menu \"first\" has two meanings: "));
  const Lines without = faults_of_menus("[[menu]]\nname = \"first\"\nannouncement = \"words\"\n" + human);
  REQUIRE(without.size() == 1);
  CHECK(without[0].find("\"escape\"") != std::string::npos);
}

TEST_CASE("four choices on three levels are the most") {
  const std::string four = human + choice("2", "repeat = true") + choice("3", "queue = \"emergency\"") + choice("4", "queue = \"emergency\"");
  CHECK(faults_of_menus(menu("first", four)) == Lines{});
  CHECK(fault_of(menu("first", four + choice("5", "repeat = true"))).starts_with("menu \"first\" has 5 choices: "));
  const auto chain = [](int levels) {
    std::string all = menu("first", human + choice("2", levels > 1 ? "menu = \"level 2\"" : "repeat = true"));
    for (int level = 2; level <= levels; ++level)
      all += menu("level " + std::to_string(level),
                  human + choice("2", level < levels ? "menu = \"level " + std::to_string(level + 1) + "\"" : "repeat = true"));
    return all;
  };
  CHECK(faults_of_menus(chain(3)) == Lines{});
  CHECK(fault_of(chain(4)) ==
        "menu \"level 4\" is on level 4: more than 3 levels lose callers; bring its choices up, or lead to a queue");
}

TEST_CASE("menus do not go round") {
  CHECK(fault_of(menu("first", human + choice("2", "menu = \"second\"")) +
                 menu("second", human + choice("2", "menu = \"first\"")))
            .find("leads back to menu") != std::string::npos);
  CHECK(fault_of(menu("first", human + choice("2", "menu = \"first\"")))
            .starts_with("menu \"first\" leads back to menu \"first\": "));
}

TEST_CASE("what the engine has not got is refused with the reason") {
  for (const auto& [needs, why] : {std::pair{"text", "it cannot send text messages"}, {"booking", "it takes no bookings"},
                                   {"front counter", "it knows nothing of the front counters"}})
    CHECK(fault_of(menu("first", human + choice("2", std::string{"needs = \""} + needs + "\""))) ==
          "choice \"choice 2\" of menu \"first\" cannot be kept: this version of the engine lacks what it needs: " +
              std::string{why} + "; leave the choice out until then, or lead it to a queue without `needs`");
}

TEST_CASE("a prompt is missing, never ends, or is the ring tone") {
  CHECK(fault_of(menu("first", human + choice("2", "announcement = \"nothing\""))).starts_with("unknown announcement \"nothing\": "));
  const std::string endless = "[[announcement]]\nname = \"endless\"\nprompts = [\"words\"]\n";
  CHECK(fault_of(endless + menu("first", human + choice("2", "announcement = \"endless\"")))
            .starts_with("announcement \"endless\" has no end for menu \"first\": after it comes \"ringback\"; "));
  CHECK(fault_of(endless + "then = \"\"\nrepeat_after = \"1 s\"\n" + menu("first", human + choice("2", "announcement = \"endless\"")))
            .starts_with("announcement \"endless\" has no end for menu \"first\": it repeats; "));
  CHECK(fault_of("[[announcement]]\nname = \"unspoken\"\nprompts = [\"unspoken\"]\nthen = \"\"\n" +
                 menu("first", human + choice("2", "announcement = \"unspoken\"")))
            .starts_with("prompt \"unspoken\" is missing in language en-GB: "));
  CHECK(fault_of(menu("first", human + choice("2", "announcement = \"ringback\""))).starts_with("menu \"first\" says nothing: "));
}

TEST_CASE("no menu stands before an emergency call") {
  const std::string one = menu("first", human), any = "[[rule]]\nname = \"all\"\nmenu = \"first\"\n";
  const auto met = [&](const std::string& rules_text) {
    const auto fault = fault_of(one, rules_text);
    CHECK(fault.starts_with("rule \""));
    const auto at = fault.find("emergency calls: ");
    return at == std::string::npos ? fault : fault.substr(at + 17, fault.find(" can match") - at - 17);
  };
  CHECK(met(any) == "calls to 999");
  CHECK(met("[[rule]]\nname = \"all\"\ndialled = [\"1*\"]\nmenu = \"first\"\n" + rest) == "calls to 112");
  CHECK(met(replaced(safe, ", \"18000\"", "") + any) == "calls to 18000");
  CHECK(met(replaced(safe, "urn:service:sos", "urn:service:sos.police") + any) == "calls for urn:service:sos");
  CHECK(met("[[rule]]\nname = \"fire\"\nservice_urns = [\"urn:service:sos.fire\"]\nmenu = \"first\"\n" + rest) ==
        "calls for urn:service:sos.fire");
  CHECK(met(replaced(safe, "\"esnet.0\", ", "") + to_menu + rest) == "calls of priority esnet.0");
  // A rule before it that takes only some of them does not help.
  CHECK(met(replaced(safe, "name = \"999\"\n", "name = \"999\"\nplaces = [\"bow\"]\n") + "[general]\nplaces = [\"bow\"]\n" + any) ==
        "calls to 999");
  const std::string trunk = "[[rule]]\nname = \"all\"\nmenu = \"first\"\nmenu_for_emergencies = true\n";
  CHECK(met(trunk) == "calls to 999");  // no trunk is named
  CHECK(fault_of(one, trunk + "trunks = [\"network\"]\n" + rest)
            .starts_with("warning: rule \"all\" puts a menu before emergency calls: calls to 999 can match it, and "));
}

TEST_CASE("a rule leads to a queue or to a menu, and a menu is there to be used") {
  CHECK(fault_of(menu("first", human), safe + to_menu + "queue = \"emergency\"\n" + rest)
            .starts_with("rule \"101\" has a queue and a menu: "));
  CHECK(fault_of(menu("first", human), safe + to_menu + "kind = \"reject\"\n" + rest)
            .starts_with("rule \"101\" has a menu but kind = \"reject\": "));
  CHECK(fault_of(menu("first", human) + menu("other", human)).starts_with("warning: menu \"other\" is not used: "));
}

TEST_CASE("diff tells what changes in a menu") {
  const auto running = load_menus(menu("first", human + choice("2", "repeat = true")));
  const auto candidate = load_menus(menu("first", human + choice("3", "announcement = \"facts\"")) );
  REQUIRE(running);
  REQUIRE(candidate);
  Lines lines;
  for (const auto& change : diff(*running, *candidate)) lines.push_back(change.text);
  CHECK(lines == Lines{"menu first: choice removed (key 2, says choice 2, repeat true)",
                       "menu first: choice added (key 3, says choice 3, announcement facts)"});
}

}  // namespace pledge::settings::test
