#!/usr/bin/env python3
"""What a supervisor changes on the floor with `pledge supervise`, while calls wait."""
import config
import harness


class Supervise(harness.InteropTest):
    def refused(self, *words):
        client = self.keep(self.engine.client("supervise", *words, "--reason", "drill", "--as", "s1"))
        self.assertEqual(client.wait(), 1, client.said())
        return client.expect_json(lambda line: "reason" in line)["reason"]

    def change(self, *words):
        self.engine.ask("supervise", *words, "--reason", "drill", "--as", "s1")

    def test_a_waiting_call_is_moved_graded_and_withdrawn(self):
        self.serve(config.files([config.handler("h1", 7000), config.supervisor("s1", 7002)], more=config.SUPERVISORS))
        watch = self.keep(self.engine.client("watch"))

        def seen(wanted):
            watch.expect_json(lambda line: any(map(wanted, harness.contacts_in(line))))

        caller = self.caller("caller_waits", dialled="101", fill={"CODECS": "8 101"})
        seen(lambda c: c["queue"] == "non-emergency")
        self.change("reprioritise", "1", "immediate")
        seen(lambda c: c["grade"] == "GRADE_IMMEDIATE")
        self.assertEqual(self.refused("move", "1", "nowhere"), "UNKNOWN_QUEUE")
        self.change("move", "1", "emergency")
        seen(lambda c: c["queue"] == "emergency")
        self.change("withdraw", "1")
        caller.succeed()
        self.assertEqual(self.refused("withdraw", "1"), "UNKNOWN_CONTACT")

    def test_a_handler_is_assigned_and_signed_off(self):
        self.serve(config.files([config.handler("h1", 7000), config.supervisor("s1", 7002)], more=config.SUPERVISORS))
        console = self.keep(self.engine.client("console", "h1"))
        console.expect("HANDLER_STATE_NOT_READY")
        self.assertEqual(self.refused("assign", "h1", "nowhere"), "UNKNOWN_QUEUE")
        self.change("assign", "h1", "emergency")
        console.expect_json(lambda line: line.get("handler", {}).get("queues") == ["emergency"])
        self.change("sign-off", "h1")
        console.expect("HANDLER_STATE_SIGNED_OFF")
        without = self.keep(self.engine.client("supervise", "sign-off", "h1", "--as", "s1"))
        self.assertEqual(without.wait(), 2, without.said())


if __name__ == "__main__":
    harness.main()
