// Each kind of fault: the exact place and the exact words.
#include <catch2/catch.hpp>

#include "house.hpp"

namespace pledge::settings::test {

TEST_CASE("the sound configuration has no fault and no warning") { CHECK(faults_with("") == Lines{}); }

TEST_CASE("what is not TOML is said where it stands, several at once") {
  CHECK(faults_with("a = \nb = 1\n\nc = = 2\n") ==
        Lines{"x.toml:1:5: not TOML: Error while parsing key-value pair: expected value, saw '\\n'; correct the syntax",
              "x.toml:4:5: not TOML: Error while parsing value: could not determine value type; correct the syntax"});
}

TEST_CASE("an unknown option, with the nearest known name") {
  CHECK(faults_of(replaced(base, "target_within", "tarrget_within")) ==
        Lines{"base.toml:14:1: unknown option \"tarrget_within\": [[queue]] has no such option; did you mean "
              "\"target_within\"?"});
  CHECK(faults_with("[sip.limits]\nxyz = 1\n") ==
        Lines{"x.toml:2:1: unknown option \"xyz\": [sip.limits] has no such option; see `pledge options`"});
  CHECK(faults_with("[qeue]\n") ==
        Lines{"x.toml:1:2: unknown option \"qeue\": the configuration has no such option; did you mean \"queue\"?"});
}

TEST_CASE("a wrong type") {
  CHECK(faults_with("[limits]\ncontacts = \"many\"\n") ==
        Lines{"x.toml:2:12: \"contacts\" is a text: it must be a whole number; write e.g. contacts = 50000"});
  CHECK(faults_of(replaced(base, "queues = [\"emergency\", \"non-emergency\"]", "queues = \"emergency\"")) ==
        Lines{"base.toml:17:10: \"queues\" is a text: it must be a list of queue name; see `pledge options`"});
  CHECK(faults_with("sip = 1\n") ==
        Lines{"x.toml:1:7: \"sip\" is a whole number: it must be a table; see `pledge options`"});
  CHECK(faults_with("[sip]\nuser_agent = 10:00:00\n") ==
        Lines{"x.toml:2:14: \"user_agent\" is a date with time or a time: it must be a text; write e.g. user_agent = "
              "\"Pledge\""});
}

TEST_CASE("a duration needs a unit") {
  CHECK(faults_with("[offers]\nbackoff_busy = 15\n") ==
        Lines{"x.toml:2:16: \"backoff_busy\" is a number without a unit: a duration says its unit; write e.g. \"10 "
              "s\", \"2 min\" or \"500 ms\""});
  CHECK(faults_with("[offers]\nbackoff_busy = \"soon\"\n") ==
        Lines{"x.toml:2:16: \"backoff_busy\" = \"soon\" is not a duration: a duration is a number with ms, s, min, h "
              "or days; write e.g. \"10 s\", \"2 min\" or \"500 ms\""});
}

TEST_CASE("an area has a centre on the Earth and a radius") {
  const auto area = [](const std::string& values) {
    return faults_with("[general]\nplaces = [\"Camden\"]\n[[sip.area]]\nplace = \"Camden\"\n" + values);
  };
  CHECK(area("latitude = 51.54\nlongitude = -0.16\nradius = 4000\n") == Lines{});
  CHECK(area("latitude = -0.16\nlongitude = 180.5\nradius = 4000\n") ==
        Lines{"x.toml:6:13: \"longitude\" = 180.5 is out of range: the range is -180 to 180 degrees; write a value within "
              "-180 to 180 degrees"});
  CHECK(area("latitude = 90.5\nlongitude = 0\nradius = 0\n") ==
        Lines{"x.toml:5:12: \"latitude\" = 90.5 is out of range: the range is -90 to 90 degrees; write a value within -90 to "
              "90 degrees",
              "x.toml:7:10: \"radius\" = 0 is out of range: the range is 1 to 500000 metres; write a value within 1 to "
              "500000 metres"});
  CHECK(area("latitude = 51.54\nlongitude = nan\nradius = -4\n").size() == 2);
  CHECK(area("latitude = 51.54\n").size() == 2);
}

TEST_CASE("out of range") {
  CHECK(faults_with("[offers]\nnot_ready_after = 0\n") ==
        Lines{"x.toml:2:19: \"not_ready_after\" = 0 is out of range: the range is 1 to 100 offers; write a value "
              "within 1 to 100 offers"});
  CHECK(faults_with("[offers]\nconsole_grace = \"3 h\"\n") ==
        Lines{"x.toml:2:17: \"console_grace\" = 3 h is out of range: the range is 0 s to 10 min; write a value within "
              "0 s to 10 min"});
  CHECK(faults_with("[general]\nseed = -1\n").front() ==
        "x.toml:2:8: \"seed\" = -1 is out of range: the range is 0 to 9223372036854775807; write a value within 0 to "
        "9223372036854775807");
}

TEST_CASE("a target share outside 0..1, and one that promises nothing") {
  const std::string queue = "target_within = \"30 s\"\n";
  CHECK(faults_of(replaced(base, queue, queue + "target_share = 90\n")) ==
        Lines{"base.toml:15:16: \"target_share\" = 90 is out of range: the range is 0 % to 100 %; write a value within "
              "0 % to 100 %"});
  CHECK(faults_of(replaced(base, queue, queue + "target_share = \"101 %\"\n")) ==
        Lines{"base.toml:15:16: \"target_share\" = 101 % is out of range: the range is 0 % to 100 %; write a value "
              "within 0 % to 100 %"});
  CHECK(faults_of(replaced(base, queue, queue + "target_share = \"most\"\n")) ==
        Lines{"base.toml:15:16: \"target_share\" = \"most\" is not a share: a share is a percentage or a number from 0 "
              "to 1; write e.g. \"90 %\" or 0.9"});
  CHECK(faults_of(replaced(base, queue, queue + "target_share = 0.0\n")) ==
        Lines{"base.toml:15:16: the target promises nothing: a share of 0 % is met by any queue; write e.g. "
              "target_share = \"90 %\""});
}

TEST_CASE("bound 0") {
  CHECK(faults_of(replaced(base, "target_within = \"30 s\"\n", "bound = 0\n")) ==
        Lines{"base.toml:14:9: \"bound\" = 0 is out of range: the range is 1 to 1000000 calls; write a value within 1 "
              "to 1000000 calls"});
}

TEST_CASE("a required option that is missing") {
  CHECK(faults_of(replaced(base, "target_within = \"30 s\"\n", "[[queue]]\nname = \"third\"\n")) ==
        Lines{"base.toml:14:1: [[queue]] without \"class\": the option is required; add it: Class of service."});
}

TEST_CASE("an unknown word") {
  CHECK(
      faults_of(replaced(base, "target_within = \"30 s\"\n", "waiting = \"anser\"\n")) ==
      Lines{"base.toml:14:11: \"waiting\" = \"anser\" is unknown: known are alert, answer; did you mean \"answer\"?"});
}

TEST_CASE("a name that is used twice") {
  CHECK(faults_with("[[queue]]\nname = \"emergency\"\nclass = \"emergency\"\n") ==
        Lines{"x.toml:2:8: queue \"emergency\" is defined twice: it stands in base.toml:9 already; rename or remove "
              "one of the two"});
  CHECK(faults_with("[[handler]]\nrange = \"a03-a06\"\ncentre = \"bow\"\npool = \"bow\"\nroles = [\"call "
                    "handler\"]\nsecret = \"s\"\n") ==
        Lines{"x.toml:2:9: handler \"a03\" is defined twice: it stands in base.toml:21 already; rename or remove one "
              "of the two"});
}

TEST_CASE("an option given in two files") {
  CHECK(faults_with("[general]\ncentres = [\"hendon\"]\n") ==
        Lines{"x.toml:2:1: \"centres\" is given twice: it stands in base.toml:2 already; keep one of the two"});
}

TEST_CASE("dangling references") {
  auto first = [](const std::string& from, const std::string& to) {
    const auto lines = faults_of(replaced(base, from, to));
    return *std::find_if(lines.begin(), lines.end(),
                         [](const auto& line) { return line.find("warning") == std::string::npos; });
  };
  CHECK(first("class = \"emergency\"", "class = \"emergancy\"") ==
        "base.toml:10:9: unknown class \"emergancy\": \"class\" needs the name of a class defined by a [[class]]; did "
        "you mean \"emergency\"?");
  CHECK(
      first("queues = [\"emergency\", \"non-emergency\"]", "queues = [\"emergency\", \"non-emergency\", \"other\"]") ==
      "base.toml:17:41: unknown queue \"other\": \"queues\" needs the name of a queue defined by a [[queue]]; define "
      "it, or correct the name");
  CHECK(first("\"polish:2\"", "\"polish:2\", \"plish\"") ==
        "base.toml:25:23: unknown skill \"plish\": \"skills\" needs the name of a skill defined by \"skills\" of "
        "[general]; did you mean \"polish\"?");
  CHECK(first("roles = [\"call handler\"]", "roles = [\"call handler\", \"chief\"]") ==
        "base.toml:24:26: unknown role \"chief\": \"roles\" needs the name of a role defined by a [[role]]; define it, "
        "or correct the name");
  CHECK(first("pool = \"bow\"", "pool = \"box\"") ==
        "base.toml:23:8: unknown pool \"box\": \"pool\" needs the name of a pool defined by a [[pool]]; did you mean "
        "\"bow\"?");
  CHECK(first("centre = \"bow\"", "centre = \"hendon\"") ==
        "base.toml:22:10: unknown centre \"hendon\": \"centre\" needs the name of a centre defined by \"centres\" of "
        "[general]; define it, or correct the name");
}

TEST_CASE("dangling references of rules") {
  auto rule = [](const std::string& condition) {
    return faults_of(base, "[[rule]]\nname = \"x\"\nqueue = \"emergency\"\n" + condition + rules);
  };
  CHECK(rule("trunks = [\"netwerk\"]\n") == Lines{"rules.toml:4:11: unknown trunk \"netwerk\": \"trunks\" needs the "
                                                  "name of a trunk defined by a [[trunk]]; did you mean \"network\"?"});
  CHECK(rule("when = \"office\"\n") == Lines{"rules.toml:4:8: unknown calendar \"office\": \"when\" needs the name of "
                                             "a calendar defined by a [[calendar]]; define it, or correct the name"});
  CHECK(rule("service_states = [\"norml\"]\n") ==
        Lines{"rules.toml:4:19: unknown service state \"norml\": \"service_states\" needs the name of a service state "
              "defined by \"service_states\" of "
              "[general]; did you mean \"normal\"?"});
  CHECK(rule("service_states = [\"normal\"]\n") == Lines{});
  CHECK(rule("places = [\"Camden\"]\n").front() ==
        "rules.toml:4:11: unknown place \"Camden\": \"places\" needs the name of a place defined by \"places\" of "
        "[general]; define it, or correct the name");
  CHECK(faults_with("[[sip.area]]\nplace = \"Camden\"\nlatitude = 51.5\nlongitude = -0.1\nradius = 4000\n") ==
        Lines{"x.toml:2:9: unknown place \"Camden\": \"place\" needs the name of a place defined by \"places\" of [general]; "
              "define it, or correct the name"});
  CHECK(faults_with("[sip]\noutbound = \"x\"\n").front() ==
        "x.toml:2:12: unknown trunk \"x\": \"outbound\" needs the name of a trunk defined by a [[trunk]]; define it, "
        "or correct the name");
  CHECK(faults_with("[[calendar]]\nname = \"c\"\nopen = [\"daily 00:00-24:00\"]\nclosed = [\"x\"]\n").back() ==
        "x.toml:4:11: unknown holidays \"x\": \"closed\" needs the name of a holidays defined by a [[holidays]]; "
        "define it, or correct the name");
}

TEST_CASE("values that look wrong: numbers, hours, dates, zones, addresses, skills, overflows") {
  auto rule = [](const std::string& line) {
    return faults_of(base, "[[rule]]\nname = \"x\"\nqueue = \"emergency\"\n" + line + rules).front();
  };
  CHECK(rule("dialled = [\"020 7946 0123\"]\n") ==
        "rules.toml:4:12: \"dialled\" = \"020 7946 0123\" is not a number or prefix: a number is E.164 with '+', or a "
        "short code; a '*' at its end "
        "stands for any digits; write e.g. +442079460123, +4420* or 999");
  CHECK(rule("service_urns = [\"sos\"]\n") ==
        "rules.toml:4:17: \"service_urns\" = \"sos\" is not a service URN: a service URN begins with urn:service: (RFC "
        "5031); write e.g. urn:service:sos");
  CHECK(rule("skills = [\"polish:10\"]\n") ==
        "rules.toml:4:11: \"skills\" = \"polish:10\" is not a skill: a skill is a name, or name:level with a level "
        "from 1 to 9; write e.g. \"polish\" or "
        "\"polish:3\"");
  CHECK(faults_with("[[calendar]]\nname = \"c\"\nopen = [\"mon-fri 8-18\"]\n").back() ==
        "x.toml:3:9: \"open\" = \"mon-fri 8-18\" is not a period: a period is days and times of day; write e.g. "
        "mon-fri 08:00-18:00");
  CHECK(faults_with("[[holidays]]\nname = \"h\"\ndates = [\"2027-02-29\"]\n").back() ==
        "x.toml:3:10: \"dates\" = \"2027-02-29\" is not a date: a date is year-month-day and exists; write e.g. "
        "2026-12-25");
  CHECK(faults_with("[general]\nzone = \"Europe/Londn\"\n") ==
        Lines{"x.toml:2:8: \"zone\" = \"Europe/Londn\" is not a time zone: it is not in this machine's time-zone "
              "database; write e.g. Europe/London"});
  CHECK(faults_with("[[trunk]]\nname = \"t\"\nranges = [\"10.0.0.0/33\"]\n") ==
        Lines{"x.toml:3:11: \"ranges\" = \"10.0.0.0/33\" is not an address range: a range is an address, or "
              "address/bits; write e.g. 192.0.2.0/24 or "
              "2001:db8::/32"});
  CHECK(faults_of(replaced(base, "target_within = \"30 s\"\n", "full = \"elsewhere\"\n")) ==
        Lines{"base.toml:14:8: \"full\" = \"elsewhere\" is not an overflow: an overflow is wait, queue NAME, number "
              "NUMBER, announcement NAME or reject "
              "STATUS (400 to 699); write e.g. \"queue non-emergency\" or \"reject 503\""});
}

TEST_CASE("a directory that cannot be read, and one without files") {
  CHECK(texts(load("no/such/directory", Environment{noon}).error()) ==
        Lines{"no/such/directory: cannot be read: No such file or directory; name a directory with *.toml files that "
              "this user may read"});
  CHECK(texts(load_text({}).error()).front().find("configuration: no [[class]]: ") == 0);
}

TEST_CASE("characters beyond ASCII stand in quoted texts and comments only, and all others are named") {
  CHECK(faults_with("# caf\u00e9\n[sip]\nuser_agent = \"caf\u00e9 \\\" \u0244\" # \u0244\n") == Lines{});
  CHECK(faults_with("[sip]\nuser_agent = 'caf\u00e9'\n") == Lines{});
  CHECK(faults_with("[sip]\nuser_agent = \"\"\"\ncaf\u00e9 \"\" \\\n  tail \u0244\"\"\"\n") == Lines{});
  CHECK(faults_with("[sip]\nuser_agent = \u201cPledge\u201d\nlisten\u00e9r = 1\n") ==
        Lines{"x.toml:2:14: the character U+201C outside of quotes: other than ASCII characters stand in quoted texts "
              "and comments only; write straight quotes: \"",
              "x.toml:3:7: the character U+00E9 outside of quotes: other than ASCII characters stand in quoted texts "
              "and comments only; put the text in quotes, or write it with ordinary letters"});
  CHECK(faults_with("\xEF\xBB\xBF[sip]\n\u00a0user_agent = \"x\"\n").front() ==
        "x.toml:2:1: the character U+00A0 outside of quotes: other than ASCII characters stand in quoted texts and "
        "comments only; write an ordinary space");
  CHECK(faults_with("a = 1\n\xEF\xBA\xBF/").front().find("x.toml:2:1: the character U+FEBF outside of quotes: ") == 0);
  CHECK(faults_with("a = \xff\n").front().find("x.toml:1:5: a byte that is no character (0xFF) outside of quotes: ") == 0);
}

// Where the library asks of a character inside of quotes whether it is white space, it must not be one that it cannot take.
TEST_CASE("characters beyond ASCII are kept from the library where quotes do not protect them") {
  const auto first = [](const std::string& text) { return faults_with(text).front(); };
  CHECK(first("a = 1\"\u0244\"\n").find("x.toml:1:7: the character U+0244 outside of quotes") == 0);
  CHECK(first("a = 1.\"\u0244\"\n").find("x.toml:1:8: the character U+0244 in a key") == 0);
  CHECK(first("a = \"\\\u0244\"\n").find("x.toml:1:7: the character U+0244 after a backslash") == 0);
  CHECK(first("a = \"\"\"\\\n \u0244\"\"\"\n").find("x.toml:2:2: the character U+0244 after a backslash at the end") == 0);
  CHECK(first("a = \"\"\"x\"\"\"\"\"\u0244\n").find("x.toml:1:14: the character U+0244 outside of quotes") == 0);
  CHECK(first("a = ''\u0244''\n").find("x.toml:1:7: the character U+0244 outside of quotes") == 0);
  CHECK(faults_with("a = \"open\n\u0244\n").back().find("x.toml:2:1: the character U+0244 outside of quotes") == 0);
}

TEST_CASE("keys without end, and tables without end") {
  CHECK(faults_with("a = 1." + std::string(40, '.')).size() == 1);
  std::string key;
  for (int i = 0; i < 1'000'000; ++i) key += "a.";
  for (const auto& text : {key + "b = 1\n", "[" + key + "b]\n", "a = { " + key + "b = 1 }\n"}) {
    const auto lines = texts(load_text({{"x.toml", text}}).error());
    REQUIRE_FALSE(lines.empty());
    CHECK(lines.front().find(": a key with more than 32 parts: no option lies so deep; correct the key") !=
          std::string::npos);
  }
  CHECK(faults_with("# " + std::string(100, '.') + "\n[sip]\nuser_agent = \"" + std::string(100, '.') + "\"\n") ==
        Lines{});
  std::string many;
  for (int i = 0; i < 2'100; ++i) many += "[[holidays]]\n";
  const auto lines = faults_with(many);
  CHECK(std::find(lines.begin(), lines.end(), "x.toml:1:1: 2100 [[holidays]]: the most is 2000; remove some") !=
        lines.end());
}

TEST_CASE("all faults in one run, in the order of files and lines") {
  const auto lines = faults_with("[limits]\ncontacts = 0\n[offers]\nbackoff = \"1 s\"\n[media]\nport_first = 10\n");
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].find("x.toml:2:12: \"contacts\" = 0") == 0);
  CHECK(lines[1].find("x.toml:4:1: unknown option \"backoff\"") == 0);
  CHECK(lines[2].find("x.toml:6:14: \"port_first\" = 10") == 0);
}

TEST_CASE("whatever the bytes, there is a fault and no abort") {
  for (const std::string text : {"\xff\xfe", "a = \"\xc3\x28\"", "a=1\n[[a]]", "a=[1]\n[a.b]", "[[a.b]]\n[a]\nb=1",
                                 "a = 1e999", "a = 99999999999999999999", "[sip]\nlistener = [1, {}]", "rule = [[]]",
                                 "handler = [{range=\"a-b\"}]", "general = []", "d = 2026-99-99"}) {
    INFO(text);
    CHECK_FALSE(load_text({{"x.toml", text}}).has_value());
  }
  CHECK_FALSE(load_text({{"x.toml", "a = " + std::string(5000, '[')}}).has_value());
}

}  // namespace pledge::settings::test
