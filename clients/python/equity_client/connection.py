"""The one way in which every call is made: deadline, credential, request_id, retries, errors."""

from __future__ import annotations

import os
import random
import secrets
import time
import uuid
from typing import Any, Callable, Iterator, TypeVar

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions
from google.protobuf.message import Message

from equity_client.errors import EquityError

Response = TypeVar("Response", bound=Message)

# Seconds after which a stream is given up and resumed, as every call has a deadline.
_LONGEST_STREAM = 3600.0

_CHANNEL_OPTIONS = (
    ("grpc.primary_user_agent", "equity-python/0.1"),
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    # gRPC's own pauses between attempts to connect grow to minutes; a server that restarts is back in seconds.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
)

# How often gRPC looks at connections between calls. Its own 5 s are too long for a server that ends, or is back.
os.environ.setdefault("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "200")


def new_request_id() -> str:
    """A UUIDv7 (RFC 9562)."""
    time_bits = time.time_ns() // 1_000_000 << 80
    return str(uuid.UUID(int=time_bits | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)))


class Backoff:
    """Pauses between tries: they double from 0.1 s to 2 s, with jitter so that callers do not come back all at once."""

    def __init__(self) -> None:
        self._pause = 0.1

    def next(self, failure: EquityError | None) -> float:
        """How long to wait after this failure; the server's RetryInfo decides where it has one."""
        own = self._pause * random.uniform(0.5, 1.0)
        self._pause = min(self._pause * 2, 2.0)
        if failure is not None and failure.retry_after is not None:
            return failure.retry_after * random.uniform(1.0, 1.25)
        return own


class Connection:
    """A server, a credential and a time limit. Thread-safe."""

    def __init__(
        self,
        target: str,
        *,
        token: Callable[[], str],
        credentials: grpc.ChannelCredentials | None,
        timeout: float,
    ) -> None:
        self._channel = (
            grpc.insecure_channel(target, _CHANNEL_OPTIONS)
            if credentials is None
            else grpc.secure_channel(target, credentials, _CHANNEL_OPTIONS)
        )
        self._token = token
        self._timeout = timeout

    def close(self) -> None:
        self._channel.close()

    def unary(
        self, method: MethodDescriptor, request: Message, response_type: type[Response], timeout: float | None = None
    ) -> Response:
        """Makes tries until one succeeds, fails for good, or no time is left."""
        deadline = time.monotonic() + (self._timeout if timeout is None else timeout)
        rpc = self._channel.unary_unary(_path(method), type(request).SerializeToString, response_type.FromString)
        _fill_request_id(request)
        backoff = Backoff()
        while True:
            try:
                response: Response = rpc(
                    request, timeout=max(deadline - time.monotonic(), 0.0), metadata=self._metadata()
                )
                return response
            except grpc.RpcError as error:
                failure = EquityError.from_rpc(error)
            if not failure.is_transient or not _is_idempotent(method):
                raise failure
            pause = backoff.next(failure)
            if time.monotonic() + pause >= deadline:
                raise failure
            time.sleep(pause)

    def server_stream(self, method: MethodDescriptor, request: Message, response_type: type[Message]) -> Any:
        """One stream, tried once: an iterator over responses that can be cancelled."""
        rpc = self._channel.unary_stream(_path(method), type(request).SerializeToString, response_type.FromString)
        return rpc(request, timeout=_LONGEST_STREAM, metadata=self._metadata())

    def two_way_stream(
        self, method: MethodDescriptor, requests: Iterator[Message], response_type: type[Message]
    ) -> Any:
        """The same with requests, which a thread of gRPC's takes from their iterator."""
        rpc = self._channel.stream_stream(_path(method), _serialize, response_type.FromString)
        return rpc(requests, timeout=_LONGEST_STREAM, metadata=self._metadata())

    def _metadata(self) -> tuple[tuple[str, str], ...]:
        token = self._token()
        return (("authorization", f"Bearer {token}"),) if token else ()


def _path(method: MethodDescriptor) -> str:
    return f"/{method.containing_service.full_name}/{method.name}"


def _serialize(message: Message) -> bytes:
    return bytes(message.SerializeToString())


def _is_idempotent(method: MethodDescriptor) -> bool:
    return bool(method.GetOptions().idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN)


def _fill_request_id(request: Message) -> None:
    if "request_id" in request.DESCRIPTOR.fields_by_name and not getattr(request, "request_id"):
        setattr(request, "request_id", new_request_id())
