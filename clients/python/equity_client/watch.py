"""Streams of changes that survive broken connections."""

from __future__ import annotations

import time
from typing import Any, Generic, Iterator, TypeVar

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message

from equity_client.connection import Backoff, Connection
from equity_client.errors import EquityError

Item = TypeVar("Item", bound=Message)


class Watch(Generic[Item]):
    """What happens, in order and each once. A stream that breaks is resumed by its token.

    Iterating again goes on after the last item handed out. Fails when the server refuses, or when none answered for
    `patience` seconds.
    """

    def __init__(
        self,
        connection: Connection,
        method: MethodDescriptor,
        request: Message,
        response_type: type[Message],
        field: str,
        patience: float,
    ) -> None:
        self._connection = connection
        self._method = method
        self._request = request
        self._response_type = response_type
        self._field = field
        self._patience = patience
        self._call: Any = None
        self._cancelled = False
        self.resume_token: str = getattr(request, "resume_token")
        """Where to go on, in this program or the next: keep it once what was handed out is dealt with."""

    def __iter__(self) -> Iterator[Item]:
        return self._items(until_caught_up=False)

    def until_caught_up(self) -> Iterator[Item]:
        """Ends where everything has been handed out that there was."""
        return self._items(until_caught_up=True)

    def cancel(self) -> None:
        """Ends the iteration, from whatever thread."""
        self._cancelled = True
        if self._call is not None:
            self._call.cancel()

    def _items(self, until_caught_up: bool) -> Iterator[Item]:
        for message in self._messages():
            items = getattr(message, self._field)
            # The token stands for the whole message, so it counts with the last of its items.
            for number, item in enumerate(items, start=1):
                if number == len(items):
                    self._resume_after(message)
                yield item
            if not items:
                self._resume_after(message)
                if until_caught_up:
                    return

    def _messages(self) -> Iterator[Any]:
        backoff = Backoff()
        failing_since = time.monotonic()
        while not self._cancelled:
            failure = None
            answered = False
            self._call = self._connection.server_stream(self._method, self._request, self._response_type)
            try:
                if self._cancelled:
                    return  # meanwhile
                for message in self._call:
                    answered = True
                    yield message
            except grpc.RpcError as error:
                failure = EquityError.from_rpc(error)
            finally:
                self._call.cancel()
            if self._cancelled:
                return
            if answered:
                backoff = Backoff()
                failing_since = time.monotonic()
            # A server that shuts down may end the stream without an error.
            if failure and not failure.is_transient and failure.code is not grpc.StatusCode.DEADLINE_EXCEEDED:
                raise failure
            pause = backoff.next(failure)
            if time.monotonic() + pause - failing_since > self._patience:
                raise failure or EquityError(
                    grpc.StatusCode.UNAVAILABLE, "The server ended the stream and did not take it up again."
                )
            time.sleep(pause)

    def _resume_after(self, message: Any) -> None:
        if message.resume_token:
            self.resume_token = message.resume_token
            setattr(self._request, "resume_token", message.resume_token)
            if "only_new" in self._request.DESCRIPTOR.fields_by_name:
                setattr(self._request, "only_new", False)  # it would win over the token
