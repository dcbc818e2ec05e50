#!/usr/bin/env python3
"""Callers of 999 who do not speak, from end to end: labelled, asked for 55 by the engine itself, and heard to have pressed it; with a
handler, and while they wait after the network's operator has left. The announcement is a tone, so that who hears it is known."""
import array
import os
import wave

import harness
import test_call_control
from harness import TRUSTED
from test_call_control import FIRST, MESSAGE, PACKET, SECOND

MOBILE, LANDLINE = "+447700900123", "+442079460001"
ASKED_BY_ITSELF = {'wait_for_keys = "2 s"\nafter = "0 s"\n': 'wait_for_keys = "2 s"\nafter = "1 s"\nask = "mobiles"\n'}
HANDED_OVER = {"trusted = true\n": "trusted = true\nhand_over = true\n", "[sip]\n": '[sip]\noperator_left_header = "X-Operator-Left"\n'}


class Person(test_call_control.Party):
    """Silent until `speaking`, and then a voice: a prompt that came with the engine, again and again."""

    def __init__(self, address):
        with wave.open(os.path.join(os.path.dirname(harness.PLEDGE), "prompts", "en-GB", "welcome.wav"), "rb") as file:
            samples = array.array("h", file.readframes(file.getnframes()))
        self.speech = [harness.encode_alaw(samples[at:at + PACKET]) for at in range(0, len(samples) - PACKET, PACKET)]
        self.speaking = False
        super().__init__(address, 0)
        self.silence = self.tone

    def send(self, to, payload_type=8):
        self.tone = self.speech[self.sent % len(self.speech)] if self.speaking else self.silence
        super().send(to, payload_type)


class Silent(test_call_control.Room):
    def serve_asking(self, **changes):
        self.serve_room(handlers=("h1", "h2"), changes={**self.sing(press_55=MESSAGE), **ASKED_BY_ITSELF, **changes})
        self.watch = self.keep(self.engine.client("watch"))

    def seen(self, wanted):
        """A call of which this is true, as a supervisor's screen shows it."""
        line = self.watch.expect_json(lambda line: any(map(wanted, harness.contacts_in(line))))
        return next(filter(wanted, harness.contacts_in(line)))

    def silence(self, scenario="caller", number=MOBILE, **fill):
        """A caller who says nothing: (the person, their SIP)."""
        person = self.keep(Person(TRUSTED))
        person.mute = True  # until it is known where to
        sip = self.caller(scenario, number=number, keys={"rtp": person.port}, fill={"TALK": 60000, "CODECS": "8 101", **fill})
        return person, sip

    def put_through(self, number):
        """A silent caller who hears the handler h1."""
        first, _ = self.phone("h1", FIRST)
        self.desk("h1", "--ready")
        person, sip = self.silence(number=number)
        person.talk_to(self.addresses(sip))
        self.speak(first)
        person.hears(FIRST)
        return person, first

    def press_55(self, person):
        person.press(5)
        person.press(5)
        call = self.seen(lambda call: "pressed 55" in call["labels"])
        self.assertEqual(call["grade"], "GRADE_IMMEDIATE")

    def test_with_a_handler_a_silent_mobile_caller_is_asked_and_presses_55(self):
        self.serve_asking()
        person, first = self.put_through(MOBILE)
        self.seen(lambda call: "silent" in call["labels"])
        person.hears(MESSAGE)  # and not the handler
        self.press_55(person)
        person.hears(FIRST)
        person.speaking = True
        first.hears_speech()
        notes = self.trace(1)
        print("  ", "; ".join(notes))
        for said in ("no speech is heard", "asked for the keys 55", "pressed 55"):
            self.assertTrue(any(said in note for note in notes), f"{said} in {notes}")

    def test_who_presses_nothing_keeps_the_handler_who_listens(self):
        self.serve_asking()
        person, first = self.put_through(MOBILE)
        person.hears(MESSAGE)
        person.hears(FIRST)
        self.assertIn("no key pressed", self.trace(1))
        person.speaking = True
        first.hears_speech()
        self.seen(lambda call: "spoke" in call["labels"])

    def test_a_landline_is_told_to_the_handler_and_not_asked(self):
        self.serve_asking()
        person, first = self.put_through(LANDLINE)
        self.seen(lambda call: "silent" in call["labels"])
        person.wait_for(person.received + 25)
        self.assertEqual(person.heard(), {FIRST})
        person.speaking = True
        first.hears_speech()
        self.seen(lambda call: "spoke" in call["labels"])
        notes = self.trace(1)
        self.assertFalse(any("asked for the keys" in note for note in notes), notes)

    def handed_over(self):
        """One caller waits, and a silent one behind whom the operator leaves: (who is silent, their SIP)."""
        self.serve_asking(**HANDED_OVER)
        self.caller("caller_waits", number=LANDLINE)
        self.seen(lambda call: call["facts"]["caller"] == LANDLINE)
        person, sip = self.silence("caller_handed_over", OPERATOR=500)
        person.wait_for(1)  # the 200 that the operator's leaving brings, and ring tone
        person.talk_to(self.addresses(sip))
        person.hears(MESSAGE)
        return person, sip

    def test_who_waits_when_the_operator_leaves_is_asked_and_55_puts_the_call_first(self):
        person, _ = self.handed_over()
        self.assertEqual(self.seen(lambda call: call["id"] == "2")["state"], "CONTACT_STATE_WAITING")
        self.press_55(person)
        person.hears()  # the announcement is cut
        first, _ = self.phone("h1", FIRST)
        self.desk("h1", "--ready", says=rf"offered a call from \{MOBILE}")
        self.speak(first)
        person.hears(FIRST)
        person.speaking = True
        first.hears_speech()
        notes = self.trace(2)
        print("  ", "; ".join(notes))
        for said in ("asked for the keys 55 while the call waits", "pressed 55"):
            self.assertIn(said, notes)

    def test_who_waits_and_presses_nothing_goes_on_waiting_and_the_next_handler_is_heard(self):
        person, _ = self.handed_over()
        person.hears_ring()  # again
        for name, hertz, number in (("h1", FIRST, LANDLINE), ("h2", SECOND, MOBILE)):  # who came first has the right of way
            voice, _ = self.phone(name, hertz)
            self.desk(name, "--ready", says=rf"offered a call from \{number}")
        self.speak(voice)
        person.hears(SECOND)
        person.speaking = True
        voice.hears_speech()
        self.assertIn("no key pressed", self.trace(2))


if __name__ == "__main__":
    harness.main()
