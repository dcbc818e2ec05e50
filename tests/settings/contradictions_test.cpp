// Tables that are each well-formed and do not fit together.
#include <catch2/catch.hpp>

#include "house.hpp"

namespace pledge::settings::test {

namespace {

// The base with lines added to queue non-emergency.
Lines queue_with(const std::string& lines) {
  return faults_of(replaced(base, "target_within = \"30 s\"\n", "target_within = \"30 s\"\n" + lines));
}
Lines rules_of(const std::string& text) { return faults_of(base, text); }
const std::string first = "[[rule]]\nname = \"first\"\nqueue = \"emergency\"\n";
const std::string second = "[[rule]]\nname = \"second\"\nqueue = \"non-emergency\"\n";
// Without the words about prompts that are nowhere recorded here.
Lines besides_prompts(const std::string& text) {
  Lines found = faults_with(text);
  std::erase_if(found, [](const std::string& fault) { return fault.find(" in language en-GB: ") != std::string::npos; });
  return found;
}
const std::string rest = "[[rule]]\nname = \"rest\"\nqueue = \"non-emergency\"\n";

}  // namespace

TEST_CASE("a rule after a catch-all is unreachable") {
  CHECK(rules_of(rest + second + "dialled = [\"999\"]\n") ==
        Lines{"rules.toml:5:8: rule \"second\" can never match: rule \"rest\" (rules.toml:2) comes first and takes "
              "every such call; move it up, or "
              "remove it"});
}

TEST_CASE("a priority that no call can have is refused") {
  const std::string refused =
      "those of RFC 7135 alone are kept of a call, in small letters; write \"esnet.0\" to \"esnet.4\"";
  CHECK(rules_of(first + "priorities = [\"esnet.4\", \"ESNET.1\", \"esnet.5\", \"snet.0 \"]\n" + rest) ==
        Lines{"rules.toml:4:14: no call has the priority \"ESNET.1\": " + refused,
              "rules.toml:4:14: no call has the priority \"esnet.5\": " + refused,
              "rules.toml:4:14: no call has the priority \"snet.0 \": " + refused});
}

TEST_CASE("a call that no rule takes is warned of") {
  CHECK(rules_of(second + "dialled = [\"999\"]\n") ==
        Lines{"rules.toml:2:8: warning: no rule takes every other call: a call that no rule matches is refused with "
              "404; end triage with a rule without "
              "conditions"});
}

TEST_CASE("a narrower rule after a wider one is unreachable") {
  const std::string said =
      "rules.toml:6:8: rule \"second\" can never match: rule \"first\" (rules.toml:2) comes first and takes every such "
      "call; move it "
      "up, or remove it";
  auto pair = [](const std::string& wide, const std::string& narrow) {
    return rules_of(first + wide + second + narrow + rest);
  };
  CHECK(pair("dialled = [\"+4420*\"]\n", "dialled = [\"+442079460123\"]\n") == Lines{said});
  CHECK(pair("service_urns = [\"urn:service:sos\"]\n", "service_urns = [\"urn:service:sos.police\"]\n") == Lines{said});
  CHECK(pair("trunks = [\"network\"]\n", "trunks = [\"network\"]\nwithheld_only = true\n") == Lines{said});
  CHECK(pair("repeat_within = \"1 h\"\n", "repeat_within = \"10 min\"\n") == Lines{said});
  CHECK(pair("repeat_within = \"10 min\"\n", "repeat_within = \"1 h\"\n") == Lines{});
  CHECK(pair("dialled = [\"999\"]\n", "dialled = [\"999\", \"112\"]\n") == Lines{});
  CHECK(pair("service_urns = [\"urn:service:sos\"]\n", "service_urns = [\"urn:service:sosx\"]\n") == Lines{});
}

TEST_CASE("rules that contradict themselves") {
  CHECK(rules_of("[[rule]]\nname = \"nowhere\"\ndialled = [\"1\"]\n" + rest) ==
        Lines{"rules.toml:2:8: rule \"nowhere\" leads nowhere: an enqueue rule needs a queue or a menu; add queue = "
              "\"...\" or menu = \"...\""});
  CHECK(rules_of(first + "dialled = [\"1\"]\nkind = \"reject\"\n" + rest) ==
        Lines{"rules.toml:3:9: rule \"first\" has a queue but kind = \"reject\": only an enqueue rule has a queue; "
              "remove the queue or the kind"});
  CHECK(rules_of(first + "service_urns = [\"urn:service:test.sos\"]\n" + rest) ==
        Lines{"rules.toml:1:1: a test call would not be tested: urn:service:test.sos is answered by the engine, never "
              "queued; use kind = \"test\""});
  CHECK(rules_of(first + "withheld_only = true\ncallers = [\"+44*\"]\n" + rest) ==
        Lines{"rules.toml:5:11: rule \"first\" can never match: it wants certain callers and a withheld number at "
              "once; remove one of the two"});
  CHECK(faults_of(replaced(base, "trusted = true", "trusted = false"), first + "priorities = [\"esnet.1\"]\n" + rest) ==
        Lines{"rules.toml:4:14: rule \"first\" can never match: Resource-Priority is believed of trusted trunks only, "
              "and none of its trunks is trusted; "
              "set trusted = true on the trunk, or remove the condition"});
}

TEST_CASE("a calendar without any time is warned of") {
  const std::string calendar =
      "[[calendar]]\nname = \"never\"\nopen = [\"tue 01:00-02:00\"]\nclosed = [\"days\"]\n[[holidays]]\nname = "
      "\"days\"\ndates = "
      "[\"2026-11-24\"]\n[general]\ncalendar_horizon = \"3 days\"\n";
  auto settings =
      load_text({{"base.toml", base}, {"c.toml", calendar}, {"rules.toml", first + "when = \"never\"\n" + rest}});
  REQUIRE(settings);
  CHECK(texts(settings->warnings) == Lines{"rules.toml:4:8: warning: rule \"first\" does not match at any time: its "
                                           "calendar is empty within calendar_horizon; correct the calendar"});
}

TEST_CASE("widening must ascend") {
  CHECK(queue_with("[[queue.widening]]\nafter = \"20 s\"\n[[queue.widening]]\nafter = \"10 s\"\n") ==
        Lines{"base.toml:18:9: widening at 10 s comes after the one at 20 s: widening is in ascending order of time; "
              "reorder the steps, or change their "
              "times"});
  CHECK(queue_with("overflow_after = \"10 s\"\nlate = \"reject\"\n[[queue.widening]]\nafter = \"20 s\"\n") ==
        Lines{"base.toml:18:9: warning: widening at 20 s never happens: calls leave the queue after 10 s; widen "
              "earlier, or overflow later"});
}

TEST_CASE("overflow that goes nowhere or in circles") {
  CHECK(queue_with("full = \"wait\"\n") ==
        Lines{"base.toml:15:8: a call beyond the bound cannot wait: the bound is the most that wait; raise the bound, "
              "or send the call elsewhere, e.g. full "
              "= \"reject 503\""});
  CHECK(queue_with("full = \"announcement busy\"\n") ==
        Lines{"base.toml:15:8: unknown announcement \"busy\": \"full\" needs the name of an announcement defined by an "
              "[[announcement]]; define it, or correct the name",
              "base.toml:15:8: a call beyond the bound cannot hear an announcement: who hears one goes on waiting, and "
              "the bound is the most that wait; raise the bound, or send the call elsewhere, e.g. full = \"reject 503\""});
  CHECK(queue_with("nobody = \"number +442079460100\"\n") ==
        Lines{"base.toml:15:10: +442079460100 cannot be dialled: no [[trunk]] has a target; give a trunk a target"});
  CHECK(queue_with("late = \"reject\"\n") == Lines{"base.toml:15:8: late calls never get there: overflow_after is not "
                                                   "set; set overflow_after, or remove `late`"});
  CHECK(queue_with("overflow_after = \"1 min\"\n") ==
        Lines{"base.toml:15:18: warning: overflow_after has no effect: `late` says that the call goes on waiting; say "
              "where late calls go, or remove "
              "overflow_after"});
  CHECK(queue_with("full = \"queue non-emergency\"\n") ==
        Lines{"base.toml:15:8: overflow goes round in a circle: non-emergency → non-emergency; let one of them end "
              "elsewhere"});
  const auto circle =
      replaced(replaced(base, "class = \"emergency\"\n", "class = \"emergency\"\nfull = \"queue non-emergency\"\n"),
               "target_within = \"30 s\"\n", "nobody = \"queue emergency\"\n");
  CHECK(faults_of(circle) == Lines{"base.toml:15:10: overflow goes round in a circle: emergency → non-emergency → "
                                   "emergency; let one of them end elsewhere"});
}

TEST_CASE("queues that nobody serves, or could serve") {
  CHECK(faults_of(replaced(base, "queues = [\"emergency\", \"non-emergency\"]", "queues = [\"emergency\"]")) ==
        Lines{"base.toml:12:8: no role serves queue \"non-emergency\": its calls would never be answered; add it to "
              "the queues of a [[role]]"});
  CHECK(queue_with("skills = [\"polish:3\"]\n") ==
        Lines{"base.toml:12:8: warning: no handler could ever serve queue \"non-emergency\": none has a role for it "
              "and its skills; give a handler both, or "
              "ask for less"});
  CHECK(queue_with("skills = [\"polish:3\"]\nwidening = [{after = \"10 s\", skills = [\"polish:2\"]}]\n") == Lines{});
}

TEST_CASE("an emergency queue that is answered at entry is warned of") {
  CHECK(faults_of(
            replaced(base, "class = \"emergency\"\n", "class = \"emergency\"\nwaiting = \"answer\"\nbound = 100\n")) ==
        Lines{"base.toml:11:11: warning: calls of queue \"emergency\" are answered before a handler is free: "
              "\"emergency\" is the first class: an emergency "
              "network takes the answer for a handler's; use waiting = \"alert\" unless the network asks for it"});
}

TEST_CASE("handlers") {
  auto handler = [](const std::string& from, const std::string& to) { return faults_of(replaced(base, from, to)); };
  CHECK(handler("range = \"a01-a04\"\n", "") == Lines{"base.toml:20:1: [[handler]] without \"name\" or \"range\": a "
                                                      "handler has one or the other; keep exactly one of them"});
  CHECK(handler("range = \"a01-a04\"\n", "range = \"a04-a01\"\n").front() ==
        "base.toml:21:9: \"range\" = \"a04-a01\" is not a range of names: a range has two names that differ only in "
        "their digits, the lower first; write "
        "e.g. a0001-a2000");
  CHECK(handler("range = \"a01-a04\"\n", "range = \"a000001-a200000\"\n") ==
        Lines{"base.toml:21:9: 200000 handlers in all: the most is 100000; shorten the range"});
  CHECK(handler("phone = \"sip:{id}@127.0.0.1:7000\"\n", "") ==
        Lines{"base.toml:21:9: a handler without a phone: it has no static address and no secret to register with; add "
              "phone = \"sip:...\" or secret = "
              "\"...\""});
  CHECK(handler("sip:{id}@127.0.0.1:7000", "sip:a@127.0.0.1:7000") ==
        Lines{"base.toml:26:9: warning: one phone for a whole range: each call would ring at the same desk; use {id} "
              "for the handler's name"});
  CHECK(handler("sip:{id}@127.0.0.1:7000", "{id}") ==
        Lines{"base.toml:26:9: \"phone\" = \"{id}\" is not a SIP URI: a phone's address is a sip: or sips: URI; write "
              "e.g. sip:a01@127.0.0.1:7000"});
}

TEST_CASE("credentials of phones") {
  auto two = [](const std::string& a, const std::string& b) {
    const std::string common = "centre = \"bow\"\npool = \"bow\"\nroles = [\"call handler\"]\n";
    return faults_with("[[handler]]\nname = \"x\"\n" + common + a + "[[handler]]\nname = \"y\"\n" + common + b);
  };
  CHECK(two("secret = \"1\"\n", "secret = \"1\"\n") == Lines{});
  CHECK(two("secret = \"1\"\n", "secret = \"2\"\nuser = \"x\"\n") ==
        Lines{"x.toml:13:8: user \"x\" is two handlers': \"x\" registers with it already; choose another"});
  CHECK(
      two("phone = \"sip:h\"\n", "phone = \"sip:h\"\nuser = \"u\"\n") ==
      Lines{
          "x.toml:13:8: \"user\" without \"secret\": a phone registers with both; add the secret, or remove the user"});
  CHECK(two("phone = \"sip:h\"\n", "phone = \"sip:h\"\nsecret = \"s\"\n") ==
        Lines{"x.toml:13:10: warning: \"secret\" has no effect: calls go to the phone's static address; remove one of "
              "the two"});
}

TEST_CASE("reserves without rates, rates without use") {
  auto pool = [](const std::string& lines) {
    return faults_of(
        replaced(base, "[[pool]]\nname = \"bow\"\n", "[[pool]]\nname = \"bow\"\n[pool.reserve]\n" + lines));
  };
  CHECK(pool("source = \"configured\"\n") ==
        Lines{"base.toml:21:10: pool \"bow\" has no rates to compute its reserve from: source = \"configured\" needs "
              "both lists of 24 rates; add "
              "emergency_per_hour and other_per_hour, or use source = \"measured\""});
  CHECK(pool("emergency_per_hour = [1, 2]\n").front() ==
        "base.toml:21:22: \"emergency_per_hour\" has 2 values: it needs exactly 24; add 22");
  CHECK(pool("handlers = 1.5\n") == Lines{"base.toml:21:12: warning: \"handlers\" has no effect: the reserve is not "
                                          "fixed; use kind = \"fixed\", or remove it"});
}

TEST_CASE("a fixed reserve as large as the staff, with nothing that bounds the starvation, is warned of") {
  const auto with = [](const std::string& handlers, const std::string& bound) {
    auto text = replaced(base, "[[pool]]\nname = \"bow\"\n",
                         "[[pool]]\nname = \"bow\"\n[pool.reserve]\nkind = \"fixed\"\nhandlers = " + handlers + "\n");
    return faults_of(replaced(text, "[[class]]\nname = \"non-emergency\"\n",
                              "[[class]]\nname = \"non-emergency\"\n" + bound));
  };
  CHECK(with("4", "") == Lines{"base.toml:22:12: warning: pool \"bow\" never serves class \"non-emergency\": 4 of its 4 "
                               "handlers are held back for class \"emergency\"; hold fewer back, or set "
                               "starvation_bound in the class"});
  CHECK(with("3.5", "") == Lines{});
  CHECK(with("4", "starvation_bound = \"3 min\"\n") == Lines{});
}

TEST_CASE("gRPC is refused off loopback until it is secured") {
  CHECK(faults_with("[service]\ngrpc_address = \"0.0.0.0:9090\"\n") ==
        Lines{"x.toml:2:16: gRPC at 0.0.0.0:9090 would be open to the network: it has no authentication yet, so only "
              "loopback is allowed; use 127.0.0.1 or "
              "[::1], and a tunnel for others"});
  for (const char* name : {"127.evil.example", "127.0.0.1.evil.example", "localhost"})
    CHECK(faults_with("[service]\ngrpc_address = \"" + std::string(name) + ":9090\"\n") ==
          Lines{"x.toml:2:16: gRPC at " + std::string(name) + ":9090, a name, could be open to the network: it has no authentication "
                "yet, so only loopback is allowed; use 127.0.0.1 or [::1], and a tunnel for others"});
  for (const char* loopback : {"[::1]:9090", "127.0.0.53:9090"})
    CHECK(faults_with("[service]\ngrpc_address = \"" + std::string(loopback) + "\"\nhttp_address = \"\"\n") == Lines{});
  CHECK(faults_with("[service]\nhttp_address = \"127.0.0.1:9090\"\n") ==
        Lines{"x.toml:2:16: 127.0.0.1:9090 is used twice: gRPC has it already; use another port"});
}

TEST_CASE("rtpengine before the engine: what it does not do, and settings that contradict each other") {
  const std::string engine = "[media]\nengine = \"rtpengine\"\n[media.rtpengine]\n";
  const std::string relays =
      "x.toml:2:10: warning: rtpengine only relays: prompts, key-presses, mixing (conference, whisper), the detection of speech and "
      "recording are done by the embedded engine behind it, where each leg has a port pair too; keep port_first to port_last as "
      "wide as without it, and reachable for rtpengine and, should it fail, for the parties";
  CHECK(faults_with(engine) == Lines{relays});
  CHECK(faults_with(engine + "address = \"media.example.com:2223\"\n") ==
        Lines{relays, "x.toml:4:11: \"media.example.com\" is not an IP address: a name is not looked up while calls wait; write its "
                      "address, e.g. \"127.0.0.1:2223\""});
  CHECK(faults_with(engine + "address = \"[::1]:2223\"\ninside_address = \"\"\n") == Lines{relays});
  CHECK(faults_with(engine + "inside_interface = \"priv\"\n").back() ==
        "x.toml:3:1: only one interface of rtpengine is named: it must know both sides of a call; name inside_interface and "
        "outside_interface, or neither");
  CHECK(faults_with(engine + "repeat_after = \"1 s\"\ntimeout = \"1 s\"\n").back() ==
        "x.toml:5:11: requests to rtpengine are never repeated: repeat_after is not less than timeout: one lost datagram would look "
        "like a dead rtpengine; make timeout several times repeat_after");
  CHECK(faults_with(engine + "ready = 300\n").back() ==
        "x.toml:3:1: warning: fewer requests may be open than calls are ready: the legs of a burst that takes them all are told to "
        "rtpengine one watch after the other; write 300 or more");
  CHECK(faults_with("[media.rtpengine]\nready = 8\n") ==
        Lines{"x.toml:1:1: warning: [media.rtpengine] is not used: [media] engine is \"embedded\"; set engine = \"rtpengine\", or "
              "remove the table"});
}

TEST_CASE("rtpengine must have an address to send to") {
  const std::string engine = "[media]\nengine = \"rtpengine\"\n[media.rtpengine]\n";
  const auto refused = [&](const std::string& inside) {
    return "x.toml:4:18: rtpengine cannot send to \"" + inside + "\": it is asked for IPv4 ports, and sends to one address; write the "
           "engine's IPv4 address towards rtpengine";
  };
  for (const auto* inside : {"0.0.0.0", "::1", "::"})
    CHECK(faults_with(engine + "inside_address = \"" + inside + "\"\n").back() == refused(inside));

  const std::string wildcard = "[[sip.listener]]\naddress = \"0.0.0.0\"\n";
  CHECK(faults_with(engine + wildcard).back() ==
        "x.toml:5:11: rtpengine cannot send to \"0.0.0.0\": media of calls through this listener has no other address; write the "
        "engine's address towards rtpengine as [media.rtpengine] inside_address, or the listener's media_address");
  CHECK(faults_with(engine + "inside_address = \"192.0.2.7\"\n" + wildcard).size() == 1);  // that it only relays
  CHECK(faults_with(engine + wildcard + "media_address = \"192.0.2.7\"\n").size() == 1);
}

TEST_CASE("an RTP range too small for the handlers, or for the waiting") {
  CHECK(faults_with("[media]\nport_first = 20000\nport_last = 20009\n") ==
        Lines{"x.toml:3:13: 5 RTP port pairs for 4 handlers: each call uses two pairs; widen the range to 16 ports at "
              "least"});
  CHECK(
      faults_with("[media]\nport_first = 20000\nport_last = 20000\n") ==
      Lines{"x.toml:3:13: no RTP port between 20000 and 20000: port_first must lie below port_last; widen the range"});
  CHECK(queue_with("waiting = \"answer\"\nbound = 9000\n").front() ==
        "configuration: warning: 8192 RTP port pairs for 4 handlers and 9000 waiting calls: each waiting call that is "
        "answered at entry uses one pair besides "
        "two a handler; widen the range to 18016 ports, or lower the bounds of the queues");
  CHECK(faults_with("[[sip.listener]]\nport = 20000\n") ==
        Lines{"x.toml:2:8: SIP port 20000 lies in the range of RTP: [media] uses 16384 to 32767; move one of the two"});
}

TEST_CASE("more descriptors than the process may have") {
  const std::vector<File> files{
      {"base.toml", base}, {"m.toml", "[media]\nport_first = 20000\nport_last = 20199\n"}, {"rules.toml", rules}};
  const auto needed = load(files, Environment{noon, 0})->descriptors_needed;
  CHECK(load(files, Environment{noon, needed}).has_value());
  CHECK(texts(load(files, Environment{noon, 1024}).error()) ==
        Lines{"m.toml:3:13: " + std::to_string(needed) +
              " file descriptors are needed: this process may have 1024 (RLIMIT_NOFILE); raise the limit "
              "(LimitNOFILE=, ulimit -n), or lower the RTP range "
              "and the limits"});
}

TEST_CASE("signalling") {
  CHECK(faults_with("[[sip.listener]]\n[[sip.listener]]\n") ==
        Lines{"x.toml:2:1: udp 127.0.0.1 port 5060 is listened on twice: a socket belongs to one listener; remove one "
              "of the two, or change its port"});
  CHECK(faults_with("[[trunk]]\nname = \"t\"\n") ==
        Lines{"x.toml:2:8: trunk \"t\" has neither ranges nor a target: no call can come from it or go to it; add "
              "ranges = [...] or target = \"...\""});
  CHECK(
      faults_with("[[trunk]]\nname = \"t\"\nranges = [\"127.0.0.1\"]\n") ==
      Lines{"x.toml:3:11: range 127.0.0.1 is in two trunks: trunk \"network\" has it already; remove one of the two"});
  CHECK(faults_with("[[trunk]]\nname = \"t\"\ntarget = \"host\"\nuser = \"u\"\n") ==
        Lines{"x.toml:4:8: trunk \"t\" has half of its credentials: user and secret belong together; add the other, or "
              "remove both"});
  CHECK(faults_with("[[trunk]]\nname = \"t\"\nranges = [\"::1\"]\nhealth_interval = \"30 s\"\n") ==
        Lines{"x.toml:4:19: trunk \"t\" cannot be asked for its health: it has no target; add a target, or remove "
              "health_interval"});
  CHECK(faults_with("[sip.phones]\nexpires_default = \"2 h\"\n") ==
        Lines{"x.toml:2:19: registration times contradict each other: expires_least ≤ expires_default ≤ expires_most "
              "must hold; correct one of the three"});
  CHECK(faults_with("[sip.session_timer]\nleast = \"1 h\"\n") ==
        Lines{"x.toml:2:9: session times contradict each other: least ≤ expires must hold; correct one of the two"});
}

TEST_CASE("what is defined and never used is warned of") {
  CHECK(faults_with("[[pool]]\nname = \"spare\"\n") ==
        Lines{"x.toml:2:8: warning: pool \"spare\" is not used: nothing refers to it; remove it, or use it"});
}

TEST_CASE("recordings need a folder that can be written, and should have reasons for pauses") {
  const std::string on = replaced(base, "target_within = \"30 s\"\n", "target_within = \"30 s\"\nrecord = true\n");
  Environment environment{noon};
  environment.folder_fault = [](const std::string& path) { return path == "taken" ? "taken: Permission denied" : std::string{}; };
  const auto faults = [&](const std::string& text, const std::string& more) {
    Lines lines;
    const auto loaded = load({{"base.toml", text}, {"more.toml", more}, {"rules.toml", rules}}, environment);
    for (const auto& fault : loaded ? loaded->warnings : loaded.error()) lines.push_back(to_text(fault));
    return lines;
  };
  const std::string reasons = "pause_reasons = [\"card number\"]\n";
  CHECK(faults(on, "[recording]\n" + reasons) == Lines{});
  CHECK(faults(base, "[recording]\ndirectory = \"taken\"\n") == Lines{});  // nothing is recorded
  CHECK(faults(on, "[recording]\ndirectory = \"taken\"\n" + reasons) ==
        Lines{"more.toml:2:13: no recording can be written to taken: taken: Permission denied; make the folder writable for "
              "this user, or name another"});
  CHECK(faults(on, "[recording]\npause_at_most = \"1 min\"\n") ==
        Lines{"more.toml:1:1: warning: no reasons for pausing a recording: any text is taken as one, and they cannot be counted; "
              "list them: pause_reasons = [\"card number\"]"});
  const auto settings = load({{"base.toml", on}, {"more.toml", "[recording]\nkeep_for = \"7 days\"\n" + reasons}, {"rules.toml", rules}}, environment);
  REQUIRE(settings);
  CHECK(settings->recording.keep_for == std::chrono::days{7});
  CHECK(settings->core.recording.pause_reasons == Lines{"card number"});
  CHECK(settings->core.queues[1].record);
  CHECK_FALSE(settings->core.queues[0].record);
}

TEST_CASE("whoever is asked for keys by the engine must be known to be silent, and additional data has a name and a text") {
  const std::string told = "[[announcement]]\nname = \"press\"\nprompts = [\"press-55\"]\nthen = \"\"\n";
  CHECK(besides_prompts(told + "[silent]\nannouncement = \"press\"\nask = \"mobiles\"\n") ==
        Lines{"x.toml:7:7: no caller is ever asked for the keys: no caller is known to be silent: after is 0 s; write after = \"10 s\""});
  CHECK(faults_with("[silent]\nafter = \"10 s\"\nask = \"all\"\n").front() ==
        "x.toml:3:7: no caller is ever asked for the keys: there is no announcement that asks; name one: announcement = \"…\"");
  CHECK(besides_prompts(told + "[silent]\nannouncement = \"press\"\nafter = \"10 s\"\nask = \"mobiles\"\n") == Lines{});
  const auto rule = [](const std::string& data) {
    return rules_of("[[rule]]\nname = \"moving\"\ndata = [\"" + data + "\"]\nqueue = \"emergency\"\n" + rest);
  };
  CHECK(rule("ServiceInfo.ServiceMobility=Mobile") == Lines{});
  for (const std::string bad : {"Mobile", "=Mobile", "ServiceInfo.ServiceMobility="})
    CHECK(rule(bad) == Lines{"rules.toml:3:8: rule \"moving\": \"" + bad + "\" is no item of additional data: a block, its element and the "
                             "text are expected (RFC 7852); write \"ServiceInfo.ServiceMobility=Mobile\""});
}

TEST_CASE("calls from here need a trunk to go by, and a silent caller an announcement with an end") {
  CHECK(faults_with("[call_control]\nnumbers = [\"+442079460*\"]\n") ==
        Lines{"x.toml:2:11: no number can be called: no [[trunk]] has a target; give a trunk a target"});
  CHECK(faults_with("[[trunk]]\nname = \"out\"\ntarget = \"192.0.2.1\"\n[call_control]\nnumbers = [\"+442079460*\"]\n") == Lines{});
  CHECK(faults_with("[silent]\nkeys = \"5x\"\n") ==
        Lines{"x.toml:2:8: \"5x\" cannot be pressed on a telephone: one to four of 0 to 9, * and # are expected; write keys = \"55\""});
  CHECK(faults_with("[silent]\nannouncement = \"hold\"\n") ==
        Lines{"x.toml:2:16: a silent caller is not asked for anything: \"hold\" is a tone; name an [[announcement]] with the prompt"});
}

TEST_CASE("a returned caller is told so by an announcement with an end, and a tone tells of supervisors") {
  const auto told = [](const std::string& announcement) {
    return besides_prompts("[call_control]\nreturned_sound = \"back\"\n[[announcement]]\nname = \"back\"\n" + announcement);
  };
  CHECK(told("prompts = [\"emergency\"]\nthen = \"\"\n") == Lines{});
  CHECK(told("prompts = [\"emergency\"]\nthen = \"ringback\"\n") ==
        Lines{"x.toml:2:18: announcement \"back\" has no end: after it comes \"ringback\"; write then = \"\" and no repeat_after: "
              "the queue's own sound follows it"});
  CHECK(told("prompts = [\"emergency\", \"{position}\"]\nthen = \"\"\n") ==
        Lines{"x.toml:2:18: announcement \"back\" cannot be told there: only a waiting_sound tells position and wait; leave them out"});
  CHECK(faults_with("[call_control]\nreturned_sound = \"hold\"\n") ==
        Lines{"x.toml:2:18: a returned caller is not told so: \"hold\" is a tone; name an [[announcement]] with the prompt"});
  CHECK(faults_with("[call_control]\nmonitor_tone = \"all\"\nmonitor_tone_every = \"20 s\"\n") == Lines{});
  CHECK(faults_with("[call_control]\nmonitor_tone = \"caller\"\nmonitor_tone_every = \"1 s\"\n").size() == 2);
}

TEST_CASE("a key that may come to nothing has something to say then, with an end") {
  const auto keyed = [](const std::string& queue, const std::string& told = {}) {
    Lines found = faults_of(replaced(base, "target_within = \"30 s\"\n", "target_within = \"30 s\"\nwaiting = \"answer\"\nbound = 100\n" + queue), rules + told);
    std::erase_if(found, [](const std::string& fault) { return fault.find(" in language en-GB: ") != std::string::npos; });
    return found;
  };
  const std::string to_999 = "[[queue.key]]\nkey = \"1\"\nsays = \"danger\"\nqueue = \"emergency\"\n";
  const std::string again = "[[queue.key]]\nkey = \"2\"\nsays = \"again\"\nrepeat = true\n";
  const std::string sorry = "[[announcement]]\nname = \"sorry\"\nprompts = [\"key-refused\"]\nthen = ";
  const std::string refused = "key_refused_sound = \"sorry\"\n";
  CHECK(keyed(again) == Lines{});
  CHECK(keyed(refused + to_999, sorry + "\"\"\n") == Lines{});
  CHECK(keyed(to_999) ==
        Lines{"base.toml:18:7: warning: key 1 of queue \"non-emergency\" may come to nothing, and the caller hears nothing of it: "
              "key_refused_sound is not set; name an [[announcement]], such as one of the prompt \"key-refused\""});
  CHECK(keyed(refused + again, sorry + "\"\"\n") ==
        Lines{"base.toml:17:21: warning: key_refused_sound has no effect: no key of queue \"non-emergency\" leads to a queue or a "
              "call back; remove it, or add such a [[queue.key]]"});
  CHECK(keyed(refused + to_999, sorry + "\"ringback\"\n") ==
        Lines{"base.toml:17:21: announcement \"sorry\" has no end: after it comes \"ringback\"; write then = \"\" and no "
              "repeat_after: waiting_sound follows it"});
  CHECK(keyed("key_refused_sound = \"hold\"\n" + to_999) ==
        Lines{"base.toml:17:21: callers of queue \"non-emergency\" are not told of a refused key: \"hold\" is a tone; name an "
              "[[announcement]] with the prompt"});
}

TEST_CASE("what only trusted trunks are believed is refused without one") {
  const auto untrusted = replaced(base, "trusted = true\n", "hand_over = true\n");
  CHECK(faults_of(untrusted, "[emergency]\nre_presented_within = \"3 min\"\n" + rules) ==
        Lines{"base.toml:30:13: no operator is expected on the calls of trunk \"network\": it is not trusted; write trusted = true, "
              "or remove hand_over",
              "rules.toml:2:23: no call is recognised as presented again: no [[trunk]] is trusted, and only the numbers of those "
              "are believed; write trusted = true for the networks' trunks"});
  CHECK(sound("[emergency]\nre_presented_within = \"3 min\"\n").core.emergency.re_presented_within == std::chrono::minutes(3));
}

}  // namespace pledge::settings::test
