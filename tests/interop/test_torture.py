#!/usr/bin/env python3
"""The torture messages of RFC 4475, byte for byte: each gets one of the allowed final answers, and the engine lives on.

The messages and what is allowed (expected.csv) are test data beside this repository; without them the test is skipped."""
import csv
import os
import re
import socket
import unittest

import config
import harness

DATA = os.path.join(harness.SHARED, "data", "sip-torture")
QUIET = 1.0  # seconds in which nothing may come, where nothing is allowed
# Where the engine answers otherwise than proposed: what, and why.
OTHERWISE = {
    "intmeth.dat": ("400", "the SIP library's parser refuses this Request-URI, and the sender is told"),
    "wsinv.dat": ("481", "its To tag names a dialog that does not exist (RFC 3261 section 12.2.2)"),
}
ANY_CALL = """
[[rule]]
name = "any other call"
queue = "emergency"
"""


def cases():
    with open(os.path.join(DATA, "expected.csv"), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rewritten(message, port):
    """The topmost Via is given this socket's port, so that the answer comes here whatever RFC 3581 says of the request."""
    return message if port is None else re.sub(rb"(?im)^(v|via)(\s*:\s*SIP\s*/\s*\d\.\d\s*/\s*\w+\s+)[^;,\r\n]+",
                                              rb"\1\g<2>" + f"{harness.TRUSTED}:{port}".encode(), message, count=1)


def allowed(pattern, status):
    classes = {"1xx": "1..", "2xx": "2.."}
    expected = "|".join(classes.get(word, word) for word in re.split(r"[|/]", pattern))
    return re.fullmatch(expected, str(status)) is not None


@unittest.skipUnless(os.path.isdir(DATA), f"no torture messages at {os.path.relpath(DATA, harness.TOP)}")
class Torture(harness.InteropTest):
    def setUp(self):
        super().setUp()
        port = harness.free_port(harness.PHONES)
        self.serve(config.files([config.handler("h1", port)], more=ANY_CALL))

    def statuses(self, message, transport):
        """The status of every answer until a final one, or until it is quiet."""
        kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
        with socket.socket(socket.AF_INET, kind) as peer:
            peer.bind((harness.TRUSTED, 0))
            peer.connect(self.engine.listeners[transport])
            peer.sendall(rewritten(message, peer.getsockname()[1]))
            peer.settimeout(QUIET)
            received, answers = b"", []
            try:
                while not answers or answers[-1] < 180:
                    more = peer.recv(65536)
                    if not more:
                        break
                    received += more
                    answers = [int(s) for s in re.findall(rb"(?m)^SIP/2\.0 (\d{3})", received)]
            except (TimeoutError, ConnectionError):
                pass
            return answers

    def test_every_message(self):
        for case in cases():
            with open(os.path.join(DATA, case["file"]), "rb") as file:
                message = file.read()
            transport = "tcp" if case["via_transport"] == "TCP" else "udp"
            with self.subTest(file=case["file"], title=case["title"]):
                answers = self.statuses(message, transport)
                otherwise, reason = OTHERWISE.get(case["file"], ("", ""))
                wanted = case["engine_allowed_final"] + ("|" + otherwise if otherwise else "")
                print(f"  {case['file']:14} {transport} {case['title'][:50]:50} wanted {wanted:24} got {answers or 'nothing'} {reason}")
                if wanted == "DROP":
                    self.assertEqual(answers, [])
                else:
                    self.assertTrue(answers, f"no answer; allowed: {wanted}")
                    self.assertTrue(allowed(wanted, answers[-1]), f"{answers[-1]}; allowed: {wanted}")
        self.caller("options").succeed()  # it lives


harness.main()
