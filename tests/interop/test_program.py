#!/usr/bin/env python3
"""The program as an operator meets it: a configuration with faults, commands without an engine, a journal replayed."""
import glob
import json
import os
import re
import signal

import config
import harness
from harness import PHONES


class Program(harness.InteropTest):
    def write(self, **changes):
        """A good configuration with some texts replaced; its directory."""
        directory = os.path.join(self.folder, "config")
        os.makedirs(directory, exist_ok=True)
        for name, text in config.files([config.handler("h1", 7000)]).items():
            for old, new in changes.items():
                text = text.replace(old, new)
            with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
                file.write(text)
        return directory

    def run_pledge(self, *words):
        process = self.keep(harness.Process(harness.PLEDGE, *words, cwd=self.folder))
        code = process.wait()
        return code, "\n".join(process.lines)

    def test_a_good_configuration(self):
        code, said = self.run_pledge("check", self.write())
        self.assertEqual(code, 0, said)

    def test_every_fault_is_told_with_file_line_and_column(self):
        directory = self.write(**{'"90 %"': '"190 %"', '"30 s"': '"30 parsecs"', "trusted = true": "thrusted = true",
                                  'class = "emergency"': 'class = "emergence"'})
        code, said = self.run_pledge("check", directory)
        print(said)
        self.assertEqual(code, 1, said)
        for fault in ("190", "parsecs", "thrusted", "emergence"):
            self.assertRegex(said, rf"(?m)^\S*pledge\.toml:\d+:\d+: .*{fault}")
        errors = [line for line in said.split("\n") if re.match(r"\S+\.toml:\d", line) and ": warning: " not in line]
        warnings = [line for line in said.split("\n") if ": warning: " in line]
        self.assertIn(f"{directory}: {len(errors)} error{'s' * (len(errors) != 1)}, "
                      f"{len(warnings)} warning{'s' * (len(warnings) != 1)}", said)

    def test_the_closing_line_counts_warnings(self):
        directory = self.write(**{"[[handler]]": "[[holidays]]\nname = \"unused\"\ndates = [\"2030-01-01\"]\n[[handler]]"})
        code, said = self.run_pledge("check", directory)
        self.assertEqual(code, 0, said)
        warnings = said.count(": warning: ")
        self.assertGreater(warnings, 0)
        self.assertIn(f"{directory}: good: 0 errors, {warnings} warning{'s' * (warnings != 1)} (", said)

    def test_the_engine_does_not_start_on_a_faulty_configuration(self):
        code, said = self.run_pledge("serve", self.write(**{'"30 s"': '"30 parsecs"'}))
        self.assertNotEqual(code, 0)
        self.assertRegex(said, r"pledge\.toml:\d+:\d+: .*parsecs")
        self.assertNotRegex(said, r"(?m)^ready ")

    def test_a_reload_of_a_faulty_configuration_changes_nothing(self):
        directory = self.write()
        engine = self.serve(config.files([config.handler("h1", 7000)]))
        self.write(**{'"30 s"': '"30 parsecs"'})
        code, said = self.run_pledge("reload", directory, "--server", engine.grpc)
        self.assertEqual(code, 1, said)
        self.assertRegex(said, r"pledge\.toml:\d+:\d+: .*parsecs")
        engine.ask("handler", "sign-on", "h1")

    def test_diff_and_reload(self):
        engine = self.serve(config.files([config.handler("h1", 7000)]))
        directory = self.write(**{'"30 s"': '"45 s"'})
        code, said = self.run_pledge("diff", directory, "--server", engine.grpc)
        print(said)
        self.assertRegex(said, "non-emergency.*30 s.*45 s")
        code, said = self.run_pledge("reload", directory, "--server", engine.grpc)
        self.assertEqual(code, 0, said)

    def test_what_needs_a_restart_is_told_until_there_is_one(self):
        engine = self.serve(config.files([config.handler("h1", 7000)]))
        directory = os.path.join(self.folder, "config")
        path = os.path.join(directory, "pledge.toml")
        with open(path, encoding="utf-8") as file:
            before = file.read()

        def ask(what, text):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            return [line for answer in engine.ask(what, directory) for line in answer["lines"] if ": warning: " not in line]
        self.assertEqual(ask("diff", before), ["nothing changes"])
        after = before.replace('"30 s"', '"45 s"', 1) + f'\n[[sip.listener]]\nport = {harness.free_port()}\n[workforce]\njobs = 3\n'
        told = ask("reload", after)
        self.assertEqual(len(told), 3, told)
        waiting = ask("diff", after)
        self.assertEqual(waiting, [line for line in told if line.endswith("(needs a restart)")])
        self.assertEqual(len(waiting), 2, waiting)
        self.assertEqual(ask("reload", after), waiting)
        self.assertNotIn("nothing changes", ask("diff", before))
        ask("reload", before)
        self.assertEqual(ask("diff", before), ["nothing changes"])

    def test_ready_as_json(self):
        """One object instead of the line that the harness waits for, with the same addresses."""
        directory = self.write()
        engine = self.keep(harness.Process(harness.PLEDGE, "serve", directory, "--json", cwd=directory))
        ready = engine.expect_json(lambda line: line["ready"])
        self.assertEqual([(at["transport"], at["address"]) for at in ready["sip"]], [("udp", harness.ENGINE), ("tcp", harness.ENGINE)])
        self.assertTrue(all(at["port"] > 0 for at in ready["sip"]))
        self.assertRegex(ready["http"], rf"^{harness.ENGINE}:[1-9]\d*$")
        code, said = self.run_pledge("state", "--server", ready["grpc"])
        self.assertEqual(code, 0, said)
        self.assertEqual(engine.stop(), 0)

    def events_of(self, name):
        """The journal's events of that name, of all runs."""
        code, said = self.run_pledge("replay", "--json", "--print", os.path.join(self.folder, "config", "journal"))
        self.assertEqual(code, 0, said)
        events = [json.loads(line).get("event", {}) for line in said.splitlines() if line.startswith("{")]
        return [event for event in events if event.get("type") == name]

    def test_who_changed_the_running_engine_is_logged_and_journalled(self):
        engine = self.serve(config.files([config.handler("h1", 7000)]))
        directory = self.write()
        for words in (("reload", directory, "--as", "operator1"), ("state", "normal", "--reason", "all quiet", "--as", "operator2"),
                      ("drain", "--as", "operator3"), ("drain", "--off", "--as", "operator4")):
            code, said = self.run_pledge(*words, "--server", engine.grpc)
            self.assertEqual(code, 0, said)
        engine.process.send_signal(signal.SIGHUP)
        engine.expect(r"reload of \S+ by SIGHUP: in force")
        code, said = self.run_pledge("shutdown", "--as", "operator5", "--server", engine.grpc)
        self.assertEqual(code, 0, said)
        self.assertEqual(engine.wait(), 0)
        log = "\n".join(engine.lines)
        for line in (r"reload of \S+ by operator1: in force", r'service state "normal" by operator2: all quiet',
                     r"drain: new calls are turned away by operator3", r"drain: calls are taken again by operator4", r"shut-down by operator5"):
            self.assertRegex(log, line)
        self.assertEqual([event.get("actor", "") for event in self.events_of("Configured")], ["", "operator1", "SIGHUP"])
        self.assertEqual([event["request"]["actor"] for event in self.events_of("SetServiceState")], ["operator2"])
        self.assertEqual([event["request"]["actor"] for event in self.events_of("Drain")], ["operator3", "operator4", "operator5"])

    def test_no_engine(self):
        code, said = self.run_pledge("handler", "ready", "h1", "--server", f"127.0.0.1:{harness.free_port()}")
        self.assertEqual(code, 3, said)

    def test_no_engine_is_said_once_however_many_handlers_are_named(self):
        nowhere = f"127.0.0.1:{harness.free_port()}"
        for more in ((), ("--json",)):
            code, said = self.run_pledge("handler", "sign-on", "a0001-a2000", "--server", nowhere, *more)
            self.assertEqual(code, 3, said)
            self.assertEqual(said.count("\n"), 0, said)
            self.assertIn(f"no engine answers at {nowhere}", said)

    def test_options_are_documented(self):
        code, said = self.run_pledge("options", "--json")
        self.assertEqual(code, 0, said)
        options = json.loads(said)
        self.assertTrue(all(option["doc"] for option in options))

    def test_refusals_are_precise(self):
        """An unknown handler; a second sign-on; a decline of nothing."""
        engine = self.serve(config.files([config.handler("h1", 7000)]))
        engine.ask("handler", "sign-on", "h1")
        for words, reason in ((("sign-on", "nobody"), r"[A-Z_]*(UNKNOWN|NOT_FOUND)[A-Z_]*"),
                              (("sign-on", "h1", "--session", "another"), r"[A-Z_]*SIGNED_ON[A-Z_]*"),
                              (("decline", "h1"), r"[A-Z_]+")):
            client = self.keep(engine.client("handler", *words))
            self.assertEqual(client.wait(), 1, client.said())
            answer = client.expect_json(lambda line: "reason" in line)
            print(" ", words, answer)
            self.assertRegex(answer["reason"], f"^{reason}$")
        engine.ask("handler", "sign-on", "h1", "--session", "another", "--takeover")

    def test_the_journal_of_a_call_replays_to_the_same_decisions(self):
        port = harness.free_port(PHONES)
        engine = self.serve(config.files([config.handler("h1", port)]))
        engine.ask("handler", "sign-on", "h1")
        engine.ask("handler", "ready", "h1")
        phone = self.sipp("phone", PHONES, port=port, fill={"RING": 20}, keys={"rtp": 41000, "number": "h1"})
        self.caller("caller", fill={"TALK": 100}).succeed()
        phone.succeed()
        self.assertEqual(engine.stop(), 0)
        journals = sorted(p for p in glob.glob(os.path.join(self.folder, "config", "**", "*"), recursive=True)
                          if os.path.isfile(p) and not p.endswith((".toml", "lock")))
        code, said = self.run_pledge("replay", *journals)
        print(said[-400:])
        self.assertEqual(code, 0, said)
        # What would have taken both legs up again after a crash stood beside the events, until each leg's end.
        code, said = self.run_pledge("replay", "--json", "--print", *journals)
        self.assertEqual(code, 0, said)
        states = {}
        for record in map(json.loads, said.splitlines()):
            if "leg_state" in record:
                states.setdefault(record["leg_state"]["leg"], []).append(record["leg_state"]["bytes"])
        print("bytes of each leg's records:", states)
        self.assertEqual(len(states), 2, states)
        for sizes in states.values():
            self.assertEqual((sizes.count(0), sizes[-1]), (1, 0), states)
            self.assertTrue(all(200 < size < 1000 for size in sizes[:-1]), states)


harness.main()
