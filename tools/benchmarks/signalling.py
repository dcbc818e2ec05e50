"""The signalling benchmark: ../shared/bench/bench.py drives sipp against build/pledge, and against the floor. Everything
runs inside the network namespace that tools/bench has entered."""
import contextlib
import csv
import json
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import threading

from rows import TOP, row, skipped

SHARED = os.path.join(os.path.dirname(TOP), "shared", "bench", "bench.py")
PLEDGE = os.path.join(TOP, "build", "pledge")
FLOOR = os.path.join(TOP, "build", "bench_nta_floor")
PORT, PHONE_PORT = 5060, 7000  # the defaults of bench.py
HANDLERS = "a0001-a2000"
# Dialled: the queue that waits in 180; answered at once and silent; answered at once with a ring tone in RTP.
ALERT, SILENT, RINGING = "999", "101", "105"
DESCRIPTORS = 65536            # sipp opens one for each call besides the engine's four
TICK = os.sysconf("SC_CLK_TCK")

CONFIG = f"""\
[general]
centres = ["bow"]

[[class]]
name = "emergency"
[[class]]
name = "non-emergency"

[[queue]]
name = "alert"
class = "emergency"
target_within = "10 s"
waiting = "alert"
bound = 3000
[[queue]]
name = "silent"
class = "non-emergency"
target_within = "30 s"
waiting = "answer"
waiting_sound = ""
bound = 3000
[[queue]]
name = "ringing"
class = "non-emergency"
target_within = "30 s"
waiting = "answer"
bound = 3000

[[rule]]
name = "alert"
dialled = ["{ALERT}"]
queue = "alert"
[[rule]]
name = "silent"
dialled = ["{SILENT}"]
queue = "silent"
[[rule]]
name = "ringing"
dialled = ["{RINGING}"]
queue = "ringing"

[[role]]
name = "call handler"
queues = ["alert", "silent", "ringing"]
[[pool]]
name = "bow"
reserve = {{ kind = "off" }}
[[handler]]
range = "{HANDLERS}"
centre = "bow"
pool = "bow"
roles = ["call handler"]
phone = "sip:{{id}}@127.0.0.1:{PHONE_PORT}"

[offers]
console_grace = "10 min"

[[trunk]]
name = "callers"
ranges = ["127.0.0.1"]
trusted = true
[[sip.listener]]
address = "127.0.0.1"
port = {PORT}
[service]
grpc_address = "127.0.0.1:0"
http_address = "127.0.0.1:0"
"""


class Server:
    """A program under test; ended with the `with` block."""

    def __init__(self, *command, cwd=None, under=()):
        self.process = subprocess.Popen([*under, *command], stdout=subprocess.PIPE, text=True, cwd=cwd)
        self.ready = self.process.stdout.readline()
        if not self.ready.startswith("ready"):
            raise RuntimeError(f"{command[0]} did not start: {self.ready}")
        threading.Thread(target=self.process.stdout.read, daemon=True).start()  # it must never block on its output

    @property
    def pid(self):
        return self.process.pid

    def cpu(self):
        """User and system time until now, s."""
        with open(f"/proc/{self.pid}/stat", encoding="utf-8") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def memory(self):
        """Resident memory, MB."""
        with open(f"/proc/{self.pid}/smaps_rollup", encoding="utf-8") as rollup:
            return int(re.search(r"^Rss:\s+(\d+)", rollup.read(), re.M)[1]) / 1024

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Engine(Server):
    """`pledge serve` with 2,000 handlers, `signed_on` of them there and ready. `more`: lines of its configuration.
    `under`: the command that runs it."""

    def __init__(self, signed_on=HANDLERS, more="", under=()):
        self.folder = tempfile.TemporaryDirectory(prefix="pledge-bench-")
        with open(os.path.join(self.folder.name, "bench.toml"), "w", encoding="utf-8") as file:
            file.write(CONFIG + more)
        super().__init__(PLEDGE, "serve", self.folder.name, cwd=self.folder.name, under=under)
        self.grpc = re.search(r"grpc=(\S+)", self.ready)[1]
        if signed_on:
            subprocess.run(self.handler("sign-on", signed_on) + " && " + self.handler("ready", signed_on), shell=True, check=True,
                           stdout=subprocess.DEVNULL)

    def handler(self, verb, who):
        return f"{PLEDGE} handler {verb} {who} --server {self.grpc}"

    def __exit__(self, *exception):
        super().__exit__(*exception)
        self.folder.cleanup()


def drive(mode, server, **options):
    """One run of bench.py; its result."""
    with tempfile.TemporaryDirectory(prefix="pledge-bench-") as folder:
        command = [sys.executable, "-B", SHARED, mode, "--pids", str(server.pid), "--out", os.path.join(folder, "out")]
        for name, value in options.items():
            command += ["--" + name.replace("_", "-"), str(value)]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=folder).stdout
        result = json.loads(output.splitlines()[-1])
        print("  " + json.dumps(result), file=sys.stderr, flush=True)
        return result


