"""Statistics as rows: the table that `equityctl stats` prints."""

from __future__ import annotations

import datetime
from typing import Any, Iterator, Union

from equity.statistics.v1.statistics_pb2 import Cell, Dimension, GetSummaryResponse, Table, Tier

from equity_client.rows import Rows, enum_name


class Statistics(Rows):
    """Numbers of a challenge. A hidden number is None (NA in a DataFrame, an empty cell in CSV), never 0."""

    def __init__(self, message: Union[GetSummaryResponse, Table]) -> None:
        self.message = message
        """What the server answered, with data_as_of and feed_position."""

    @property
    def columns(self) -> tuple[str, ...]:
        return (
            "challenge",
            "measure",
            "dimension",
            "category",
            "dimension2",
            "category2",
            "tier",
            "value",
            "status",
            "data_as_of",
            "numerator",
            "eligible",
            "not_yet_due",
            "snapshot",
        )

    def to_dicts(self) -> list[dict[str, Any]]:
        return list(self._table(self.message) if isinstance(self.message, Table) else self._summary(self.message))

    def _table(self, table: Table) -> Iterator[dict[str, Any]]:
        names = [enum_name(Dimension.DESCRIPTOR, each) for each in table.dimensions] + [None, None]
        for cell in table.cells:
            yield self._row(table.measure, names[0], cell.category, names[1], cell.category2, cell)

    def _summary(self, summary: GetSummaryResponse) -> Iterator[dict[str, Any]]:
        """The funnel, then the places of each session as measures of their own."""
        for cell in summary.funnel:
            yield self._row(cell.category, None, "", None, "", cell)
        for session in summary.sessions:
            for measure in ("capacity", "seated", "waiting"):
                exact = Cell(value=getattr(session, measure), status=Cell.STATUS_EXACT)
                yield self._row(f"session.{measure}", "SESSION", session.session, None, "", exact)
            yield self._row("session.attended", "SESSION", session.session, None, "", session.attended)

    def _row(
        self, measure: str, dimension: str | None, category: str, dimension2: str | None, category2: str, cell: Cell
    ) -> dict[str, Any]:
        as_of = self.message.data_as_of
        values = (
            self.message.challenge,
            measure,
            dimension,
            category or None,
            dimension2,
            category2 or None,
            enum_name(Tier.DESCRIPTOR, self.message.tier),
            _value(cell),
            enum_name(Cell.Status.DESCRIPTOR, cell.status),
            as_of.ToDatetime(datetime.timezone.utc) if self.message.HasField("data_as_of") else None,
            *(getattr(cell, name) if cell.HasField(name) else None for name in self.columns[10:13]),
            self.message.snapshot or None,
        )
        return dict(zip(self.columns, values))


def _value(cell: Cell) -> int | float | None:
    """A count, a share in percent or a time; None where it is hidden or not known."""
    if cell.HasField("number"):
        return int(cell.number) if cell.number.is_integer() else cell.number
    return cell.value if cell.HasField("value") else None
