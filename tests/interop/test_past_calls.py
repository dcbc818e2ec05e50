#!/usr/bin/env python3
"""`pledge explain` and `pledge trace` of calls that the engine has forgotten: from its journal, as it told of them when it lived."""
import os
import re
import shlex

import config
import harness
from harness import PHONES


class PastCalls(harness.InteropTest):
    def pledge(self, *words):
        process = self.keep(harness.Process(harness.PLEDGE, *words, cwd=self.folder))
        code = process.wait()
        return code, list(process.lines)

    def journal(self):
        return os.path.join(self.folder, "config", "journal")

    def run_with_a_call(self, number):
        """A run of the engine with one answered call; what it tells of it, as text and as JSON."""
        port = harness.free_port(PHONES)
        engine = self.serve(config.files([config.handler("h1", port)]))
        engine.ask("handler", "sign-on", "h1")
        engine.ask("handler", "ready", "h1")
        phone = self.sipp("phone", PHONES, port=port, fill={"RING": 20, "TALK": 100}, keys={"rtp": 41000, "number": "h1"})
        self.caller("caller", number=number, fill={"TALK": 100}).succeed()
        phone.succeed()
        code, lines = self.pledge("explain", "1", "--server", engine.grpc)
        self.assertEqual(code, 0, lines)
        return engine, lines, engine.ask("trace", "1")[0]

    def test_a_call_of_a_former_run(self):
        engine, live, traced = self.run_with_a_call("+442079460001")
        call_id = traced["contact"]["facts"]["sip_call_id"]
        # The journal of the running engine is readable too.
        code, lines = self.pledge("explain", "1", "--journal", self.journal())
        self.assertEqual((code, lines[1:]), (0, live))
        self.assertEqual(engine.stop(), 0)

        # A new run knows nothing of it, and says where to ask: word for word.
        engine = self.serve(config.files([config.handler("h1", 7000)]))
        code, lines = self.pledge("explain", "1", "--server", engine.grpc)
        self.assertEqual(code, 1, lines)
        command = re.search(r"(pledge explain 1 --journal .*) \(UNKNOWN_CONTACT\)$", lines[-1])[1]
        print(command)
        code, lines = self.pledge(*shlex.split(command)[1:])
        print("\n".join(lines))
        self.assertEqual(code, 0, lines)
        self.assertRegex(lines[0], r"^of the engine's run that began \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}:$")
        self.assertEqual(lines[1:], live)

        # Its states, decisions and offers with their times; SIP messages are not journalled.
        past = engine.ask("trace", call_id, "--journal", self.journal())[0]
        kept = [step for step in traced["steps"] if "sip" not in step]
        self.assertEqual(past["steps"], kept)
        self.assertEqual(past["contact"], traced["contact"])
        code, lines = self.pledge("trace", "1", "--journal", self.journal())
        print("\n".join(lines))
        self.assertEqual(code, 0, lines)
        self.assertRegex("\n".join(lines), r"(?s)keeps no SIP messages.*■ waits in emergency.*◆ offer 1 to h1: accepted.*■ ended: completed")

    def test_the_same_number_in_two_runs(self):
        engine, _, _ = self.run_with_a_call("+442079460001")
        self.assertEqual(engine.stop(), 0)
        engine, live, _ = self.run_with_a_call("+442079460002")
        self.assertEqual(engine.stop(), 0)
        code, lines = self.pledge("explain", "1", "--journal", self.journal())
        print("\n".join(lines))
        self.assertEqual(code, 2, lines)
        self.assertRegex(lines[0], r"^pledge: 2 runs of the engine have a call 1: say with --at")
        runs = [re.match(r"  the run that began (\S+): call 1 from (\S+) to 999, arrived", line).groups() for line in lines[1:]]
        self.assertEqual([caller for _, caller in runs], ["+442079460001", "+442079460002"])
        for began, caller in runs:
            answer = self.engine.ask("explain", "1", "--journal", self.journal(), "--at", began)[0]
            self.assertEqual(answer["contact"]["facts"]["caller"], caller)
        code, lines = self.pledge("explain", "1", "--journal", self.journal(), "--at", runs[1][0])
        self.assertEqual(lines[1:], live)
        code, lines = self.pledge("explain", "1", "--journal", self.journal(), "--at", "2001-01-01T00:00")
        self.assertEqual(code, 1, lines)
        self.assertIn("has no call 1; others have:", lines[0])
        code, lines = self.pledge("explain", "7", "--journal", self.journal())
        self.assertEqual(code, 1, lines)
        self.assertIn("no call 7 in the runs of the engine that began", lines[0])
        code, lines = self.pledge("explain", "1", "--journal", self.folder)
        self.assertEqual(code, 1, lines)
        self.assertIn("no *.journal file in it", lines[0])


harness.main()
