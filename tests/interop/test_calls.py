#!/usr/bin/env python3
"""Calls from end to end: sipp as callers and as handlers' phones, mode `ring`."""
import urllib.request

import config
import harness
from harness import PHONES, STRANGER, TRUSTED, UNTRUSTED

CAMDEN = """\
[general]
places = ["Camden", "Lambeth"]
[[rule]]
name = "999 from Camden"
dialled = ["999"]
places = ["Camden"]
queue = "emergency"
[[sip.area]]
place = "Lambeth"
latitude = 51.4571
longitude = -0.1231
radius = 20000
[[sip.area]]
place = "Camden"
latitude = 51.5455
longitude = -0.1628
radius = 4000
"""
PREFIX = """\
[[sip.place]]
prefix = "+4420794603"
place = "Camden"
"""
PRIORITY = """\
[[rule]]
name = "priority"
priorities = ["esnet.1"]
queue = "emergency"
grade = "I"
labels = ["priority"]
"""


class Calls(harness.InteropTest):
    def serve_with(self, *names, ready=True, **options):
        """The engine with these handlers, signed on in this order, each with a phone of sipp's; their ports by name."""
        self.ports = {name: harness.free_port(PHONES) for name in names}
        engine = self.serve(config.files([config.handler(name, port) for name, port in self.ports.items()], **options))
        for name in names if ready else ():
            self.sign_on(name)
        return engine

    def sign_on(self, name):
        self.engine.ask("handler", "sign-on", name)
        self.engine.ask("handler", "ready", name)

    def phone(self, name, scenario="phone", rtp=41000, **fill):
        fill = {"RING": 50, "TALK": 100, **fill}
        return self.sipp(scenario, PHONES, port=self.ports[name], fill=fill, keys={"rtp": rtp, "number": name})

    def metrics(self):
        with urllib.request.urlopen(f"http://{self.engine.http}/metrics", timeout=harness.PATIENCE) as page:
            return page.read().decode()

    # ---- answered

    def test_call_is_answered_and_the_caller_hangs_up(self):
        self.serve_with("h1")
        phone = self.phone("h1")
        self.caller("caller", number="+442079460007", fill={"TALK": 200}).succeed()
        self.assertIn("From: <sip:+442079460007@", phone.succeed().exchanged().replace("f: ", "From: "),
                      "the caller's number is shown to the handler")

    def test_the_handler_hangs_up(self):
        self.serve_with("h1")
        phone = self.phone("h1", "phone_hangs_up")
        self.caller("caller_waits").succeed()
        phone.succeed()

    def test_a_waiting_call_goes_to_the_handler_who_becomes_ready(self):
        self.serve_with("h1", ready=False)
        phone = self.phone("h1")
        caller = self.caller("caller", fill={"TALK": 100})
        watch = self.keep(self.engine.client("watch"))
        watch.expect("WAITING|waiting")
        self.sign_on("h1")
        caller.succeed()
        phone.succeed()

    def test_late_offer(self):
        self.serve_with("h1")
        phone = self.phone("h1")
        self.caller("caller_late_offer", fill={"TALK": 100}).succeed()
        phone.succeed()

    def test_hold_retrieve_and_a_moved_media_address(self):
        self.serve_with("h1")
        phone = self.phone("h1")
        self.caller("caller_holds", fill={"TALK": 100}).succeed()
        phone.succeed()

    def test_where_a_caller_is_decides_the_route_and_is_shown(self):
        """The body of the INVITE tells a position inside an area: its place has a rule of its own."""
        port = harness.free_port(PHONES)
        self.serve({**config.files([config.handler("h1", port)]), "camden.toml": CAMDEN})
        console = self.keep(self.engine.client("console", "h1", "--ready"))
        console.expect("HANDLER_STATE_READY")
        phone = self.sipp("phone", PHONES, port=port, fill={"RING": 50, "TALK": 100}, keys={"rtp": 41000, "number": "h1"})
        caller = self.caller("caller_multipart", fill={"TALK": 100})
        contact = console.expect_json(lambda message: "offer" in message)["offer"]["contact"]
        self.assertEqual(contact["rule"], "999 from Camden")
        facts = contact["facts"]
        self.assertEqual(facts["place"], "Camden")
        self.assertEqual(len(facts["locations"]), 1, facts)
        self.assertEqual(facts["locations"][0]["circle"], {"latitude": 51.5391, "longitude": -0.1426, "radius": 30})
        self.assertEqual(facts["locations"][0]["method"], "GPS")
        self.assertIn({"name": "ProviderInfo.DataProviderString", "text": "Example Telecom"}, facts["additional_items"])
        caller.succeed()
        phone.succeed()
        self.assertIn("999 from Camden", str(self.engine.ask("explain", "1")))
        self.assertIn("999 from Camden", str(self.engine.ask("explain", "--to", "999", "--place", "Camden")))
        console.tell("quit")
        console.wait()

    def test_a_call_that_did_not_happen_is_read_as_one_that_comes(self):
        """The place is the number's, trust and priority are the trunk's, and numbers may be written in any form."""
        self.serve({**config.files([config.handler("h1", 7000)]), "camden.toml": CAMDEN + PREFIX + PRIORITY})

        def routed(*words):
            answer = self.engine.ask("explain", *words)[0]
            print("\n".join(answer["lines"]), "\n")
            return answer
        answer = routed("--from", "020 7946 0305", "--to", "999", "--trunk", "public")
        self.assertEqual(answer["decisions"][0]["rule"], "999 from Camden")
        self.assertEqual(answer["routing"]["facts"]["caller"], "+442079460305")
        self.assertEqual(answer["routing"]["facts"]["place"], "Camden")
        self.assertEqual(answer["routing"]["end"], "ROUTING_END_WAITS")
        answer = routed("--from", "07700900123", "--to", "020 7946 0101", "--trunk", "public")
        self.assertEqual(answer["decisions"][0]["rule"], "101")  # of the rule for +442079460101
        by = {trunk: routed("--from", "07700900123", "--to", "999", "--trunk", trunk, "--priority", "esnet.1") for trunk in ("operator", "public")}
        self.assertEqual({trunk: answer["decisions"][0]["rule"] for trunk, answer in by.items()}, {"operator": "priority", "public": "999"})
        self.assertEqual(by["operator"]["routing"]["grade"], "GRADE_IMMEDIATE")
        self.assertEqual(by["operator"]["routing"]["labels"], ["priority"])
        client = self.keep(self.engine.client("explain", "--to", "999", "--trunk", "operater"))
        self.assertEqual(client.wait(), 1, client.said())
        self.assertIn("there are: operator, public", client.said())
        self.engine.ask("drain")
        answer = routed("--from", "07700900123", "--to", "999", "--trunk", "public")
        self.assertEqual([(d["kind"], d["rule"]) for d in answer["decisions"]],
                         [("DECISION_KIND_TRIAGED", "999"), ("DECISION_KIND_ENDED", "draining")])
        self.assertEqual((answer["routing"]["end"], answer["routing"]["status"]), ("ROUTING_END_REFUSED", 503))

    def test_over_tcp(self):
        self.serve_with("h1")
        phone = self.phone("h1")
        target = "%s:%d" % self.engine.listeners["tcp"]
        self.sipp("caller", TRUSTED, target=target, keys={"number": "+442079460001", "rtp": 40000}, fill={"TALK": 100},
                  options=["-s", "999", "-t", "t1"]).succeed()
        phone.succeed()

    def test_an_answered_queue_plays_ring_tone_until_the_handler_answers(self):
        self.serve_with("h1", ready=False)
        media = self.keep(harness.Rtp(TRUSTED))
        phone = self.phone("h1")
        caller = self.caller("caller", dialled="101", keys={"rtp": media.port}, fill={"TALK": 4000})
        media.wait_for(10)
        self.sign_on("h1")
        caller.succeed()
        phone.succeed()

    def test_one_way_audio_is_alarmed_with_call_handler_and_direction_and_counted(self):
        self.serve_with("h1", ready=False)
        caller_media, phone_media = self.keep(harness.Rtp(TRUSTED)), self.keep(harness.Rtp(PHONES))
        phone = self.phone("h1", rtp=phone_media.port)
        caller = self.caller("caller", dialled="101", keys={"rtp": caller_media.port}, fill={"TALK": 6000})
        caller_media.wait_for(1)  # ring tone, and with it the engine's address
        phone_media.mute = True
        caller_media.talk_to(next(iter(caller_media.sources)))
        self.sign_on("h1")
        self.engine.expect(r"alarm media\.one_way: call 1 with handler h1: no audio from the handler's side \(leg \d+\), the caller is "
                           r"still heard$")
        self.assertGreater(phone_media.received, 50)
        self.assertIn('pledge_media_silences_total{leg="phone",direction="one_way"} 1', self.metrics())
        self.assertIn('pledge_media_silences_total{leg="caller",direction="one_way"} 0', self.metrics())
        caller.succeed()
        phone.succeed()

    # ---- given up

    def test_cancel_while_ringing_leaves_no_ringing_phone_and_no_stuck_handler(self):
        self.serve_with("h1")
        phone = self.phone("h1", "phone_rings")
        self.caller("caller_cancels", fill={"TALK": 300}).succeed()
        phone.succeed()
        phone = self.phone("h1")
        self.caller("caller", number="+442079460002", fill={"TALK": 100}).succeed()
        phone.succeed()

    def test_cancel_while_waiting(self):
        self.serve_with("h1", ready=False)
        self.caller("caller_cancels", fill={"TALK": 300}).succeed()

    # ---- the first handler does not take it

    def passes_on(self, scenario, **fill):
        self.serve_with("h1", "h2", offer_timeout="1 s")
        first, second = self.phone("h1", scenario, **fill), self.phone("h2")
        self.caller("caller", fill={"TALK": 100}).succeed()
        first.succeed()
        second.succeed()

    def test_busy_goes_to_the_next(self):
        self.passes_on("phone_refuses", STATUS=486)

    def test_decline_goes_to_the_next(self):
        self.passes_on("phone_refuses", STATUS=603)

    def test_an_error_of_the_phone_goes_to_the_next(self):
        self.passes_on("phone_refuses", STATUS=500)

    def test_no_answer_goes_to_the_next(self):
        self.passes_on("phone_rings")

    def test_an_absent_phone_goes_to_the_next(self):
        self.serve_with("h1", "h2", offer_timeout="1 s")
        second = self.phone("h2")
        self.caller("caller", fill={"TALK": 100}).succeed()
        second.succeed()

    # ---- refused, or answered by the engine itself

    def test_a_stranger_gets_403_and_is_counted(self):
        self.serve_with()
        self.caller("caller_refused", STRANGER, fill={"STATUS": 403}).succeed()
        self.assertRegex(self.metrics(), r"(?m)^pledge_\w*\{[^}]*(stranger|403|unknown_peer)[^}]*\} [1-9]")

    def test_an_unknown_number_gets_404(self):
        self.serve_with()
        self.caller("caller_refused", dialled="442079460999", fill={"STATUS": 404}).succeed()

    def test_urn_service_test_sos_is_answered_and_never_queued(self):
        self.serve_with("h1", ready=False)
        self.caller("caller_emergency", UNTRUSTED, fill={"URN": "test.sos", "FROM": "anyone", "TALK": 200}).succeed()

    def test_urn_service_sos_reaches_a_handler(self):
        self.serve_with("h1")
        phone = self.phone("h1")
        self.caller("caller_emergency", fill={"URN": "sos", "FROM": "a trunk", "TALK": 200}).succeed()
        phone.succeed()

    def test_options(self):
        self.serve_with()
        self.caller("options").succeed()


harness.main()
