"""The benchmark programs in C++ (tools/benchmarks/NAME.cpp, built as bench_NAME): each prints its figures as lines of JSON,
{"name", "value", "unit"}. Here stands what each figure should reach."""
import json
import os
import subprocess

from rows import TOP, row, skipped

# name in the program's output -> (name in the table, what to reach)
FIGURES = {
    "core": {
        "core.events_per_second": ("core alone, 10,000 waiting, 5,000 handlers: events", "≥500000"),
        "core.step_p99": ("core alone: one step, p99", "≤10"),
        "core.step_p999": ("core alone: one step, p99.9", ""),
        "core.step_max": ("core alone: one step, maximum", ""),
    },
    "watchers": {
        "watchers.changes_per_second": ("500 gRPC watchers: changes delivered to each", "≥990"),
        "watchers.latency_p50": ("500 gRPC watchers: change to watcher, p50", ""),
        "watchers.latency_p99": ("500 gRPC watchers: change to watcher, p99", "≤50"),
        "watchers.engine_cores": ("500 gRPC watchers: the engine's processor time", "≤0.3"),
        "watchers.floor_cores": ("500 gRPC watchers sent as many messages by gRPC alone (the floor): its processor time", ""),
        "watchers.messages_per_second": ("500 gRPC watchers: messages to each", ""),
        "watchers.message_bytes": ("500 gRPC watchers: size of a message", ""),
        "watchers.offer_p99": ("500 gRPC watchers: an offer to one console meanwhile, p99", "≤2"),
        "watchers.stalled_dropped": ("500 gRPC watchers: one more that reads nothing is dropped", "=1"),
    },
    "media": {
        "media.set_up.cpu_per_call": ("media of a call: both legs opened, connected, closed", ""),
        "media.talking_500.cores": ("500 talking calls relayed, 50,000 packets/s: media thread", "≤0.35"),
        "media.talking_500.cpu_per_packet": ("500 talking calls relayed: a packet", ""),
        "media.talking_500.latency_p50": ("500 talking calls relayed: latency with the loopback's own, p50", "≤0.5"),
        "media.talking_500.latency_p99": ("500 talking calls relayed: latency with the loopback's own, p99", "≤0.5"),
        "media.talking_500.sent": ("500 talking calls relayed: packets sent", ""),
        "media.talking_500.lost": ("500 talking calls relayed: packets lost", "=0"),
        "media.floor_talking_500.cores": ("500 talking calls relayed, nothing looked at (the floor): its thread", ""),
        "media.floor_talking_500.cpu_per_packet": ("500 talking calls relayed, nothing looked at (the floor): a packet", ""),
        "media.floor_talking_500.latency_p50": ("500 talking calls relayed, nothing looked at (the floor): latency, p50", ""),
        "media.floor_talking_500.latency_p99": ("500 talking calls relayed, nothing looked at (the floor): latency, p99", ""),
        "media.recorded_500.cores": ("500 talking calls relayed and recorded: media and recorder's threads", "≤0.5"),
        "media.recorded_500.latency_p99": ("500 talking calls relayed and recorded: latency with the loopback's own, p99", "≤0.5"),
        "media.recorded_500.lost": ("500 talking calls relayed and recorded: packets lost", "=0"),
        "media.recorded_500.not_recorded": ("500 talking calls relayed and recorded: packets missing in the recordings", "=0"),
        "media.recorded_500.failed": ("500 talking calls relayed and recorded: recordings failed", "=0"),
        "media.flood_none.latency_p99": ("100 talking calls, no flood: latency, p99", ""),
        "media.flood_none.lost": ("100 talking calls, no flood: packets lost", "=0"),
        "media.flood_stranger.cpu_per_packet": ("a port of 100 talking calls flooded by a stranger: a packet", ""),
        "media.flood_stranger.per_second": ("a port of 100 talking calls flooded by a stranger: packets of the flood", ""),
        "media.flood_stranger.latency_p99": ("a port of 100 talking calls flooded by a stranger: the calls' latency, p99", "≤0.5"),
        "media.flood_stranger.lost": ("a port of 100 talking calls flooded by a stranger: packets lost by the other calls", "=0"),
        "media.flood_stranger.victim": ("a port of 100 talking calls flooded by a stranger: packets passed on to that call's other phone, times its own", ""),
        "media.flood_wrong_source.cpu_per_packet": ("a port of 100 talking calls flooded by other sources (SSRC) at its own address: a packet", ""),
        "media.flood_wrong_source.per_second": ("a port of 100 talking calls flooded by other sources (SSRC) at its own address: packets of the flood", ""),
        "media.flood_wrong_source.latency_p99": ("a port of 100 talking calls flooded by other sources (SSRC) at its own address: the calls' latency, p99", "≤0.5"),
        "media.flood_wrong_source.lost": ("a port of 100 talking calls flooded by other sources (SSRC) at its own address: packets lost by the other calls", "=0"),
        "media.flood_wrong_source.victim": ("a port of 100 talking calls flooded by other sources (SSRC) at its own address: packets passed on to that call's other phone, times its own", ""),
        "media.flood_malformed.cpu_per_packet": ("a port of 100 talking calls flooded by no RTP, from its own address: a packet", ""),
        "media.flood_malformed.per_second": ("a port of 100 talking calls flooded by no RTP, from its own address: packets of the flood", ""),
        "media.flood_malformed.latency_p99": ("a port of 100 talking calls flooded by no RTP, from its own address: the calls' latency, p99", "≤0.5"),
        "media.flood_malformed.lost": ("a port of 100 talking calls flooded by no RTP, from its own address: packets lost by the other calls", "=0"),
        "media.flood_malformed.victim": ("a port of 100 talking calls flooded by no RTP, from its own address: packets passed on to that call's other phone, times its own", ""),
        "media.conference_5x1.cpu_per_frame": ("conference mixing of 5 legs: CPU per 20 ms frame", "≤1"),
        "media.conference_5x1.packets_per_leg": ("conference mixing of 5 legs: packets to each leg in 20 ms", ""),
        "media.conference_5x100.cpu_per_frame": ("100 conferences of 5 legs at a time: CPU per 20 ms frame of each", "≤1"),
        "media.conference_5x100.packets_per_leg": ("100 conferences of 5 legs at a time: packets to each leg in 20 ms", ""),
        "media.waiting_1000.cores": ("1,000 waiting callers hear a message: media thread", "≤0.2"),
        "media.waiting_1000.cpu_per_packet": ("1,000 waiting callers hear a message: a packet", ""),
        "media.waiting_1000.packets_per_second": ("1,000 waiting callers hear a message: packets", ""),
        "media.waiting_1000.timing_error_p99": ("1,000 waiting callers hear a message: packet timing, p99 off", "≤2"),
        "media.start.p99": ("a message asked for to its first packet, 1,000 legs hearing it, p99", "≤40"),
        "media.cut.p99": ("answer to the end of the message, 1,000 legs hearing it: media's part, p99", "≤20"),
        "media.key.p50": ("a key pressed while 1,000 hear a message, until the core is told, p50", ""),
        "media.key.p99": ("a key pressed while 1,000 hear a message, until the core is told, p99", "≤10"),
        "media.key.lost": ("a key pressed while 1,000 hear a message: not told", "=0"),
        "media.floor_waiting_1000.cores": ("1,000 callers sent the same packets (the floor): its thread", ""),
        "media.floor_waiting_1000.cpu_per_packet": ("1,000 callers sent the same packets (the floor): a packet", ""),
        "media.floor_waiting_1000.packets_per_second": ("1,000 callers sent the same packets (the floor): packets", ""),
        "media.floor_waiting_1000.timing_error_p99": ("1,000 callers sent the same packets (the floor): packet timing, p99 off", ""),
    },
}


def run(program, *arguments):
    path = os.path.join(TOP, "build", "bench_" + program)
    if not os.path.exists(path):
        skipped(program, f"not built: {os.path.relpath(path, TOP)}")
        return
    output = subprocess.run([path, *arguments], check=True, stdout=subprocess.PIPE, text=True)
    for line in output.stdout.splitlines():
        if line.startswith("{"):
            figure = json.loads(line)
            name, to_reach = FIGURES[program].get(figure["name"], (figure["name"], figure.get("to_reach", "")))
            yield row(name, figure["value"], figure["unit"], to_reach)


MEASURES = {
    "core": lambda quick: run("core"),
    "relay": lambda quick: run("media", "--seconds", "2" if quick else "10"),
    "watchers": lambda quick: run("watchers", *(["500", "3"] if quick else [])),
}
