#!/usr/bin/env python3
"""The engine behind the real rtpengine (Debian's rtpengine-daemon, in user space): calls, menus, prompts, keys and recordings are
the same as without it, and nobody loses a call to its death. Whose ports a party has is seen by where its RTP comes from."""
import http.client
import os
import re
import signal
import time

import config
import harness
import test_baresip
import test_menus
import test_recording
from harness import ENGINE, PHONES, TRUSTED

READY = 4
OWN, RTPENGINES = range(20000, 30000), range(30000, 32000)  # ports: [media] of config.py, and the daemon's
HERTZ = 600

MORE = """
[media.rtpengine]
address = "{address}:{port}"
ready = {ready}
repeat_after = "100 ms"
timeout = "2 s"  # under a sanitizer and beside other tests the daemon is not at its best
watch_every = "100 ms"
"""


class Daemon(harness.Process):
    """No kernel module, no service of the machine: a process in the foreground."""

    def __init__(self, port):
        self.port = port
        super().__init__("rtpengine", "--foreground", "--log-stderr", "--log-level=6", "--table=-1", f"--interface={ENGINE}",
                         f"--listen-ng={ENGINE}:{port}", f"--port-min={RTPENGINES.start}", f"--port-max={RTPENGINES.stop - 1}",
                         "--endpoint-learning=heuristic", "--num-threads=2", "--config-file=none")
        self.expect("Startup complete")


class Behind:
    """Makes any of the end-to-end tests one behind rtpengine."""

    legs_at_least = 1

    def serve(self, files):
        self.daemon = self.keep(Daemon(harness.free_port(ENGINE)))
        text = files["pledge.toml"].replace("[media]\n", '[media]\nengine = "rtpengine"\n')
        files = {**files, "pledge.toml": text + MORE.format(address=ENGINE, port=self.daemon.port, ready=READY)}
        engine = super().serve(files)
        self.addCleanup(self._account)  # before what the test has started is ended
        self.await_metric("rtpengine_ready_calls", READY)
        return engine

    def metric(self, name):
        host, port = self.engine.http.split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=harness.PATIENCE)
        connection.request("GET", "/metrics")
        page = connection.getresponse().read().decode()
        connection.close()
        return float(re.search(rf"^pledge_{re.escape(name)} (\S+)$", page, re.M)[1])

    def await_metric(self, name, value):
        deadline = time.monotonic() + harness.PATIENCE
        while self.metric(name) != value:
            self.assertLess(time.monotonic(), deadline, f"{name} is {self.metric(name)}, not {value}; the engine said:\n{self.engine.said()}")

    def _account(self):
        taken, own = (self.metric(f'rtpengine_legs_total{{ports="{ports}"}}') for ports in ("rtpengine", "engine"))
        print(f"  {taken:.0f} legs with ports of rtpengine, {own:.0f} with the engine's own")
        self.assertGreaterEqual(taken, self.legs_at_least)

    def assertPorts(self, party, ports):
        self.assertTrue(party.sources and all(port in ports for _, port in party.sources), f"{party.sources}, not all in {ports}")


class Phones(Behind, test_baresip.Baresip):
    """Real phones through rtpengine, also with different codecs."""

    legs_at_least = 2


class Menus(Behind, test_menus.Menus):
    """Prompts are heard, and keys pressed, through it."""


class Recordings(Behind, test_recording.Recording):
    """Both voices are recorded behind it."""

    legs_at_least = 2


