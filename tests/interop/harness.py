"""What the end-to-end tests share: the engine under test, sipp, baresip, RTP endpoints, in a network of their own.

Every test script ends with `harness.main()`. It moves into a private network namespace where that is allowed, else it
uses ephemeral ports of this machine's loopback; ports are ephemeral in both. PLEDGE names the program (build/pledge)."""
import array
import contextlib
import glob
import json
import math
import os
import queue
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import warnings
import wave

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # gone in Python 3.13; Debian 12 has 3.11
    import audioop

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
PLEDGE = os.environ.get("PLEDGE", os.path.join(TOP, "build", "pledge"))
SHARED = os.path.join(os.path.dirname(TOP), "shared")
PATIENCE = 20.0  # seconds until a test gives up on something that should happen at once; sanitizers are slow

# Addresses of the parties. The engine knows them by these (see config.py); all of 127/8 is loopback.
ENGINE = "127.0.0.1"
# baresip sends RTP from the machine's own choice of address, whatever its SDP says: it must sit at this one, or the engine
# rightly takes it for a stranger.
BARESIP = "127.0.0.1"
TRUSTED, UNTRUSTED, STRANGER = "127.0.0.2", "127.0.0.3", "127.0.0.99"
# Telephones' ports are chosen when the engine is configured and bound when a test needs them: scripts that run at the same time have
# addresses of their own, so that none takes another's meanwhile.
PHONES = "127.%d.%d.%d" % (1 + os.getpid() // 62500 % 250, 1 + os.getpid() // 250 % 250, 1 + os.getpid() % 250)


def free_port(address=ENGINE, kind=socket.SOCK_DGRAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


def free_sip_port(address):
    """Free for UDP and TCP, and the one above it for TLS: a phone binds all three."""
    while True:
        port = free_port(address)
        with contextlib.suppress(OSError, OverflowError), socket.socket() as tcp, socket.socket() as tls:
            tcp.bind((address, port))
            tls.bind((address, port + 1))
            return port


class Process:
    """A program with its output read line by line, so that tests wait for what happens instead of for time."""

    def __init__(self, *command, **options):
        self.name = os.path.basename(command[0])
        self.lines = []       # everything said so far
        self._unread = queue.Queue()
        self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, errors="replace", **options)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            self._unread.put(self.lines[-1])
        self._unread.put(None)

    def expect(self, wanted, patience=PATIENCE):
        """The next line for which `wanted` (a regular expression, or a function of the line) yields something."""
        find = wanted if callable(wanted) else re.compile(wanted).search
        deadline = time.monotonic() + patience
        while True:
            try:
                line = self._unread.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"{self.name} did not say {wanted!r} within {patience} s; it said:\n{self.said()}") from None
            if line is None:
                raise AssertionError(f"{self.name} ended without saying {wanted!r}; it said:\n{self.said()}")
            found = find(line)
            if found:
                return found

    def expect_json(self, wanted, patience=PATIENCE):
        """The next line that is JSON and for which `wanted` holds, parsed."""
        def find(line):
            try:
                value = json.loads(line)
            except ValueError:
                return None
            return (value,) if wanted(value) else None
        return self.expect(find, patience)[0]

    def tell(self, line):
        """A line on its standard input."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def wait(self, patience=PATIENCE):
        try:
            code = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} did not end within {patience} s; it said:\n{self.said()}") from None
        self._reader.join(patience)
        return code

    def said(self):
        return "\n".join(self.lines[-60:])

    def stop(self, how=signal.SIGTERM, patience=PATIENCE):
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            code = self.wait(patience)
        except AssertionError:
            self.process.kill()
            raise
        finally:
            for stream in (self.process.stdin, self.process.stdout):
                with contextlib.suppress(OSError):
                    stream.close()
        return code


class Engine(Process):
    """`pledge serve` on a configuration directory; its addresses are known once it is up."""

    READY = re.compile(r"^ready sip=(?P<sip>\S+) grpc=(?P<grpc>\S+) http=(?P<http>\S+)")

    def __init__(self, directory):
        super().__init__(PLEDGE, "serve", directory, cwd=directory)
        ready = self.expect(self.READY.search)
        self.grpc, self.http = ready["grpc"], ready["http"]
        self.listeners = {}  # transport -> (address, port)
        for listener in ready["sip"].split(","):
            transport, address, port = re.fullmatch(r"(\w+):(.*):(\d+)", listener).groups()
            self.listeners.setdefault(transport, (address.strip("[]"), int(port)))

    @property
    def sip(self):
        return "%s:%d" % self.listeners["udp"]

    def client(self, *words):
        """A command of `pledge` that talks to this engine, started and not waited for."""
        return Process(PLEDGE, *words, "--server", self.grpc, "--json")

    def ask(self, *words):
        """The same, run to its end: its lines of JSON, parsed. It must succeed."""
        client = self.client(*words)
        code = client.wait()
        client.stop()
        if code:
            raise AssertionError(f"pledge {' '.join(words)} ended with {code}:\n{client.said()}")
        return [json.loads(line) for line in client.lines if line.startswith(("{", "[{", "[]"))]


class Sipp(Process):
    """One scenario of tests/interop/sipp. `fill` replaces __NAME__ in it; `keys` are sipp's own [name]."""

    def __init__(self, folder, scenario, address, port=0, target=None, fill=None, keys=None, options=()):
        with open(os.path.join(HERE, "sipp", scenario + ".xml"), encoding="utf-8") as file:
            text = file.read()
        for name, value in {"CODECS": "8 0 101", **(fill or {})}.items():
            text = text.replace(f"__{name}__", str(value))
        self.port = port or free_port(address)
        stem = os.path.join(folder, f"{scenario}.{self.port}")
        with open(stem + ".xml", "w", encoding="utf-8") as file:
            file.write(text)
        self.messages = stem + ".messages"
        words = ["sipp", "-sf", stem + ".xml", "-i", address, "-p", str(self.port), "-nostdin", "-m", "1", "-mi", address,
                 "-timeout", str(int(PATIENCE)), "-timeout_error", "-trace_err", "-error_file", stem + ".errors",
                 "-trace_msg", "-message_file", self.messages]
        for name, value in (keys or {}).items():
            words += ["-key", name, str(value)]
        super().__init__(*words, *options, *([target] if target else []), cwd=folder)

    def await_port(self, address):
        """Until a request to it is not refused by the system."""
        wanted = "%s:%04X" % (socket.inet_aton(address)[::-1].hex().upper(), self.port)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with open("/proc/net/udp", encoding="ascii") as table:
                if any(line.split()[1] == wanted for line in table):
                    return
        raise AssertionError(f"sipp does not listen on {address}:{self.port}; it said:\n{self.said()}")

    def succeed(self, patience=PATIENCE + 5):
        """The scenario went through to its end, message by message."""
        if self.wait(patience):
            with contextlib.suppress(OSError), open(self.messages, encoding="utf-8", errors="replace") as file:
                print(file.read()[-8000:])
            raise AssertionError(f"sipp failed:\n{self.said()}")
        return self

    def exchanged(self):
        if not os.path.exists(self.messages):
            return ""  # nothing yet
        with open(self.messages, encoding="utf-8", errors="replace") as file:
            return file.read()


