#!/usr/bin/env python3
"""Recordings of real calls: both voices in their channels, silence while paused, the digest in the journal, and who listened."""
import glob
import hashlib
import json
import math
import os
import struct
import time

import config
import harness
from harness import PHONES, TRUSTED

CALLER_HZ, HANDLER_HZ = 600, 1000  # whole periods in a packet
RATE = 8000
HEADER = 58  # RIFF, fmt with an empty extension, fact, data

MORE = """
[recording]
pause_reasons = ["card number"]
"""


def tone(hertz):
    """20 ms of it in A-law."""
    return harness.encode_alaw([int(9000 * math.sin(2 * math.pi * hertz * i / RATE)) for i in range(160)])


class Voice(harness.Rtp):
    """An endpoint that says its own tone: an answer to each packet, or a packet each 20 ms."""

    def __init__(self, address, hertz):
        self.tone = tone(hertz)
        super().__init__(address)

    def send(self, to, payload_type=8):
        count = self.sent
        packet = bytes([0x80, payload_type]) + count.to_bytes(2, "big") + (160 * count).to_bytes(4, "big") + b"pldg" + self.tone
        self.socket.sendto(packet, to)
        self.sent += 1


def voices(wav):
    """For each 100 ms the strengths [left CALLER_HZ, left HANDLER_HZ, right CALLER_HZ, right HANDLER_HZ]."""
    tag, channels, rate = struct.unpack("<HHI", wav[20:28])
    assert (tag, channels, rate) == (6, 2, RATE), (tag, channels, rate)
    assert struct.unpack("<I", wav[HEADER - 4:HEADER])[0] == len(wav) - HEADER
    sides = [harness.decode_alaw(wav[HEADER + side::2]) for side in (0, 1)]
    return [[harness.strength(side[at:at + 800], hertz) for side in sides for hertz in (CALLER_HZ, HANDLER_HZ)]
            for at in range(0, len(sides[0]) - 800, 800)]


