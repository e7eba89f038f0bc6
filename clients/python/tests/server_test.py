"""What the client does with a real server, which is restarted, cut off and lied to.

Needs equityd and equityctl on the PATH, and the folder tests/data as EQUITY_TEST_DATA.
"""

from __future__ import annotations

import csv
import io
import os
import pathlib
import random
import signal
import socket
import sys
import threading
import time
import unittest
from unittest import mock

import grpc
from equity.participants.v1.registrations_pb2 import RegistrationOutcome

from equity_client import Client, EquityError
from real_server import CuttingProxy, Server

DATA = pathlib.Path(os.environ["EQUITY_TEST_DATA"])


class ServerTest(unittest.TestCase):
    server: Server

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.equityctl("organisations", "import", str(DATA / "organisations.csv"))
        cls.server.equityctl("sessions", "import", str(DATA / "sessions.csv"))

    def setUp(self) -> None:
        self.client = self.server.client()
        self.addCleanup(self.client.close)

    def partner(self, organisation: str) -> Client:
        client = self.server.client(token=self.server.token("partner", organisation))
        self.addCleanup(client.close)
        return client


class FiveJobsTest(ServerTest):
    """What a user comes for, with the staff of summer 2021 registered."""

    outcomes: list[RegistrationOutcome]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        with cls.server.client() as client, open(DATA / "staff.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
            cls.outcomes = list(client.register(rows))

    def test_dates(self) -> None:
        with self.server.client(token="") as anyone:
            sessions = anyone.sessions.list_public_sessions()
            places = {session.date: session.places_left for session in sessions}
            self.assertEqual(places, {"2021-07-27": 21, "2021-08-02": 15, "2021-08-12": 0, "2021-08-17": 19})
            states = [row["state"] for row in sessions.to_dicts()]
        self.assertEqual(states, ["OPEN", "OPEN", "SOLD_OUT", "OPEN"])

    def test_register_a_file(self) -> None:
        kinds = [outcome.Kind.Name(outcome.kind) for outcome in self.outcomes]
        self.assertEqual(len(kinds), 240)
        counts = {kind: kinds.count(kind) for kind in set(kinds)}
        self.assertEqual(counts, {"KIND_SEATED": 225, "KIND_WAITLISTED": 10, "KIND_REJECTED": 5})

    def test_register_one_person(self) -> None:
        row = {"external_ref": "ONE-1", "family_name": "Sample", "email": "one@example.org"}
        row.update(session_date="2021-08-12", on_full="WAITLIST")
        partner = self.partner("rde")
        (trial,) = partner.register([row], validate_only=True)
        (outcome,) = partner.register([row])
        self.assertEqual((trial.kind, outcome.kind), (outcome.KIND_WAITLISTED, outcome.KIND_WAITLISTED))
        booking = partner.bookings.get_booking(name=outcome.booking).booking
        self.assertEqual(booking.participant, outcome.participant)
        partner.bookings.cancel_booking(name=outcome.booking)
        partner.participants.deactivate_participant(name=outcome.participant)

    def test_a_wrong_row_says_what_to_do(self) -> None:
        (outcome,) = self.partner("rde").register([{"external_ref": "BAD-1", "given_name": "Sam", "email": "nobody"}])
        self.assertEqual((outcome.kind, outcome.code, outcome.field), (outcome.KIND_REJECTED, "INVALID_EMAIL", "email"))
        self.assertTrue(outcome.fix)

    def test_an_error_names_its_field_and_the_fix(self) -> None:
        with self.assertRaises(EquityError) as caught:
            self.client.participants.register_participant(
                parent="organisations/rde",
                participant={"external_ref": "BAD-2", "given_name": "Sam", "email": "nobody"},
            )
        error = caught.exception
        self.assertIs(error.code, grpc.StatusCode.INVALID_ARGUMENT)
        self.assertEqual([violation.field for violation in error.field_violations], ["participant.email"])
        self.assertTrue(all(violation.fix for violation in error.field_violations))

    def test_statistics_as_csv_are_those_of_equityctl(self) -> None:
        measure = "people.registered"
        for arguments, ours in (
            ((), self.client.stats()),
            (("--measure", measure, "--by", "SECTOR,PLACE"), self.client.stats(measure, by=["SECTOR", "PLACE"])),
            (
                ("--measure", measure, "--by", "SECTOR", "--tier", "PUBLISHABLE"),
                self.client.stats(measure, by=["SECTOR"], tier="publishable"),
            ),
            (("--measure", measure, "--public"), self.client.stats(measure, public=True)),
        ):
            file = io.StringIO()
            ours.to_csv(file)
            self.assertEqual(file.getvalue(), self.server.equityctl("stats", *arguments, "--output", "csv"))

    def test_statistics_as_a_dataframe(self) -> None:
        try:
            import pandas
        except ImportError:
            self.skipTest("pandas is not installed")
        table = self.client.stats("people.registered", by=["SECTOR", "PLACE"], tier="PUBLISHABLE")
        frame = table.to_dataframe()
        self.assertEqual(tuple(frame.columns), table.columns)
        hidden = frame["status"].str.startswith("SUPPRESSED")
        self.assertTrue(hidden.any())
        self.assertTrue(frame.loc[hidden, "value"].isna().all())
        self.assertEqual(str(frame["value"].dtype), "Int64")
        self.assertEqual(str(frame["data_as_of"].dt.tz), "UTC")
        funnel = self.client.stats().to_dataframe().set_index("measure")["value"]
        self.assertGreaterEqual(funnel["people.registered"], 235)
        measures = self.client.statistics.list_measures().to_dataframe()
        self.assertIn("people.registered", list(measures["id"]))
        self.assertIsInstance(measures, pandas.DataFrame)
        nobody = self.client.bookings.list_bookings(parent="organisations/qjg", page_size=1)
        self.assertEqual(list(nobody.to_dataframe().columns), list(nobody.columns))

    def test_without_pandas_the_error_says_what_to_install(self) -> None:
        with mock.patch.dict(sys.modules, pandas=None), self.assertRaisesRegex(ImportError, "python3-pandas"):
            self.client.stats().to_dataframe()

    def test_watch(self) -> None:
        watch = self.client.changes.watch_changes(services=["participants"])
        sequences = [change.sequence for change in watch.until_caught_up()]
        self.assertEqual(sequences, list(range(1, len(sequences) + 1)))
        self.assertGreater(len(sequences), 235)

        live = iter(self.client.changes.watch_changes(resume_token=watch.resume_token, services=["participants"]))
        person = {"external_ref": "LIVE-1", "given_name": "Sam", "email": "live@example.org"}
        name = self.client.participants.register_participant(parent="organisations/rgr", participant=person)
        change = next(live)
        self.assertEqual(change.sequence, len(sequences) + 1)
        self.assertEqual(change.participant_event.participant, name.participant.name)
        self.client.participants.deactivate_participant(name=name.participant.name)
        self.assertEqual(next(live).participant_event.kind, change.participant_event.KIND_DEACTIVATED)

    def test_lists_are_paged(self) -> None:
        whole = [booking.name for booking in self.client.bookings.list_bookings(parent="organisations/-")]
        small = self.client.bookings.list_bookings(parent="organisations/-", page_size=7)
        pages = list(small.pages())
        self.assertEqual([booking.name for page in pages for booking in page.bookings], whole)
        self.assertTrue(all(len(page.bookings) == 7 for page in pages[:-1]))
        self.assertGreaterEqual(len(whole), 235)
        self.assertEqual(len(set(whole)), len(whole))


class CredentialsTest(ServerTest):
    def refusal(self, client: Client) -> EquityError:
        with client, self.assertRaises(EquityError) as caught:
            client.sessions.get_session(name="workshops/a-workshop/sessions/a-session")
        return caught.exception

    def test_a_bad_token_is_refused_with_its_reason(self) -> None:
        error = self.refusal(self.server.client(token="not-a-token"))
        self.assertEqual((error.code, error.reason), (grpc.StatusCode.UNAUTHENTICATED, "CREDENTIAL_INVALID"))

    def test_no_token_is_said_to_be_missing(self) -> None:
        error = self.refusal(self.server.client(token=""))
        self.assertEqual((error.code, error.reason), (grpc.StatusCode.UNAUTHENTICATED, "CREDENTIAL_MISSING"))

    def test_the_environment_names_server_and_credential(self) -> None:
        file = self.server.folder / "renewed"
        file.write_text("not-a-token")
        with mock.patch.dict(os.environ, EQUITY_TARGET=self.server.target, EQUITY_TOKEN_FILE=str(file)):
            with Client() as client:
                with self.assertRaises(EquityError):
                    list(client.organisations.list_organisations())
                file.write_text(self.server.token("central_team") + "\n")  # the next call reads it
                self.assertEqual(len(list(client.organisations.list_organisations())), 32)
            file.write_text("")
            with Client() as client, self.assertRaisesRegex(ValueError, "is empty"):
                list(client.organisations.list_organisations())

    def test_what_is_somebody_elses_is_not_there(self) -> None:
        person = {"external_ref": "OWN-1", "given_name": "Sam", "email": "own@example.org"}
        name = self.partner("rde").participants.register_participant(parent="organisations/rde", participant=person)
        with self.assertRaises(EquityError) as caught:
            self.partner("rgr").participants.get_participant(name=name.participant.name)
        self.assertIs(caught.exception.code, grpc.StatusCode.NOT_FOUND)


class OutagesTest(ServerTest):
    """The server goes away and comes back; the connection breaks."""

    def rows(self, prefix: str, count: int) -> list[dict[str, str]]:
        return [
            {
                "organisation": "QJG",
                "external_ref": f"{prefix}-{number}",
                "family_name": f"Family {number}",
                "email": "nobody" if number % 50 == 0 else f"{prefix}-{number}@example.org".lower(),
            }
            for number in range(1, count + 1)
        ]

    def people(self, prefix: str) -> int:
        people = self.client.participants.list_participants(parent="organisations/qjg")
        return sum(person.external_ref.startswith(f"{prefix}-") for person in people)

    def test_calls_survive_a_restart(self) -> None:
        sessions = self.client.sessions.list_sessions(parent="workshops/-")
        before = [session.name for session in sessions]
        restart = self.server.restart_after(1.0)
        self.assertEqual([session.name for session in sessions], before)
        restart.join()

    def test_writes_have_one_effect_whatever_restarts(self) -> None:
        """People are registered one by one while the server is killed and stopped."""
        stop = threading.Event()

        def disturb() -> None:
            signals = [signal.SIGKILL, signal.SIGTERM]
            while not stop.wait(0.5):
                self.server.restart_after(0.2, random.choice(signals)).join()

        disturber = threading.Thread(target=disturb)
        disturber.start()
        names = set()
        try:
            for row in self.rows("W", 80):
                if row["email"] != "nobody":
                    row.pop("organisation")
                    answer = self.client.participants.register_participant(
                        parent="organisations/qjg", participant=row, timeout=30
                    )
                    names.add(answer.participant.name)
                    time.sleep(0.02)
        finally:
            stop.set()
            disturber.join()
        self.assertEqual(len(names), 79)
        self.assertEqual(self.people("W"), 79)

    def test_a_file_survives_cuts_and_a_restart(self) -> None:
        proxy = CuttingProxy(self.server.target)
        self.addCleanup(proxy.close)
        rows = self.rows("F", 5_000)
        outcomes = []
        with self.server.client(target=proxy.target) as client:
            registration = client.register(iter(rows), window=1_000)
            for outcome in registration:
                outcomes.append(outcome)
                if outcome.row in (700, 1_900, 4_200):
                    proxy.cut()
                if outcome.row == 3_000:
                    self.server.restart_after(0.5).join()
        self.assertEqual([outcome.row for outcome in outcomes], list(range(1, 5_001)))
        wrong = [outcome.row for outcome in outcomes if outcome.kind != outcome.KIND_REGISTERED]
        self.assertEqual(wrong, list(range(50, 5_001, 50)))
        self.assertEqual(self.people("F"), 4_900)
        # The same operation gives the same outcomes, from a new program as well.
        again = list(self.client.register(rows, operation=registration.operation))
        self.assertEqual(again, outcomes)

    def test_a_watch_survives_a_restart(self) -> None:
        watch = self.client.changes.watch_changes(services=["participants"])
        last = max((change.sequence for change in watch.until_caught_up()), default=0)
        changes = iter(watch)
        for number in (1, 2, 3):
            person = {"external_ref": f"V-{number}", "given_name": "Sam", "email": f"v-{number}@example.org"}
            self.client.participants.register_participant(parent="organisations/qjg", participant=person)
            self.assertEqual(next(changes).sequence, last + number)
            self.server.restart_after(0.5).join()

    def test_a_server_that_is_not_there_is_unavailable_by_the_deadline(self) -> None:
        started = time.monotonic()
        with self.server.client(target="127.0.0.1:1", timeout=0.5) as client, self.assertRaises(EquityError) as caught:
            list(client.sessions.list_public_sessions())
        self.assertIs(caught.exception.code, grpc.StatusCode.UNAVAILABLE)
        self.assertLess(time.monotonic() - started, 2.0)

    def test_a_server_that_says_nothing_is_left_by_the_deadline(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            started = time.monotonic()
            target = f"127.0.0.1:{deaf.getsockname()[1]}"
            with self.server.client(target=target, timeout=0.5) as client, self.assertRaises(EquityError):
                client.operations.get_business_time()
            self.assertLess(time.monotonic() - started, 2.0)


if __name__ == "__main__":
    unittest.main()
