"""The rows that the benchmarks print: a figure, what it should reach, and whether it does; and the machine it was measured on."""
import dataclasses
import os
import platform
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@dataclasses.dataclass
class Row:
    name: str
    value: float
    unit: str
    to_reach: str = ""           # "≤0.7", "≥1000", "" = printed for information
    reached: bool | None = None  # None where nothing is to reach

    def as_json(self):
        return dataclasses.asdict(self)


def row(name, value, unit, to_reach=""):
    """A row judged: `to_reach` is a comparison with the value."""
    if not to_reach or value is None:
        return Row(name, value, unit, to_reach, False if to_reach else None)
    comparison, limit = to_reach[0], float(to_reach[1:])
    value = round(value, 4)
    return Row(name, value, unit, to_reach, {"≤": value <= limit, "≥": value >= limit, "=": value == limit}[comparison])


def table(rows):
    """The rows as a Markdown table, as it stands in the README."""
    yield "| figure | value | to reach | |"
    yield "|---|---|---|---|"
    for r in rows:
        value = "–" if r.value is None else f"{r.value:,.4g}" if abs(r.value) < 1000 else f"{r.value:,.0f}"
        verdict = {True: "reached", False: "**missed**", None: ""}[r.reached]
        yield f"| {r.name} | {value} {r.unit} | {r.to_reach} | {verdict} |"


def said(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=TOP).stdout.strip()
    except OSError:
        return ""


def first_match(pattern, text, otherwise="?"):
    found = re.search(pattern, text, re.M)
    return found.group(1).strip() if found else otherwise


def machine():
    """One line each: processor, memory, system, and the versions that matter to the figures."""
    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo, open("/proc/meminfo", encoding="utf-8") as meminfo:
        processor = first_match(r"^model name\s*:\s*(.*)$", cpuinfo.read())
        memory = int(first_match(r"^MemTotal:\s*(\d+)", meminfo.read(), "0")) / 1024 ** 2
    packages = ["libsofia-sip-ua0", "libgrpc++1.51", "libprotobuf32", "sip-tester"]
    versions = said("dpkg-query", "-W", "-f", "${Package} ${Version}, ", *packages).rstrip(", ")
    yield f"machine: {os.cpu_count()} × {processor}, {memory:.0f} GB"
    yield f"system: {first_match(r'PRETTY_NAME=.(.*).$', open('/etc/os-release', encoding='utf-8').read())}, Linux {platform.release()}"
    yield f"versions: pledge {said('git', 'describe', '--always', '--dirty') or '?'}, {said('g++', '--version').splitlines()[0]}, {versions}"


def skipped(what, why):
    print(f"skipped: {what}: {why}", file=sys.stderr, flush=True)
