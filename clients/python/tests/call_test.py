"""How calls, lists and streams behave, against services that fail as they are told to."""

from __future__ import annotations

import concurrent.futures
import os
import threading
import time
import unittest
import uuid
from typing import Any, Callable
from unittest import mock

import grpc
from equity.changes.v1 import changes_pb2
from equity.participants.v1 import registrations_pb2
from equity.workshops.v1 import bookings_pb2
from google.protobuf import descriptor_pb2, descriptor_pool

from equity_client import Client, EquityError, FieldViolation, new_request_id
from equity_client.errors import error_details_pb2, status_pb2

UNAVAILABLE = grpc.StatusCode.UNAVAILABLE


class Failure(Exception):
    """What a fake answers in place of a response."""

    def __init__(self, code: grpc.StatusCode, message: str = "no", *details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.status = status_pb2.Status(code=code.value[0], message=message)
        for detail in details:
            self.status.details.add().Pack(detail)

    def abort(self, context: Any) -> None:
        context.set_trailing_metadata((("grpc-status-details-bin", self.status.SerializeToString()),))
        context.abort(self.code, self.status.message)


class FakeServer:
    """Serves functions of (request or requests, context) as RPCs."""

    def __init__(self, **rpcs: Callable[[Any, Any], Any]) -> None:
        self._server = grpc.server(concurrent.futures.ThreadPoolExecutor(8))
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        for pb in (bookings_pb2, changes_pb2, registrations_pb2):
            for service in pb.DESCRIPTOR.services_by_name.values():
                methods = service.methods_by_name
                handlers = {name: _handler(methods[name], rpc) for name, rpc in rpcs.items() if name in methods}
                handler = grpc.method_handlers_generic_handler(service.full_name, handlers)
                self._server.add_generic_rpc_handlers((handler,))
        self._server.start()

    def client(self, **options: Any) -> Client:
        return Client(f"127.0.0.1:{self.port}", **options)

    def __enter__(self) -> FakeServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(None)


def _handler(method: Any, rpc: Callable[[Any, Any], Any]) -> Any:
    descriptor = descriptor_pb2.ServiceDescriptorProto()
    method.containing_service.CopyToProto(descriptor)
    proto = descriptor.method[method.index]
    codecs = (method.input_type._concrete_class.FromString, method.output_type._concrete_class.SerializeToString)

    def one(request: Any, context: Any) -> Any:
        try:
            return rpc(request, context)
        except Failure as failure:
            failure.abort(context)

    def many(request: Any, context: Any) -> Any:
        try:
            yield from rpc(request, context)
        except Failure as failure:
            failure.abort(context)

    if proto.client_streaming:
        return grpc.stream_stream_rpc_method_handler(many, *codecs)
    if proto.server_streaming:
        return grpc.unary_stream_rpc_method_handler(many, *codecs)
    return grpc.unary_unary_rpc_method_handler(one, *codecs)


class CallTest(unittest.TestCase):
    """BookPlace, which fails as `failures` says and then succeeds."""

    def setUp(self) -> None:
        self.failures: list[Failure] = []
        self.requests: list[Any] = []
        self.metadata: dict[str, str] = {}
        self.time_left = 0.0
        self.server = FakeServer(BookPlace=self.book_place)
        self.addCleanup(self.server.__exit__)
        self.client = self.server.client()
        self.addCleanup(self.client.close)

    def book_place(self, request: Any, context: Any) -> Any:
        self.requests.append(request)
        self.metadata = dict(context.invocation_metadata())
        self.time_left = context.time_remaining()
        if self.failures:
            raise self.failures.pop(0)
        return bookings_pb2.BookPlaceResponse(existed=True)

    def fails(self, **options: Any) -> EquityError:
        with self.assertRaises(EquityError) as caught:
            self.client.bookings.book_place(**options)
        return caught.exception

    def test_a_server_that_is_away_or_ends_is_asked_again_with_the_same_request_id(self) -> None:
        self.failures = [Failure(UNAVAILABLE), Failure(grpc.StatusCode.CANCELLED)]
        self.assertTrue(self.client.bookings.book_place(session="workshops/a/sessions/b").existed)
        ids = [request.request_id for request in self.requests]
        self.assertEqual(ids, ids[:1] * 3)
        self.assertEqual(uuid.UUID(ids[0]).version, 7)

    def test_each_call_has_a_request_id_of_its_own_unless_the_caller_gives_one(self) -> None:
        for own in (None, None, "mine"):
            self.client.bookings.book_place(request_id=own)
        first, second, third = (request.request_id for request in self.requests)
        self.assertNotEqual(first, second)
        self.assertEqual(third, "mine")

    def test_a_refusal_is_not_retried_and_keeps_its_details(self) -> None:
        violations = [error_details_pb2.BadRequest.FieldViolation(field="session", description="must be a name")]
        self.failures = [Failure(
            grpc.StatusCode.INVALID_ARGUMENT, "One field is wrong.",
            error_details_pb2.ErrorInfo(reason="INVALID_FIELDS", metadata={"key": "value"}),
            error_details_pb2.BadRequest(field_violations=violations))]
        error = self.fails()
        self.assertEqual(len(self.requests), 1)
        self.assertIs(error.code, grpc.StatusCode.INVALID_ARGUMENT)
        self.assertEqual((error.reason, error.metadata), ("INVALID_FIELDS", {"key": "value"}))
        self.assertEqual(error.field_violations, (FieldViolation("session", "must be a name"),))
        self.assertEqual(str(error), "INVALID_ARGUMENT (INVALID_FIELDS): One field is wrong.")

    def test_retry_info_says_when_to_come_back(self) -> None:
        delay = error_details_pb2.RetryInfo()
        delay.retry_delay.FromMilliseconds(300)
        self.failures = [Failure(grpc.StatusCode.RESOURCE_EXHAUSTED, "later", delay)]
        started = time.monotonic()
        self.client.bookings.book_place()
        self.assertGreaterEqual(time.monotonic() - started, 0.3)
        self.assertEqual(len(self.requests), 2)

    def test_exhaustion_without_retry_info_is_not_retried(self) -> None:
        self.failures = [Failure(grpc.StatusCode.RESOURCE_EXHAUSTED)]
        self.fails()
        self.assertEqual(len(self.requests), 1)

    def test_what_is_not_declared_idempotent_is_not_retried(self) -> None:
        file = descriptor_pb2.FileDescriptorProto(
            name="call_test.proto", package="equity.test", dependency=["equity/workshops/v1/bookings.proto"])
        file.service.add(name="TestService").method.add(
            name="Once", input_type=".equity.workshops.v1.BookPlaceRequest",
            output_type=".equity.workshops.v1.BookPlaceResponse")
        pool = descriptor_pool.Default()
        pool.AddSerializedFile(file.SerializeToString())
        once = pool.FindServiceByName("equity.test.TestService").methods_by_name["Once"]
        self.failures = [Failure(UNAVAILABLE)]
        path = "/equity.workshops.v1.BookingService/BookPlace"
        with mock.patch("equity_client.connection._path", return_value=path), self.assertRaises(EquityError):
            self.client._connection.unary(once, bookings_pb2.BookPlaceRequest(), bookings_pb2.BookPlaceResponse)
        self.assertEqual(len(self.requests), 1)

    def test_tries_end_with_the_deadline(self) -> None:
        self.failures = [Failure(UNAVAILABLE) for _ in range(100)]
        started = time.monotonic()
        self.assertIs(self.fails(timeout=0.5).code, UNAVAILABLE)
        self.assertLess(time.monotonic() - started, 1.0)
        self.assertGreater(len(self.requests), 1)

    def test_a_call_always_has_a_deadline(self) -> None:
        self.client.bookings.book_place()
        self.assertTrue(8 < self.time_left < 11, self.time_left)
        self.client.bookings.book_place(timeout=3)
        self.assertTrue(2 < self.time_left < 4, self.time_left)

    def test_a_slow_answer_is_not_waited_for(self) -> None:
        release = threading.Event()
        self.addCleanup(release.set)
        with FakeServer(BookPlace=lambda *_: release.wait(5)) as server, server.client(timeout=0.3) as client:
            with self.assertRaises(EquityError) as caught:
                client.bookings.book_place()
            release.set()
        self.assertIs(caught.exception.code, grpc.StatusCode.DEADLINE_EXCEEDED)

    def test_the_credential_travels_with_each_call(self) -> None:
        tokens = iter(["first", "second"])
        with self.server.client(token=lambda: next(tokens)) as client:
            for token in ("first", "second"):
                client.bookings.book_place()
                self.assertEqual(self.metadata["authorization"], f"Bearer {token}")
        with mock.patch.dict(os.environ):
            os.environ.pop("EQUITY_TOKEN_FILE", None)
            with self.server.client() as client:
                client.bookings.book_place()
        self.assertNotIn("authorization", self.metadata)

    def test_what_is_frozen_or_public_is_never_exact(self) -> None:
        client = Client("127.0.0.1:1")
        for measure in ("", "people.registered"):
            with self.assertRaisesRegex(ValueError, "tier must be PUBLISHABLE"):
                client.stats(measure, tier="operational", public=True)
            with self.assertRaisesRegex(ValueError, "tier must be PUBLISHABLE"):
                client.stats(measure, tier="operational", snapshot="challenges/2021/snapshots/2021-w30")

    def test_an_unknown_field_is_an_error_at_once(self) -> None:
        with self.assertRaises(TypeError):
            self.client.bookings.book_place(sesion="workshops/a/sessions/b")  # type: ignore[call-arg]
        self.assertEqual(self.requests, [])


class ListTest(unittest.TestCase):
    def test_a_list_is_read_page_by_page_and_anew_each_time(self) -> None:
        sizes = []

        def list_bookings(request: Any, _: Any) -> Any:
            sizes.append(request.page_size)
            page = int(request.page_token or 0)
            names = [bookings_pb2.Booking(name=f"{page}/{number}") for number in range(2)]
            return bookings_pb2.ListBookingsResponse(bookings=names, next_page_token=str(page + 1) if page < 2 else "")

        with FakeServer(ListBookings=list_bookings) as server, server.client() as client:
            bookings = client.bookings.list_bookings()
            self.assertEqual(sizes, [])
            for _ in range(2):
                names = [booking.name for booking in bookings]
                self.assertEqual(names, ["0/0", "0/1", "1/0", "1/1", "2/0", "2/1"])
            self.assertEqual(sizes, [1000] * 6)
            next(iter(client.bookings.list_bookings(page_size=2)))
            self.assertEqual(sizes[6:], [2])


class WatchTest(unittest.TestCase):
    """A feed of five changes that breaks every stream after two; the token is the last sequence."""

    def watch_changes(self, request: Any, _: Any) -> Any:
        self.only_new.append(request.only_new)
        first = int(request.resume_token or 0) + 1
        for number in range(first, 6):
            if number == first + 2:
                raise Failure(UNAVAILABLE)
            changes = [changes_pb2.Change(sequence=number)]
            yield changes_pb2.WatchChangesResponse(changes=changes, resume_token=str(number))
        yield changes_pb2.WatchChangesResponse(resume_token="5")
        self.times_caught_up += 1
        if self.times_caught_up == 3:
            raise Failure(grpc.StatusCode.PERMISSION_DENIED)  # before that, it ends as a server that shuts down does

    def setUp(self) -> None:
        self.only_new: list[bool] = []
        self.times_caught_up = 0
        server = FakeServer(WatchChanges=self.watch_changes)
        self.addCleanup(server.__exit__)
        self.client = server.client()
        self.addCleanup(self.client.close)

    def test_a_stream_that_breaks_is_resumed(self) -> None:
        watch = self.client.changes.watch_changes(only_new=True)
        self.assertEqual([change.sequence for change in watch.until_caught_up()], [1, 2, 3, 4, 5])
        self.assertEqual(self.only_new, [True, False, False])
        self.assertEqual(watch.resume_token, "5")

    def test_a_refusal_is_final(self) -> None:
        seen = []
        with self.assertRaises(EquityError) as caught:
            for change in self.client.changes.watch_changes():
                seen.append(change.sequence)
        self.assertEqual(seen, [1, 2, 3, 4, 5])
        self.assertIs(caught.exception.code, grpc.StatusCode.PERMISSION_DENIED)

    def test_it_goes_on_where_the_caller_left_it(self) -> None:
        watch = self.client.changes.watch_changes()
        self.assertEqual(next(iter(watch)).sequence, 1)
        self.assertEqual(watch.resume_token, "1")
        self.assertEqual([change.sequence for change in watch.until_caught_up()], [2, 3, 4, 5])

    def test_a_token_counts_with_the_last_change_of_its_message(self) -> None:
        def two_at_once(*_: Any) -> Any:
            changes = [changes_pb2.Change(sequence=number) for number in (1, 2)]
            yield changes_pb2.WatchChangesResponse(changes=changes, resume_token="2")

        with FakeServer(WatchChanges=two_at_once) as server, server.client() as client:
            watch = client.changes.watch_changes(resume_token="0")
            changes = iter(watch)
            self.assertEqual((next(changes).sequence, watch.resume_token), (1, "0"))
            self.assertEqual((next(changes).sequence, watch.resume_token), (2, "2"))

    def test_a_server_that_stays_away_is_given_up(self) -> None:
        with Client("127.0.0.1:1") as client, self.assertRaises(EquityError) as caught:
            list(client.changes.watch_changes(patience=0.3))
        self.assertIs(caught.exception.code, UNAVAILABLE)

    def test_another_thread_can_end_it(self) -> None:
        def silent(_: Any, context: Any) -> Any:
            yield changes_pb2.WatchChangesResponse(changes=[changes_pb2.Change(sequence=1)], resume_token="1")
            while context.is_active():
                time.sleep(0.01)

        with FakeServer(WatchChanges=silent) as server, server.client() as client:
            watch = client.changes.watch_changes()
            timer = threading.Timer(0.3, watch.cancel)
            timer.start()
            self.assertEqual([change.sequence for change in watch], [1])
            timer.join()


class RegistrationTest(unittest.TestCase):
    """A server that keeps outcomes per operation, and breaks streams after so many messages."""

    def stream_registrations(self, requests: Any, _: Any) -> Any:
        self.streams += 1
        for number, request in enumerate(requests):
            if self.failures and number == 2:
                raise self.failures.pop(0)
            self.operations.add(request.request_id)
            self.sizes.append(len(request.rows))
            for row in request.rows:
                self.effects.setdefault(row.row, row.external_ref)
            outcomes = [registrations_pb2.RegistrationOutcome(row=row.row) for row in request.rows]
            yield registrations_pb2.StreamRegistrationsResponse(
                outcomes=outcomes, last_durable_row=request.rows[-1].row)

    def setUp(self) -> None:
        self.streams = 0
        self.sizes: list[int] = []
        self.operations: set[str] = set()
        self.effects: dict[int, str] = {}
        self.failures: list[Failure] = []
        server = FakeServer(StreamRegistrations=self.stream_registrations)
        self.addCleanup(server.__exit__)
        self.client = server.client()
        self.addCleanup(self.client.close)
        self.rows = [{"external_ref": f"S-{number}"} for number in range(1, 3001)]

    def test_each_row_has_one_outcome_whatever_breaks(self) -> None:
        self.failures = [Failure(UNAVAILABLE), Failure(grpc.StatusCode.DEADLINE_EXCEEDED)]
        registration = self.client.register(iter(self.rows), window=1_000)
        self.assertEqual([outcome.row for outcome in registration], list(range(1, 3001)))
        self.assertEqual(self.effects, {number: f"S-{number}" for number in range(1, 3001)})
        self.assertEqual(self.streams, 3)
        self.assertEqual(set(self.sizes), {500})
        self.assertEqual(self.operations, {registration.operation})
        self.assertEqual(registration.last_durable_row, 3000)

    def test_rows_are_taken_only_as_the_window_allows(self) -> None:
        rows = iter(self.rows)
        next(iter(self.client.register(rows, window=1_000)))
        self.assertGreaterEqual(len(list(rows)), 3_000 - 1_501)

    def test_a_refusal_is_final(self) -> None:
        self.failures = [Failure(grpc.StatusCode.FAILED_PRECONDITION)]
        with self.assertRaises(EquityError) as caught:
            list(self.client.register(self.rows))
        self.assertIs(caught.exception.code, grpc.StatusCode.FAILED_PRECONDITION)
        self.assertEqual(self.streams, 1)

    def test_a_dry_run_is_not_resumed_after_its_first_outcome(self) -> None:
        self.failures = [Failure(UNAVAILABLE)]
        with self.assertRaises(EquityError):
            list(self.client.register(self.rows, validate_only=True))
        self.assertEqual(self.streams, 1)

    def test_after_an_error_it_goes_on_where_it_stopped(self) -> None:
        self.failures = [Failure(grpc.StatusCode.FAILED_PRECONDITION)]
        registration = self.client.register(self.rows, operation=new_request_id())
        rows = []
        for _ in range(2):
            try:
                for outcome in registration:
                    rows.append(outcome.row)
            except EquityError:
                pass
        self.assertEqual(rows, list(range(1, 3001)))

    def test_a_silent_server_is_given_up(self) -> None:
        def silent(_: Any, context: Any) -> Any:
            while context.is_active():
                time.sleep(0.01)
            yield from ()

        with FakeServer(StreamRegistrations=silent) as server, server.client() as client:
            with self.assertRaises(EquityError) as caught:
                list(client.register(self.rows, patience=0.3))
        self.assertIs(caught.exception.code, UNAVAILABLE)

    def test_no_rows_need_no_server(self) -> None:
        with Client("127.0.0.1:1") as client:
            self.assertEqual(list(client.register([])), [])

    def test_row_numbers_rise(self) -> None:
        with self.assertRaisesRegex(ValueError, "must rise"):
            list(self.client.register([{"row": 2}, {"row": 2}]))


if __name__ == "__main__":
    unittest.main()
