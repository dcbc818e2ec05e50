"""Telephones for the benchmarks: callers, and handlers' phones, of as little SIP as the engine lets pass, with RTP whose packets are stamped
by the kernel as they arrive. One thread, one selector; nothing is sent again, for it all stays on the loopback."""
import collections
import re
import selectors
import socket
import struct
import time

HERE = "127.0.0.1"
SILENCE = b"\xd5" * 160  # 20 ms in A-law
EVENTS = 101
STAMP = struct.Struct("qq")


def udp_socket():
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((HERE, 0))
    made.setblocking(False)
    return made


def header(message, name):
    found = re.search(rf"^{name}\s*:\s*(.*?)\r$", message, re.M | re.I)
    return found[1] if found else ""


class Party:
    """One end of a call: its dialog and its RTP."""

    def __init__(self, phones, number=""):
        self.number, self.phones = number, phones
        self.rtp = udp_socket()
        self.rtp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18)
        self.rtp.setsockopt(socket.SOL_SOCKET, 35, 1)  # SO_TIMESTAMPNS, as <asm-generic/socket.h> has it
        self.engine = None      # where its RTP goes
        self.sent = self.received = 0
        self.last = 0           # when its last packet arrived, ns
        self.answered = self.ended = False
        self.invite = ""        # the request, of a phone that rings
        self.sequence = 1
        phones.selector.register(self.rtp, selectors.EVENT_READ, self.take)

    def take(self):
        packet, control, _, _ = self.rtp.recvmsg(2048, 64)
        self.received += 1
        seconds, rest = STAMP.unpack(control[0][2]) if control else (0, time.time_ns())
        self.last = 1_000_000_000 * seconds + rest
        return packet

    def describe(self):
        return ("v=0\r\no=- 1 1 IN IP4 {0}\r\ns=-\r\nc=IN IP4 {0}\r\nt=0 0\r\nm=audio {1} RTP/AVP 8 {2}\r\na=rtpmap:8 PCMA/8000\r\n"
                "a=rtpmap:{2} telephone-event/8000\r\n").format(HERE, self.rtp.getsockname()[1], EVENTS)

    def understand(self, message):
        port = re.search(r"^m=audio (\d+)", message, re.M)
        if port:
            self.engine = (HERE, int(port[1]))

    def packet(self, payload, payload_type=8, timestamp=None, marker=False):
        head = bytes([0x80, payload_type | (0x80 if marker else 0)]) + struct.pack(
            ">HII", self.sent & 0xFFFF, (160 * self.sent if timestamp is None else timestamp) & 0xFFFFFFFF, id(self) & 0xFFFFFFFF)
        self.rtp.sendto(head + payload, self.engine)
        self.sent += 1

    def talk(self):
        self.packet(SILENCE)

    def press(self, key):
        """An event of RFC 4733, its end three times; returns when its first packet left, ns."""
        begin, at = 160 * self.sent, time.time_ns()
        for i in range(4):
            self.packet(bytes([key, 0x8A if i else 0x0A]) + struct.pack(">H", 160 * (i > 0) + 160), EVENTS, begin, i == 0)
        return at

    def within(self, method, more=""):
        """A request within the dialog of a caller."""
        self.sequence += method != "ACK"
        self.phones.send(self.phones.callers, f"{method} {self.target} SIP/2.0\r\nVia: SIP/2.0/UDP {self.phones.at};branch=z9hG4bK{self.call_id}-"
                         f"{method}{self.sequence}\r\nFrom: {self.own}\r\nTo: {self.peer}\r\nCall-ID: {self.call_id}\r\nCSeq: {self.sequence} {method}\r\n"
                         f"Max-Forwards: 70\r\nContact: <sip:{self.number}@{self.phones.at}>\r\n{more}Content-Length: 0\r\n\r\n")

    def hang_up(self):
        self.within("BYE")
        self.ended = True

    def answer(self):
        """The 200 of a phone that rings; returns when it left, ns."""
        at = time.time_ns()
        self.phones.reply(self.invite, "200 OK", self)
        return at

    def close(self):
        self.phones.selector.unregister(self.rtp)
        self.rtp.close()


