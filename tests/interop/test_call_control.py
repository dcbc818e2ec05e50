#!/usr/bin/env python3
"""Calls in progress, from end to end: sipp calls, every party says a tone of its own, and what each of them hears is found in
the RTP that reaches it, and in what is recorded. The handlers work at `pledge console`."""
import glob
import json
import math
import os
import time

import config
import harness
from harness import PHONES, TRUSTED

RATE, PACKET = 8000, 160
CALLER, FIRST, SECOND, SUPERVISOR, OUTSIDE, MESSAGE, REFUSAL = TONES = 600, 1000, 1400, 1800, 2200, 2600, 3000  # Hz: whole periods in 20 ms
LOUD, QUIET = 0.05, 0.01  # shares of full scale

CALL_BACK = """[[queue.key]]
key = "3"
says = "to be called back"
call_back = true
"""
MORE = """
[call_control]
numbers = ["+442079460*"]
hold_sound = "hold"
{control}ring_back_pause = "1 s"
[silent]
announcement = "press 55"
wait_for_keys = "2 s"
after = "0 s"
[[announcement]]
name = "press 55"
prompts = ["press-55"]
then = ""
[[trunk]]
name = "outwards"
target = "{phones}:{outside}"
caller = "+442079460999"
"""


def tones_of(samples):
    return {hertz for hertz in TONES if harness.strength(samples, hertz) > LOUD}


class Party(harness.Rtp):
    """Says its tone all the time, once it knows where to, and keeps the last 100 ms that it heard."""

    def __init__(self, address, hertz):
        samples = [int(9000 * math.sin(2 * math.pi * hertz * i / RATE)) for i in range(PACKET)]
        self.tone = harness.encode_alaw(samples)
        self.window = []
        self.when = 0.0
        self.vanished = False
        super().__init__(address)

    def take(self, packet):
        self.window = (self.window + [packet[12:]])[-5:]
        self.when = time.monotonic()

    def send(self, to, payload_type=8):
        if self.vanished:
            return
        count = self.sent
        head = bytes([0x80, 8]) + (count & 0xFFFF).to_bytes(2, "big") + (PACKET * count).to_bytes(4, "big")
        self.socket.sendto(head + b"ctrl" + self.tone, to)
        self.sent += 1

    def begin(self, engine):
        self.talk_to((engine, self.engine_port))

    def press(self, digit):
        """An event of RFC 4733: five packets, the last one three times."""
        to, begin = next(iter(self.sources)), PACKET * self.sent
        for i in range(8):
            last = i >= 5
            payload = bytes([digit, 0x8A if last else 0x0A]) + (PACKET * min(i + 1, 6)).to_bytes(2, "big")
            head = bytes([0x80, 101 | (0x80 if i == 0 else 0)]) + (self.sent & 0xFFFF).to_bytes(2, "big") + begin.to_bytes(4, "big")
            self.socket.sendto(head + b"ctrl" + payload, to)
            self.sent += 1

    def heard(self):
        """The tones of the last 100 ms; none if nothing has come for as long."""
        window = list(self.window)
        if len(window) < 5 or time.monotonic() - self.when > 0.1:
            return set()
        samples = harness.decode_alaw(b"".join(window))
        return tones_of(samples)

    def hears_speech(self):
        """Something loud that is none of the tones, nor ring tone, which is the same in each of its 20 ms."""
        deadline = time.monotonic() + harness.PATIENCE
        while True:
            packets = list(self.window)
            levels = [sum(abs(s) for s in harness.decode_alaw(packet)) / PACKET / 32768 for packet in packets]
            if not self.heard() and len(levels) == 5 and max(levels) > LOUD and max(levels) > 1.5 * min(levels):
                return
            if time.monotonic() > deadline:
                raise AssertionError(f"no speech is heard: {levels}")
            with self._reached:
                self._reached.wait(0.05)

    def hears_ring(self):
        """From some moment on the ring tone (400 and 450 Hz)."""
        deadline = time.monotonic() + harness.PATIENCE
        while min(harness.strength(harness.decode_alaw(b"".join(self.window)), hertz) for hertz in (400, 450)) < LOUD:
            if time.monotonic() > deadline:
                raise AssertionError(f"no ring tone, but {self.heard()}")
            with self._reached:
                self._reached.wait(0.05)

    def hears(self, *tones, patience=harness.PATIENCE):
        """From some moment on these and no others."""
        deadline = time.monotonic() + patience
        while self.heard() != set(tones):
            if time.monotonic() > deadline:
                raise AssertionError(f"hears {self.heard()} and not {set(tones)}")
            with self._reached:
                self._reached.wait(0.05)


