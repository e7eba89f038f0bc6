"""Registers a file of any length: takes rows one by one, gives outcomes back, and survives broken connections."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from typing import Any, Iterable, Iterator, Mapping, Union

import grpc
from equity.participants.v1 import registrations_pb2
from equity.participants.v1.registrations_pb2 import (
    RegistrationOutcome,
    RegistrationRow,
    StreamRegistrationsRequest,
    StreamRegistrationsResponse,
)

from equity_client.connection import Backoff, Connection, new_request_id
from equity_client.errors import EquityError

Row = Union[RegistrationRow, Mapping[str, Any]]

_ROWS_PER_MESSAGE = 500
_BYTES_PER_MESSAGE = 512 * 1024  # half of what a server takes, as a row can be long
_STREAM_REGISTRATIONS = registrations_pb2.DESCRIPTOR.services_by_name["RegistrationService"].methods_by_name[
    "StreamRegistrations"
]


class Registration:
    """One operation over one file; iterate it for the outcomes: one for each row, in order.

    Keeps at most about `window` rows, those whose outcome is not durable yet, and sends them again when the connection
    breaks. Fails when the server refuses, or did not answer for `patience` seconds; iterating again then goes on where
    it stopped. A dry run lives in its stream and cannot be resumed after its first outcome.
    """

    def __init__(
        self,
        connection: Connection,
        rows: Iterable[Row],
        *,
        operation: str,
        workshop: str,
        validate_only: bool,
        window: int,
        patience: float,
    ) -> None:
        self._connection = connection
        self._batches = _batches(rows, window)
        self.operation = operation or new_request_id()
        """The UUID under which rows sent again get the same outcomes."""
        self.last_durable_row = 0
        """Every row up to this number has its outcome on the server's disk."""
        self._header = StreamRegistrationsRequest(
            request_id=self.operation, workshop=workshop, validate_only=validate_only
        )
        self._window = window
        self._patience = patience
        self._unsettled: deque[StreamRegistrationsRequest] = deque()
        self._last_outcome_row = 0

    def __iter__(self) -> Iterator[RegistrationOutcome]:
        stream: _Stream | None = None
        backoff = Backoff()
        failing_since: float | None = None
        try:
            while True:
                added = self._fill_window()
                if not self._unsettled:
                    break
                if stream is None:
                    stream = _Stream(self._connection, self._unsettled)
                else:
                    stream.send(added)
                answer = stream.receive(self._patience)
                if isinstance(answer, StreamRegistrationsResponse):
                    backoff = Backoff()
                    failing_since = None
                    yield from self._take(answer)
                    continue
                failing_since = failing_since or time.monotonic()
                pause = backoff.next(answer)
                if not self._can_resume(answer) or time.monotonic() + pause > failing_since + self._patience:
                    raise answer or EquityError(
                        grpc.StatusCode.UNAVAILABLE, "The server ended the stream before its time."
                    )
                stream.cancel()
                stream = None
                time.sleep(pause)
            if stream is not None:
                stream.finish()
        finally:
            if stream is not None:
                stream.cancel()

    def _fill_window(self) -> list[StreamRegistrationsRequest]:
        """Takes rows while the window has room for them."""
        added = []
        while sum(len(each.rows) for each in self._unsettled) < self._window:
            batch = next(self._batches, None)
            if batch is None:
                break
            batch.MergeFrom(self._header)
            self._unsettled.append(batch)
            added.append(batch)
        return added

    def _take(self, answer: StreamRegistrationsResponse) -> Iterator[RegistrationOutcome]:
        self.last_durable_row = max(self.last_durable_row, answer.last_durable_row)
        for outcome in answer.outcomes:
            if outcome.row > self._last_outcome_row:  # else it came before the connection broke
                self._last_outcome_row = outcome.row
                yield outcome
        # A row is settled when its outcome is durable and has been handed out.
        settled = min(self.last_durable_row, self._last_outcome_row)
        while self._unsettled and self._unsettled[0].rows[-1].row <= settled:
            self._unsettled.popleft()

    def _can_resume(self, failure: EquityError | None) -> bool:
        if self._header.validate_only and self._last_outcome_row > 0:
            return False
        # A server that shuts down may end the stream without an error.
        return failure is None or failure.is_transient or failure.code is grpc.StatusCode.DEADLINE_EXCEEDED


class _Stream:
    """One connection. A thread of its own reads, so that neither side ever waits for the other to read first."""

    def __init__(self, connection: Connection, requests: Iterable[StreamRegistrationsRequest]) -> None:
        self._requests: queue.SimpleQueue[StreamRegistrationsRequest | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[StreamRegistrationsResponse | EquityError | None] = queue.SimpleQueue()
        self.send(requests)
        self._call = connection.two_way_stream(
            _STREAM_REGISTRATIONS, iter(self._requests.get, None), StreamRegistrationsResponse
        )
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, requests: Iterable[StreamRegistrationsRequest]) -> None:
        for request in requests:
            self._requests.put(request)

    def receive(self, patience: float) -> StreamRegistrationsResponse | EquityError | None:
        """The next response, or how the stream ended: an error, or None where it had none."""
        try:
            return self._answers.get(timeout=patience)
        except queue.Empty:
            raise EquityError(grpc.StatusCode.UNAVAILABLE, "The server stopped answering.") from None

    def finish(self) -> None:
        """Ends a stream whose outcomes are all here: how the connection goes down does not matter any more."""
        self._requests.put(None)
        try:
            self._answers.get(timeout=5.0)
        except queue.Empty:
            pass

    def cancel(self) -> None:
        self._requests.put(None)
        self._call.cancel()

    def _read(self) -> None:
        try:
            for response in self._call:
                self._answers.put(response)
            self._answers.put(None)
        except grpc.RpcError as error:
            self._answers.put(EquityError.from_rpc(error))


def _batches(rows: Iterable[Row], window: int) -> Iterator[StreamRegistrationsRequest]:
    """Messages of many rows. A row without a number gets the one after the last's."""
    batch = StreamRegistrationsRequest()
    last_row = size = 0
    for each in rows:
        row = RegistrationRow()
        row.CopyFrom(each if isinstance(each, RegistrationRow) else RegistrationRow(**each))
        row.row = row.row or last_row + 1
        if row.row <= last_row:
            raise ValueError(f"The numbers of the rows must rise: {row.row} follows {last_row}.")
        last_row = row.row
        size += row.ByteSize()
        if len(batch.rows) == min(window, _ROWS_PER_MESSAGE) or batch.rows and size > _BYTES_PER_MESSAGE:
            yield batch
            batch = StreamRegistrationsRequest()
            size = row.ByteSize()
        batch.rows.append(row)
    if batch.rows:
        yield batch
