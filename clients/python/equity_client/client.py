"""The client: a connection with its services."""

from __future__ import annotations

import os
import pathlib
from types import TracebackType
from typing import Callable, Iterable

import grpc

from equity_client.connection import Connection
from equity_client.registration import Registration, Row
from equity_client.services import Services
from equity_client.statistics import Statistics


class Client(Services):
    """The services of one server. Thread-safe; make one per server and share it.

    target: host:port; without it EQUITY_TARGET, else 127.0.0.1:8443.
    token: the credential, or what gives one for each call; token_file: a file with it, read anew for each call; without
        either EQUITY_TOKEN_FILE. Without any, only what is public can be called.
    credentials: those of grpc.ssl_channel_credentials; without them the connection is in clear text, for loopback only.
    timeout: seconds for a call, its retries included, where the call itself says nothing.
    """

    def __init__(
        self,
        target: str | None = None,
        *,
        token: str | Callable[[], str] | None = None,
        token_file: str | os.PathLike[str] | None = None,
        credentials: grpc.ChannelCredentials | None = None,
        timeout: float = 10.0,
    ) -> None:
        self._connection = Connection(
            target or os.environ.get("EQUITY_TARGET") or "127.0.0.1:8443",
            token=_token_source(token, token_file),
            credentials=credentials,
            timeout=timeout,
        )
        super().__init__(self._connection)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def register(
        self,
        rows: Iterable[Row],
        *,
        operation: str = "",
        workshop: str = "",
        validate_only: bool = False,
        window: int = 5_000,
        patience: float = 60.0,
    ) -> Registration:
        """Registers staff and asks for their places; iterate the result for the outcomes, one for each row.

        rows: of any number: RegistrationRow or mappings with its fields, such as those of csv.DictReader.
        operation: a UUID, the same for a file that is sent again; without it a new one.
        workshop: `workshops/{id}`, where dates alone could mean two sessions.
        validate_only: a dry run, which changes nothing.
        window: about how many rows may be underway.
        patience: seconds to go on without an answer.
        """
        return Registration(
            self._connection,
            rows,
            operation=operation,
            workshop=workshop,
            validate_only=validate_only,
            window=window,
            patience=patience,
        )

    def stats(
        self,
        measure: str = "",
        by: Iterable[str] = (),
        *,
        tier: str = "",
        challenge: str = "",
        public: bool = False,
        snapshot: str = "",
        timeout: float | None = None,
    ) -> Statistics:
        """The numbers of a challenge, what was committed before included.

        measure: one of statistics.list_measures(); without it, the numbers at a glance.
        by: at most two of ORGANISATION, SECTOR, PLACE, SESSION, ISO_WEEK, DAY_BAND, STATE, PROGRAMME.
        tier: OPERATIONAL or PUBLISHABLE; the most exact you may have unless given.
        challenge: `challenges/{id}`, where there is more than one.
        public: what anyone may see of a measure; needs no credential.
        snapshot: `challenges/{id}/snapshots/{week}`, the frozen numbers of a week; needs no credential either.
        """
        if (public or snapshot) and tier.upper() not in ("", "PUBLISHABLE"):
            raise ValueError("tier must be PUBLISHABLE, or left out: what is public, or frozen, is never exact")
        dimensions = [f"DIMENSION_{each.upper()}" for each in by]
        if snapshot and not measure:
            return Statistics(self.statistics.get_snapshot(name=snapshot, timeout=timeout).summary)
        if public or snapshot:
            return Statistics(
                self.statistics.query_public_table(
                    measure=measure, dimensions=dimensions, challenge=challenge, snapshot=snapshot, timeout=timeout
                ).table
            )
        tier = f"TIER_{tier.upper() or 'UNSPECIFIED'}"
        position = self.changes.get_feed_position(timeout=timeout).position
        if not measure:
            return Statistics(
                self.statistics.get_summary(
                    challenge=challenge, tier=tier, min_feed_position=position, timeout=timeout
                )
            )
        return Statistics(
            self.statistics.query_table(
                challenge=challenge,
                measure=measure,
                dimensions=dimensions,
                tier=tier,
                min_feed_position=position,
                timeout=timeout,
            ).table
        )


def _token_source(
    token: str | Callable[[], str] | None, token_file: str | os.PathLike[str] | None
) -> Callable[[], str]:
    if callable(token):
        return token
    if token is not None:
        fixed = token
        return lambda: fixed
    named = token_file or os.environ.get("EQUITY_TOKEN_FILE")
    if not named:
        return lambda: ""
    path = pathlib.Path(named)
    return lambda: _read_token(path)


def _read_token(path: pathlib.Path) -> str:
    token = path.read_text(encoding="utf-8").strip()
    if not token:
        raise ValueError(f"The token file {path} is empty.")
    return token