class Telephones:
    """`rings`: calls to handlers' phones that nobody has answered yet."""

    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.callers, self.handlers = udp_socket(), udp_socket()
        for which in (self.callers, self.handlers):
            self.selector.register(which, selectors.EVENT_READ, lambda which=which: self.take(which))
        self.at = "%s:%d" % self.callers.getsockname()
        self.phone_port = self.handlers.getsockname()[1]
        self.calls, self.rings = {}, collections.deque()
        self.engine = None  # where it listens

    def send(self, which, text, to=None):
        which.sendto(text.encode(), to or self.engine)

    def call(self, number, dialled):
        party = Party(self, number)
        party.call_id = f"{len(self.calls)}-{number.strip('+')}"
        party.target, party.own, party.peer = f"sip:{dialled}@{HERE}", f"<sip:{number}@{self.at}>;tag=c", f"<sip:{dialled}@{HERE}>"
        self.calls[party.call_id] = party
        body = party.describe()
        self.send(self.callers, f"INVITE {party.target} SIP/2.0\r\nVia: SIP/2.0/UDP {self.at};branch=z9hG4bK{party.call_id}-INVITE\r\nFrom: {party.own}\r\n"
                  f"To: {party.peer}\r\nCall-ID: {party.call_id}\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContact: <sip:{number}@{self.at}>\r\n"
                  f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n{body}")
        return party

    def reply(self, request, status, party=None):
        lines = [f"SIP/2.0 {status}", *(f"Via: {via}" for via in re.findall(r"^Via\s*:\s*(.*?)\r$", request, re.M | re.I))]
        lines += [f"{name}: {header(request, name)}" for name in ("From", "Call-ID", "CSeq")]
        to = header(request, "To")
        lines += [f"To: {to}" + ("" if ";tag=" in to else ";tag=p"), f"Contact: <sip:phone@{HERE}:{self.phone_port}>"]
        body = party.describe() if party else ""
        lines += ["Content-Type: application/sdp"] * bool(body) + [f"Content-Length: {len(body)}", "", body]
        self.send(self.handlers if f":{self.phone_port}" in request.split("\r\n")[0] or party else self.callers, "\r\n".join(lines))

    def take(self, which):
        message = which.recvfrom(65536)[0].decode(errors="replace")
        party = self.calls.get(header(message, "Call-ID"))
        if message.startswith("SIP/2.0 "):
            return self.take_response(message, party)
        if message.startswith("INVITE") and not party:
            party = Party(self, re.search(r"sip:([^@]*)@", header(message, "From"))[1])
            party.invite = message
            party.understand(message)
            self.calls[header(message, "Call-ID")] = party
            return self.rings.append(party)
        if message.startswith("ACK"):
            party.answered = True
        elif message.startswith(("BYE", "CANCEL")):
            party.ended = True
            self.reply(message, "200 OK")
        return None

    def take_response(self, message, party):
        if not message.startswith("SIP/2.0 200") or not header(message, "CSeq").endswith("INVITE") or party.answered:
            return
        party.understand(message)
        party.peer, party.target = header(message, "To"), re.search(r"<(.*?)>", header(message, "Contact"))[1]
        party.sequence = 1
        party.within("ACK")
        party.answered = True

    def run(self, seconds=30.0, until=None):
        """Takes what arrives until this is true, which must be within so many seconds, or for as long."""
        end = time.monotonic() + seconds
        while not (until and until()):
            rest = end - time.monotonic()
            for ready, _ in self.selector.select(min(max(rest, 0), 0.05)):
                ready.data()
            if rest <= 0:
                if until and not until():
                    raise RuntimeError(f"nothing came of it within {seconds} s")
                return
