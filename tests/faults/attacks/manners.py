"""What the edge answers to callers of gRPC, between mutual TLS on both sides.

Usage: manners.py CONFIGURATION CERTIFICATES SERVER TOKEN_FILE ADMIN. Prints a figure; exits with 1 where an answer is
wrong.
"""

import sys
import time
import urllib.request

import grpc

from edge import Edge

SERVICE = "/equity.workshops.v1.SessionService/"
WATCH = "/equity.changes.v1.ChangesService/WatchChanges"
LIST = {"method": SERVICE + "ListSessions", "request": b"\x0a\x0bworkshops/-"}


def read(file):
    with open(file, "rb") as opened:
        return opened.read()


class Caller:
    def __init__(self, target, credentials):
        self.channel = grpc.secure_channel(target, credentials, options=[("grpc.use_local_subchannel_pool", 1)])

    def ask(self, method=SERVICE + "ListPublicSessions", request=b"", timeout=5, **options):
        """The status of one call."""
        call = self.channel.unary_unary(method, request_serializer=None, response_deserializer=None)
        return call.with_call(request, timeout=timeout, **options)[1].code()

    def code(self, *arguments, **options):
        try:
            return self.ask(*arguments, **options).name
        except grpc.RpcError as error:
            return error.code().name


def ask_all(target, certificates, token_file, admin):
    """How many answers, and what was wrong with them."""
    authority = read(f"{certificates}/ca.crt")
    bearer = ("authorization", "Bearer " + read(token_file).decode().strip())
    stranger = Caller(target, grpc.ssl_channel_credentials(authority))
    known = grpc.ssl_channel_credentials(authority, read(f"{certificates}/tls.key"), read(f"{certificates}/tls.crt"))
    caller = Caller(target, known)
    wanted = [
        ("a public method", caller, {}, "OK"),
        ("with a credential", caller, {**LIST, "metadata": [bearer]}, "OK"),
        ("without one", caller, LIST, "UNAUTHENTICATED"),
        ("a method that is not there", caller, {"method": SERVICE + "DropAll"}, "UNIMPLEMENTED"),
        ("reflection", caller, {"method": "/grpc.reflection.v1alpha.ServerReflection/Info"}, "UNIMPLEMENTED"),
        ("health", caller, {"method": "/grpc.health.v1.Health/Check"}, "OK"),
        ("compressed", caller, {"compression": grpc.Compression.Gzip, "request": bytes(100)}, "UNIMPLEMENTED"),
        ("long metadata", caller, {"metadata": [("x-long", "x" * 7000)]}, "RESOURCE_EXHAUSTED"),
        ("binary metadata", caller, {"metadata": [("x-trace-bin", b"\x00\x01")]}, "OK"),
        ("no certificate", stranger, {}, "UNAVAILABLE"),
    ]
    faults = []
    for name, who, options, code in wanted:
        answer = who.code(**options)
        if answer != code:
            faults.append(f"{name}: {answer}, and not {code}")
    codes = {caller.code() for _ in range(100)}
    if codes != {"OK", "RESOURCE_EXHAUSTED"}:
        faults.append(f"100 calls at once: {sorted(codes)}")
    if caller.code(metadata=[bearer]) != "OK":
        faults.append("who has a credential is refused for what public calls use up")
    if not gives_up(Caller(target, known).channel, bearer, admin):
        faults.append("a stream that its caller gave up goes on at the server")
    return len(wanted) + 3, faults


def ended_streams(admin):
    """How many streams of changes ended because their callers went."""
    with urllib.request.urlopen(f"http://{admin}/metrics", timeout=5) as page:
        lines = [line for line in page.read().decode().splitlines() if "_handled_total" in line]
    return sum(int(line.split()[-1]) for line in lines if "WatchChanges" in line and "Canceled" in line)


def gives_up(channel, bearer, admin):
    """Whether the server hears of it, both when a call is cancelled and when a connection is closed."""
    watch = channel.unary_stream(WATCH, request_serializer=None, response_deserializer=None)
    for end in (lambda call: call.cancel(), lambda _: channel.close()):
        before = ended_streams(admin)
        call = watch(b"\x10\x01", metadata=[bearer])
        time.sleep(0.3)
        end(call)
        until = time.monotonic() + 2
        while ended_streams(admin) == before:
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
    return True


def main():
    configuration, certificates, server, token_file, admin = sys.argv[1:]
    edge = Edge(
        configuration, certificates, server,
        EDGE_BIND_OPTIONS=f"ca-file {certificates}/ca.crt verify required",
        EDGE_SERVER_OPTIONS=f"ssl verify required ca-file {certificates}/ca.crt crt {certificates}/edge.pem alpn h2 "
                            "check-alpn h2 verifyhost localhost")
    try:
        count, faults = ask_all(f"127.0.0.1:{edge.port}", certificates, token_file, admin)
    finally:
        edge.end()
    for fault in faults:
        print(f"FAILED: {fault}")
    print(f"{count} answers of the edge")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