class Room(harness.InteropTest):
    """Handlers at their consoles, and callers, each with a tone of its own."""

    def serve_room(self, handlers=("h1", "h2"), supervisors=(), media="", queue="", choices="", control="", changes=None, mode="ring"):
        """`changes`: what stands in the configuration, and what is to stand there instead."""
        self.ports = {name: harness.free_port(PHONES) for name in (*handlers, *supervisors, "outside")}
        desks = [config.handler(name, self.ports[name], mode) for name in handlers]
        desks += [config.supervisor(name, self.ports[name]) for name in supervisors]
        files = config.files(desks, more=MORE.format(phones=PHONES, outside=self.ports["outside"], control=control) + config.SUPERVISORS)
        files["pledge.toml"] = files["pledge.toml"].replace("bound = 100\n", "bound = 100\n" + queue)
        files["pledge.toml"] = files["pledge.toml"].replace("[media]\n", "[media]\n" + media)
        files["pledge.toml"] = files["pledge.toml"].replace('[[rule]]\nname = "test call"', choices + '[[rule]]\nname = "test call"')
        if choices:
            files["pledge.toml"] = files["pledge.toml"].replace('waiting = "answer"', 'waiting = "answer"\ncall_back_sound = "press 55"')
        for old, new in (changes or {}).items():
            self.assertIn(old, files["pledge.toml"])
            files["pledge.toml"] = files["pledge.toml"].replace(old, new)
        return self.serve(files)

    def sing(self, **prompts):
        """Instead of the default prompts of these names steady tones, to be told by; before the engine is started."""
        for name, hertz in prompts.items():
            path = os.path.join(self.folder, "config", "own", "en-GB", name.replace("_", "-") + ".wav")
            os.makedirs(os.path.dirname(path), exist_ok=True)
            harness.write_tone(path, hertz, 2)
        return {"[media]\n": '[prompts]\ndirectory = "own"\n[media]\n'}

    def phone(self, name, hertz):
        """A telephone that answers and says its tone to whatever calls it: (its voice, its SIP)."""
        voice = self.keep(Party(PHONES, hertz))
        sip = self.sipp("phone", PHONES, port=self.ports[name], fill={"RING": self.ring, "CODECS": "8 101"},
                        keys={"rtp": voice.port, "number": name})
        sip.await_port(PHONES)
        return voice, sip

    def call(self, dialled="999", talk=60000, number="+442079460001"):
        voice = self.keep(Party(TRUSTED, CALLER))
        sip = self.caller("caller", dialled=dialled, number=number, keys={"rtp": voice.port}, fill={"TALK": talk, "CODECS": "8 101"})
        return voice, sip

    def speak(self, *voices):
        """Each knows from what it received where the engine is."""
        for voice in voices:
            voice.wait_for(1)
            voice.talk_to(next(iter(voice.sources)))

    def desk(self, name, *more, says=None):
        """The console of a handler who has signed on. Changes that come in one message are one line, the last of them:
        where a call waits already, the desk says of it (`says`) and need never say that it was ready."""
        console = self.keep(harness.Process(harness.PLEDGE, "console", name, "--server", self.engine.grpc, *more))
        console.expect(says or (" ready" if "--ready" in more else "not-ready: signed on"))
        return console

    def both_talk(self, dialled="999"):
        """h1 and a caller who hear each other: (caller, first, h1's console, caller's sipp, h1's sipp)."""
        first, first_sip = self.phone("h1", FIRST)
        desk = self.desk("h1", "--ready")
        caller, caller_sip = self.call(dialled)
        desk.expect("talking")
        address = self.addresses(caller_sip)
        caller.talk_to(address)
        self.speak(first)
        caller.hears(FIRST)
        first.hears(CALLER)
        return caller, first, desk, caller_sip, first_sip

    @staticmethod
    def addresses(sip):
        """Where the engine receives the RTP of this sipp's call, from the SDP of its answer."""
        deadline = time.monotonic() + harness.PATIENCE
        while time.monotonic() < deadline:
            answers = [line for line in sip.exchanged().splitlines() if line.startswith("m=audio")]
            if len(answers) > 1:
                return (harness.ENGINE, int(answers[1].split()[1]))
        raise AssertionError("no answer with SDP")

    def trace(self, contact):
        trace = self.engine.ask("trace", str(contact))
        return [step["note"]["text"] for step in trace[0]["steps"] if "note" in step]


