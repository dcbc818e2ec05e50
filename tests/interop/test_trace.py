#!/usr/bin/env python3
"""`pledge trace`: the SIP messages of a call as they were on the wire, between its states and decisions."""
import time

import config
import harness
from harness import PHONES


class Trace(harness.InteropTest):
    def serve_with(self, *names):
        self.ports = {name: harness.free_port(PHONES) for name in names}
        self.serve(config.files([config.handler(name, port) for name, port in self.ports.items()]))
        for name in names:
            self.engine.ask("handler", "sign-on", name)
            self.engine.ask("handler", "ready", name)

    def phone(self, name, scenario="phone", **fill):
        return self.sipp(scenario, PHONES, port=self.ports[name], fill={"RING": 50, "TALK": 100, **fill},
                         keys={"rtp": 41000, "number": name})

    def trace(self, last):
        """The first call's messages by leg ("<INVITE", ">200 (INVITE)"), once the last one named has passed."""
        deadline = time.monotonic() + harness.PATIENCE
        while True:
            answer = self.engine.ask("trace", "1")[0]
            legs = {}
            for step in answer["steps"]:
                sip = step.get("sip")
                if sip and not sip["again"]:
                    what = f"{sip['status']} ({sip['method']})" if sip["status"] else sip["method"]
                    legs.setdefault(sip["party"] or "caller", []).append((">" if sip["sent"] else "<") + what)
            if last in legs.get(last.party, []):
                return answer, legs
            if time.monotonic() > deadline:
                raise AssertionError(f"{last} is not in the trace: {legs}")

    class Last(str):
        def __new__(cls, party, message):
            made = super().__new__(cls, message)
            made.party = party
            return made

    def show(self):
        client = self.keep(harness.Process(harness.PLEDGE, "trace", "1", "--server", self.engine.grpc))
        self.assertEqual(client.wait(), 0, client.said())
        print(client.said())
        return client.said()

    def test_an_answered_call(self):
        self.serve_with("h1")
        phone = self.phone("h1")
        caller = self.caller("caller", fill={"TALK": 100}).succeed()
        phone.succeed()
        answer, legs = self.trace(self.Last("h1", "<200 (BYE)"))
        self.assertEqual(legs["caller"], ["<INVITE", ">180 (INVITE)", ">200 (INVITE)", "<ACK", "<BYE", ">200 (BYE)"])
        self.assertEqual(legs["h1"], [">INVITE", "<180 (INVITE)", "<200 (INVITE)", ">ACK", ">BYE", "<200 (BYE)"])
        first = answer["steps"][0]["sip"]
        self.assertEqual(first["peer"], f"{harness.TRUSTED}:{caller.port}/udp")
        self.assertRegex(first["body"], r"^SDP 127\.0\.0\.2:40000 PCMA PCMU 101$")
        self.assertRegex(self.show(), r"(?s)│── INVITE ─+>│.*■ waits in emergency.*◆ offer 1 to h1.*│── INVITE ─+>│ h1 .*■ answered")

    def test_an_abandoned_call(self):
        self.serve_with("h1")
        phone = self.phone("h1", "phone_rings")
        self.caller("caller_cancels", fill={"TALK": 300}).succeed()
        phone.succeed()
        _, legs = self.trace(self.Last("h1", ">ACK"))
        self.assertEqual(legs["caller"], ["<INVITE", ">180 (INVITE)", "<CANCEL", ">200 (CANCEL)", ">487 (INVITE)", "<ACK"])
        self.assertEqual(legs["h1"], [">INVITE", "<180 (INVITE)", ">CANCEL", "<200 (CANCEL)", "<487 (INVITE)", ">ACK"])
        self.assertIn("■ ended: abandoned", self.show())

    def test_a_declined_offer_and_the_next_handler(self):
        self.serve_with("h1", "h2")
        first, second = self.phone("h1", "phone_refuses", STATUS=603), self.phone("h2")
        self.caller("caller", fill={"TALK": 100}).succeed()
        first.succeed()
        second.succeed()
        _, legs = self.trace(self.Last("h2", "<200 (BYE)"))
        self.assertEqual([legs["h1"][0], *legs["h1"][-2:]], [">INVITE", "<603 (INVITE)", ">ACK"])
        self.assertEqual(legs["h2"][0], ">INVITE")
        self.assertRegex(self.show(), r"(?s)◆ offer 1 to h1: declined.*◆ offer 2 to h2: accepted")


harness.main()
