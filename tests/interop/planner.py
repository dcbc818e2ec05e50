"""What the tests of the planner's commands share."""
import datetime
import json
import math
import os
import random
import subprocess
import tempfile
import unittest

PLEDGE = os.environ.get("PLEDGE", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "build", "pledge"))


def pledge(*arguments):
    return subprocess.run([PLEDGE, *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False)


class Planner(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def counts(self, days, last_slots=48):
        """Half-hours from 2025-06-02 on, busier by day, one class."""
        chance = random.Random(5)
        lines = ["timestamp,count,class"]
        start = datetime.datetime(2025, 6, 2)
        for slot in range(48 * (days - 1) + last_slots):
            at = start + datetime.timedelta(minutes=30 * slot)
            rate = 20 * (1.2 + math.sin((at.hour - 9) * math.pi / 12))
            lines.append(f"{at:%Y-%m-%dT%H:%M},{max(0, round(chance.gauss(rate, math.sqrt(rate))))},999")
        return self.write("counts.csv", "\n".join(lines) + "\n")

    def demand(self, **calls):
        rows = ["hour,class,calls,handling_s,handling_cv,patience_s"]
        rows += [f"{hour},{name},{a_hour},200,1,200" for name, a_hour in calls.items() for hour in range(24)]
        return self.write("demand.csv", "\n".join(rows) + "\n")

    def staff_simulated(self, *options, **calls):
        output = os.path.join(self.folder, "staff.csv")
        run = pledge("staff", "--simulate", self.demand(**calls), "--search-days", 4, "--json", "--output", output, *options)
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        return run, lines[:-1], lines[-1] if lines else None, output
