#!/usr/bin/env python3
"""Several in one call, from end to end: five parties who all hear each other, a transfer out of it, and handlers whose line is held for
the whole shift. Every party says a tone of its own; whom one hears is found in the RTP that reaches it."""
import re
import time

import harness
import test_call_control
from harness import TRUSTED
from test_call_control import CALLER, FIRST, OUTSIDE, SECOND, SUPERVISOR

THIRD = SUPERVISOR  # there is none here


class Joined(test_call_control.Room):
    def joined(self, *handlers):
        """A call of h1's which these have joined, as (name, tone): (caller, first, h1's console, the others' voices)."""
        caller, first, desk, caller_sip, first_sip = self.both_talk()
        voices, present = [], [FIRST]
        for name, hertz in handlers:
            voice, _ = self.phone(name, hertz)
            if name == "outside":
                desk.tell("consult 02079460123")
                desk.expect(r"\+442079460123, consulted")
            else:
                self.desk(name, "--ready")
                desk.tell(f"consult {name}")
                desk.expect(f"{name}, consulted")
            self.speak(voice)
            first.hears(hertz)  # alone: nobody else hears who is consulted
            voice.hears(FIRST)
            desk.tell("join")
            present.append(hertz)
            caller.hears(*present)
            voices.append(voice)
        return caller, first, desk, voices, (caller_sip, first_sip)


class Five(Joined):
    def test_five_parties_hear_each_other_and_nobody_hears_itself(self):
        self.serve_room(handlers=("h1", "h2", "h3"))
        tones = {"h2": SECOND, "h3": THIRD, "outside": OUTSIDE}
        caller, first, desk, voices, _ = self.joined(*tones.items())
        everybody = {CALLER: caller, FIRST: first, **dict(zip(tones.values(), voices))}
        for own, voice in everybody.items():
            voice.hears(*(set(everybody) - {own}))
        desk.tell("release")
        caller.hears(SECOND, THIRD, OUTSIDE)
        voices[0].hears(CALLER, THIRD, OUTSIDE)
        print("  ", "; ".join(self.trace(1)))


class Transfers(Joined):
    def transferred(self, to, name, hertz):
        """Out of a conference with h2, at once: h1 and h2 are released, and the caller goes on with whom it was transferred to."""
        self.serve_room(handlers=("h1", "h2", "h3"))
        caller, first, desk, (second,), (caller_sip, first_sip) = self.joined(("h2", SECOND))
        target, _ = self.phone(name, hertz)
        if name != "outside":
            self.desk(name, "--ready")
        desk.tell(f"transfer {to}")
        desk.expect(" ready")
        self.speak(target)
        caller.hears(hertz)
        target.hears(CALLER)
        first_sip.succeed()  # told BYE
        for gone in (first, second):
            gone.hears()
        self.assertNotIn("BYE sip:", caller_sip.exchanged())

    def test_the_caller_of_a_conference_is_transferred_at_once_to_a_number(self):
        self.transferred("02079460123", "outside", OUTSIDE)

    def test_the_caller_of_a_conference_is_transferred_at_once_to_a_handler(self):
        self.transferred("h3", "h3", THIRD)

    def test_the_caller_of_a_conference_is_transferred_at_once_to_a_queue_and_waits_there(self):
        self.serve_room(handlers=("h1", "h2", "h3"))
        caller, first, desk, (second,), _ = self.joined(("h2", SECOND))
        desk.tell("not-ready break")
        desk.tell("transfer queue non-emergency")
        for gone in (first, second):
            gone.hears()
        third, _ = self.phone("h3", THIRD)
        self.desk("h3", "--ready", says="offered a call from")
        self.speak(third)
        caller.hears(THIRD)
        third.hears(CALLER)


class HeldLine(test_call_control.Room):
    """Handlers' phones that are called once, at sign-on, and talk with one caller after the other."""

    def line(self, name, hertz):
        """Of a handler who is ready once the phone has been called and answers: (voice, SIP, console)."""
        voice, sip = self.phone(name, hertz)
        desk = self.desk(name)
        deadline = time.monotonic() + harness.PATIENCE
        while "ACK sip:" not in sip.exchanged():
            self.assertLess(time.monotonic(), deadline, "the phone is called at sign-on")
        desk.tell("ready")
        desk.expect(" ready")
        return voice, sip, desk

    def take(self, desk, number):
        """The voice of a caller whose call is accepted at the console."""
        caller = self.keep(test_call_control.Party(TRUSTED, CALLER))
        sip = self.caller("caller", number=number, keys={"rtp": caller.port}, fill={"TALK": 60000, "CODECS": "8 101"})
        desk.expect(rf"offered a call from \{number}")
        desk.tell("accept")
        desk.expect("talking")
        caller.talk_to(self.addresses(sip))
        return caller

    def test_two_callers_and_a_consultation_over_one_line(self):
        self.serve_room(mode="nailed_up")
        first, first_sip, desk = self.line("h1", FIRST)
        caller = self.take(desk, "+442079460001")
        self.speak(first)
        caller.hears(FIRST)
        first.hears(CALLER)
        desk.tell("release")
        desk.expect(" ready")
        first.hears()

        caller = self.take(desk, "+442079460002")
        caller.hears(FIRST)
        first.hears(CALLER)
        second, second_sip, other = self.line("h2", SECOND)
        desk.tell("consult h2")
        other.expect("offered a call from")
        other.tell("accept")
        desk.expect("h2, consulted")
        self.speak(second)
        first.hears(SECOND)
        caller.hears()
        desk.tell("transfer")
        caller.hears(SECOND)
        second.hears(CALLER)
        first.hears()
        desk.tell("sign-off")
        first_sip.succeed()  # the end of the line
        for sip in (first_sip, second_sip):
            self.assertEqual(len(set(re.findall(r"^INVITE sip:.*?^Call-ID: (\S+)", sip.exchanged(), re.M | re.S))), 1, "one call of the phone")


if __name__ == "__main__":
    harness.main()
