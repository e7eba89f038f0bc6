"""A connection that speaks HTTP/2 as badly as it likes: frames by hand, over TLS where the target has it."""

import select
import socket
import ssl
import struct
import time

import hpack

DATA, HEADERS, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 8, 9
END_STREAM, ACK, END_HEADERS = 1, 1, 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
METHOD = "/equity.workshops.v1.SessionService/ListPublicSessions"
EMPTY_MESSAGE = bytes(5)


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def header_block(*more):
    """The same bytes at any moment of a connection: nothing in it depends on what was sent before."""
    headers = [(":method", "POST"), (":scheme", "https"), (":path", METHOD), (":authority", "equity.example")]
    headers += [("content-type", "application/grpc"), ("te", "trailers"), *more]
    return hpack.Encoder().encode([hpack.NeverIndexedHeaderTuple(*header) for header in headers])


def request(stream, *more, message=EMPTY_MESSAGE):
    return frame(HEADERS, END_HEADERS, stream, header_block(*more)) + frame(DATA, END_STREAM, stream, message)


class Target:
    def __init__(self, port, tls, source):
        self.port, self.tls, self.source = port, tls, source
        self.context = ssl.create_default_context()
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE
        self.context.set_alpn_protocols(["h2"])


class Line:
    """Reads and throws away what comes, so that nobody waits for us unless an attack wants it."""

    def __init__(self, target, until, greeting=PREFACE + frame(SETTINGS, 0, 0)):
        self.until = until
        self.ended = False
        self.socket = socket.socket()
        try:
            self.socket.settimeout(2)
            self.socket.bind((target.source, 0))
            self.socket.connect(("127.0.0.1", target.port))
            if target.tls:
                self.socket = target.context.wrap_socket(self.socket, do_handshake_on_connect=True)
            self.socket.setblocking(False)
        except OSError:
            self.end()
        self.send(greeting)

    def end(self):
        self.ended = True
        self.socket.close()

    def read(self):
        try:
            while not self.ended:
                if not self.socket.recv(65536):
                    self.end()
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        except OSError:
            self.end()

    def send(self, data):
        """The share of it that was sent."""
        rest = memoryview(data)
        while rest and not self.ended and time.monotonic() < self.until:
            self.read()
            if self.ended:
                break
            try:
                rest = rest[self.socket.send(rest[:65536]) :]
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                select.select([self.socket], [self.socket], [], 0.05)
            except OSError:
                self.end()
        return 1 - len(rest) / max(1, len(data))

    def linger(self, seconds=None):
        """Stays for a while, or as long as it is let."""
        until = self.until if seconds is None else min(self.until, time.monotonic() + seconds)
        while not self.ended and time.monotonic() < until:
            select.select([self.socket], [], [], min(0.05, max(0, until - time.monotonic())))
            self.read()