class Baresip(Process):
    """A real phone. Its tone is a generated file; what it received is counted by its own RTCP summary."""

    CONFIG = """sip_listen {address}:{port}
module_path {modules}
module g711.so
module aufile.so
module rtcpsummary.so
module sndfile.so
snd_path {folder}
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen {address}:{control}
audio_source aufile,{folder}/tone.wav
net_interface {address}
rtp_ports 40000-49999
"""
    MODULES = "/usr/lib/baresip/modules"

    def __init__(self, folder, user, address, account="regint=0", answer="manual", domain=None, hertz=400):
        self.folder = os.path.join(folder, f"baresip-{user}")
        os.makedirs(self.folder)
        self.port, control = free_sip_port(address), free_port(address, socket.SOCK_STREAM)
        self.uri = f"sip:{user}@{address}:{self.port}"
        write_tone(os.path.join(self.folder, "tone.wav"), hertz)
        self._write("config", self.CONFIG.format(address=address, port=self.port, control=control, folder=self.folder,
                                                 modules=self.MODULES))
        self._write("accounts", f"<sip:{user}@{domain or f'{address}:{self.port}'}>;{account};answermode={answer};ptime=20\n")
        self._write("contacts", "")
        super().__init__("baresip", "-f", self.folder)
        self.expect("baresip is ready")
        self._control = socket.create_connection((address, control), PATIENCE)
        self._received = b""

    def _write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def command(self, name, parameters=""):
        message = json.dumps({"command": name, "params": parameters, "token": name}).encode()
        self._control.sendall(b"%d:%s," % (len(message), message))

    def event(self, kind, patience=PATIENCE):
        """The next event of this kind: CALL_INCOMING, CALL_ESTABLISHED, CALL_RTPESTAB, CALL_RTCP, CALL_CLOSED ..."""
        deadline = time.monotonic() + patience
        while True:
            message = self._next_message(deadline, kind)
            if message.get("type") == kind:
                return message

    def forget(self):
        """The events that have come so far."""
        with contextlib.suppress(AssertionError):
            while True:
                self._next_message(time.monotonic(), "more")

    def _next_message(self, deadline, wanted):
        while True:
            head, colon, rest = self._received.partition(b":")
            if colon and len(rest) > int(head):
                self._received = rest[int(head) + 1:]
                return json.loads(rest[:int(head)])
            self._control.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                more = self._control.recv(65536)
            except TimeoutError:
                raise AssertionError(f"no {wanted} from baresip; it said:\n{self.said()}") from None
            if not more:
                raise AssertionError(f"baresip ended before {wanted}; it said:\n{self.said()}")
            self._received += more

    def heard(self):
        """The samples that it received of all its calls; it ends, so that its files are complete."""
        self.command("quit")
        self.wait()
        samples = array.array("h")
        for path in sorted(glob.glob(os.path.join(self.folder, "dump-*-dec.wav"))):
            with wave.open(path, "rb") as file:
                samples.frombytes(file.readframes(file.getnframes()))
        return samples

    def packets(self, patience=PATIENCE):
        """(received, sent) of the call that has just ended, as baresip's RTCP saw them."""
        summary = self.expect(r"EX=BareSip;.*?PR=(\d+);PS=(\d+)", patience)
        return int(summary[1]), int(summary[2])

    def stop(self, how=signal.SIGTERM, patience=PATIENCE):
        self._control.close()
        return super().stop(how, patience)


