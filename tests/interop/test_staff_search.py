#!/usr/bin/env python3
"""Searches that simulate the same days again and again, and end by the clock: not of a sanitized engine. What they compute with is
tested in tests/simulation, there too."""
import json
import math
import unittest

from planner import Planner, pledge


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

    def test_staff_by_simulation_keeps_the_hours_of_erlang_for_one_class_and_group(self):
        _, rows, found, _ = self.staff_simulated("--target", "E:20:0.85", E=60)
        erlang = [json.loads(pledge("erlang", "--calls", 60, "--handling", 200, "--patience", 200, "--within", 20, "--handlers", n,
                                    "--json").stdout)["service_level"] for n in range(1, 12)]
        most = next(n for n, share in enumerate(erlang, 1) if share >= 0.85)
        low, high = erlang[most - 2], erlang[most - 1]
        hours = 24 * (most - 1 + (0.85 - low) / (high - low))
        self.assertLess(abs(found["handler_hours_a_day"] - hours), 0.06 * hours)

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
