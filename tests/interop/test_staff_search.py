#!/usr/bin/env python3
"""Searches that simulate the same days again and again, and end by the clock: not of a sanitized engine. What they compute with is
tested in tests/simulation, there too."""
import json
import math
import os
import shutil
import unittest

from planner import Planner, pledge

DEMO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "config", "demo")


class StaffSearch(Planner):
    def test_staff_is_found_by_simulation_and_simulate_repeats_it(self):
        options = ("--target", "E:10:0.9", "N:30:0.8", "--group", "all:E+N", "new:N", "--policy", "reserve:1", "--shrinkage", 0.2)
        run, rows, found, staff = self.staff_simulated(*options, E=12, N=12)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual((len(rows), found["end"], found["checked"], found["check_days"]), (48, "finished", True, 8))
        self.assertLess(found["handler_hours_a_day"], found["analytic_hours"])
        self.assertEqual(sum(g["handlers"] for row in rows for g in row["groups"]) / 2, found["handler_hours_a_day"])
        for group in (g for row in rows for g in row["groups"]):
            self.assertEqual(group["rostered"], math.ceil(group["handlers"] / 0.8 - 1e-9))
        for one in found["classes"]:
            self.assertGreaterEqual(one["service_level"]["mean"], one["target_share"])
        # The days of the search are the first of the seed: there, too, the targets are kept, as `simulate` counts them.
        again = json.loads(pledge("simulate", "--demand", self.demand(E=12, N=12), "--staff", staff, "--class", "E:10:0.9", "N:30:0.8",
                                  "--group", "all:E+N", "new:N", "--policy", "reserve:1", "--days", 4, "--json").stdout)
        self.assertEqual(again["handler_hours_a_day"], found["handler_hours_a_day"])
        for one, target in zip(again["classes"], (0.9, 0.8)):
            self.assertGreaterEqual(one["service_level"]["mean"], target)

    def test_staff_by_simulation_says_the_same_on_any_number_of_threads(self):
        one, three = (self.staff_simulated("--target", "E:10:0.8", "--parallel", n, E=12) for n in (1, 3))
        self.assertEqual(one[1], three[1])

    def test_phones_that_nobody_answers_need_more_staff(self):
        all_answered, some = (self.staff_simulated("--target", "E:30:0.8", "--no-answer", share, E=12)[2] for share in (0, 0.2))
        self.assertLess(all_answered["handler_hours_a_day"], some["handler_hours_a_day"])

    def test_staff_by_simulation_keeps_the_hours_of_erlang_for_one_class_and_group(self):
        _, rows, found, _ = self.staff_simulated("--target", "E:20:0.85", E=60)
        erlang = [json.loads(pledge("erlang", "--calls", 60, "--handling", 200, "--patience", 200, "--within", 20, "--handlers", n,
                                    "--json").stdout)["service_level"] for n in range(1, 12)]
        most = next(n for n, share in enumerate(erlang, 1) if share >= 0.85)
        low, high = erlang[most - 2], erlang[most - 1]
        hours = 24 * (most - 1 + (0.85 - low) / (high - low))
        self.assertLess(abs(found["handler_hours_a_day"] - hours), 0.06 * hours)

    def test_staff_of_a_configuration_keeps_the_targets_of_its_queues(self):
        demand = self.write("demand.csv", "hour,class,calls,handling_s,handling_cv,patience_s\n" + "".join(
            f"{hour},{name},{calls},60,1,200\n" for name, calls in (("domestic-abuse", 6), ("non-emergency", 30), ("emergency", 40))
            for hour in range(24)))
        output = os.path.join(self.folder, "staff.csv")
        common = ("staff", "--simulate", demand, "--config", DEMO, "--search-days", 4)
        run = pledge(*common, "--json", "--output", output)
        self.assertEqual(run.returncode, 0, run.stderr)
        *rows, found = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual((len(rows), found["end"], found["policy"]), (48, "finished", "as configured"))
        # In the order of service; the first role of "guest" counts. A lane's handlers are those let into it within its 20 s.
        self.assertEqual([one["class"] for one in found["classes"]], ["emergency", "non-emergency", "domestic-abuse"])
        for one in found["classes"]:
            self.assertGreaterEqual(one["service_level"]["mean"], one["target_share"])
        groups = rows[20]["groups"]
        self.assertEqual([(g["group"], [k["kind"] for k in g["kinds"]]) for g in groups],
                         [("call handler", ["bow/call handler"]),
                          ("call handler/domestic-abuse:3", ["bow/call handler/domestic-abuse:3", "bow/call handler/domestic-abuse:2"])])
        for row in rows:
            self.assertTrue(all(sum(k["handlers"] for k in g["kinds"]) == g["handlers"] <= most for g, most in zip(row["groups"], (6, 3))))
        with open(output, encoding="utf-8") as file:
            staff = [line.split(",") for line in file.read().splitlines()[1:]]
        self.assertEqual({group for _, group, _ in staff}, {k["kind"] for g in groups for k in g["kinds"]})
        text = pledge(*common).stdout
        self.assertIn("(2) call handler/domestic-abuse:3: of bow/call handler/domestic-abuse:3 (2), bow/call handler/domestic-abuse:2 (1)", text)
        # Three handlers for 40 of these calls an hour that take ten minutes each are too few.
        with open(demand, encoding="utf-8") as file:
            hard = self.write("hard.csv", file.read().replace("domestic-abuse,6,60", "domestic-abuse,40,600"))
        run = pledge(*common[:2], hard, *common[3:])
        self.assertEqual(run.returncode, 1)
        self.assertIn("have more handlers", run.stderr)

    def test_staff_of_a_configuration_says_what_is_wrong_with_it_or_with_the_demand(self):
        def faults(text, *options, config=DEMO):
            run = pledge("staff", "--simulate", self.write("d.csv", text), "--config", config, *options)
            self.assertEqual(run.stdout, "")
            return run.returncode, run.stderr
        head = "hour,class,calls,handling_s,handling_cv,patience_s\n"

        def day(name, calls):
            return "".join(f"{hour},{name},{calls},60,1,200\n" for hour in range(24))
        code, said = faults(head + day("emergency", 1) + day("101", 1) + day("non-emergency", 1))
        self.assertEqual(code, 1)
        self.assertIn('d.csv:26:3: "101" is no queue or class of service of the configuration; its queues are emergency, ', said)
        code, said = faults(head + day("emergency", 1) + day("non-emergency", 1))
        self.assertEqual(code, 1)
        self.assertIn('queue "domestic-abuse" has no demand: add its 24 rows, with 0 calls where none come', said)
        whole = head + day("emergency", 1) + day("non-emergency", 1) + day("domestic-abuse", 1)
        self.assertIn("leave --target and --group out", faults(whole, "--target", "emergency:10:0.9")[1])
        self.assertIn('--cost nobody=2: there is no group "nobody"', faults(whole, "--cost", "nobody=2")[1])
        self.assertIn("more than the 6 that there may be", faults(whole, "--most", "call handler=7")[1])
        self.assertIn("there are no calls", faults(head + day("emergency", 0) + day("non-emergency", 0) + day("domestic-abuse", 0))[1])
        copy = os.path.join(self.folder, "config")
        shutil.copytree(DEMO, copy)
        people = os.path.join(copy, "people.toml")
        with open(people, encoding="utf-8") as file:
            text = file.read()
        with open(people, "w", encoding="utf-8") as file:
            file.write(text.replace('skills = ["domestic-abuse:3"]', "").replace('skills = ["domestic-abuse:2"]', ""))
        code, said = faults(whole, config=copy)
        self.assertEqual(code, 1)
        self.assertIn('queue "domestic-abuse" has calls and nobody who can answer them within its target', said)

    def test_simulate_finds_the_hours_that_targets_need(self):
        demand = self.write("demand.csv", "hour,class,calls,handling_s,handling_cv,patience_s\n" + "".join(
            f"{hour},{name},{calls},200,1,200\n" for name, calls in (("E", 20), ("N", 30)) for hour in range(24)))
        common = ("simulate", "--demand", demand, "--json", "--days")  # few days: under a sanitizer each takes long
        strict, fifo = (json.loads(line) for line in pledge(*common, 6, "--policy", "strict", "fifo", "--hours-to", "97/80").stdout.splitlines())
        self.assertEqual([(row["target"], row["policy"]) for row in (strict, fifo)], [("97/80", "strict"), ("97/80", "fifo")])
        self.assertEqual(strict["difference"], {"mean": 0, "interval": 0})
        self.assertGreater(fifo["difference"]["mean"], fifo["difference"]["interval"])
        rows = [json.loads(line) for line in pledge(*common, 2, "--hours-to", "97/80", "80/95").stdout.splitlines()]
        self.assertEqual([(row["target"], row["decides"]) for row in rows], [("97/80", "E"), ("80/95", "N")])
        # Load is the same all day, so that a roster of as many handlers all day needs as many hours, but for whole handlers.
        staff = self.write("staff.csv", "from_s,group,handlers\n0,all,10\n")
        factor = json.loads(pledge(*common, 2, "--staff", staff, "--hours-to", "97/80").stdout.splitlines()[0])
        self.assertLess(abs(factor["handler_hours_a_day"]["mean"] - rows[0]["handler_hours_a_day"]["mean"]), 24)
        for shares, said in (("97", "1 shares for 2 classes"), ("97/x", "not a number"), ("97/100", "below 100 %")):
            run = pledge(*common, 2, "--hours-to", shares)
            self.assertEqual(run.returncode, 2)
            self.assertIn(said, run.stderr)


if __name__ == "__main__":
    unittest.main()