def encode_alaw(samples):
    """G.711 by Python's own table, not by the engine's."""
    return audioop.lin2alaw(struct.pack(f"<{len(samples)}h", *samples), 2)


def decode_alaw(codes):
    return struct.unpack(f"<{len(codes)}h", audioop.alaw2lin(codes, 2))


def strength(samples, hertz):
    """Of a frequency in some samples of 8 kHz: 0 to 1 of full scale."""
    turn = [2 * math.pi * hertz * i / 8000 for i in range(len(samples))]
    real = sum(s * math.cos(t) for s, t in zip(samples, turn))
    imaginary = sum(s * math.sin(t) for s, t in zip(samples, turn))
    return 2 * math.hypot(real, imaginary) / max(1, len(samples)) / 32768


def contacts_in(line):
    """Of the floor, in a snapshot or a change that `pledge watch --json` prints."""
    return [contact for part in ("snapshot", "delta") for contact in line.get(part, {}).get("contacts", [])]


def write_wav(path, frames):
    """16 bits, 8 kHz, mono."""
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(frames)


def write_tone(path, hertz=400, seconds=60):
    """A sine wave."""
    second = [int(4000 * math.sin(2 * math.pi * hertz * i / 8000)) for i in range(8000)]
    write_wav(path, struct.pack("<8000h", *second) * seconds)


