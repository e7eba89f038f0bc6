"""Runs every attack against a server, with the edge in front or without it, while a polite caller measures.

Usage: run.py --server HOST:PORT --pid PID --token FILE --seconds S [--edge CONFIGURATION --certificates FOLDER]
              [--only NAME] [--hold-times]

With the edge must hold for each: the server's memory stays within 256 MB, the polite caller's p99 within 50 ms and
nothing of it fails, and all is as before within a second. Without it the server lives, unpacks no bomb, and accepts
again after it had no descriptors. Prints a line for each and a figure; exits with 1 where it does not hold: what takes
too long only with --hold-times, on a machine that does nothing else.
"""

import argparse
import os
import resource
import socket
import subprocess
import sys
import threading
import time

import attack
from edge import Edge
from line import PREFACE, SETTINGS, frame

HERE = os.path.dirname(os.path.abspath(__file__))
MOST_MEMORY_MB, MOST_P99, MOST_RECOVERY = 256, 0.050, 1.0
BOMB_MB = 128  # by how much bombs of 900 MB may swell the server
QUIET_FOR = 0.1  # so long without a slow call or a failure is normal again


class Server:
    def __init__(self, pid):
        self.pid = pid

    def alive(self):
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"

    def forget_peak(self):
        with open(f"/proc/{self.pid}/clear_refs", "w", encoding="ascii") as file:
            file.write("5")

    def peak_mb(self):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) // 1024

    def limit_descriptors(self, most):
        hard = resource.prlimit(self.pid, resource.RLIMIT_NOFILE)[1]
        return resource.prlimit(self.pid, resource.RLIMIT_NOFILE, (min(most, hard), hard))[0]

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))


class Polite:
    """The polite caller, and what it said so far."""

    def __init__(self, target, token, authority):
        command = [sys.executable, f"{HERE}/polite.py", target, token, *authority]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.calls = []  # (when, seconds, status)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            when, seconds, status = line.split()
            self.calls.append((float(when), float(seconds), int(status)))

    def between(self, begin, end):
        return [call for call in list(self.calls) if begin <= call[0] < end]

    def settled(self, begin, end, patience=3):
        """The calls of a time, once all of them have an answer."""
        until = time.monotonic() + patience
        while time.monotonic() < until and not any(call[0] >= end for call in list(self.calls)[-3:]):
            time.sleep(0.01)
        return self.between(begin, end)

    def normal_again(self, since, limit, patience):
        """Seconds from then until every call is quick for a while."""
        while time.monotonic() < since + patience:
            time.sleep(0.02)
            now = time.monotonic()
            bad = [w + s for w, s, status in self.between(since, now) if s > limit or status]
            begin = max([since, *bad])
            good = self.between(begin, now)
            if now - begin >= QUIET_FOR + limit and len(good) >= 10:
                return begin - since
        return patience

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def percentile(calls, share):
    seconds = sorted(call[1] for call in calls)
    return seconds[min(len(seconds) - 1, int(share * len(seconds)))] if seconds else 9.999


def answers(port, patience):
    """Seconds until a new connection is greeted by HTTP/2."""
    begin = time.monotonic()
    while time.monotonic() < begin + patience:
        try:
            with socket.create_connection(("127.0.0.1", port), 0.2) as one:
                one.sendall(PREFACE + frame(SETTINGS, 0, 0))
                if one.recv(9)[3:4] == bytes([SETTINGS]):
                    return time.monotonic() - begin
        except OSError:
            pass
        time.sleep(0.01)
    return patience