class Failure(Behind, harness.InteropTest):
    def talk(self, caller_scenario="caller", phone_scenario="phone", milliseconds=3000):
        """A call of a caller and a handler, each saying a tone all the time: (caller, phone, and their voices)."""
        voice, handler_voice = self.keep(test_recording.Voice(TRUSTED, HERTZ)), self.keep(test_recording.Voice(PHONES, HERTZ))
        phone = self.sipp(phone_scenario, PHONES, port=self.port, fill={"RING": 50}, keys={"rtp": handler_voice.port, "number": "h1"})
        caller = self.caller(caller_scenario, dialled="101", keys={"rtp": voice.port}, fill={"TALK": milliseconds, "CODECS": "8 101"})
        voice.wait_for(1)
        voice.talk_to(next(iter(voice.sources)))
        handler_voice.wait_for(25)
        return caller, phone, voice, handler_voice

    def serve_one(self):
        self.port = harness.free_port(PHONES)
        self.serve(config.files([config.handler("h1", self.port)]))
        self.engine.ask("handler", "sign-on", "h1")
        self.engine.ask("handler", "ready", "h1")

    def kill(self):
        self.daemon.process.send_signal(signal.SIGKILL)
        self.daemon.wait()
        self.engine.expect(r"alarm media\.rtpengine: .*no answer within")

    def asked_to_send_to(self, party):
        """The engine's own port that its re-INVITE names."""
        deadline = time.monotonic() + harness.PATIENCE
        while time.monotonic() < deadline:
            for port in re.findall(r"m=audio (\d+) RTP/AVP 8", party.exchanged()):
                if int(port) in OWN:
                    return int(port)
        raise AssertionError(f"no re-INVITE within {harness.PATIENCE} s:\n{party.exchanged()[-4000:]}")

    def test_a_call_in_progress_goes_on_without_it(self):
        self.serve_one()
        caller, phone, voice, handler_voice = self.talk("caller_moved", "phone_moved", 6000)
        for party in (voice, handler_voice):
            self.assertPorts(party, RTPENGINES)
        self.kill()
        for party in (voice, handler_voice):
            party.sources.clear()
        before = voice.received, handler_voice.received
        voice.talk_to((ENGINE, self.asked_to_send_to(caller)))
        for party, count in zip((voice, handler_voice), before):
            party.wait_for(count + 50)
            self.assertPorts(party, OWN)
        caller.succeed()
        phone.succeed()
        for exchanged in (caller.exchanged(), phone.exchanged()):
            ports = {int(port) for port in re.findall(r"m=audio (\d+) RTP/AVP 8", exchanged) if int(port) in OWN}
            self.assertEqual(len(ports), 1, "one re-INVITE names a port of the engine")
        self.assertEqual(self.metric("rtpengine_moved_total"), 2)
        print(f"  after the death: {voice.received - before[0]} packets to the caller, {handler_voice.received - before[1]} to the handler")

    def test_the_next_call_has_ports_of_the_engine_until_it_is_back(self):
        self.serve_one()
        self.kill()
        caller, phone, voice, handler_voice = self.talk()
        caller.succeed()
        phone.succeed()
        for party in (voice, handler_voice):
            self.assertPorts(party, OWN)
        self.assertEqual(self.metric('rtpengine_legs_total{ports="engine"}'), 2)

        self.daemon = self.keep(Daemon(self.daemon.port))
        self.engine.expect(r"alarm media\.rtpengine: .*answers again")
        self.await_metric("rtpengine_ready_calls", READY)
        self.engine.ask("handler", "ready", "h1")
        caller, phone, voice, handler_voice = self.talk()
        caller.succeed()
        phone.succeed()
        for party in (voice, handler_voice):
            self.assertPorts(party, RTPENGINES)

    def test_check_says_what_it_does_not_do(self):
        directory = os.path.join(self.folder, "checked")
        os.makedirs(directory)
        files = config.files([config.handler("h1", 5060)])
        for name, text in files.items():
            with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
                file.write(text.replace("[media]\n", '[media]\nengine = "rtpengine"\n'))
        check = harness.Process(harness.PLEDGE, "check", directory)
        self.assertEqual(check.wait(), 0, check.said())
        self.assertRegex(check.said(), r"pledge.toml:\d+:\d+: .*rtpengine only relays.*mixing \(conference, whisper\)")


if __name__ == "__main__":
    harness.main()