class Rtp:
    """An RTP endpoint for sipp's calls: counts what arrives and answers each packet with one of its own."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.port = self.socket.getsockname()[1]
        self.received = self.sent = 0
        self.mute = False
        self._stopped = threading.Event()
        self.sources, self.payload_types = set(), set()
        self._reached = threading.Condition()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                packet, source = self.socket.recvfrom(2048)
            except OSError:
                return
            if len(packet) < 12:  # shut down
                return
            with self._reached:
                self.received += 1
                self.sources.add(source)
                self.payload_types.add(packet[1] & 0x7F)
                self.take(packet)
                self._reached.notify_all()
            if not self.mute:
                with contextlib.suppress(OSError):  # stopped meanwhile
                    self.send(source, packet[1] & 0x7F)

    def take(self, packet):
        """For whoever wants more of a packet than to count it."""

    def talk_to(self, to):
        """From now on a packet each 20 ms, instead of answers."""
        self.mute = True

        def talk():
            with contextlib.suppress(OSError):  # stopped meanwhile
                while not self._stopped.wait(0.02):
                    self.send(to)
        threading.Thread(target=talk, daemon=True).start()

    def send(self, to, payload_type=8):
        count = self.sent
        packet = bytes([0x80, payload_type]) + count.to_bytes(2, "big") + (160 * count).to_bytes(4, "big") + b"pldg" + b"\xd5" * 160
        self.socket.sendto(packet, to)
        self.sent += 1

    def wait_for(self, packets, patience=PATIENCE):
        with self._reached:
            if not self._reached.wait_for(lambda: self.received >= packets, patience):
                raise AssertionError(f"{self.received} RTP packets within {patience} s, not {packets}")

    def stop(self):
        self._stopped.set()
        with contextlib.suppress(OSError):  # not connected: said, but a reader of it is woken all the same
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class InteropTest(unittest.TestCase):
    """A folder of its own for each test; whatever it starts is ended with it, in reverse order."""

    ring = 50  # ms that telephones ring before they answer; meanwhile whoever waits hears it

    def setUp(self):
        self._things = contextlib.ExitStack()
        self.addCleanup(self._things.close)
        self.folder = self._things.enter_context(tempfile.TemporaryDirectory(prefix="pledge-interop-"))
        self.engine = None

    def keep(self, thing):
        self._things.callback(thing.stop)
        return thing

    def serve(self, files):
        """Writes the configuration files and starts the engine on them; it must end well with the test."""
        directory = os.path.join(self.folder, "config")
        os.makedirs(directory, exist_ok=True)
        for name, text in files.items():
            with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
                file.write(text)
        self.engine = Engine(directory)
        self._things.callback(self._stop_engine)
        return self.engine

    def _stop_engine(self):
        code = self.engine.stop()
        if code:
            print(self.engine.said())
        self.assertEqual(code, 0, "the engine's exit code after SIGTERM")

    def sipp(self, scenario, address, **options):
        return self.keep(Sipp(self.folder, scenario, address, **options))

    def caller(self, scenario, address=TRUSTED, number="+442079460001", dialled="999", **options):
        keys = {"number": number, "rtp": 40000, **options.pop("keys", {})}
        return self.sipp(scenario, address, target=self.engine.sip, keys=keys, options=["-s", dialled], **options)

    def baresip(self, user, address, **options):
        return self.keep(Baresip(self.folder, user, address, **options))


def private_network():
    """Runs this script again inside a network namespace of its own, if that is allowed."""
    if os.environ.get("PLEDGE_NETWORK"):
        return
    for unshare in (["unshare", "--net"], ["unshare", "--user", "--map-root-user", "--net"]):
        with contextlib.suppress(OSError):
            if subprocess.run([*unshare, "ip", "link", "set", "lo", "up"], capture_output=True, check=False).returncode == 0:
                inner = 'ip link set lo up && exec "$@"'
                os.execvpe(unshare[0], [*unshare, "sh", "-c", inner, "sh", sys.executable, "-B", *sys.argv],
                           {**os.environ, "PLEDGE_NETWORK": "private"})
    print("no network namespace here: ephemeral ports of this machine's loopback instead")


def main():
    private_network()
    sys.stdout.reconfigure(line_buffering=True)
    unittest.main(verbosity=2)
