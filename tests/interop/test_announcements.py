#!/usr/bin/env python3
"""What a waiting caller hears, compared with the recorded file sample by sample: sipp calls, RTP is taken from the wire."""
import os
import struct

import config
import harness

MORE = """
[prompts]
directory = "own"
[[announcement]]
name = "please wait"
prompts = ["hello"]
then = ""
repeat_after = "200 ms"
"""
SAMPLES_A_PACKET = 160
SILENCE = b"\xd5" * SAMPLES_A_PACKET


def write_wav(path, samples):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    harness.write_wav(path, struct.pack(f"<{len(samples)}h", *samples))


class Recorder(harness.Rtp):
    """An endpoint that keeps what it hears: (sequence, timestamp, payload) of each packet."""

    def __init__(self, address):
        self.heard = []
        super().__init__(address)
        self.mute = True

    def take(self, packet):
        self.heard.append((*struct.unpack(">HI", packet[2:8]), packet[12:]))


class Announcements(harness.InteropTest):
    def serve_with(self, samples):
        write_wav(os.path.join(self.folder, "config", "own", "en-GB", "hello.wav"), samples)
        files = config.files([config.handler("anna", harness.free_port(harness.PHONES))], more=MORE)
        files["pledge.toml"] = files["pledge.toml"].replace('waiting = "answer"', 'waiting = "answer"\nwaiting_sound = "please wait"')
        return self.serve(files)

    def test_a_waiting_caller_hears_the_recorded_message_again_and_again(self):
        ramp = [int(30000 * ((i * 37) % 1000) / 1000 - 15000) for i in range(3 * SAMPLES_A_PACKET)]
        self.serve_with(ramp)
        rtp = self.keep(Recorder(harness.TRUSTED))
        self.caller("caller", dialled="101", keys={"rtp": rtp.port}, fill={"TALK": 1500}).succeed()
        packets = [harness.encode_alaw(ramp[i:i + SAMPLES_A_PACKET]) for i in range(0, len(ramp), SAMPLES_A_PACKET)]
        period = packets + [SILENCE] * 10  # 200 ms
        rtp.wait_for(3 * len(period))
        first_sequence, first_timestamp, _ = rtp.heard[0]
        positions = set()
        for i, (sequence, timestamp, payload) in enumerate(rtp.heard):
            self.assertEqual((sequence - first_sequence) & 0xFFFF, i)
            samples = (timestamp - first_timestamp) & 0xFFFFFFFF
            self.assertEqual(samples % SAMPLES_A_PACKET, 0)
            # A machine too busy to send in time passes packets over; what it sends belongs where it stands.
            position = samples // SAMPLES_A_PACKET % len(period)
            self.assertEqual(payload, period[position], f"packet {i}, at {position} of the announcement")
            positions.add(position)
        self.assertEqual(len(positions), len(period))

    def test_a_waiting_caller_is_told_the_position_and_anew_when_it_has_changed(self):
        names = ["position-next", "position-before", "position-after", "position-far",
                 *(f"number-{n}" for n in [*range(1, 21), *range(30, 100, 10)])]
        words = {}  # by what one packet of it is
        for i, name in enumerate(names):
            samples = [*harness.decode_alaw(bytes([0x80 + i]))] * SAMPLES_A_PACKET
            words[harness.encode_alaw(samples)] = name
            write_wav(os.path.join(self.folder, "config", "own", "en-GB", name + ".wav"), samples * 2)
        files = config.files([config.handler("anna", harness.free_port(harness.PHONES))],
                             more=MORE.replace('["hello"]', '["{position}"]'))
        files["pledge.toml"] = files["pledge.toml"].replace('waiting = "answer"', 'waiting = "answer"\nwaiting_sound = "please wait"')
        self.serve(files)
        rtps = [self.keep(Recorder(harness.TRUSTED)) for _ in range(2)]
        first = self.caller("caller", dialled="101", keys={"rtp": rtps[0].port}, fill={"TALK": 1000})
        rtps[0].wait_for(1)
        second = self.caller("caller", dialled="101", keys={"rtp": rtps[1].port}, fill={"TALK": 2500})
        first.succeed()
        second.succeed()

        def sentences(rtp):
            told = "".join(words.get(payload, "|") + " " for _, _, payload in rtp.heard)
            return {" ".join(dict.fromkeys(part.split())) for part in told.split("|") if part.strip()}
        self.assertEqual(sentences(rtps[0]), {"position-next"})
        self.assertEqual(sentences(rtps[1]), {"position-before number-2 position-after", "position-next"})

    def test_who_waits_when_the_service_state_changes_hears_the_words_for_it(self):
        tones = {"hello": 12000, "incident": -12000}
        for name, level in tones.items():
            write_wav(os.path.join(self.folder, "config", "own", "en-GB", name + ".wav"), [level] * SAMPLES_A_PACKET)
        again = '\n[[announcement]]\nname = "major incident"\nprompts = ["incident"]\nthen = ""\nrepeat_after = "200 ms"\n'
        files = config.files([config.handler("anna", harness.free_port(harness.PHONES))], more=MORE + again)
        files["pledge.toml"] = files["pledge.toml"].replace('not_ready_reasons', 'service_states = ["normal", "major incident"]\nnot_ready_reasons')
        files["pledge.toml"] = files["pledge.toml"].replace('waiting = "answer"\n', 'waiting = "answer"\nwaiting_sound = "please wait"\n').replace(
            '\n[[rule]]', '\n[[queue.wording]]\nservice_states = ["major incident"]\nwaiting_sound = "major incident"\n[[rule]]', 1)
        engine = self.serve(files)
        rtp = self.keep(Recorder(harness.TRUSTED))
        caller = self.caller("caller", dialled="101", keys={"rtp": rtp.port}, fill={"TALK": 2000})
        rtp.wait_for(1)
        engine.ask("state", "major incident", "--reason", "drill")
        caller.succeed()
        levels = {harness.encode_alaw([level] * SAMPLES_A_PACKET): name for name, level in tones.items()}
        said = [levels[payload] for _, _, payload in rtp.heard if payload in levels]
        self.assertEqual(list(dict.fromkeys(said)), ["hello", "incident"])
        self.assertNotIn("hello", said[said.index("incident"):])

    def test_a_new_recording_is_told_and_loaded(self):
        engine = self.serve_with([0] * SAMPLES_A_PACKET)
        directory = os.path.join(self.folder, "config")

        def ask(what):
            return [line for answer in engine.ask(what, directory) for line in answer["lines"]]
        self.assertIn("nothing changes", ask("diff"))
        loud = [12000] * SAMPLES_A_PACKET
        write_wav(os.path.join(directory, "own", "en-GB", "hello.wav"), loud)
        self.assertIn("announcement please wait: prompt hello has a new recording", ask("diff"))
        self.assertIn("announcement please wait: prompt hello has a new recording", ask("reload"))
        self.assertIn("nothing changes", ask("diff"))
        rtp = self.keep(Recorder(harness.TRUSTED))
        self.caller("caller", dialled="101", keys={"rtp": rtp.port}, fill={"TALK": 500}).succeed()
        self.assertIn(harness.encode_alaw(loud), [payload for _, _, payload in rtp.heard])

    def test_a_missing_prompt_is_refused_with_its_place(self):
        self.serve_with([0] * 320)
        with open(os.path.join(self.folder, "config", "pledge.toml"), encoding="utf-8") as file:
            text = file.read()
        broken = os.path.join(self.folder, "broken")
        os.makedirs(broken)
        with open(os.path.join(broken, "pledge.toml"), "w", encoding="utf-8") as file:
            file.write(text.replace('["hello"]', '["hello", "helo"]'))
        check = harness.Process(harness.PLEDGE, "check", broken)
        self.assertEqual(check.wait(), 1)
        self.assertIn('prompt "helo" is missing in language en-GB', check.said())
        check.stop()


if __name__ == "__main__":
    harness.main()