def beside_floor(runs, mode, **options):
    """The results of as many runs of the engine, and of the floor. Interleaved: figures drift from minute to minute on a
    shared machine, and machines differ by times, so that the floor tells what the figure means here."""
    ours, floor = [], []
    for _ in range(runs):
        with Server(FLOOR, str(PORT), str(PHONE_PORT)) as server:
            floor.append(drive(mode, server, service=ALERT, **options))
        with Engine() as engine:
            ours.append(drive(mode, engine, service=ALERT, **options))
    return ours, floor


def median(results, pick):
    return statistics.median(pick(result) for result in results)


def cpu_per_call(quick, rate=500, secs=40, runs=1, wanted="≤0.7", ratio=""):
    ours, floor = beside_floor(1 if quick else runs, "rate", rate=rate, secs=10 if quick else secs, settle=2)
    at = f"CPU per call at {rate} calls/s"
    cpu = [median(results, lambda result: result["cpu_ms_per_call"]) for results in (ours, floor)]
    yield row(at, cpu[0], "ms", wanted)
    yield row(f"{at}, bare nta B2BUA (the floor)", cpu[1], "ms")
    yield row(f"{at}, times the floor", cpu[0] / cpu[1], "×", ratio)
    yield row(f"failed calls at {rate} calls/s", sum(result["failed"] for result in ours), "calls", "=0")


def cpu_per_call_at_rest(quick):
    return cpu_per_call(quick, rate=50, secs=20, runs=3, wanted="", ratio="≤1.5")


def instructions(quick):
    """What the program itself executes for a call, by callgrind: the same on every machine, busy or not. The kernel's part is
    not in it, nor what a cold cache costs."""
    counted = []
    for start in (lambda under: Server(FLOOR, str(PORT), str(PHONE_PORT), under=under), lambda under: Engine(under=under)):
        with tempfile.TemporaryDirectory(prefix="pledge-bench-") as folder:
            profile = os.path.join(folder, "profile")
            with start(("valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={profile}")) as server:
                drive("rate", server, service=ALERT, rate=8, secs=5, settle=2)
                subprocess.run(["callgrind_control", "--instr=on", str(server.pid)], check=True, stdout=subprocess.DEVNULL)
                result = drive("rate", server, service=ALERT, rate=8, secs=10 if quick else 30, settle=2)
                subprocess.run(["callgrind_control", "--instr=off", str(server.pid)], check=True, stdout=subprocess.DEVNULL)
            with open(profile, encoding="utf-8") as file:
                executed = int(re.search(r"^totals: (\d+)", file.read(), re.M)[1])
            counted.append(executed / result["calls"] / 1000)
    yield row("instructions per call, of the program itself", counted[1], "thousand")
    yield row("instructions per call, bare nta B2BUA (the floor)", counted[0], "thousand")
    yield row("instructions per call, times the floor", counted[1] / counted[0], "×")


def highest_rate(quick):
    """The highest of these rates that runs without a failed call; each with a fresh engine."""
    best = 0
    for rate in (1000, 1250, 1500, 2000):
        with Engine() as engine:
            result = drive("rate", engine, service=ALERT, rate=rate, secs=10 if quick else 60)
        # The generator shares the machine: it must have offered the rate, or the figure is its own limit.
        if result["failed"] or result["ok"] < result["calls"] or result["achieved_cps"] < 0.97 * rate:
            break
        best = rate
    yield row("highest steady rate, 2,000 handlers, no failed call", best, "calls/s", "≥1000")


def sipp(scenario, port, folder, *more):
    """One sipp of the shared scenarios, running; its figures go to FOLDER/PORT.csv."""
    command = ["sipp", "-sf", os.path.join(os.path.dirname(SHARED), "scenarios", scenario), "-i", "127.0.0.1", "-p", str(port), "-mi",
               "127.0.0.1", "-mp", str(port + 40000), "-nostdin", "-trace_stat", "-stf", f"{folder}/{port}.csv", "-fd", "1", *map(str, more)]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def overload_by_class(quick):
    """Emergency calls that the machine can serve, under a flood of others that it cannot: both queues' handlers are the same."""
    secs, offered = (10 if quick else 30), {ALERT: 500, SILENT: 2000}
    with Engine(), tempfile.TemporaryDirectory(prefix="pledge-bench-") as folder:
        phones = sipp("uas_agent.xml", PHONE_PORT, folder)
        callers = {service: sipp("uac_call.xml", port, folder, "-s", service, "-r", rate, "-m", rate * secs, "-l", 15000,
                                 f"127.0.0.1:{PORT}") for port, (service, rate) in enumerate(offered.items(), 6000)}
        for caller in callers.values():
            caller.wait(secs + 120)
        phones.terminate()
        phones.wait(30)
        for port, (service, rate) in enumerate(offered.items(), 6000):
            with open(f"{folder}/{port}.csv", encoding="utf-8") as file:
                served = int(list(csv.DictReader(file, delimiter=";"))[-1]["SuccessfulCall(C)"])
            name = "emergency" if service == ALERT else "non-emergency"
            yield row(f"in a flood of {sum(offered.values())} calls/s: served of {rate} {name} calls/s", served / secs, "calls/s",
                      f"≥{0.99 * rate:.0f}" if service == ALERT else "")


