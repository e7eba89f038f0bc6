"""Results as rows: for a DataFrame, for CSV, or as dictionaries."""

from __future__ import annotations

import abc
import csv
import datetime
import json
from typing import TYPE_CHECKING, Any, TextIO

from google.protobuf import json_format
from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

if TYPE_CHECKING:
    import pandas


class Rows(abc.ABC):
    """Something with rows and columns."""

    @property
    @abc.abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The same for every result of a kind, also for one without rows."""

    @abc.abstractmethod
    def to_dicts(self) -> list[dict[str, Any]]:
        """Enumerations without their prefix, times as datetime in UTC, what is absent (and so hidden) as None."""

    def to_dataframe(self) -> pandas.DataFrame:
        """A pandas DataFrame; what is absent is NA, never 0."""
        try:
            import pandas
        except ImportError as error:
            raise ImportError(
                "to_dataframe() needs pandas: install python3-pandas (Debian) or pandas (pip). "
                "to_csv() and to_dicts() do without it."
            ) from error
        return pandas.DataFrame(self.to_dicts(), columns=list(self.columns)).convert_dtypes()

    def to_csv(self, file: TextIO) -> None:
        """Writes CSV as `equityctl` does: what is absent is an empty cell; text cannot be taken for a formula."""
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(self.columns)
        for row in self.to_dicts():
            writer.writerow([_csv_cell(row[column]) for column in self.columns])


def enum_name(descriptor: EnumDescriptor, number: int) -> str | None:
    """`STATE_OPEN` as `OPEN`; None for the zero value, which means that nothing is said."""
    value = descriptor.values_by_number.get(number)
    if value is None:
        return str(number)  # of a newer server
    prefix = descriptor.values_by_number[0].name[: -len("UNSPECIFIED")]
    return None if number == 0 else str(value.name).removeprefix(prefix)


def to_dict(message: Message) -> dict[str, Any]:
    """A message by its fields' names; messages within it as protobuf JSON."""
    return {field.name: _value(message, field) for field in message.DESCRIPTOR.fields}


def _value(message: Message, field: FieldDescriptor) -> Any:
    value = getattr(message, field.name)
    if field.has_presence:
        return _scalar(field, value) if message.HasField(field.name) else None
    if field.message_type is not None:  # several, or a map
        return json_format.MessageToDict(message, preserving_proto_field_name=True).get(field.name, [])
    if hasattr(value, "extend"):  # protobuf 3.21 and the newest have no word for "repeated" in common
        return [_scalar(field, each) for each in value]
    return _scalar(field, value)


def _scalar(field: FieldDescriptor, value: Any) -> Any:
    if field.enum_type is not None:
        return enum_name(field.enum_type, value)
    if field.message_type is None:
        return value
    if field.message_type.full_name == "google.protobuf.Timestamp":
        return value.ToDatetime(datetime.timezone.utc)
    return json_format.MessageToDict(value, preserving_proto_field_name=True)


def _csv_cell(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        digits = "milliseconds" if value.microsecond % 1_000 == 0 else "microseconds"
        return value.isoformat(timespec=digits if value.microsecond else "seconds").replace("+00:00", "Z")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(each, dict) for each in value):
        value = ";".join(str(each) for each in value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return value
