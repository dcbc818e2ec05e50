#!/usr/bin/env python3
"""Real phones (baresip): registration, speech both ways with RTP counted on both sides, all phone modes."""
import config
import harness
from harness import BARESIP, TRUSTED

SECRET = "interop-only"
TALK_PACKETS = 100  # two seconds of speech
SPARE = 10  # the two sides' counts are of different moments


class Baresip(harness.InteropTest):
    def handler_phone(self, name, codecs="PCMA,PCMU"):
        """A baresip that registers as the handler's phone and answers by itself."""
        account = f'auth_pass={SECRET};outbound="sip:{self.engine.sip}";regint=600;audio_codecs={codecs}'
        phone = self.baresip(name, BARESIP, account=account, answer="auto", domain=self.engine.sip)
        phone.expect(r"200 OK")
        return phone

    def talk(self, caller, phone):
        """Both sides hear each other until RTCP has counted some seconds of it; then the caller hangs up."""
        caller.event("CALL_ESTABLISHED")
        for side in (caller, phone):
            side.event("CALL_RTPESTAB")
        for side in (caller, phone):
            while side.event("CALL_RTCP")["rtcp_stats"]["rx"]["sent"] < TALK_PACKETS + SPARE:
                pass
        caller.command("hangup")
        phone.event("CALL_CLOSED")
        for side in (caller, phone):
            received, sent = side.packets()
            print(f"  RTP at {side.uri}: {received} received, {sent} sent")
            self.assertGreaterEqual(received, TALK_PACKETS)
            self.assertGreaterEqual(sent, TALK_PACKETS)

    def test_baresip_talks_to_baresip(self):
        self.serve(config.files([config.handler("h1", secret=SECRET)]))
        phone = self.handler_phone("h1")
        self.engine.ask("handler", "sign-on", "h1")
        self.engine.ask("handler", "ready", "h1")
        caller = self.baresip("+442079460001", BARESIP)
        caller.command("dial", f"sip:999@{self.engine.sip}")
        self.talk(caller, phone)

    def test_accept_first_with_a_console(self):
        """The handler accepts at the console; only then is the phone called."""
        self.serve(config.files([config.handler("h1", secret=SECRET, mode="accept_first")]))
        phone, console = self.handler_phone("h1"), self.ready_console()
        caller = self.baresip("+442079460001", BARESIP)
        caller.command("dial", f"sip:999@{self.engine.sip}")
        offer = console.expect_json(lambda message: "offer" in message)["offer"]
        self.assertTrue(offer["can_accept"], offer)
        self.assertEqual(offer["contact"]["facts"]["caller"], "+442079460001")
        console.tell("accept")
        self.talk(caller, phone)
        console.tell("sign-off")
        console.tell("quit")
        self.assertEqual(console.wait(), 0, console.said())

    def ready_console(self):
        console = self.keep(self.engine.client("console", "h1", "--ready"))
        console.expect("HANDLER_STATE_READY")
        return console

    def test_sipp_talks_to_baresip_accepted_at_a_console(self):
        self.serve(config.files([config.handler("h1", secret=SECRET, mode="accept_first")]))
        phone, console = self.handler_phone("h1"), self.ready_console()
        self.sipp_calls(phone, lambda: (console.expect_json(lambda message: "offer" in message), console.tell("accept")))

    def test_sipp_talks_to_baresip(self):
        self.sipp_talks_to("PCMA,PCMU")

    def test_legs_without_a_common_codec_talk_all_the_same(self):
        """A-law towards the caller, µ-law towards the phone."""
        self.sipp_talks_to("PCMU")

    def sipp_talks_to(self, codecs):
        self.serve(config.files([config.handler("h1", secret=SECRET)]))
        phone = self.handler_phone("h1", codecs)
        self.engine.ask("handler", "sign-on", "h1")
        self.engine.ask("handler", "ready", "h1")
        self.sipp_calls(phone)

    def sipp_calls(self, phone, accept=lambda: None):
        """A caller of sipp's with an RTP endpoint of its own: it counts what the handler's phone says, and answers."""
        media = self.keep(harness.Rtp(TRUSTED))
        caller = self.caller("caller", keys={"rtp": media.port}, fill={"TALK": 6500, "CODECS": "8 101"})
        accept()
        media.wait_for(TALK_PACKETS)
        caller.succeed()
        received, sent = phone.packets()
        print(f"  RTP at the caller: {media.received} received, {media.sent} sent; at the phone: {received} received, {sent} sent")
        self.assertGreaterEqual(received, TALK_PACKETS)
        self.assertEqual(media.payload_types, {8})


if __name__ == "__main__":
    harness.main()
