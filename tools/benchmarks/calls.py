"""What a caller feels, from end to end: telephones (telephones.py) call build/pledge, and phones of handlers answer."""
import datetime
import json
import os
import queue
import re
import shutil
import socket
import statistics
import struct
import subprocess
import tempfile
import threading
import time
import urllib.request
import wave

from rows import row, skipped
from signalling import PLEDGE, TICK, Server
from telephones import HERE, Telephones

CONFIG = """\
[general]
centres = ["bow"]
[[class]]
name = "emergency"
[[class]]
name = "non-emergency"
[[queue]]
name = "emergency"
class = "emergency"
target_within = "10 s"
waiting = "answer"
waiting_sound = ""
bound = 1000
wrap_up = "0 s"
[[queue]]
name = "non-emergency"
class = "non-emergency"
target_within = "30 s"
waiting = "answer"
waiting_sound = "message"
bound = 1000
wrap_up = "0 s"
[[rule]]
name = "999"
dialled = ["999"]
queue = "emergency"
[[rule]]
name = "101"
queue = "non-emergency"
[prompts]
directory = "own"
[[announcement]]
name = "message"
prompts = ["message"]
then = ""
[silent]
announcement = "message"
ask = "all"
after = "{silent}"
[[role]]
name = "call handler"
queues = ["emergency", "non-emergency"]
[[pool]]
name = "bow"
reserve = {{ kind = "off" }}
[[handler]]
range = "a001-a200"
centre = "bow"
pool = "bow"
roles = ["call handler"]
phone = "sip:{{id}}@{here}:{phones}"
[offers]
console_grace = "10 min"
[sip]
operator_left_header = "X-Operator-Left"
[[trunk]]
name = "callers"
ranges = ["{here}"]
trusted = true
hand_over = true
[[sip.listener]]
address = "{here}"
port = 0
[service]
grpc_address = "{here}:0"
http_address = "{here}:0"
[media]
port_first = 20000
port_last = 29999
{media}
"""
MESSAGE_SECONDS = 30


def number(i):
    return f"+44207946{i:04d}"  # 0000 to 0999 are nobody's


class Centre(Server):
    """An engine, and the telephones that call it and are called by it. `media`: more of its table, and tables after it. `silent`: how
    long nothing is heard of a caller who is then asked for 55."""

    def __init__(self, media="", silent="10 min"):
        self.folder = tempfile.TemporaryDirectory(prefix="pledge-bench-")
        self.phones = Telephones()
        own = os.path.join(self.folder.name, "own", "en-GB")
        os.makedirs(own)
        with wave.open(os.path.join(own, "message.wav"), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(struct.pack("<h", 5000) * 8000 * MESSAGE_SECONDS)
        with open(os.path.join(self.folder.name, "bench.toml"), "w", encoding="utf-8") as file:
            file.write(CONFIG.format(here=HERE, phones=self.phones.phone_port, media=media, silent=silent))
        super().__init__(PLEDGE, "serve", self.folder.name, cwd=self.folder.name)
        self.grpc = re.search(r"grpc=(\S+)", self.ready)[1]
        self.http = re.search(r"http=(\S+)", self.ready)[1]
        self.phones.engine = (HERE, int(re.search(r"sip=udp:[\d.]+:(\d+)", self.ready)[1]))

    def __exit__(self, *exception):
        super().__exit__(*exception)
        self.folder.cleanup()

    def ready_handlers(self, who):
        for verb in ("sign-on", "ready"):
            subprocess.run([PLEDGE, "handler", verb, who, "--server", self.grpc], check=True, stdout=subprocess.DEVNULL)

    def ask(self, *words):
        output = subprocess.run([PLEDGE, *words, "--server", self.grpc, "--json"], check=True, stdout=subprocess.PIPE, text=True).stdout
        return json.loads(output.splitlines()[0])

    def metric(self, name):
        with urllib.request.urlopen(f"http://{self.http}/metrics", timeout=30) as page:
            return float(re.search(rf"^pledge_{re.escape(name)} (\S+)$", page.read().decode(), re.M)[1])

    def call(self, i, dialled):
        """A caller whom the engine has answered."""
        caller = self.phones.call(number(i), dialled)
        self.phones.run(until=lambda: caller.answered)
        return caller

    def answered_call(self, i, dialled):
        """A caller, and the phone of the handler who has the call: one who is ready."""
        caller = self.call(i, dialled)
        self.phones.run(until=lambda: self.phones.rings)
        phone = self.phones.rings.popleft()
        phone.answer()
        self.phones.run(until=lambda: phone.answered)
        return caller, phone

    def end(self, caller, phone):
        caller.hang_up()
        self.phones.run(until=lambda: phone.ended)
        for party in (caller, phone):
            party.close()


class Lines:
    """What a command of the program prints, each line with the time at which it was read, ns."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put((time.time_ns(), line))

    def wait_for(self, wanted, phones, seconds=30):
        """When a line came in which this stands, ns."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            phones.run(0.001)
            while not self.lines.empty():
                at, line = self.lines.get()
                if wanted in line:
                    return at
        raise RuntimeError(f"no {wanted} within {seconds} s")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)


