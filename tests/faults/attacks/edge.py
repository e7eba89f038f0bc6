"""The edge as k8s/edge ships it, as a child process on a free port of the loopback address."""

import os
import random
import socket
import subprocess
import time


def free_port():
    """Below those that the kernel gives to connections, so that it stays free."""
    while True:
        port = random.randrange(11000, 32000)
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


class Edge:
    """`certificates` holds edge.pem and ca.crt; `more` are further variables of the configuration."""

    def __init__(self, configuration, certificates, server, **more):
        self.port = free_port()
        variables = {"EDGE_BIND": f"127.0.0.1:{self.port}", "EDGE_SERVER": server,
                     "EDGE_CERTIFICATE": f"{certificates}/edge.pem",
                     "EDGE_BIND_OPTIONS": f"ca-file {certificates}/ca.crt verify optional", **more}
        with open(f"{certificates}/edge.log", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                ["haproxy", "-db", "-f", configuration], env={**os.environ, **variables}, stdout=log, stderr=log)
        until = time.monotonic() + 5
        while self.process.poll() is None and time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        self.end()
        with open(f"{certificates}/edge.log", encoding="utf-8") as log:
            raise SystemExit(f"FAILED: the edge does not start: {log.read()[-2000:]}")

    def end(self):
        self.process.terminate()
        self.process.wait()
