#!/usr/bin/env python3
"""The planner's commands as a planner runs them: figures, faults by line and column, exit codes, pages."""
import csv
import datetime
import io
import json
import math
import os
import random
import unittest

from planner import Planner, pledge

SHARED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared", "data")
CASES = "model,lambda_per_s,aht_s,agents,patience_s,target_s,prob_wait,asa_s,service_level,abandon_prob,occupancy\n"


class PlanningTest(Planner):
    def test_erlang_computes_the_columns_of_a_file(self):
        path = self.write("cases.csv", CASES + "ErlangC,0.01,100,2,,60,,,,,\nErlangB,1/100,200,2,,0,,,,,\n")
        run = pledge("erlang", "--csv", path)
        self.assertEqual(run.returncode, 0, run.stderr)
        rows = list(csv.DictReader(io.StringIO(run.stdout)))
        self.assertEqual(",".join(rows[0]), CASES.strip())
        self.assertAlmostEqual(float(rows[0]["prob_wait"]), 1 / 3, places=14)
        self.assertAlmostEqual(float(rows[1]["abandon_prob"]), 0.4, places=14)
        objects = [json.loads(line) for line in pledge("erlang", "--csv", path, "--json").stdout.splitlines()]
        self.assertAlmostEqual(objects[0]["asa_s"], 100 / 3, places=11)
        self.assertIsNone(objects[0]["patience_s"])

    def test_erlang_repeats_the_oracle(self):
        path = os.path.join(SHARED, "erlang", "erlang_oracle.csv")
        if not os.path.exists(path):
            self.skipTest(f"{path} is not there")
        run = pledge("erlang", "--csv", path)
        self.assertEqual(run.returncode, 0, run.stderr)
        with open(path, encoding="utf-8") as file:
            for expected, computed in zip(csv.DictReader(file), csv.DictReader(io.StringIO(run.stdout)), strict=True):
                for name in ("prob_wait", "asa_s", "service_level", "abandon_prob", "occupancy"):
                    want = float(expected[name])
                    self.assertLessEqual(abs(float(computed[name]) - want), 1e-10 * abs(want), (name, expected))

    def test_erlang_says_where_a_file_is_wrong_and_computes_the_rest(self):
        path = self.write("cases.csv", CASES + "ErlangC,0.1,100,10,,0,,,,,\nErlangB,x,200,2,,0,,,,,\nErlangB,0.01,200,2,,0,,,,,\n")
        run = pledge("erlang", "--csv", path)
        self.assertEqual(run.returncode, 1)
        self.assertIn(f"{path}:2:17: agents 10: no more than the load", run.stderr)
        self.assertIn(f'{path}:3:9: lambda_per_s "x": not a finite number; write', run.stderr)
        self.assertEqual(len(run.stdout.splitlines()), 2)
        self.assertEqual(pledge("erlang", "--csv", os.path.join(self.folder, "absent")).returncode, 2)
        self.assertEqual(pledge("erlang").returncode, 2)

    def test_erlang_finds_the_fewest_handlers(self):
        answer = json.loads(pledge("erlang", "--calls", 400, "--handling", 210, "--patience", 60, "--json").stdout)
        fewer = json.loads(pledge("erlang", "--calls", 400, "--handling", 210, "--patience", 60, "--handlers",
                                  answer["handlers"] - 1, "--json").stdout)
        self.assertGreaterEqual(answer["service_level"], 0.9)
        self.assertLess(fewer["service_level"], 0.9)

    def test_forecast_prints_a_week_and_a_page(self):
        page = os.path.join(self.folder, "page.html")
        run = pledge("forecast", self.counts(90), "--days", 7, "--zone", "Europe/London", "--html", page)
        self.assertEqual(run.returncode, 0, run.stderr)
        rows = list(csv.DictReader(io.StringIO(run.stdout)))
        self.assertEqual(len(rows), 7 * 48)
        self.assertEqual((rows[0]["class"], rows[0]["timestamp"]), ("999", "2025-08-31T00:00"))
        for row in rows:
            self.assertLessEqual(float(row["low"]), float(row["forecast"]))
            self.assertLessEqual(float(row["forecast"]), float(row["high"]))
        with open(page, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(text.count("<svg"), 2)
        self.assertNotIn("http", text)
        self.assertNotIn("nan", text)

    def test_a_day_that_is_not_over_is_forecast_again_from_its_part(self):
        run = pledge("forecast", self.counts(90, last_slots=20), "--days", 1, "--json")
        day = json.loads(run.stdout)
        self.assertEqual(day["day"], "2025-08-30")
        self.assertEqual(day["low"][:20], day["counts"][:20])
        self.assertNotEqual(day["low"][20:], day["counts"][20:])

    def test_forecast_evaluates_the_past(self):
        path = self.counts(120)
        window = ("--from", "2025-08-20", "--to", "2025-09-20")
        run = pledge("forecast", "--evaluate", path, *window, "--lead", 7, "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        answer = json.loads(run.stdout)
        self.assertEqual((answer["days"], answer["lead"], answer["intervals"]), (32, 7, 32 * 48))
        self.assertEqual(answer["references"], [])
        self.assertLess(answer["wape"], 1.25 * answer["floor"])
        self.assertIn("seasonal naive, 7 d", pledge("forecast", "--evaluate", path, *window).stdout)
        noon = json.loads(pledge("forecast", "--evaluate", path, *window, "--at", "12:00", "--json").stdout)
        self.assertEqual(noon["days"], 32)
        refused = pledge("forecast", "--evaluate", path, "--from", "2025-06-03", "--to", "2025-09-20")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("allow an evaluation from 2025-07-08 to 2025-09-29", refused.stderr)

    def test_forecast_says_what_is_wrong_with_its_files(self):
        run = pledge("forecast", self.counts(20))
        self.assertEqual(run.returncode, 1)
        self.assertIn("has 20 complete days: a forecast needs 35", run.stderr)
        self.assertIn("give 15 more", run.stderr)
        path = self.write("bad.csv", "timestamp,count\n2025-01-01T00:00,-4\n2025-01-01T00:00,nan\n")
        run = pledge("forecast", path)
        self.assertEqual(run.returncode, 1)
        self.assertIn(f'{path}:2:18: count "-4": out of range; write a number from 0', run.stderr)
        self.assertIn(f'{path}:3:18: count "nan"', run.stderr)
        calendar = self.write("calendar.csv", "day,kind,name\nxmas,holiday,Christmas\n")
        run = pledge("forecast", self.counts(60), "--calendar", calendar)
        self.assertEqual(run.returncode, 1)
        self.assertIn(f'{calendar}:2:1: day "xmas": not a day', run.stderr)
        run = pledge("forecast", self.counts(60), "--zone", "Europe/Atlantis")
        self.assertEqual(run.returncode, 1)
        self.assertIn("no such zone", run.stderr)

    def test_staff_needs_more_handlers_when_it_is_busy(self):
        page = os.path.join(self.folder, "staff.html")
        run = pledge("staff", self.counts(60), "--days", 1, "--handling", 210, "--patience", 120, "--html", page)
        self.assertEqual(run.returncode, 0, run.stderr)
        rows = list(csv.DictReader(io.StringIO(run.stdout)))
        self.assertEqual(len(rows), 48)
        for row in rows:
            self.assertGreaterEqual(float(row["service_level"]), 0.9)
            self.assertGreaterEqual(0.7 * int(row["rostered"]), int(row["handlers"]) - 1e-9)
            self.assertLessEqual(int(row["handlers"]), int(row["handlers_high"]))
        self.assertGreater(int(rows[30]["handlers"]), int(rows[6]["handlers"]))
        self.assertTrue(os.path.exists(page))

    def test_simulate_draws_a_page_with_a_table_for_each_plot(self):
        rows = ["hour,class,calls,handling_s,handling_cv,patience_s"]
        for name, calls in (("E", 6), ("N", 9)):
            rows += [f"{hour},{name},{calls},120,1,240" for hour in range(24)]
        demand, page = self.write("demand.csv", "\n".join(rows) + "\n"), os.path.join(self.folder, "page.html")
        run = pledge("simulate", "--demand", demand, "--days", 3, "--policy", "strict", "reserve:1", "--html", page)
        self.assertEqual(run.returncode, 0, run.stderr)
        with open(page, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual((text.count("<svg"), text.count("<details>")), (6, 6))  # two a class, staffing, calls
        self.assertEqual(text.count('class="band" d="M'), 2 * 2)                # and its mark in the legend
        self.assertIn("80 % of days, strict", text)
        self.assertNotIn("http", text)
        self.assertNotIn("nan", text)
        self.assertEqual(pledge("simulate", "--demand", demand, "--days", 1, "--html", self.folder).returncode, 2)

    def test_simulate_says_the_same_on_any_number_of_threads_and_other_days_by_another_seed(self):
        common = ("simulate", "--demand", self.demand(E=30, N=40), "--days", 7, "--policy", "strict", "reserve:1", "--json")
        one = pledge(*common, "--parallel", 1)
        self.assertEqual(one.returncode, 0, one.stderr)
        self.assertEqual(pledge(*common, "--parallel", 4).stdout, one.stdout)
        # Seed 2 begins where seed 1 goes on if days are numbered from the seed: then one day more of 1 is one day of 2.
        levels = [json.loads(pledge("simulate", "--demand", self.demand(E=30, N=40), "--days", days, "--seed", seed, "--json").stdout)
                  for seed, days in ((1, 2), (1, 1), (2, 1))]
        two_of_one, one_of_one, one_of_two = (row["classes"][0]["offered_a_day"] for row in levels)
        self.assertNotAlmostEqual(2 * two_of_one, one_of_one + one_of_two)

    def test_simulate_reckons_with_phones_that_nobody_answers(self):
        demand = self.demand(E=30, N=40)
        levels = [json.loads(pledge("simulate", "--demand", demand, "--days", 3, "--no-answer", share, "--json").stdout)["classes"][0]["service_level"]["mean"]
                  for share in (0, 0.2)]
        self.assertLess(levels[1], levels[0] - 0.15)  # an offer takes 20 s, the target is 10 s
        self.assertIn("--no-answer", pledge("simulate", "--demand", demand, "--no-answer", 1.5).stderr)

    def test_simulate_has_intervals_and_occupancy(self):
        run = pledge("simulate", "--demand", self.demand(E=30, N=40), "--days", 5, "--json")
        answer = json.loads(run.stdout)
        # 70 calls an hour of 200 s, less those of callers who gave up.
        handlers = answer["handler_hours_a_day"] / 24
        self.assertLess(abs(answer["occupancy"]["mean"] - 70 * 200 / 3600 / handlers), 0.15)
        self.assertGreater(answer["occupancy"]["interval"], 0)
        for row in answer["classes"]:
            self.assertGreater(row["worst_half_hour"]["interval"], 0)
            low, high = row["wait_s"]["p99_between"]
            self.assertLess(low, high)
            self.assertLessEqual(low, row["wait_s"]["p99"])
            self.assertLessEqual(row["wait_s"]["p99"], high)

    def test_staff_by_simulation_says_what_is_wrong_and_where(self):
        for options, code, words in (
                ((), 2, "--simulate needs targets"),
                (("--target", "E:10"), 2, "--target E:10: write NAME:SECONDS:SHARE"),
                (("--target", "E:10:0.9", "E:20:0.9"), 2, "--target E: is there twice"),
                (("--target", "N:10:0.9"), 1, 'demand.csv: class "E" has demand and no target'),
                (("--target", "E:10:0.9", "N:9:0.9", "--group", "new:N"), 1, 'class "E" has demand and no handlers'),
                (("--target", "E:10:0.9", "--group", "all:F"), 2, '--group all:F: there is no class "F"'),
                (("--target", "E:10:0.9", "--cost", "old=2"), 2, '--cost old=2: there is no group "old"'),
                (("--target", "E:10:0.9", "--most", "all=x"), 2, '--most all=x: "x" is not a number'),
                (("--target", "E:10:0.9", "--policy", "best"), 2, "--policy best: unknown"),
                (("--target", "E:10:0.9", "--most", "all=1"), 1, "raise --most")):
            run = self.staff_simulated(*options, E=12)[0]
            self.assertEqual(run.returncode, code, run.stderr)
            self.assertIn(words, run.stderr)
        broken = self.write("broken.csv", "hour,class,calls,handling_s,handling_cv,patience_s\n0,E,nan,1,1,1\n")
        run = pledge("staff", "--simulate", broken, "--target", "E:10:0.9")
        self.assertEqual(run.returncode, 1)
        self.assertIn(broken + ":2:5:", run.stderr)
        self.assertIn("give counts", pledge("staff").stderr)

    def test_simulate_counts_a_file_of_calls_to_its_end(self):
        calls = ["arrival_s,class,service_s,patience_s"]
        calls += [f"{86400 * day + 3600 * hour},E,60,0" for day in range(3) for hour in range(24)]
        calls = self.write("calls.csv", "\n".join(calls) + "\n")
        staff = self.write("staff.csv", "from_s,group,handlers\n0,all,1\n86400,all,2\n")
        answer = json.loads(pledge("simulate", "--calls", calls, "--staff", staff, "--json").stdout)
        self.assertEqual((answer["days"], answer["handler_hours_a_day"]), (3, 40))
        emergency, other = answer["classes"]
        self.assertEqual((emergency["offered_a_day"], emergency["service_level"]["mean"]), (24, 1))
        self.assertEqual((other["offered_a_day"], other["service_level"]["mean"], other["wait_s"]["p99"]), (0, None, None))
        text = pledge("simulate", "--calls", calls, "--staff", staff).stdout
        self.assertRegex(text, r"N +in 30 s –")
        self.assertNotIn("nan", text)

    def test_simulate_refuses_a_class_without_handlers(self):
        staff = self.write("staff.csv", "from_s,group,handlers\n0,a,5\n0,b,0\n")
        common = ("simulate", "--demand", self.demand(E=30, N=40), "--staff", staff, "--days", 1)
        for groups in (("a:E", "b:E"), ("a:E", "b:N")):
            run = pledge(*common, "--group", *groups)
            self.assertEqual((run.returncode, run.stdout), (2, ""))
            self.assertIn('class "N" has calls and no handlers: no group of the staff with anybody on serves it', run.stderr)
        self.assertEqual(pledge(*common, "--group", "a:E+N").returncode, 0)

    def test_the_walk_from_counts_to_a_roster_with_a_swap(self):
        """engine/workforce/README.md, steps 1 to 8, each on what those before it wrote."""
        chance = random.Random(3)
        start = datetime.datetime(2026, 8, 31)
        lines = ["timestamp,count,class"]
        for slot in range(48 * 91):
            at = start + datetime.timedelta(minutes=30 * slot)
            if (at.month, at.day, at.hour) == (10, 25, 1):
                lines += [f"{at:%Y-%m-%dT%H:%M},12,{name}" for name in ("101", "999")]  # the hour comes twice
            for name, level in (("999", 12), ("101", 18)):
                rate = level * (1.2 + math.sin((at.hour - 9) * math.pi / 12))
                lines.append(f"{at:%Y-%m-%dT%H:%M},{max(0, round(chance.gauss(rate, math.sqrt(rate))))},{name}")
        counts = self.write("counts.csv", "\n".join(lines) + "\n")

        def done(*arguments):
            run = pledge(*arguments)
            self.assertEqual(run.returncode, 0, (arguments, run.stderr))
            return run.stdout

        zone = ("--zone", "Europe/London")
        self.assertIn("seasonal naive", done("forecast", "--evaluate", counts, "--from", "2026-10-20", "--to", "2026-11-20", "--lead", 7, *zone))
        self.assertEqual(len(done("forecast", counts, "--days", 7, *zone).splitlines()), 1 + 2 * 7 * 48)
        need = self.write("need.csv", done("staff", counts, "--days", 7, "--handling", 210, "--patience", 120, "--shrinkage", 0.3, *zone))
        done("erlang", "--calls", 400, "--handling", 210, "--patience", 60, "--service-level", 0.9, "--within", 10)

        monday = ("forecast", counts, "--demand-of", "2026-11-30", *zone)
        demand = done(*monday, "--handling", "999=210", "101=350", "--handling-cv", "999=0.8", "--patience", 180)
        rows = list(csv.DictReader(io.StringIO(demand)))
        self.assertEqual([(row["class"], row["handling_s"], row["handling_cv"]) for row in rows[::24]], [("999", "210", "0.8"), ("101", "350", "1")])
        forecast = [row for row in csv.DictReader(io.StringIO(done("forecast", counts, "--days", 1, "--class", "999", *zone)))]
        self.assertAlmostEqual(float(rows[9]["calls"]), sum(float(row["forecast"]) for row in forecast[18:20]), delta=0.11)
        classes = ("--class", "999:10:0.9", "101:30:0.8")
        simulated = done("simulate", "--demand", self.write("demand.csv", demand), *classes, "--beta", 0.4, "--days", 20, "--policy",
                         "strict", "reserve-by-wait", "--json").splitlines()
        self.assertAlmostEqual(json.loads(simulated[0])["classes"][0]["offered_a_day"], sum(float(row["calls"]) for row in rows[:24]), delta=60)
        self.assertEqual(len(done("simulate", "--demand", os.path.join(self.folder, "demand.csv"), *classes, "--days", 5, "--hours-to",
                                  "90/80", "--json").splitlines()), 1)

        os.mkdir(os.path.join(self.folder, "rules"))
        for name, text in (("shifts", "pattern,hours,paid_h,earliest,latest,step_min,breaks\n"
                                      "early,9,8.5,06:00,08:00,60,4:00+30\nlate,9,8.5,14:00,15:00,60,4:00+30\nnight,9,8.5,22:00,22:00,30,4:00+30\n"),
                           ("contracts", "contract,week_least_h,week_most_h,rest_h,days_in_row,days_off,cost,patterns,week_rest_h\n"
                                         "full,34,43,11,6,2,1,,35\n"),
                           ("handlers", "handler,contract,skills\n" + "".join(f"h{n},full,\n" for n in range(1, 41)))):
            self.write(f"rules/{name}.csv", text)
        rules, roster = os.path.join(self.folder, "rules"), os.path.join(self.folder, "roster.csv")
        staff = os.path.join(self.folder, "staff.csv")
        done("roster", need, "--rules", rules, "--seconds", 5, "--output", roster, "--staff", staff)
        kept = json.loads(done("roster", need, "--rules", rules, "--check", roster, "--json"))
        self.assertEqual(kept["breaches"], [])
        with open(roster, encoding="utf-8") as file:
            shifts = list(csv.DictReader(file))
        one = shifts[0]
        other = next(s for s in shifts if s["handler"] != one["handler"] and s["start"] == one["start"])
        day = one["start"][:10]
        done("roster", need, "--rules", rules, "--check", roster, "--swap", f"{one['handler']}:{day}", f"{other['handler']}:{day}")

    def test_handling_is_forecast_where_the_counts_tell_it(self):
        """Calls that take 200 s by day and 300 s from midnight to 6, as counted; nobody says --handling."""
        start = datetime.datetime(2025, 6, 2)
        lines = ["timestamp,count,class,handled,handling_s"]
        for slot in range(48 * 90):
            at = start + datetime.timedelta(minutes=30 * slot)
            lines.append(f"{at:%Y-%m-%dT%H:%M},20,999,20,{300 if at.hour < 6 else 200}")
        counts = self.write("counts.csv", "\n".join(lines) + "\n")
        rows = list(csv.DictReader(io.StringIO(pledge("forecast", counts, "--days", 1).stdout)))
        self.assertAlmostEqual(float(rows[4]["handling_s"]), 300, delta=5)
        self.assertAlmostEqual(float(rows[30]["handling_s"]), 200, delta=5)
        [day] = [json.loads(line) for line in pledge("forecast", counts, "--days", 1, "--json").stdout.splitlines()]
        self.assertAlmostEqual(day["handling_s"][4], 300, delta=5)
        demand = list(csv.DictReader(io.StringIO(pledge("forecast", counts, "--demand-of", "2025-09-01").stdout)))
        self.assertAlmostEqual(float(demand[0]["handling_s"]), (6 * 300 + 18 * 200) / 24, delta=3)
        need = list(csv.DictReader(io.StringIO(pledge("staff", counts, "--days", 1, "--patience", 120).stdout)))
        fixed = list(csv.DictReader(io.StringIO(pledge("staff", counts, "--days", 1, "--patience", 120, "--handling", 200).stdout)))
        self.assertGreater(int(need[4]["handlers"]), int(need[30]["handlers"]))
        self.assertEqual(need[30]["handlers"], fixed[30]["handlers"])
        bad = self.write("bad.csv", "timestamp,count,handled,handling_s\n2025-06-02T00:00,3,2,\n")
        run = pledge("forecast", bad)
        self.assertEqual(run.returncode, 1)
        self.assertIn(f"{bad}:2:22: handling_s is empty", run.stderr)
        run = pledge("staff", self.counts(60), "--days", 1)
        self.assertEqual(run.returncode, 2)
        self.assertIn("class 999: how long do its calls take? add --handling", run.stderr)

    def test_forecast_says_what_a_demand_lacks(self):
        day = ("forecast", self.counts(60), "--demand-of")
        for arguments, said in ((("2025-08-01",), "class 999: how long do its calls take? add --handling 999=SECONDS"),
                                (("2025-08-01", "--handling", "101=200"), "--handling 101=200: the counts have no class 101"),
                                (("2025-08-01", "--handling", "long"), "--handling long: write a number from 1 to 100000, or CLASS=NUMBER"),
                                (("2025-07-31", "--handling", 200), "allow a forecast from 2025-08-01 to 2025-12-04"),
                                (("soon", "--handling", 200), "not a date")):
            run = pledge(*day, *arguments)
            self.assertEqual((run.returncode, run.stdout), (2, ""), arguments)
            self.assertIn(said, run.stderr)


if __name__ == "__main__":
    unittest.main()
