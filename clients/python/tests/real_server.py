"""equityd in a process of its own, and a bad network before it."""

from __future__ import annotations

import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time
from typing import Any

from equity_client import Client


class Server:
    """equityd on a folder of its own at 20 July 2021, always at the same port."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._folder.name)
        self.token_file = self.folder / "token"
        self.target = "127.0.0.1:0"
        self._process: subprocess.Popen[str] | None = None
        self.start()
        self.token_file.write_text(self.token("central_team"))

    def start(self) -> None:
        port = self.target.rpartition(":")[2]
        command = ["equityd", "--data", str(self.folder / "data"), "--port", port, "--dev-issuer"]
        command += ["--demo-now", "2021-07-20T09:00:00+01:00", "--log-file", str(self.folder / "log")]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("ready "):
                self.target = line.split("target=")[1].split()[0]
                return
        raise RuntimeError("the server did not start")

    def stop(self, with_signal: int = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(with_signal)
            self._process.communicate()
            self._process = None

    def restart_after(self, seconds: float, with_signal: int = signal.SIGTERM) -> threading.Thread:
        """Stops it at once; a thread starts it again."""
        self.stop(with_signal)

        def later() -> None:
            time.sleep(seconds)
            self.start()

        thread = threading.Thread(target=later)
        thread.start()
        return thread

    def close(self) -> None:
        self.stop()
        self._folder.cleanup()

    def equityctl(self, *arguments: str) -> str:
        environment = {
            **os.environ,
            "EQUITY_TARGET": self.target,
            "EQUITY_TOKEN_FILE": str(self.token_file),
            "EQUITY_DEV_ISSUER": str(self.folder / "data" / "dev-issuer"),
        }
        result = subprocess.run(["equityctl", *arguments], env=environment, capture_output=True, text=True, timeout=60)
        if result.returncode > 1:
            raise RuntimeError(result.stderr)
        return result.stdout

    def token(self, role: str, organisation: str = "") -> str:
        bound = ["--organisation", organisation] if organisation else []
        return self.equityctl("token", "--role", role, *bound).strip()

    def client(self, **options: Any) -> Client:
        if not options.keys() & {"token", "token_file"}:
            options["token_file"] = self.token_file
        return Client(options.pop("target", self.target), **options)


class CuttingProxy:
    """Forwards to a server, and resets all its connections when told to."""

    def __init__(self, target: str) -> None:
        host, _, port = target.rpartition(":")
        self._address = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.target = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        while self._open:
            end = self._open.pop()
            try:
                end.shutdown(socket.SHUT_RDWR)  # wakes who reads from it
            except OSError:
                pass  # its other end was closed first
            end.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return  # closed
            try:
                far = socket.create_connection(self._address)
            except OSError:
                near.close()
                continue  # the server is away
            self._open += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_forward, args=(source, sink), daemon=True).start()


def _forward(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
