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
from harness import ENGINE, PHONES, STRANGER, TRUSTED

READY = 4
OWN, RTPENGINES = range(20000, 30000), range(30000, 32000)  # ports: [media] of config.py, and the daemon's
OUTSIDE = "127.0.0.6"  # address of a second interface of the daemon
HERTZ, STRANGERS_HERTZ = 600, 1000

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

    def __init__(self, port, options=()):
        self.port = port
        super().__init__("rtpengine", "--foreground", "--log-stderr", "--log-level=6", "--table=-1",
                         f"--listen-ng={ENGINE}:{port}", f"--port-min={RTPENGINES.start}", f"--port-max={RTPENGINES.stop - 1}",
                         "--num-threads=2", "--config-file=none", *(options or [f"--interface={ENGINE}"]))
        self.expect("Startup complete")


class Behind:
    """Makes any of the end-to-end tests one behind rtpengine."""

    legs_at_least = 1
    ring = 400  # so that ring tone passes the daemon: parties who speak only once they have heard something would both be silent
    daemon_options = ()
    more = ""  # of [media.rtpengine]

    def serve(self, files):
        self.daemon = self.keep(Daemon(harness.free_port(ENGINE), self.daemon_options))
        text = files["pledge.toml"].replace("[media]\n", '[media]\nengine = "rtpengine"\n')
        files = {**files, "pledge.toml": text + MORE.format(address=ENGINE, port=self.daemon.port, ready=READY) + self.more}
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
        if self.engine.process.poll() is not None:
            return  # a test of its end
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


class Handled(Behind, harness.InteropTest):
    """One handler, h1."""

    def talk(self, caller_scenario="caller", phone_scenario="phone", milliseconds=3000):
        """A call of a caller and a handler, each saying a tone all the time: (caller, phone, and their voices)."""
        voice, handler_voice = self.keep(test_recording.Voice(TRUSTED, HERTZ)), self.keep(test_recording.Voice(PHONES, HERTZ))
        phone = self.sipp(phone_scenario, PHONES, port=self.port, fill={"RING": self.ring}, keys={"rtp": handler_voice.port, "number": "h1"})
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


class Failure(Handled):
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


class Silent(Handled):
    """A caller who hears its own telephone ring for 9 s, of an rtpengine that ends a call after 4 s without packets."""

    daemon_options = (f"--interface={ENGINE}", "--timeout=4")

    def ring_long_and_talk(self):
        """(the port that the answer names, and the two voices, once both are heard)."""
        self.serve_one()
        voice, handler_voice = self.keep(test_recording.Voice(TRUSTED, HERTZ)), self.keep(test_recording.Voice(PHONES, HERTZ))
        phone = self.sipp("phone", PHONES, port=self.port, fill={"RING": 9000}, keys={"rtp": handler_voice.port, "number": "h1"})
        caller = self.caller("caller", dialled="999", keys={"rtp": voice.port}, fill={"TALK": 8000, "CODECS": "8 101"})
        port = self.answered(caller)
        voice.talk_to((ENGINE, port))
        for party in (handler_voice, voice):
            party.wait_for(25)
        caller.succeed()
        phone.succeed()
        return port, voice, handler_voice

    def answered(self, caller):
        """The port in the 200 to the caller's INVITE."""
        deadline = time.monotonic() + harness.PATIENCE
        while time.monotonic() < deadline:
            found = re.search(r"SIP/2.0 200 .*?m=audio (\d+) RTP/AVP 8", caller.exchanged(), re.S)
            if found:
                return int(found[1])
        raise AssertionError(f"no answer within {harness.PATIENCE} s:\n{caller.exchanged()[-4000:]}")


class Kept(Silent):
    more = 'refresh_after = "500 ms"\n'

    def test_a_caller_that_is_silent_for_longer_than_its_timeout_keeps_its_port(self):
        port, voice, handler_voice = self.ring_long_and_talk()
        self.assertIn(port, RTPENGINES)
        for party in (voice, handler_voice):
            self.assertPorts(party, RTPENGINES)
        self.assertEqual(self.metric("rtpengine_moved_total"), 0)


class Ended(Silent):
    more = 'refresh_after = "1 min"\n'  # too rarely for this daemon

    def test_a_caller_whose_leg_it_has_ended_is_answered_with_a_port_of_the_engine(self):
        port, voice, handler_voice = self.ring_long_and_talk()
        self.assertIn(port, OWN)
        self.assertPorts(voice, OWN)
        self.assertPorts(handler_voice, RTPENGINES)
        self.assertEqual(self.metric("rtpengine_moved_total"), 1)
        self.engine.expect(r"alarm media\.rtpengine: .*has ended leg")


class Sides(Handled):
    """Two interfaces."""

    daemon_options = (f"--interface=in/{ENGINE}", f"--interface=out/{OUTSIDE}")
    more = 'inside_interface = "in"\noutside_interface = "out"\n'

    def test_each_side_has_its_own_interface(self):
        self.serve_one()
        caller, phone, voice, handler_voice = self.talk()
        caller.succeed()
        phone.succeed()
        for party in (voice, handler_voice):
            self.assertPorts(party, RTPENGINES)
            self.assertEqual({address for address, _ in party.sources}, {OUTSIDE})
        for _ in range(2):  # legs; as the daemon accounts for them when they end: its port, and who it has sent to there
            inside = self.daemon.expect(r"Port +(\S+):\d+ <> +127\.0\.0\.1:2\d{4}, ")
            self.assertEqual(inside[1], ENGINE)


class Listener(test_recording.Voice):
    """Keeps what it hears."""

    def __init__(self, address, hertz):
        self.heard = []
        super().__init__(address, hertz)

    def take(self, packet):
        self.heard.append(packet[12:])


class Sources(Handled):
    def test_a_stranger_is_neither_heard_nor_sent_the_call(self):
        self.serve_one()
        stranger = self.keep(test_recording.Voice(STRANGER, STRANGERS_HERTZ))
        voice, handler_voice = self.keep(test_recording.Voice(TRUSTED, HERTZ)), self.keep(Listener(PHONES, HERTZ))
        voice.mute = True
        phone = self.sipp("phone", PHONES, port=self.port, fill={"RING": 2000}, keys={"rtp": handler_voice.port, "number": "h1"})
        caller = self.caller("caller", dialled="101", keys={"rtp": voice.port}, fill={"TALK": 3000, "CODECS": "8 101"})
        voice.wait_for(1)  # the ring tone
        stranger.talk_to(next(iter(voice.sources)))  # before the caller has said anything
        voice.wait_for(50)
        self.assertEqual(stranger.received, 0)
        voice.talk_to(next(iter(voice.sources)))
        handler_voice.wait_for(25)
        caller.succeed()
        phone.succeed()
        self.assertEqual(stranger.received, 0)
        heard = harness.decode_alaw(b"".join(handler_voice.heard))
        self.assertGreater(harness.strength(heard, HERTZ), 0.1)
        self.assertLess(harness.strength(heard, STRANGERS_HERTZ), 0.01)


if __name__ == "__main__":
    harness.main()
