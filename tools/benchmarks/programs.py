"""The benchmark programs in C++ (tools/benchmarks/NAME.cpp, built as bench_NAME): each prints its figures as lines of JSON,
{"name", "value", "unit"}. Here stands what each figure should reach."""
import json
import os
import subprocess

from rows import TOP, row, skipped

# name in the program's output -> (name in the table, what to reach)
FIGURES = {
    "core": {
        "core.events_per_second": ("core alone, 10,000 waiting, 5,000 handlers: events", "≥500000"),
        "core.step_p99": ("core alone: one step, p99", "≤10"),
        "core.step_p999": ("core alone: one step, p99.9", ""),
        "core.step_max": ("core alone: one step, maximum", ""),
    },
    "service": {},
    "media": {},
}


def run(program):
    path = os.path.join(TOP, "build", "bench_" + program)
    if not os.path.exists(path):
        skipped(program, f"not built: {os.path.relpath(path, TOP)}")
        return
    output = subprocess.run([path], check=True, stdout=subprocess.PIPE, text=True)
    for line in output.stdout.splitlines():
        if line.startswith("{"):
            figure = json.loads(line)
            name, to_reach = FIGURES[program].get(figure["name"], (figure["name"], figure.get("to_reach", "")))
            yield row(name, figure["value"], figure["unit"], to_reach)


MEASURES = {name: lambda quick, program=name: run(program) for name in FIGURES}
