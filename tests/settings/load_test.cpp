// What sound configurations become: the options of the parts, the version, the difference between two.
#include <catch2/catch.hpp>

#include "house.hpp"
#include "settings/digest.hpp"

namespace pledge::settings::test {

using namespace std::chrono_literals;

namespace {
Lines changes(const Settings& running, const Settings& candidate) {
  Lines lines;
  for (const auto& change : diff(running, candidate)) lines.push_back(change.text);
  return lines;
}
Settings changed(const std::string& from, const std::string& to, const std::string& rules_text = rules) {
  auto settings = load_text({{"base.toml", replaced(base, from, to)}, {"rules.toml", rules_text}});
  if (!settings) throw std::runtime_error(to_text(settings.error().front()));
  return std::move(*settings);
}
const std::string queue_line = "target_within = \"30 s\"\n";
}  // namespace

TEST_CASE("tables become options") {
  const auto settings = sound(
      "[general]\nnot_ready_reasons = [\"break\"]\n[limits]\ncontacts = 7\n[offers]\nbackoff_busy = \"1500 ms\"\n"
      "[media]\nport_first = 20000\nrtcp_interval = \"2 s\"\n[service]\nabandon_rule = \"excluded\"\n"
      "[sip]\nreliable = \"when-supported\"\n[journal]\ndirectory = \"elsewhere\"\n");
  const auto& core = settings.core;
  CHECK(core.classes.size() == 2);
  REQUIRE(core.queues.size() == 2);
  CHECK(core.queues[1].target_within == 30s);
  CHECK(core.queues[1].service_class.value == "non-emergency");
  CHECK(core.limits.contacts == 7);
  CHECK(core.offers.backoff_busy == 1500ms);
  CHECK(core.not_ready_reasons == Lines{"break"});
  CHECK(core.service_states == Lines{"normal"});
  CHECK(core.triage.size() == 2);
  CHECK(core.utc_offsets.size() == 3);
  CHECK(settings.media.port_first == 20000);
  CHECK(settings.media.rtcp_interval == 2s);
  CHECK(settings.service.abandon_rule == core::AbandonRule::excluded);
  CHECK(settings.sip.reliable == runtime::ReliableProvisional::when_supported);
  CHECK(settings.journal.directory == "elsewhere");
  REQUIRE(settings.sip.trunks.size() == 1);
  CHECK(settings.sip.trunks[0].trusted);
}

TEST_CASE("a range becomes handlers, each with its own phone or credentials") {
  const auto settings = sound(
      "[[handler]]\nrange = \"b9-b9\"\ncentre = \"bow\"\npool = \"bow\"\nroles = [\"call handler\"]\nphone_mode = "
      "\"accept-first\"\nuser = \"desk-{id}\"\nsecret = \"s\"\n");
  REQUIRE(settings.core.handlers.size() == 5);
  CHECK(settings.core.handlers[3].id.value == "a04");
  CHECK(settings.core.handlers[3].phone == "sip:a04@127.0.0.1:7000");
  CHECK(settings.sip.phones.contacts.size() == 4);
  CHECK(settings.sip.phones.contacts[3] == "sip:a04@127.0.0.1:7000");
  CHECK(settings.core.handlers[3].skills == std::vector{core::Requirement{{"polish"}, 2}});
  CHECK(settings.core.handlers[4].phone.empty());
  CHECK(settings.core.handlers[4].phone_mode == core::PhoneMode::accept_first);
  REQUIRE(settings.sip.phones.credentials.size() == 1);
  CHECK(settings.sip.phones.credentials[0] == runtime::PhoneCredentials{{"b9"}, "desk-b9", "s"});
}

TEST_CASE("the version names the content: not the files, not the moment, not the spelling") {
  const auto version = sound().core.version;
  CHECK(version.size() == 16);
  CHECK(load_text({{"one.toml", base + rules}})->core.version == version);
  CHECK(sound("", noon + 24h * 90).core.version == version);
  CHECK(changed(queue_line, "target_within = \"0.5 min\"\n").core.version == version);
  CHECK(changed(queue_line, "target_within = \"31 s\"\n").core.version != version);
  // Published test vectors of 64-bit FNV-1a: the same on every machine and in every build.
  CHECK(fnv1a("") == 0xcbf29ce484222325ull);
  CHECK(fnv1a("a") == 0xaf63dc4c8601ec8cull);
  CHECK(fnv1a("foobar") == 0x85944171f73967e8ull);
}

TEST_CASE("a configuration can be renewed when time has passed") {
  const auto running = sound();
  const auto later = renewed(running, Environment{noon + 24h * 300});
  CHECK(later.calendars_until == running.calendars_until + 24h * 300);
  CHECK(later.core.version == running.core.version);
  CHECK(diff(running, later).empty());
  CHECK(later.core.utc_offsets.front().from == noon + 24h * 298);
}

TEST_CASE("diff speaks in words and names the queues it touches") {
  const auto running = sound();
  CHECK(diff(running, sound("", noon + 24h)).empty());
  const auto one = diff(running, changed(queue_line, "target_within = \"45 s\"\n"));
  REQUIRE(one.size() == 1);
  CHECK(one[0].text == "queue non-emergency: target 30 s → 45 s");
  CHECK(one[0].queues == std::vector<core::QueueId>{{"non-emergency"}});
  CHECK(changes(running,
                changed(queue_line, queue_line + "target_share = \"95 %\"\nskills = [\"polish:2\"]\nfull = \"queue "
                                                 "emergency\"\n[[queue.widening]]\nafter = \"20 s\"\n")) ==
        Lines{"queue non-emergency: target share 90 % → 95 %", "queue non-emergency: skills none → polish:2",
              "queue non-emergency: widening added (after 20 s, skills none)",
              "queue non-emergency: when full reject 503 → queue emergency"});
}

TEST_CASE("diff of what is added, removed, moved") {
  const auto running = sound();
  const std::string turned = "[[rule]]\nname = \"new\"\ndialled = [\"101\"]\nqueue = \"non-emergency\"\n" + rules;
  CHECK(changes(running, changed("[[pool]]", "[[pool]]", turned)) == Lines{"rule new: added"});
  CHECK(changes(changed("[[pool]]", "[[pool]]", turned), running) == Lines{"rule new: removed"});
  const std::string rule_112 = "[[rule]]\nname = \"112\"\ndialled = [\"112\"]\nqueue = \"emergency\"\n";
  const std::string rule_101 = "[[rule]]\nname = \"101\"\ndialled = [\"101\"]\nqueue = \"emergency\"\n";
  CHECK(changes(
            changed("[[pool]]", "[[pool]]", rule_112 + rule_101 + rules),
            changed("[[pool]]", "[[pool]]",
                    rule_101 + replaced(rules, "[[rule]]\nname = \"rest\"", rule_112 + "[[rule]]\nname = \"rest\""))) ==
        Lines{"rule 112: now after 999"});
  const auto classes = diff(running, changed("[[class]]\nname = \"emergency\"\n[[class]]\nname = \"non-emergency\"\n",
                                             "[[class]]\nname = \"non-emergency\"\n[[class]]\nname = \"emergency\"\n"));
  REQUIRE(classes.size() == 1);
  CHECK(classes[0].text == "class emergency: now after non-emergency");
  CHECK(classes[0].queues == std::vector<core::QueueId>{{"emergency"}});
}

TEST_CASE("diff of people says alike changes once, and no secret") {
  const auto running = sound();
  CHECK(changes(running, changed("a01-a04", "a01-a09")) == Lines{"handler a05 to a09 (5): added"});
  CHECK(changes(running, changed("a01-a04", "a01-a02")) == Lines{"handler a03, a04: removed"});
  CHECK(changes(running, changed("\"polish:2\"", "\"polish:3\"")) ==
        Lines{"handler a01 to a04 (4): skills polish:2 → polish:3"});
  CHECK(changes(running, changed("phone = \"sip:{id}@127.0.0.1:7000\"",
                                 "phone = \"sip:{id}@127.0.0.1:7000\"\nsecret = \"hush\"")) ==
        Lines{"handler a01 to a04 (4): secret changed"});
  CHECK(
      changes(running, changed("[[pool]]\nname = \"bow\"\n", "[[pool]]\nname = \"bow\"\n[pool.reserve]\nmost = 6\n")) ==
      Lines{"pool bow: reserve most 8 → 6"});
  const auto roles = diff(running, changed("[[role]]\n", "[[role]]\nsupervisor = true\n"));
  REQUIRE(roles.size() == 1);
  CHECK(roles[0].text == "role call handler: supervisor false → true");
  CHECK(roles[0].queues.size() == 2);
}

TEST_CASE("diff of single tables and of rows without names") {
  auto with = [](const std::string& grace, const std::string& legs, const std::string& prefix) {
    return sound("[offers]\nconsole_grace = \"" + grace + "\"\n[sip.limits]\nlegs = " + legs +
                 "\n[[sip.place]]\nprefix = \"" + prefix + "\"\nplace = \"here\"\n[general]\nplaces = [\"here\"]\n");
  };
  CHECK(changes(with("15 s", "200", "+4420"), with("20 s", "100", "+44113")) ==
        Lines{"offers: console_grace 15 s → 20 s", "sip: place removed (prefix +4420, place here)",
              "sip: place added (prefix +44113, place here)", "sip: limits legs 200 → 100"});
  CHECK(changes(sound("[media]\ndscp = 46\n[[sip.listener]]\nport = 5060\n[[sip.listener]]\nport = 5070\n"),
                sound("[media]\ndscp = 0\n[[sip.listener]]\nport = 5060\n")) ==
        Lines{"sip: listener removed (transport udp, address 127.0.0.1, port 5070, advertised none, media_address "
              "none, media_advertised none) (needs a "
              "restart)",
              "media: dscp 46 → 0 (needs a restart)"});
  CHECK(changes(sound(), sound("[[trunk]]\nname = \"t\"\nranges = [\"::1\"]\n")) == Lines{"trunk t: added"});
}

TEST_CASE("what needs a restart stays as it runs after a reload, and is a difference until there is one") {
  const auto with = [](const std::string& grace, const std::string& dscp, const std::string& port) {
    return sound("[offers]\nconsole_grace = \"" + grace + "\"\n[media]\ndscp = " + dscp + "\n[media.rtpengine]\nready = " + dscp +
                 "\n[[sip.listener]]\nport = " + port + "\n[recording]\nkeep_for = \"" + dscp + " days\"\npause_at_most = \"" +
                 grace + "\"\n");
  };
  const Environment now{noon};
  const auto started = with("15 s", "46", "5060"), wanted = with("20 s", "1", "5070");
  const auto runs = until_restart(started, wanted, now);
  CHECK(runs.core.offers.console_grace == 20s);
  CHECK(runs.core.recording.pause_at_most == 20s);
  CHECK(runs.media == started.media);
  CHECK(runs.sip.listeners == started.sip.listeners);
  CHECK(runs.recording == started.recording);
  const auto waiting = changes(runs, wanted);
  CHECK(waiting.size() == 5);
  for (const auto& line : waiting) CHECK(line.find("(needs a restart)") != std::string::npos);
  CHECK(changes(started, runs) == Lines{"offers: console_grace 15 s → 20 s", "recording: pause_at_most 15 s → 20 s"});
  CHECK(runs.core.version != wanted.core.version);  // it is not what runs
  CHECK(changes(until_restart(runs, started, now), started).empty());
  CHECK(until_restart(started, started, now).core.version == started.core.version);
}

namespace {
const Environment with_prompts{noon, 0, std::string{PLEDGE_BINARY_DIR} + "/prompts", {}};
}

TEST_CASE("the configurations that come with the engine are sound") {
  for (const std::string name : {"demo", "met"}) {
    INFO(name);
    const auto settings = load(std::string{PLEDGE_SOURCE_DIR} + "/config/" + name, with_prompts);
    CHECK(texts(settings ? settings->warnings : settings.error()) == Lines{});
  }
}

TEST_CASE("the demonstration has what it shows") {
  const auto settings = load(std::string{PLEDGE_SOURCE_DIR} + "/config/demo", with_prompts);
  REQUIRE(settings);
  CHECK(settings->core.handlers.size() == 9);
  CHECK(settings->core.queues.size() == 3);
  CHECK(settings->core.queues[0].waiting == core::Waiting::alert);
  CHECK(settings->core.queues[1].waiting_sound == "please wait");
  REQUIRE(settings->core.queues[1].wordings.size() == 2);
  CHECK(settings->core.queues[1].wordings[0].service_states == std::vector<std::string>{"major incident"});
  CHECK_FALSE(settings->core.queues[1].wordings[0].timed);
  CHECK(settings->core.queues[1].wordings[1].windows.size() > 300);
  CHECK(settings->sip.phones.credentials == std::vector{runtime::PhoneCredentials{{"guest"}, "guest", "demo-only"}});
}

TEST_CASE("areas and the names of places are for signalling, which knows locations") {
  const auto settings = sound(
      "[general]\nplaces = [\"Camden\", \"Brent\"]\n[[sip.area]]\nplace = \"Camden\"\nlatitude = 51.54\n"
      "longitude = -0.16\nradius = 4000\n");
  CHECK(settings.sip.place_names == std::vector<std::string>{"Camden", "Brent"});
  CHECK(settings.sip.areas == std::vector<runtime::AreaOptions>{{"Camden", 51.54, -0.16, 4000}});
}

TEST_CASE("the model of a city has its centres, boroughs and holidays") {
  const auto settings = load(std::string{PLEDGE_SOURCE_DIR} + "/config/met", with_prompts);
  REQUIRE(settings);
  CHECK(settings->core.pools.size() == 3);
  CHECK(settings->core.handlers.size() == 936);
  CHECK(settings->sip.places.size() == 32);
  CHECK(settings->sip.areas.size() == 3);
  CHECK(settings->core.pools[0].reserve.emergency_per_hour.size() == 24);
  CHECK(settings->core.menus.size() == 3);
}

}  // namespace pledge::settings::test
