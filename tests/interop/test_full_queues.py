#!/usr/bin/env python3
"""Queues that take no more calls, from end to end: a call goes to another queue, or to a number, when it comes or when it has waited
too long; and a caller who waits is told of a key that leads to a full queue. Sounds are tones, to be told by."""
import harness
import test_call_control
from test_call_control import CALLER, FIRST, MESSAGE, OUTSIDE, REFUSAL, SECOND

SECOND_QUEUE = """[[queue]]
name = "second line"
class = "non-emergency"
target_within = "30 s"
bound = 100
waiting = "answer"
waiting_sound = "hold on"
offer_timeout = "20 s"
[[announcement]]
name = "hold on"
prompts = ["welcome"]
then = ""
repeat_after = "100 ms"
[[announcement]]
name = "not now"
prompts = ["key-refused"]
then = ""
"""
KEY = """[[queue.key]]
key = "1"
says = "somebody is in danger"
queue = "emergency"
"""
BOUND = "bound = 100\nwaiting"  # of the queue non-emergency
MOBILE, ANOTHER = "+447700900123", "+442079460002"


class FullQueues(test_call_control.Room):
    def serve_queues(self, non_emergency, keys="", bound=100):
        """`non_emergency`: what its queue says beside how it waits; `bound` of the queue emergency."""
        changes = {**self.sing(welcome=MESSAGE, key_refused=REFUSAL), 'name = "emergency"\nclass': 'name = "emergency"\nbound = %d\nclass' % bound,
                   'target_within = "10 s"\nbound = 100\n': 'target_within = "10 s"\n', BOUND: non_emergency + "waiting",
                   '[[rule]]\nname = "test call"': keys + SECOND_QUEUE + '[[rule]]\nname = "test call"',
                   'queues = ["emergency", "non-emergency"]': 'queues = ["emergency", "non-emergency", "second line"]'}
        self.serve_room(supervisors=("s1",), changes=changes)
        self.watch = self.keep(self.engine.client("watch"))

    def seen(self, wanted):
        line = self.watch.expect_json(lambda line: any(map(wanted, harness.contacts_in(line))))
        return next(filter(wanted, harness.contacts_in(line)))

    def waits(self, number, queue, dialled="101"):
        """A caller who stays on the line, once the call is seen to wait in this queue: (voice, SIP)."""
        voice, sip = self.call(dialled=dialled, number=number)
        call = self.seen(lambda call: call.get("facts", {}).get("caller") == number and call["state"] == "CONTACT_STATE_WAITING")
        self.assertEqual(call["queue"], queue)
        return voice, sip

    def test_a_call_to_a_full_queue_waits_in_another_and_is_answered_from_there(self):
        self.serve_queues('bound = 1\nfull = "queue second line"\n')
        self.waits(ANOTHER, "non-emergency")
        caller, sip = self.waits(MOBILE, "second line")
        caller.talk_to(self.addresses(sip))
        caller.hears(MESSAGE)  # of the second queue; in the first one it would be ring tone
        self.assertIn("full", str(self.engine.ask("explain", "2")))
        for name, hertz, number in (("h1", FIRST, ANOTHER), ("h2", SECOND, MOBILE)):
            voice, _ = self.phone(name, hertz)
            self.desk(name, "--ready", says=rf"offered a call from \{number}")
        self.speak(voice)
        caller.hears(SECOND)
        voice.hears(CALLER)

    def test_a_call_to_a_full_queue_goes_to_a_number(self):
        self.serve_queues('bound = 1\nfull = "number +442079460123"\n')
        self.waits(ANOTHER, "non-emergency")
        self.dialled_out()

    def test_a_call_that_has_waited_too_long_goes_to_a_number(self):
        self.serve_queues('bound = 100\noverflow_after = "1 s"\nlate = "number +442079460123"\n')
        self.dialled_out()

    def dialled_out(self):
        """The next caller talks with the outside number, which sees the caller's own."""
        outside, outside_sip = self.phone("outside", OUTSIDE)
        caller, sip = self.call(dialled="101", number=MOBILE)
        caller.talk_to(self.addresses(sip))
        self.speak(outside)
        caller.hears(OUTSIDE)
        outside.hears(CALLER)
        self.assertIn("INVITE sip:+442079460123@", outside_sip.exchanged())
        print("  ", outside_sip.exchanged().split("From: ")[1].split("\n")[0])

    def test_a_key_that_leads_to_a_full_queue_is_answered_and_works_once_there_is_room(self):
        self.serve_queues('bound = 100\nwaiting_sound = "hold on"\nkey_refused_sound = "not now"\n', keys=KEY, bound=1)
        other, other_sip = self.waits(ANOTHER, "emergency", dialled="999")
        caller, sip = self.waits(MOBILE, "non-emergency")
        caller.wait_for(1)
        caller.talk_to(self.addresses(sip))
        caller.hears(MESSAGE)
        caller.press(1)
        caller.hears(REFUSAL)
        caller.hears(MESSAGE)  # the waiting sound again
        notes = self.trace(2)
        self.assertTrue(any("emergency takes no more calls" in note for note in notes), notes)
        caller.press(1)
        caller.hears(REFUSAL)  # again
        self.engine.ask("supervise", "withdraw", "1", "--reason", "drill", "--as", "s1")
        self.seen(lambda call: call["id"] == "1" and call["state"] == "CONTACT_STATE_ENDED")
        caller.press(1)
        moved = self.seen(lambda call: call["id"] == "2" and call["queue"] == "emergency")
        self.assertEqual(moved["state"], "CONTACT_STATE_WAITING")
        caller.hears_ring()


if __name__ == "__main__":
    harness.main()
