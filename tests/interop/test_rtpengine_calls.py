#!/usr/bin/env python3
"""Calls in progress behind the real rtpengine: hold, consultation, transfer, conference, whisper, keys and recording are the same as
without it. It relays; what it cannot do, the engine does behind it, and no party is moved for that: nobody is sent another port."""
import harness
import test_call_control
import test_conferences
from test_rtpengine import Behind


class Relayed(Behind):
    legs_at_least = 2

    def _account(self):
        super()._account()
        if self.engine.process.poll() is None:
            self.assertEqual(self.metric("rtpengine_moved_total"), 0)


class Controlled(Relayed, test_call_control.CallControl):
    """What one handler does with a call, and a supervisor; the recordings hold whom the caller hears."""


class Five(Relayed, test_conferences.Five):
    """A conference."""

    legs_at_least = 5


if __name__ == "__main__":
    harness.main()