def overload(quick):
    """Far more calls than the machine can serve: what is answered, and what without the engine's limits."""
    rate, secs = 2500, 10 if quick else 30
    for name, more in (("", ""), (", no limit on lateness", '[sip.limits]\nlate = "0 s"\ntoo_late = "0 s"\n')):
        with Engine(more=more) as engine:
            result = drive("rate", engine, service=ALERT, rate=rate, secs=secs)
        yield row(f"{rate} calls/s offered for {secs} s{name}: answered", result["ok"] / secs, "calls/s")
        yield row(f"{rate} calls/s offered for {secs} s{name}: failed", result["failed"] / secs, "calls/s")


def soak(quick):
    rate, minute = 50, 6 if quick else 60
    marks = [1 * minute, 3 * minute, 8 * minute, 10 * minute]  # minutes 2-3 and 9-10
    with Engine() as engine:
        samples = []
        timers = [threading.Timer(mark, lambda: samples.append((engine.cpu(), engine.memory()))) for mark in marks]
        for timer in timers:
            timer.start()
        result = drive("rate", engine, service=ALERT, rate=rate, secs=10 * minute + 5)
    early, late = (1000 * (samples[b][0] - samples[a][0]) / (rate * 2 * minute) for a, b in ((0, 1), (2, 3)))
    yield row("soak, CPU per call in minutes 2-3", early, "ms")
    yield row("soak, CPU per call in minutes 9-10", late, "ms")
    yield row("soak, drift of CPU per call", 100 * abs(late - early) / early, "%", "≤10")
    yield row("soak, growth of memory", abs(samples[3][1] - samples[1][1]), "MB", "≤1")
    yield row("soak, failed calls", result["failed"], "calls", "=0")


def latency(quick):
    ours, floor = beside_floor(1 if quick else 3, "lat", rate=100, secs=10 if quick else 20)
    for share, wanted in (("p50", "≤0.3"), ("p99", "≤1")):
        at = f"routing latency at 100 calls/s, {share}"
        yield row(at, median(ours, lambda result: result["routing_ms"][share]), "ms", wanted)
        yield row(f"{at}, bare nta B2BUA (the floor)", median(floor, lambda result: result["routing_ms"][share]), "ms")


def waiting(service, name, quick, cores="", kilobytes=""):
    with Engine(signed_on="") as engine:
        first = "a0001"
        result = drive("wait", engine, service=service, n=2000, rate=100 if quick else 40, idle=10 if quick else 20,
                       secs=30 if quick else 150, login_on=f"{engine.handler('sign-on', first)} && {engine.handler('ready', first)}",
                       login_off="true")
    name = f"2,000 calls waiting, {name}"
    yield row(f"{name}: of them waiting", result["waiting"], "calls", "=2000")
    yield row(f"{name}: CPU", result["idle_cores"], "cores", cores)
    yield row(f"{name}: memory a call", result["rss_kb_per_call"], "kB", kilobytes)
    freed = result["free_to_invite_ms"] or {"p50": None, "p99": None}
    yield row(f"{name}: freed handler to next INVITE, p50", freed["p50"], "ms", "≤0.3")
    yield row(f"{name}: freed handler to next INVITE, p99", freed["p99"], "ms", "≤1")


def waiting_alert(quick):
    return waiting(ALERT, "`alert`", quick, "≤0.03", "≤20")


def waiting_silent(quick):
    return waiting(SILENT, "`answer`, nothing played", quick, "≤0.01", "≤12")


def waiting_ringing(quick):
    """100,000 packets a second: the sound has its price, which is printed beside the queue's own."""
    return waiting(RINGING, "`answer`, ring tone played to each", quick)


MEASURES = {"rate500": cpu_per_call, "floor": cpu_per_call_at_rest, "latency": latency, "waiting-alert": waiting_alert,
            "waiting-silent": waiting_silent, "waiting-ringing": waiting_ringing, "highest": highest_rate, "overload": overload,
            "flood": overload_by_class, "instructions": instructions, "soak": soak}


def available():
    """Whether the benchmark can run here; says why not."""
    for path, what in ((SHARED, "the shared benchmark"), (PLEDGE, "the engine"), (FLOOR, "the floor")):
        if not os.path.exists(path):
            return skipped("signalling", f"{what} is not there: {os.path.relpath(path, TOP)}")
    for tool in ("sipp", "tcpdump", "valgrind"):
        if subprocess.run(["which", tool], stdout=subprocess.DEVNULL, check=False).returncode:
            return skipped("signalling", f"{tool} is not installed")
    if not os.environ.get("PLEDGE_NETWORK"):
        return skipped("signalling", "its ports are fixed: it needs a network namespace (root, or user namespaces)")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    for most in (max(hard, DESCRIPTORS), hard):  # the first is for root only
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
            break
    return True
