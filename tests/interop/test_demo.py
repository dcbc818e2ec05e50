#!/usr/bin/env python3
"""The demonstration, unattended: real calls, all of them accounted for, and figures equal to the callers' own."""
import harness


class Demo(harness.InteropTest):
    def test_a_short_run_ends_well(self):
        demo = self.keep(harness.Process(harness.PLEDGE, "demo", "--for", "15s", "--own-ports", cwd=harness.TOP))
        self.assertEqual(demo.wait(120), 0, demo.said())
        self.assertRegex(demo.said(), r"[1-9]\d* calls")


if __name__ == "__main__":
    harness.main()
