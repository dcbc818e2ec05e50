#!/usr/bin/env python3
"""A planner's day against a running engine: a roster is made, served with, compared with what handlers do, and the rest of the day
planned, live and from the journal."""
import csv
import datetime
import io
import json
import math
import os
import subprocess
import zoneinfo

import config
import harness
from harness import PHONES

SHIFTS = "pattern,hours,paid_h,earliest,latest,step_min,breaks\nwhole day,24,24,00:00,00:00,30,\n"
CONTRACTS = "contract,week_least_h,week_most_h,rest_h,days_in_row,days_off,cost,patterns\nany,0,168,0,28,0,1,\n"
HANDLERS = "handler,contract,skills\nh1,any,\nh2,any,\n"


class Workforce(harness.InteropTest):
    def setUp(self):
        super().setUp()
        self.today = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/London")).date()

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def pledge(self, *words):
        return subprocess.run([harness.PLEDGE, *map(str, words)], capture_output=True, text=True, timeout=240, check=False)

    def half_hours(self, first, days):
        start = datetime.datetime.combine(first, datetime.time())
        return [start + datetime.timedelta(minutes=30 * i) for i in range(48 * days)]

    def make_files(self):
        """Counts of eight weeks up to yesterday; a need of two for the week from today, and the roster for it."""
        day = datetime.timedelta(days=1)
        counts = "timestamp,count,class\n" + "".join(
            f"{at:%Y-%m-%dT%H:%M},{round(12 + 6 * math.sin((at.hour - 9) * math.pi / 12))},emergency\n"
            for at in self.half_hours(self.today - 56 * day, 56))
        need = "timestamp,class,handlers\n" + "".join(f"{at:%Y-%m-%dT%H:%M},emergency,2\n" for at in self.half_hours(self.today, 7))
        for name, text in (("shifts", SHIFTS), ("contracts", CONTRACTS), ("handlers", HANDLERS)):
            self.write(f"rules/{name}.csv", text)
        rules, roster = os.path.join(self.folder, "rules"), os.path.join(self.folder, "roster.csv")
        made = self.pledge("roster", self.write("need.csv", need), "--rules", rules, "--seconds", 2, "--output", roster)
        self.assertEqual(made.returncode, 0, made.stderr)
        return self.write("counts.csv", counts), rules, roster

    def serve_with(self, counts, rules, roster):
        port = harness.free_port(PHONES)
        more = f'[workforce]\nroster = "{roster}"\ncounts = "{counts}"\nrules = "{rules}"\ndays = 5\n'
        engine = self.serve(config.files([config.handler("h1", port), config.handler("h2")], more=more))
        engine.ask("handler", "sign-on", "h1")
        engine.ask("handler", "ready", "h1")
        return engine

    def test_a_planners_day(self):
        files = self.make_files()
        engine = self.serve_with(*files)
        self.adherence(engine)
        self.intraday(engine)
        self.day_to_come(engine)
        self.roster(engine, files[2])
        self.assertEqual(engine.stop(), 0)
        self.intraday_of_the_journal(*files)
        self.counts_of_the_journal()

    def adherence(self, engine):
        run = self.pledge("adherence", "--live", "--totals", "--server", engine.grpc, "--zone", "Europe/London")
        self.assertEqual(run.returncode, 0, run.stderr)
        rows = {row["handler"]: row for row in csv.DictReader(io.StringIO(run.stdout))}
        self.assertEqual(set(rows), {"h1", "h2"})
        self.assertEqual(float(rows["h2"]["worked_min"]), 0)
        self.assertGreaterEqual(float(rows["h1"]["worked_min"]), 0)
        self.assertGreater(float(rows["h1"]["adherent_min"]) + 0.01, float(rows["h2"]["adherent_min"]))

    def intraday(self, engine):
        run = self.pledge("intraday", "--live", "--json", "--server", engine.grpc)
        self.assertEqual(run.returncode, 0, run.stderr + run.stdout)
        plan = json.loads(run.stdout)
        self.assertEqual((plan["presence"]["signed_on"], plan["presence"]["at_work"], plan["presence"]["absent"]), (1, 1, ["h2"]))
        self.assertGreaterEqual(len(plan["intervals"]), 1)
        self.assertGreater(plan["intervals"][0]["needed"], 1)
        self.assertEqual(plan["intervals"][0]["lacking"], ["emergency"])
        self.assertIn("INTRADAY_OPTION_KIND_ANOTHER_CENTRE", [option["kind"] for option in plan["options"]])
        self.assertIn("from,class,calls", self.pledge("intraday", "--live", "--server", engine.grpc).stdout)

    def day_to_come(self, engine):
        ask = lambda *words: self.pledge("simulate", "--live", "--server", engine.grpc, *words)
        run = ask("--json")
        self.assertEqual(run.returncode, 0, run.stderr + run.stdout)
        day = json.loads(run.stdout)
        self.assertEqual(day["date"], str(self.today + datetime.timedelta(days=1)))
        [emergency] = day["classes"]
        self.assertIn(len(emergency["half_hours"]), (46, 48, 50))
        self.assertGreater(sum(half_hour["calls"] for half_hour in emergency["half_hours"]), 300)
        share = emergency["in_force"]["within_target"]["mean"]
        self.assertTrue(0 < share < 1, share)
        self.assertNotIn("calls", day)
        # With one of the two handlers fewer calls are answered in time; a copy of what is in force differs in nothing.
        folder = os.path.join(self.folder, "config")
        alone = config.files([config.handler("h1", harness.free_port(PHONES))])
        for name, text in alone.items():
            self.write(f"alone/{name}", text)
        for directory, least, most in ((folder, 0, 0), (os.path.join(self.folder, "alone"), -10_000, -10)):
            run = ask("--config", directory, "--json")
            self.assertEqual(run.returncode, 0, run.stderr)
            compared = json.loads(run.stdout)
            self.assertTrue(least <= compared["calls"]["mean"] <= most, compared["calls"])
            self.assertEqual(compared["classes"][0]["in_force"], emergency["in_force"])
        self.assertIn("h2", "".join(compared["remarks"]))
        text = ask("--date", str(self.today + datetime.timedelta(days=2)), "--days", 2)
        self.assertIn("from,class,calls,needed,in_force,other", text.stdout, text.stderr)
        for words, told in ((("--date", str(self.today)), "a day after today"), (("--date", "soon"), "a day after today"),
                            (("--date", str(self.today + datetime.timedelta(days=30))), "no shift of the roster lies within that day"),
                            (("--days", 5000), "at most 1000"), (("--config", os.path.join(self.folder, "nowhere")), "nowhere")):
            run = ask(*words)
            self.assertEqual((run.returncode, told in run.stderr), (1, True), run.stderr)

    def roster(self, engine, file):
        ask = lambda *words: self.pledge("roster", "--live", "--server", engine.grpc, *words)
        tomorrow, later = (self.today + datetime.timedelta(days=n) for n in (1, 2))
        with open(file, encoding="utf-8", newline="") as text:
            wanted = {(row["handler"], row["start"], row["end"]) for row in csv.DictReader(text)}
        told = {(row["handler"], row["start"], row["end"]) for row in csv.DictReader(io.StringIO(ask().stdout))}
        self.assertEqual(told, wanted)
        self.assertEqual(len(json.loads(ask("--json").stdout)["shifts"]), len(wanted))
        run = ask("--swap", f"h1:{tomorrow}", f"h2:{tomorrow}")
        self.assertEqual((run.returncode, run.stdout), (0, "accepted\n"), run.stderr)
        run = ask("--swap", f"h1:{tomorrow}", f"h2:{later}", "--json")
        self.assertEqual(run.returncode, 1, run.stderr)
        refused = json.loads(run.stdout)
        self.assertEqual(refused["accepted"], False)
        self.assertIn("h1", "".join(refused["reasons"]))
        run = ask("--leave", f"h1:{tomorrow}:{later}")
        self.assertEqual(run.returncode, 1, run.stderr)
        self.assertTrue(run.stdout.startswith("refused\n  not covered: "), run.stdout)
        for words, code, text in ((("--leave", f"h1:{self.today}:{later}"), 1, "has begun"), (("--leave", "h1:soon:later"), 1, "from_date"),
                                  (("--leave", "h1"), 2, "write HANDLER:FROM:TO"), (("--swap", "h1", "h2"), 2, "write HANDLER:DAY"),
                                  (("--swap", f"h9:{tomorrow}", f"h1:{tomorrow}"), 1, "no handler")):
            run = ask(*words)
            self.assertEqual((run.returncode, text in run.stderr), (code, True), run.stderr)

    def intraday_of_the_journal(self, counts, rules, roster):
        journal = os.path.join(self.folder, "config", "journal")
        given = ("intraday", "--roster", roster, "--counts", counts, "--journal", journal)
        page = os.path.join(self.folder, "intraday.html")
        run = self.pledge(*given, "--rules", rules, "--days", 5, "--html", page, "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(json.loads(run.stdout)["presence"]["absent"], ["h2"])
        with open(page, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(text.count("<svg"), 3)
        self.assertNotIn("nan", text)
        self.assertEqual(self.pledge(*given, "--days", 2, "--html", self.folder).returncode, 1)
        self.assertEqual(self.pledge(*given, "--now", "late").returncode, 2)
        self.assertEqual(self.pledge("intraday", "--roster", roster).returncode, 2)
        bad = self.write("bad.csv", "handler,start,end,breaks\nh1,yesterday,2026-11-30T12:00,\n")
        run = self.pledge("intraday", "--roster", bad, "--counts", counts, "--journal", journal)
        self.assertEqual(run.returncode, 1)
        self.assertIn(f'{bad}:2:4: start "yesterday": no time of the local clock', run.stderr)
        run = self.pledge("adherence", "--roster", roster, "--journal", journal, "nonsense")
        self.assertEqual(run.returncode, 2, run.stdout)

    def counts_of_the_journal(self):
        run = self.pledge("counts", "--journal", os.path.join(self.folder, "config", "journal"))
        if run.returncode == 0:  # a half-hour began and ended meanwhile
            self.assertTrue(run.stdout.startswith("timestamp,count,class,handled,handling_s\n20"), run.stdout)
        else:
            self.assertEqual(run.returncode, 1)
            self.assertIn("no half-hour from its beginning to its end", run.stderr)

    def test_a_configuration_with_faulty_files_is_refused(self):
        counts, _, _ = self.make_files()
        roster = self.write("bad.csv", "handler,start,end,breaks\nh1,2026-11-30T08:00,2026-11-30T08:00,\n")
        with open(counts, encoding="utf-8") as file:
            unknown = self.write("unknown.csv", file.read().replace("emergency", "nowhere"))
        for name, text in config.files([config.handler("h1")], more=f'[workforce]\nroster = "{roster}"\ncounts = "{unknown}"\n').items():
            self.write(f"faulty/{name}", text)
        run = self.pledge("check", os.path.join(self.folder, "faulty"))
        self.assertEqual(run.returncode, 1)
        said = run.stdout + run.stderr
        self.assertIn("bad.csv:2:21: end", said)
        self.assertIn('class "nowhere" is no queue and no class of service', said)

    def test_an_engine_without_files_says_which(self):
        engine = self.serve(config.files([config.handler("h1")]))
        for command in ("adherence", "intraday"):
            run = self.pledge(command, "--live", "--server", engine.grpc)
            self.assertEqual(run.returncode, 1)
            self.assertIn("[workforce] roster", run.stderr)


if __name__ == "__main__":
    harness.main()
