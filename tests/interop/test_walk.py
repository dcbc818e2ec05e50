#!/usr/bin/env python3
"""One walk through config/demo with real phones (baresip): a caller chooses by keys, hears the composed message, is put through, is
transferred after a consultation, and is recorded; another does not speak and presses 55. Each phone has its own tone, so that who
hears whom is measured in what the phones received."""
import array
import glob
import math
import os
import re

import harness
from harness import BARESIP, TOP

SECRET = "interop-only"
CALLER_HZ, FIRST_HZ, SECOND_HZ = 500, 800, 1250
FRAME = 1600  # 200 ms
CLEAR, NOTHING = 0.02, 0.004  # of full scale


class Heard:
    """What a phone received, in frames of 200 ms."""

    def __init__(self, samples):
        self.frames = [samples[at:at + FRAME] for at in range(0, len(samples) - FRAME, FRAME)]

    def seconds_of(self, hertz):
        return sum(harness.strength(frame, hertz) > CLEAR for frame in self.frames) * 0.2

    def seconds_of_speech(self):
        """Loud frames with none of the phones' tones in them."""
        def speech(frame):
            loud = math.sqrt(sum(s * s for s in frame) / len(frame)) / 32768 > 0.02
            return loud and all(harness.strength(frame, hertz) < NOTHING for hertz in (CALLER_HZ, FIRST_HZ, SECOND_HZ))
        return sum(speech(frame) for frame in self.frames) * 0.2


class Walk(harness.InteropTest):
    def serve_demo(self):
        files = {}
        for path in glob.glob(os.path.join(TOP, "config", "demo", "*.toml")):
            with open(path, encoding="utf-8") as file:
                files[os.path.basename(path)] = file.read()
        engine = files["engine.toml"]
        engine = re.sub(r'(\[\[sip.listener\]\]\ntransport = "\w+"\n)', r"\1port = 0\n", engine)
        engine = re.sub(r'(_address = "127.0.0.1):\d+"', r'\1:0"', engine)
        files["engine.toml"] = engine
        files["people.toml"] = files["people.toml"].replace('phone = "sip:{id}@127.0.0.1:7000"', f'secret = "{SECRET}"')
        return self.serve(files)

    def phone(self, handler, hertz):
        account = f'auth_pass={SECRET};outbound="sip:{self.engine.sip}";regint=600;audio_codecs=PCMA'
        phone = self.baresip(handler, BARESIP, account=account, answer="auto", domain=self.engine.sip, hertz=hertz)
        phone.expect("200 OK")
        return phone

    def desk(self, handler, *more):
        console = self.keep(harness.Process(harness.PLEDGE, "console", handler, "--server", self.engine.grpc, *more))
        console.expect(" ready|not-ready: signed on|offered")
        return console

    def call(self, user, dialled):
        caller = self.baresip(user, BARESIP, hertz=CALLER_HZ)
        caller.command("dial", f"sip:{dialled}@{self.engine.sip}")
        caller.event("CALL_ESTABLISHED")
        return caller

    def talk(self, phone, seconds=2):
        """Until the phone has received so much more."""
        phone.forget()
        received = phone.event("CALL_RTCP")["rtcp_stats"]["rx"]["sent"]
        while phone.event("CALL_RTCP")["rtcp_stats"]["rx"]["sent"] < received + 50 * seconds:
            pass

    def seen(self, wanted):
        """A call of which this is true, as a supervisor's screen shows it."""
        watch = self.keep(self.engine.client("watch"))
        watch.expect_json(lambda line: any(map(wanted, harness.contacts_in(line))))

    def test_menu_message_handler_consultation_transfer_and_recording(self):
        self.serve_demo()
        first, second = self.phone("sim01", FIRST_HZ), self.phone("sim02", SECOND_HZ)
        caller = self.call("+442079460001", "101")
        self.talk(caller)
        caller.command("sndcode", "4")  # something else
        self.talk(caller)
        caller.command("sndcode", "1")  # lost property
        self.seen(lambda call: call["state"] == "CONTACT_STATE_WAITING" and call["queue"] == "non-emergency" and
                  call["labels"][-1:] == ["lost property"])  # after "out of hours", when it is
        self.talk(caller, 4)  # hears the message
        desk = self.desk("sim01", "--ready")
        desk.expect("talking")
        self.talk(caller)
        other = self.desk("sim02", "--ready")
        desk.tell("consult sim02")
        other.expect("offered")
        second.event("CALL_ESTABLISHED")
        desk.expect("sim02")
        desk.tell("transfer")
        first.event("CALL_CLOSED")
        self.talk(caller)
        caller.command("hangup")
        second.event("CALL_CLOSED")
        heard = Heard(caller.heard())
        self.assertGreater(heard.seconds_of_speech(), 2, "the menu and the message")
        for hertz in (FIRST_HZ, SECOND_HZ):
            self.assertGreater(heard.seconds_of(hertz), 1, f"{hertz} Hz of a handler")
        self.assertLess(heard.seconds_of(CALLER_HZ), 1.5, "its own tone: a voice of a prompt has it here and there")
        self.assertGreater(Heard(second.heard()).seconds_of(CALLER_HZ), 1)
        self.recorded_voices({CALLER_HZ, FIRST_HZ, SECOND_HZ})

    def recorded_voices(self, wanted):
        listed = []
        while len(listed) < 2:  # the transfer begins a second one
            listed = self.engine.ask("recording", "list")
        found = set()
        for path in glob.glob(os.path.join(self.folder, "config", "recordings", "**", "*.wav"), recursive=True):
            with open(path, "rb") as file:
                data = file.read()[58:]  # A-law, the caller in the left channel
            for side in (0, 1):
                heard = Heard(array.array("h", harness.decode_alaw(data[side::2])))
                found |= {hertz for hertz in wanted if heard.seconds_of(hertz) > 0.5}
        self.assertEqual(found, wanted)

    def test_a_silent_caller_of_999_presses_55(self):
        self.serve_demo()
        self.phone("sim01", FIRST_HZ)
        desk = self.desk("sim01", "--ready")
        caller = self.call("+447700900123", "999")
        desk.expect("talking")
        self.talk(caller, 1)
        desk.tell("ask-for-keys")
        self.seen(lambda call: "silent" in call["labels"])
        self.talk(caller, 3)
        caller.command("sndcode", "55")
        self.seen(lambda call: "pressed 55" in call["labels"] and call["grade"] == "GRADE_IMMEDIATE")
        self.talk(caller, 1)
        caller.command("hangup")
        desk.expect("the call has ended")
        self.assertGreater(Heard(caller.heard()).seconds_of_speech(), 1, "the announcement")


if __name__ == "__main__":
    harness.main()
