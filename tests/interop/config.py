"""The configuration of the end-to-end tests: one centre, two queues, a trusted and an untrusted trunk, and the handlers
that a test asks for. Every port is ephemeral; what differs from it is given by the test."""
import harness

BASE = """\
[general]
zone = "Europe/London"
centres = ["bow"]
not_ready_reasons = ["break"]

[[class]]
name = "emergency"
[[class]]
name = "non-emergency"

[[queue]]
name = "emergency"
class = "emergency"
target_share = "90 %"
target_within = "10 s"
bound = 100
offer_timeout = "{offer_timeout}"
[[queue]]
name = "non-emergency"
class = "non-emergency"
target_share = "91 %"
target_within = "30 s"
bound = 100
waiting = "answer"
offer_timeout = "{offer_timeout}"

[[rule]]
name = "test call"
service_urns = ["urn:service:test.sos"]
kind = "test"
[[rule]]
name = "emergency service"
service_urns = ["urn:service:sos"]
queue = "emergency"
[[rule]]
name = "999"
dialled = ["999", "112"]
queue = "emergency"
[[rule]]
name = "101"
dialled = ["101", "+442079460101"]
queue = "non-emergency"

[[role]]
name = "call handler"
queues = ["emergency", "non-emergency"]

[[pool]]
name = "bow"
reserve = {{ kind = "off" }}

[offers]
console_grace = "{console_grace}"

[[trunk]]
name = "operator"
ranges = ["{trusted}", "{baresip}"]
trusted = true
[[trunk]]
name = "public"
ranges = ["{untrusted}"]

[sip]
domain = "pledge.test"
[sip.limits]  # a sanitized engine beside other tests is late at any time: overload has a test of its own
late = "0 s"
too_late = "0 s"
[sip.phones]
sha256 = false  # baresip 1.0 gives up when it is offered
[[sip.listener]]
transport = "udp"
address = "{engine}"
port = 0
[[sip.listener]]
transport = "tcp"
address = "{engine}"
port = 0

[media]
port_first = 20000
port_last = 29999

[service]
grpc_address = "{engine}:0"
http_address = "{engine}:0"
"""

HANDLER = """
[[handler]]
name = "{name}"
centre = "bow"
pool = "bow"
roles = ["call handler"]
phone_mode = "{mode}"
{phone}
"""


def handler(name, port=None, mode="ring", secret=None):
    """With a port: a phone at a fixed address. With a secret: a phone that registers."""
    phone = f'phone = "sip:{name}@{harness.PHONES}:{port}"' if port else f'secret = "{secret}"'
    return HANDLER.format(name=name, mode=mode, phone=phone)


SUPERVISORS = """
[[role]]
name = "supervisor"
queues = ["emergency"]
supervisor = true
"""  # what `supervisor` needs among the files' `more`


def supervisor(name, port=None, secret=None):
    return handler(name, port, secret=secret).replace('["call handler"]', '["supervisor"]')


def files(handlers, offer_timeout="20 s", console_grace="10 min", more=""):
    base = BASE.format(offer_timeout=offer_timeout, console_grace=console_grace, engine=harness.ENGINE, trusted=harness.TRUSTED, baresip=harness.BARESIP,
                       untrusted=harness.UNTRUSTED)
    return {"pledge.toml": base + more, "handlers.toml": "".join(handlers)}