class Round:
    def __init__(self, arguments):
        self.arguments = arguments
        self.server = Server(arguments.pid)
        self.edge = None
        self.port = self.server_port = int(arguments.server.rsplit(":", 1)[1])
        authority = []
        if arguments.edge:
            self.edge = Edge(arguments.edge, arguments.certificates, arguments.server)
            self.port = self.edge.port
            authority = [f"{arguments.certificates}/ca.crt"]
        self.polite = Polite(f"127.0.0.1:{self.port}", arguments.token, authority)
        self.attacker = subprocess.Popen(
            [sys.executable, f"{HERE}/attack.py", str(self.port)] + ["tls"] * bool(self.edge),
            env=dict(os.environ, EQUITY_TOKEN_FILE=arguments.token), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        self.faults = []
        self.worst = [0, 0, 0]  # MB, p99, seconds until normal

    def warm_up(self):
        until = time.monotonic() + 10
        while not [call for call in list(self.polite.calls)[-20:] if call[2] == 0] and time.monotonic() < until:
            time.sleep(0.05)
        begin = time.monotonic()
        time.sleep(1)
        calls = self.polite.settled(begin, begin + 1)
        if not calls or any(status for _, _, status in calls):
            raise SystemExit("FAILED: the polite caller is not served before any attack")
        self.normal = max(0.010, 3 * percentile(calls, 0.99))
        self.say("nobody attacks", "", 0, calls, 0)

    def say(self, name, did, mb, calls, recovery):
        failed = sum(1 for call in calls if call[2])
        took = f"{percentile(calls, 0.5) * 1e3:7.1f} {percentile(calls, 0.99) * 1e3:8.1f} ms"
        print(f"{name:28} {did:32} {mb:6d} MB {took} {failed:6d}/{len(calls):<6d} {recovery:5.2f} s", flush=True)

    def run(self, number, name):
        broken, slow = self.attack(name, f"127.0.1.{number + 1}")
        self.faults += [f"{name}: {what}" for what in broken]
        # How long things take while the machine does something else besides says nothing about the server.
        if self.arguments.hold_times:
            self.faults += [f"{name}: {what}" for what in slow]

    def attack(self, name, source):
        self.server.forget_peak()
        before = self.server.peak_mb()
        self.attacker.stdin.write(f"{self.arguments.seconds} {source} {name}\n")
        self.attacker.stdin.flush()
        begin, end, did = self.attacker.stdout.readline().strip().split(" ", 2)
        # Without the edge it may take long, and is not judged.
        recovery = self.polite.normal_again(float(end), self.normal, 10 if self.edge else 2 + self.arguments.seconds)
        broken, slow = self.judge(name, did, self.polite.settled(float(begin), float(end)), recovery)
        if "bomb" in name and self.server.peak_mb() > before + BOMB_MB:
            broken.append("a bomb was unpacked")
        return broken, slow

    def judge(self, name, did, calls, recovery):
        """What is broken, and what took too long."""
        mb = self.server.peak_mb()
        self.say(name, did, mb, calls, recovery)
        p99 = percentile(calls, 0.99)
        broken, slow = [], []
        if not self.server.alive():
            broken.append("the server has ended")
        if self.edge and mb > MOST_MEMORY_MB:
            broken.append(f"the server took {mb} MB")
        if self.edge and any(call[2] for call in calls):
            broken.append("calls of the polite caller failed")
        if self.edge and p99 > MOST_P99:
            slow.append(f"the polite caller's p99 was {p99 * 1e3:.0f} ms")
        if self.edge and recovery > MOST_RECOVERY:
            slow.append(f"it took {recovery:.2f} s until all was as before")
        self.worst = [max(former, now) for former, now in zip(self.worst, (mb, p99, recovery))]
        return broken, slow

    def run_out_of_descriptors(self):
        """Without the edge: the server has no descriptor left, while callers throng; then it has."""
        name = "no descriptors"
        former = self.server.limit_descriptors(self.server.descriptors() - 2)
        target = attack.Target(self.port, False, "127.0.1.99")
        begin = time.monotonic()
        attack.connection_flood(target, begin + min(self.arguments.seconds, 5))
        if answers(self.port, 0.1) < 0.1:
            self.faults.append(f"{name}: it had descriptors")
        self.server.limit_descriptors(former)
        end = time.monotonic()
        again = answers(self.port, 5)
        broken, _ = self.judge(name, f"accepts again after {again:.2f} s", self.polite.settled(begin, end), again)
        if again > MOST_RECOVERY:
            broken.append("new connections are not accepted again")
        self.faults += [f"{name}: {what}" for what in broken]

    def end(self):
        self.attacker.stdin.close()
        self.attacker.wait()
        self.polite.end()
        if self.edge:
            self.edge.end()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--pid", type=int, required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--hold-times", action="store_true")
    parser.add_argument("--edge")
    parser.add_argument("--certificates")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    where = "behind the edge" if arguments.edge else "without the edge"
    print(f"{where:28} {'':32} {'memory':>9} {'p50':>7} {'p99':>8}    {'failed':>6}        normal after", flush=True)
    this = Round(arguments)
    edge_mb = ""
    try:
        this.warm_up()
        for number, name in enumerate(attack.ATTACKS):
            if arguments.only in name:
                this.run(number, name)
        if not arguments.edge and arguments.only in "no descriptors":
            this.run_out_of_descriptors()
        if this.edge:
            edge_mb = f", the edge {Server(this.edge.process.pid).peak_mb()} MB"
    finally:
        this.end()
    for fault in this.faults:
        print(f"FAILED: {where}: {fault}")
    mb, p99, recovery = this.worst
    print(f"{where}: {len(attack.ATTACKS)} attacks of {arguments.seconds:g} s, at most {mb} MB{edge_mb}, polite p99 "
          f"{p99 * 1e3:.1f} ms, normal after {recovery:.2f} s")
    return 1 if this.faults else 0


if __name__ == "__main__":
    sys.exit(main())