def cpu_of(pid):
    """User and system time of a process until now, s."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def quantile(values, share):
    return sorted(values)[int(share * (len(values) - 1))]


def message_cut(quick):
    """From the 200 of a handler's phone to the last packet of the message that arrives at the caller, while others hear it on."""
    waiting, cut = (40, 20) if quick else (250, 200)
    heard_on = []
    with Centre() as centre:
        phones = centre.phones
        callers = {number(i): centre.call(i, "101") for i in range(waiting)}
        phones.run(until=lambda: all(caller.received for caller in callers.values()))
        centre.ready_handlers("a001")
        for _ in range(cut):
            phones.run(until=lambda: phones.rings)
            phone = phones.rings.popleft()
            caller = callers[phone.number]
            phones.run(0.05)
            before, answered = caller.received, phone.answer()
            phones.run(0.1)
            heard_on.append(max(0, caller.last - answered) / 1e6)
            if not before or not phone.answered:
                raise RuntimeError("the caller heard no message, or the phone no ACK")
            centre.end(caller, phone)
    name = f"a phone's 200 to the last packet of the message at the caller, {waiting} hearing it"
    yield row(f"{name}, p50", quantile(heard_on, 0.5), "ms")
    yield row(f"{name}, p99", quantile(heard_on, 0.99), "ms", "≤20")


def press_55(party):
    """Returns when the second key's first packet left, ns."""
    party.talk()
    party.press(5)
    return party.press(5)


def keys_talking(quick):
    """From the second 5 of a caller who talks with a handler, to the line that the handler's console prints."""
    told = []
    with Centre() as centre, Lines(PLEDGE, "console", "a001", "--server", centre.grpc, "--json", "--ready") as console:
        for i in range(10 if quick else 100):
            caller, phone = centre.answered_call(i, "999")
            console.wait_for("HANDLER_STATE_TALKING", centre.phones)
            caller.within("INFO", "X-Operator-Left: yes\r\n")
            console.wait_for("operator_left", centre.phones)
            pressed = press_55(caller)
            told.append((console.wait_for("pressed 55", centre.phones) - pressed) / 1e6)
            centre.end(caller, phone)
            console.wait_for("HANDLER_STATE_READY", centre.phones)
    yield row("55 pressed in a call to the console's line, p50", quantile(told, 0.5), "ms")
    yield row("55 pressed in a call to the console's line, p99", quantile(told, 0.99), "ms", "≤10")


def decided(centre, call):
    """When the engine gave a call the grade of 55, by its own clock, ns."""
    for step in centre.ask("trace", str(call))["steps"]:
        if "decision" in step and "55" in json.dumps(step):
            seconds, part = re.match(r"(.*)\.(\d+)Z", step["time"]).groups()
            return int(datetime.datetime.fromisoformat(seconds + "+00:00").timestamp()) * 10 ** 9 + int(part.ljust(9, "0"))
    raise RuntimeError(f"call {call} has not been graded: {centre.ask('trace', str(call))}")


def keys_waiting(quick):
    """The same of callers who wait: to the decision with which each is put before the others, and to what a supervisor's screen is sent."""
    put, seen = [], []
    waiting = 20 if quick else 200
    with Centre(silent="1 s") as centre, Lines(PLEDGE, "watch", "--server", centre.grpc, "--json") as watch:
        callers = [centre.call(i, "999") for i in range(waiting)]
        for i in range(waiting - 1, 0, -2):  # from the end of the queue
            callers[i].within("INFO", "X-Operator-Left: yes\r\n")
            centre.phones.run(until=lambda i=i: callers[i].received)  # the engine has asked for the keys
            pressed = press_55(callers[i])
            seen.append((watch.wait_for("GRADE_IMMEDIATE", centre.phones) - pressed) / 1e6)
            put.append((decided(centre, i + 1) - pressed) / 1e6)
    name = f"55 pressed by one of {waiting} who wait"
    yield row(f"{name}, to the decision that puts the call first (the engine's stamp), p50", quantile(put, 0.5), "ms")
    yield row(f"{name}, to the decision that puts the call first (the engine's stamp), p99", quantile(put, 0.99), "ms", "≤10")
    yield row(f"{name}, to the line of `pledge watch`, which is told in batches, p99", quantile(seen, 0.99), "ms")


