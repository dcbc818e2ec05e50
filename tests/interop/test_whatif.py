#!/usr/bin/env python3
"""`pledge whatif` as a manager runs it: a day that a running engine recorded, and journals that are none."""
import datetime
import glob
import json
import os

import config
import harness
from harness import PHONES


class WhatIf(harness.InteropTest):
    def write(self, name, files, **changes):
        directory = os.path.join(self.folder, name)
        os.makedirs(directory, exist_ok=True)
        for file_name, text in files.items():
            for old, new in changes.items():
                text = text.replace(old, new)
            with open(os.path.join(directory, file_name), "w", encoding="utf-8") as file:
                file.write(text)
        return directory

    def journal(self):
        return os.path.join(self.folder, "config", "journal")

    def whatif(self, journal, configuration, *words):
        under = ("--config", configuration) if configuration else ()
        process = self.keep(harness.Process(harness.PLEDGE, "whatif", "--journal", journal, *under, *words, cwd=self.folder))
        code = process.wait()
        return code, "\n".join(process.lines)

    def record_a_call(self, **more):
        port = harness.free_port(PHONES)
        files = config.files([config.handler("h1", port)], **more)
        engine = self.serve(files)
        engine.ask("handler", "sign-on", "h1")
        engine.ask("handler", "ready", "h1")
        phone = self.sipp("phone", PHONES, port=port, fill={"RING": 20}, keys={"rtp": 41000, "number": "h1"})
        self.caller("caller", fill={"TALK": 100}).succeed()
        phone.succeed()
        return engine, files

    def test_a_recorded_call(self):
        engine, files = self.record_a_call()
        fewer = self.write("fewer", files, h1="h2")
        code, said = self.whatif(self.journal(), fewer, "--json")
        self.assertEqual(code, 0, said)
        answer = json.loads(said)
        self.assertFalse(answer["same_options"])
        self.assertEqual((answer["calls"], answer["fates"]["not answered any more"]), (1, 1))
        emergency = next(queue for queue in answer["queues"] if queue["queue"] == "emergency")
        self.assertEqual((emergency["then"]["answered"], emergency["what_if"]["answered"]), (1, 0))
        self.assertEqual({one["refusal"] for one in answer["not_possible"]}, {"UNKNOWN_HANDLER"})
        kinds = [said["decision"]["kind"] for said in answer["differences"][0]["then"]["decisions"]]
        self.assertIn("offered", kinds)
        self.of_the_running_engine(engine, fewer, files)
        # The running engine tells the difference, and ends with the same comparison.
        diff = self.keep(harness.Process(harness.PLEDGE, "diff", fewer, "--journal", self.journal(), "--server", engine.grpc))
        self.assertEqual(diff.wait(), 0, diff.said())
        self.assertRegex(diff.said(), r"(?s)handler.*h2.*1 of 1 calls would have fared differently: 1 not answered any more")
        self.assertEqual(engine.stop(), 0)
        page = os.path.join(self.folder, "page.html")
        code, said = self.whatif(self.journal(), self.write("same", files), "--html", page)
        self.assertEqual(code, 0, said)
        self.assertIn("nothing would have changed", said)
        with open(page, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(text.count("<svg"), len(answer["queues"]))
        self.assertNotIn("nan", text)
        self.other_rosters(files)
        self.damaged_journals(files)

    def test_the_planned_roster_of_the_running_engine(self):
        for days_ago, fate in ((0, 'no call would have fared differently'), (7, 'no shift of the roster lies within this run')):
            engine, _ = self.record_a_call(more=f'[workforce]\nroster = "{self.roster("h1", days_ago)}"\n')
            code, said = self.live(engine, "--planned")
            self.assertEqual((code, fate in said), (1 if days_ago else 0, True), said)
            self.assertEqual(engine.stop(), 0)

    def live(self, engine, *words):
        process = self.keep(harness.Process(harness.PLEDGE, "whatif", "--live", "--server", engine.grpc, *words, cwd=self.folder))
        return process.wait(), process.said()

    def of_the_running_engine(self, engine, fewer, files):
        code, said = self.live(engine, "--config", fewer, "--json")
        self.assertEqual(code, 0, said)
        answer = json.loads(said)
        self.assertEqual(int(answer["calls"]), 1)
        self.assertEqual(answer["fates"], [{"fate": "not answered any more", "calls": "1"}])
        emergency = next(queue for queue in answer["queues"] if queue["queue"] == "emergency")
        self.assertEqual((emergency["then"]["answered"], emergency["now"]["answered"]), (1, 0))
        self.assertEqual((answer["differing"][0]["then"]["handler"], answer["differing"][0]["now"]["handler"]), ("h1", ""))
        self.assertTrue(answer["not_possible"])
        code, said = self.live(engine, "--config", fewer)
        self.assertEqual(code, 0, said)
        self.assertIn("1 calls: not answered any more", said)
        code, said = self.live(engine, "--config", self.write("same", files))
        self.assertEqual((code, "nothing would have changed" in said), (0, True), said)
        for words, told in (((), "nothing would differ"), (("--planned",), "[workforce] roster"),
                            (("--config", os.path.join(self.folder, "nowhere")), "nowhere")):
            code, said = self.live(engine, *words)
            self.assertEqual((code, told in said), (1, True), said)

    def roster(self, handler, days_ago=0):
        """A shift of a day around now, or around as many days ago."""
        now = datetime.datetime.now() - datetime.timedelta(days=days_ago)
        start, end = (f"{now + datetime.timedelta(hours=h):%Y-%m-%dT%H:%M}" for h in (-12, 12))
        path = os.path.join(self.folder, "roster.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"handler,start,end,breaks\n{handler},{start},{end},\n")
        return path

    def other_rosters(self, files):
        answers = {}
        for handler in ("h1", "h9"):
            code, said = self.whatif(self.journal(), None, "--roster", self.roster(handler), "--json")
            self.assertEqual(code, 0, said)
            answers[handler] = json.loads(said)
        self.assertEqual(answers["h1"]["fates"]["not answered any more"], 0)
        self.assertEqual(answers["h1"]["signed_on"]["what_if"]["handlers"], 1)
        self.assertEqual(answers["h9"]["fates"]["not answered any more"], 1)
        self.assertEqual({one["refusal"] for one in answers["h9"]["not_possible"]}, {"UNKNOWN_HANDLER"})
        code, said = self.whatif(self.journal(), self.write("same", files), "--roster", self.roster("h1"))
        self.assertEqual(code, 0, said)
        self.assertIn("and roster", said)
        code, said = self.whatif(self.journal(), None, "--roster", self.roster("h1", days_ago=7))
        self.assertEqual((code, "no shift lies within the recorded time" in said), (1, True), said)
        code, said = self.whatif(self.journal(), None)
        self.assertEqual((code, "give --config, --roster or both" in said), (2, True), said)

    def damaged_journals(self, files):
        same = self.write("same", files)
        faulty = self.write("faulty", files, **{'"30 s"': '"30 parsecs"'})
        code, said = self.whatif(self.journal(), faulty)
        self.assertEqual(code, 1, said)
        self.assertRegex(said, r"pledge\.toml:\d+:\d+: .*parsecs")
        [path] = glob.glob(os.path.join(self.journal(), "*.journal"))
        with open(path, "rb") as file:
            whole = file.read()
        copy = os.path.join(self.folder, "copy.journal")
        middle = whole.index(b"+4420")  # of a record, not of the space kept free behind the last
        for what, content, told in (
                ("damaged", whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1:], "a journal without damage or holes"),
                ("other version", b"PLEDGEJ9" + whole[8:], "not a journal file of this version"),
                ("no journal", b"timestamp,count\n", "not a journal file of this version")):
            with self.subTest(what):
                with open(copy, "wb") as file:
                    file.write(content)
                code, said = self.whatif(copy, same)
                print(what, said)
                self.assertEqual(code, 1, said)
                self.assertIn(told, said)
        code, said = self.whatif(os.path.join(self.folder, "absent"), same)
        self.assertEqual(code, 1, said)

    def test_days_without_calls_and_of_two_runs(self):
        files = config.files([config.handler("h1", 7000)])
        engine = self.serve(files)
        self.assertEqual(engine.stop(), 0)
        same = self.write("same", files)
        code, said = self.whatif(self.journal(), same)
        self.assertEqual(code, 1, said)
        self.assertRegex(said, "no call arrived from .*Z to .*Z")
        engine = self.serve(files)
        self.assertEqual(engine.stop(), 0)
        code, said = self.whatif(self.journal(), same)
        self.assertEqual(code, 1, said)
        self.assertIn("of 2 runs of the engine", said)
        first = sorted(glob.glob(os.path.join(self.journal(), "*.journal")))[0]
        code, said = self.whatif(first, same)
        self.assertIn("no call arrived", said)


harness.main()