class Recording(harness.InteropTest):
    def serve_recorded(self):
        self.port = harness.free_port(PHONES)
        supervisor = config.supervisor("s1", secret="interop-only")
        files = config.files([config.handler("h1", self.port), supervisor], more=MORE + config.SUPERVISORS)
        files["pledge.toml"] = files["pledge.toml"].replace('waiting = "answer"', 'waiting = "answer"\nrecord = true')
        self.serve(files)

    def begin_call(self, milliseconds):
        """A call of the recorded queue with both sides saying their tones: (caller, phone)."""
        voice, handler_voice = self.keep(Voice(TRUSTED, CALLER_HZ)), self.keep(Voice(PHONES, HANDLER_HZ))
        phone = self.sipp("phone", PHONES, port=self.port, fill={"RING": self.ring}, keys={"rtp": handler_voice.port, "number": "h1"})
        caller = self.caller("caller", dialled="101", keys={"rtp": voice.port}, fill={"TALK": milliseconds, "CODECS": "8 101"})
        voice.wait_for(1)  # ring tone, and with it the engine's address
        voice.talk_to(next(iter(voice.sources)))
        self.engine.ask("handler", "sign-on", "h1")
        self.engine.ask("handler", "ready", "h1")
        handler_voice.wait_for(25)
        return caller, phone, voice

    def complete(self, count=1):
        """The recordings that are complete, once there are so many."""
        deadline = time.monotonic() + harness.PATIENCE
        while time.monotonic() < deadline:
            found = self.engine.ask("recording", "list")
            if len(found) >= count:
                return found
        raise AssertionError(f"not {count} recordings within {harness.PATIENCE} s")

    def journalled(self, kind):
        """Events of a kind in the journal, once replay has found every decision the same."""
        replay = harness.Process(harness.PLEDGE, "replay", os.path.join(self.folder, "config", "journal"), "--print", "--json")
        self.assertEqual(replay.wait(60), 0, replay.said())
        records = [json.loads(line) for line in replay.lines if kind in line]
        replay.stop()
        return [record["event"] for record in records if "event" in record]

    def test_both_voices_a_silent_pause_the_digest_and_who_listened(self):
        self.serve_recorded()
        caller, phone, voice = self.begin_call(12000)  # slow under a sanitizer, and two thirds of it are waited for
        self.engine.ask("recording", "pause", "1", "--reason", "card number", "--as", "h1")
        paused_from = voice.sent
        while voice.sent < paused_from + 75:  # a second and a half
            voice.wait_for(voice.received + 1)
        self.engine.ask("recording", "resume", "1", "--as", "h1")
        caller.succeed()
        phone.succeed()
        recording = self.complete()[0]
        self.assertEqual((recording["contact"], recording["queue"], recording["handler"], recording["failure"]),
                         ("1", "non-emergency", "h1", ""))
        self.assertEqual([pause["reason"] for pause in recording["pauses"]], ["card number"])
        self.assertEqual(recording["packets_lost"], "0")

        path = os.path.join(self.folder, "config", "recordings", recording["file"])
        with open(path, "rb") as file:
            wav = file.read()
        heard = voices(wav)
        print(f"  {len(heard) / 10} s recorded; strengths at the start {heard[2]}, at the end {heard[-3]}")
        loud, quiet = 0.15, 0.02
        both = [h[0] > loud and h[3] > loud for h in heard]
        silent = [max(h) < quiet for h in heard]
        for at, h in enumerate(heard):
            self.assertLess(max(h[1], h[2]), quiet, f"a voice in the other's channel, {at / 10} s from the start")
        first, last = silent.index(True, both.index(True)), len(heard) - 1 - both[::-1].index(True)
        pause = silent[first:last].count(True)
        self.assertGreater(both[:first].count(True), 2, "both voices before the pause")
        self.assertGreaterEqual(pause, 12, "a second and a half of silence, but for its edges")
        self.assertTrue(all(silent[first:first + 12]), "nothing was heard in the pause")
        self.assertGreater(both[first:].count(True), 10, "both voices after the pause")

        digest = hashlib.sha256(wav).hexdigest()
        self.assertEqual(recording["sha256"], digest)
        self.hear_as(recording["name"], wav)
        finished = self.journalled("RecordingFinished")
        self.assertEqual(len(finished), 1)
        self.assertIn(digest, json.dumps(finished[0]))
        listeners = [json.dumps(event) for event in self.journalled("HearRecording")]
        self.assertEqual(len(listeners), 2, "the one who was refused is kept too")
        self.assertTrue(any('"s1"' in event and "complaint 17" in event for event in listeners), listeners)

    def hear_as(self, name, wav):
        fetched = os.path.join(self.folder, "fetched.wav")
        refused = self.engine.client("recording", "hear", name, fetched, "--reason", "curious", "--as", "h1")
        self.assertEqual(refused.wait(), 1, refused.said())
        refused.stop()
        self.assertFalse(os.path.exists(fetched))
        self.engine.ask("recording", "hear", name, fetched, "--reason", "complaint 17", "--as", "s1")
        with open(fetched, "rb") as file:
            self.assertEqual(file.read(), wav)

    def test_the_trace_shows_the_recording_and_its_pauses(self):
        self.serve_recorded()
        caller, phone, _ = self.begin_call(9000)
        self.engine.ask("recording", "pause", "1", "--reason", "card number", "--as", "h1")
        caller.succeed()
        phone.succeed()
        self.complete()
        trace = self.engine.ask("trace", "1")[0]
        said = [step["recording"]["text"] for step in trace["steps"] if "recording" in step]
        self.assertTrue(said[0].startswith("recorded as "), said)
        self.assertIn("recording paused by h1 (card number)", said)
        self.assertIn("recording stopped", said)

    def test_a_folder_that_cannot_be_written_fails_the_recording_and_not_the_call(self):
        self.serve_recorded()
        with open(os.path.join(self.folder, "config", "recordings"), "w", encoding="utf-8") as file:
            file.write("a file, where the folder should be")
        caller, phone, voice = self.begin_call(5000)
        self.engine.expect(r"alarm recording\.failed: recording \S+: cannot make")
        before = voice.received
        voice.wait_for(before + 10)  # the handler is still heard
        caller.succeed()
        phone.succeed()
        self.assertEqual(glob.glob(os.path.join(self.folder, "config", "recordings", "*")), [])

    def test_what_is_being_recorded_when_the_engine_is_stopped_is_completed_and_in_the_journal(self):
        self.serve_recorded()
        self.begin_call(60000)
        self.engine.stop()
        finished = self.journalled("RecordingFinished")
        self.assertEqual(len(finished), 1)
        files = glob.glob(os.path.join(self.folder, "config", "recordings", "*", "*.wav"))
        self.assertEqual(len(files), 1)
        with open(files[0], "rb") as file:
            self.assertIn(hashlib.sha256(file.read()).hexdigest(), json.dumps(finished[0]))

    def test_a_queue_that_does_not_say_so_is_not_recorded(self):
        self.serve_recorded()
        self.engine.ask("handler", "sign-on", "h1")
        self.engine.ask("handler", "ready", "h1")
        phone = self.sipp("phone", PHONES, port=self.port, fill={"RING": 50}, keys={"rtp": 41000, "number": "h1"})
        self.caller("caller", fill={"TALK": 200}).succeed()
        phone.succeed()
        self.assertEqual(self.engine.ask("recording", "list"), [])


if __name__ == "__main__":
    harness.main()