class CallControl(Room):
    def test_hold_consult_join_and_transfer(self):
        self.serve_room(queue="record = true\n")
        caller, first, desk, caller_sip, first_sip = self.both_talk()
        desk.tell("hold")
        desk.expect("the caller is on hold")
        caller.hears()
        first.hears()
        desk.tell("retrieve")
        caller.hears(FIRST)
        desk.tell("mute")
        caller.hears()
        first.hears(CALLER)
        desk.tell("unmute")
        caller.hears(FIRST)

        second, second_sip = self.phone("h2", SECOND)
        other = self.desk("h2", "--ready")
        desk.tell("consult h2")
        other.expect("offered a call from")
        desk.expect("h2, consulted")
        second.wait_for(1)
        self.speak(second)
        first.hears(SECOND)
        second.hears(FIRST)
        caller.hears()
        desk.tell("join")
        caller.hears(FIRST, SECOND)
        first.hears(CALLER, SECOND)
        second.hears(CALLER, FIRST)
        desk.tell("release")
        desk.expect("ready|wrap-up")
        caller.hears(SECOND)
        second.hears(CALLER)
        first_sip.succeed()
        other.tell("release")
        second_sip.succeed()
        recordings = self.recordings(2)
        self.assertEqual(sorted(r["handler"] for r in recordings), ["h1", "h2"])
        notes = self.trace(1)
        print("  ", "; ".join(notes))
        for said in ("on hold", "consults h2", "h2 joins", "goes on with h2"):
            self.assertTrue(any(said in note for note in notes), f"{said} in {notes}")

    def test_a_queue_is_consulted_and_whoever_answers_takes_the_call(self):
        self.serve_room()
        caller, first, desk, caller_sip, first_sip = self.both_talk()
        desk.tell("consult queue non-emergency")
        desk.expect("nobody else is signed on")
        other = self.desk("h2")
        desk.tell("consult queue non-emergency")
        desk.expect("queue non-emergency, waiting at position 1")
        caller.hears()
        first.hears()
        desk.tell("drop")
        desk.expect("queue non-emergency is not there")
        desk.tell("retrieve")
        caller.hears(FIRST)
        first.hears(CALLER)

        second, second_sip = self.phone("h2", SECOND)
        desk.tell("consult queue non-emergency")
        desk.expect("queue non-emergency, waiting at position 1")
        other.tell("ready")
        other.expect(r"offered a consultation: h1 asks non-emergency about call 1 from \+442079460001")
        desk.expect("h2, consulted")
        self.speak(second)
        first.hears(SECOND)
        second.hears(FIRST)
        caller.hears()
        desk.tell("transfer")
        caller.hears(SECOND)
        second.hears(CALLER)
        first_sip.succeed()
        notes = self.trace(1)
        print("  ", "; ".join(notes))
        for said in ("consults queue non-emergency: contact 3", "queue non-emergency: h2 answers", "goes on with h2"):
            self.assertTrue(any(said in note for note in notes), f"{said} in {notes}")
        self.assertIn("consultation", str(self.engine.ask("explain", "3")))

    def recordings(self, count):
        deadline = time.monotonic() + harness.PATIENCE
        while time.monotonic() < deadline:
            found = self.engine.ask("recording", "list")
            if len(found) >= count:
                return found
        raise AssertionError(f"not {count} recordings")

    def recorded(self):
        """What is said of each recording that is there, in their order, and for each 100 ms the tones of both channels."""
        found = []
        for path in sorted(glob.glob(os.path.join(self.folder, "config", "recordings", "*", "*.json"))):
            with open(path, encoding="utf-8") as file:
                said = json.load(file)
            with open(path.replace(".json", ".wav"), "rb") as file:
                samples = file.read()[58:]
            sides = [harness.decode_alaw(samples[side::2]) for side in (0, 1)]
            found.append((said, [[tones_of(side[at:at + RATE // 10]) for at in range(0, len(side) - RATE // 10, RATE // 10)]
                                 for side in sides]))
        return found

    def test_whoever_the_caller_hears_is_recorded_and_so_is_what_follows_a_transfer(self):
        self.serve_room(handlers=("h1",), supervisors=("s1",), queue="record = true\n")
        caller, first, desk, caller_sip, first_sip = self.both_talk()

        def go_on():
            caller.wait_for(caller.received + 50)

        go_on()
        outside, outside_sip = self.phone("outside", OUTSIDE)
        desk.tell("consult 02079460123")
        desk.expect(r"\+442079460123, consulted")
        self.speak(outside)
        first.hears(OUTSIDE)
        first.wait_for(first.received + 50)  # asked aside: the caller is on hold
        desk.tell("join")
        caller.hears(FIRST, OUTSIDE)
        go_on()
        ear, ear_sip = self.phone("s1", SUPERVISOR)
        chief = self.desk("s1")
        chief.tell("listen 1 training")
        chief.expect("your phone rings")
        self.speak(ear)
        ear.hears(CALLER, FIRST, OUTSIDE)
        chief.tell("barge 1 danger")
        caller.hears(FIRST, OUTSIDE, SUPERVISOR)
        go_on()
        chief.tell("leave 1")
        caller.hears(FIRST, OUTSIDE)
        go_on()
        desk.tell("release")
        caller.hears(OUTSIDE)
        go_on()
        self.engine.stop()  # completes what is being recorded

        (conference, (left, right)), (transferred, (left_then, right_then)) = self.recorded()
        self.assertEqual((conference["handler"], conference["number"], conference["failure"]), ("h1", "", ""))
        self.assertEqual((transferred["handler"], transferred["number"]), ("", "+442079460123"))
        for side in (left, left_then):
            self.assertIn({CALLER}, side)
            self.assertLessEqual(set().union(*side), {CALLER})
        self.assertNotIn(CALLER, set().union(*right, *right_then))
        at = 0
        for wanted in ({FIRST}, set(), {FIRST, OUTSIDE}, {FIRST, OUTSIDE, SUPERVISOR}, {FIRST, OUTSIDE}):
            self.assertIn(wanted, right[at:], f"from {at / 10} s on, of {right}")
            at = right.index(wanted, at)
        # Of the second of it; but the first voice of the two who join may come a window before the other.
        self.assertLessEqual(right.count({OUTSIDE}), 1, f"who is consulted is not heard by the caller: {right}")
        self.assertIn({OUTSIDE}, right_then)
        self.assertLessEqual(set().union(*right_then), {OUTSIDE})
        print(f"  {len(right) / 10} s of a conference and {len(right_then) / 10} s after it are recorded")

    def test_attended_transfer_to_an_outside_number(self):
        self.serve_room()
        caller, first, desk, caller_sip, first_sip = self.both_talk()
        outside, outside_sip = self.phone("outside", OUTSIDE)
        desk.tell("consult +447700900123")
        desk.expect("not among the numbers")
        desk.tell("consult 02079460123")
        desk.expect(r"\+442079460123, consulted")
        self.speak(outside)
        first.hears(OUTSIDE)
        caller.hears()
        self.assertIn("From: <sip:+442079460999@", outside_sip.exchanged(), "who calls is the centre")
        desk.tell("transfer")
        desk.expect("ready")
        caller.hears(OUTSIDE)
        outside.hears(CALLER)
        first_sip.succeed()

    def test_a_supervisor_listens_whispers_and_barges(self):
        self.serve_room(handlers=("h1",), supervisors=("s1",))
        caller, first, desk, caller_sip, first_sip = self.both_talk()
        ear, ear_sip = self.phone("s1", SUPERVISOR)
        chief = self.desk("s1")
        chief.tell("listen 1")
        chief.expect("say why")
        chief.tell("listen 1 training")
        chief.expect("your phone rings")
        self.speak(ear)
        ear.hears(CALLER, FIRST)
        caller.hears(FIRST)
        first.hears(CALLER)
        chief.tell("whisper 1 advice")
        first.hears(CALLER, SUPERVISOR)
        caller.hears(FIRST)
        chief.tell("barge 1 danger")
        caller.hears(FIRST, SUPERVISOR)
        chief.tell("leave 1")
        caller.hears(FIRST)
        first.hears(CALLER)
        ear_sip.succeed()
        notes = self.trace(1)
        self.assertTrue(any("s1 listens: training" in note for note in notes), notes)

    def test_a_tone_tells_the_handler_of_a_supervisor(self):
        self.serve_room(handlers=("h1",), supervisors=("s1",), media=f"monitor_hz = {OUTSIDE}\nmonitor_level = -12\n",
                        control='monitor_tone = "handler"\nmonitor_tone_every = "2 s"\n')
        caller, first, desk, caller_sip, first_sip = self.both_talk()
        ear, ear_sip = self.phone("s1", SUPERVISOR)
        chief = self.desk("s1")
        chief.tell("listen 1 training")
        chief.expect("your phone rings")
        self.speak(ear)
        for _ in range(2):
            first.hears(CALLER, OUTSIDE)
            first.hears(CALLER)
        caller.hears(FIRST)
        ear.hears(CALLER, FIRST)
        chief.expect("you listen to call 1")
        chief.tell("leave 1")
        chief.expect("not listening to call 1 any more")

    def test_a_returned_caller_is_told_so_and_put_through_meanwhile(self):
        self.serve_room(media='lost_after = "1 s"\n', control='returned_sound = "press 55"\n')
        caller, first, desk, caller_sip, first_sip = self.both_talk()
        first.vanished = True
        desk.expect("not-ready: phone lost")
        caller.hears_speech()
        second, second_sip = self.phone("h2", SECOND)
        other = self.desk("h2", "--ready", says="offered a call from")
        self.speak(second)
        caller.hears(SECOND)
        second.hears(CALLER)

    def test_a_telephone_vanishes_and_the_caller_goes_on_to_the_next(self):
        self.serve_room(media='lost_after = "1 s"\n')
        caller, first, desk, caller_sip, first_sip = self.both_talk()
        second, second_sip = self.phone("h2", SECOND)
        other = self.desk("h2", "--ready")
        first.vanished = True
        other.expect("offered a call from")
        desk.expect("not-ready: phone lost")
        self.speak(second)
        caller.hears(SECOND)
        second.hears(CALLER)

    def test_a_handler_calls_a_number(self):
        self.serve_room(handlers=("h1",))
        first, first_sip = self.phone("h1", FIRST)
        desk = self.desk("h1")
        outside, outside_sip = self.phone("outside", OUTSIDE)
        desk.tell("call 02079460123")
        desk.expect("talking")
        self.speak(first, outside)
        first.hears(OUTSIDE)
        outside.hears(FIRST)
        desk.tell("release")
        outside_sip.succeed()
        first_sip.succeed()

    def test_who_abandons_is_rung_back(self):
        self.serve_room(handlers=("h1",), queue="ring_back = true\n")
        caller = self.caller("caller_cancels", dialled="999", number="+442079460001", fill={"TALK": 300})
        caller.succeed()
        first, first_sip = self.phone("h1", FIRST)
        outside, outside_sip = self.phone("outside", OUTSIDE)
        desk = self.desk("h1", "--ready", says=r"offered a call from \+442079460001")
        self.speak(first, outside)
        first.hears(OUTSIDE)
        outside.hears(FIRST)
        self.assertIn("INVITE sip:+442079460001@", outside_sip.exchanged())
        desk.tell("wrong-use")
        desk.expect("silent and abandoned calls are never wrong use")
        desk.tell("release")
        outside_sip.succeed()
        contacts = self.engine.ask("explain", "2")
        self.assertIn("ring back", str(contacts))

    def test_who_waits_asks_by_a_key_to_be_called_back(self):
        self.serve_room(handlers=("h1",), choices=CALL_BACK)
        voice = self.keep(Party(TRUSTED, CALLER))
        caller = self.caller("caller_waits", dialled="101", number="+442079460001", keys={"rtp": voice.port}, fill={"CODECS": "8 101"})
        voice.wait_for(1)
        voice.mute = True
        voice.press(3)
        caller.succeed()  # told so, and released
        first, first_sip = self.phone("h1", FIRST)
        outside, outside_sip = self.phone("outside", OUTSIDE)
        desk = self.desk("h1", "--ready", says=r"offered a call from \+442079460001")
        self.speak(first, outside)
        first.hears(OUTSIDE)
        self.assertIn("INVITE sip:+442079460001@", outside_sip.exchanged())
        ended = self.engine.ask("explain", "1")
        self.assertIn("to be called back", str(ended))
        desk.tell("release")
        outside_sip.succeed()

    def test_a_silent_caller_presses_55(self):
        self.serve_room(handlers=("h1",))
        caller, first, desk, caller_sip, first_sip = self.both_talk()
        desk.tell("ask-for-keys")
        caller.hears()       # the prompt, and not the handler
        first.hears(CALLER)  # who goes on listening
        caller.press(5)
        caller.press(5)
        caller.hears(FIRST)
        notes = self.trace(1)
        self.assertIn("pressed 55", notes)
        print("  ", "; ".join(notes))


if __name__ == "__main__":
    harness.main()