def keys(quick):
    yield from keys_talking(quick)
    yield from keys_waiting(quick)


def daemon():
    """An rtpengine in user space: (the process, its port)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((HERE, 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(["rtpengine", "--foreground", "--log-stderr", "--log-level=6", "--table=-1", f"--listen-ng={HERE}:{port}",
                                f"--interface={HERE}", "--port-min=30000", "--port-max=39999", "--num-threads=2", "--config-file=none"],
                               stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    if not any("Startup complete" in line for line in process.stderr):
        raise RuntimeError("rtpengine did not start")
    threading.Thread(target=process.stderr.read, daemon=True).start()
    return process, port


def talk(parties, seconds):
    """Each sends a packet every 20 ms, spread over these: (packets sent, received)."""
    phones = parties[0].phones
    before = [sum(getattr(party, of) for party in parties) for of in ("sent", "received")]
    groups, begin = 10, time.monotonic()
    for step in range(50 * seconds * groups):
        for party in parties[step % groups::groups]:
            party.talk()
        phones.run(max(0.0, begin + (step + 1) * 0.02 / groups - time.monotonic()))
    taken = None
    while taken != (taken := sum(party.received for party in parties)):
        phones.run(0.2)  # the last ones still under way
    return [sum(getattr(party, of) for party in parties) - was for of, was in zip(("sent", "received"), before)]


def relayed(count, seconds, media="", others=()):
    """So many calls that talk: (processor time of the engine and of `others` a second, ms for each call; packets lost; legs with ports of
    the engine, of all that rtpengine could have had)."""
    with Centre(media) as centre:
        centre.ready_handlers(f"a001-a{count:03d}")
        calls = [centre.answered_call(i, "101") for i in range(count)]
        parties = [party for call in calls for party in call]
        talk(parties, 1)  # sources are believed, caches warm
        before = [centre.cpu(), *map(cpu_of, others)]
        sent, received = talk(parties, seconds)
        after = [centre.cpu(), *map(cpu_of, others)]
        own = centre.metric('rtpengine_legs_total{ports="engine"}') if media else 0
        for call in calls:
            centre.end(*call)
    return [1000 * (now - was) / seconds / count for was, now in zip(before, after)], sent - received, own


def rtpengine(quick):
    """Calls relayed by an rtpengine with the engine behind it, and by the engine alone, in turns."""
    if not shutil.which("rtpengine"):
        return skipped("rtpengine", "rtpengine-daemon is not installed")
    count, seconds, runs = (10, 3, 1) if quick else (50, 10, 3)
    alone, behind, beside, lost = [], [], [], 0
    for _ in range(runs):
        (cost,), gone, _ = relayed(count, seconds)
        alone.append(cost)
        process, port = daemon()
        try:
            table = f'engine = "rtpengine"\n[media.rtpengine]\naddress = "{HERE}:{port}"\nready = {count}\n'
            (engine, relay), more, own = relayed(count, seconds, table, [process.pid])
        finally:
            process.terminate()
            process.wait(30)
        if own:
            raise RuntimeError(f"{own:.0f} legs had ports of the engine")
        behind.append(engine)
        beside.append(relay)
        lost += gone + more
    total = statistics.median(map(sum, zip(behind, beside)))
    name = f"{count} talking calls through rtpengine (in user space)"
    yield row(f"{name}: rtpengine, for each call", statistics.median(beside), "ms/s")
    yield row(f"{name}: the engine behind it, for each call", statistics.median(behind), "ms/s")
    yield row(f"{count} talking calls through the engine alone, for each call", statistics.median(alone), "ms/s")
    yield row(f"{name}: both, times the engine alone", total / statistics.median(alone), "×")
    yield row(f"{name}, and through the engine alone: packets lost", lost, "packets", "=0")


MEASURES = {"cut": message_cut, "keys": keys, "rtpengine": rtpengine}
