"""What a server refuses, as exceptions."""

from __future__ import annotations

from typing import Any, NamedTuple

import grpc
from google.protobuf.message import DecodeError

try:
    from google.rpc import error_details_pb2, status_pb2
except ImportError:  # googleapis-common-protos is not installed
    from equity.third_party.google.rpc import error_details_pb2, status_pb2

__all__ = ["EquityError", "FieldViolation", "error_details_pb2", "status_pb2"]


class FieldViolation(NamedTuple):
    """One wrong field of a request."""

    field: str
    """Its path, such as `rows[2].participant`."""
    fix: str
    """What it must be."""


class EquityError(Exception):
    """A call that failed. What to do stands in `message` and, for wrong fields, in `field_violations`."""

    def __init__(
        self,
        code: grpc.StatusCode,
        message: str,
        *,
        reason: str = "",
        metadata: dict[str, str] | None = None,
        field_violations: tuple[FieldViolation, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.reason = reason
        """In capitals, such as SESSION_FULL; empty where the error is the connection's."""
        self.metadata = metadata or {}
        """Facts about the reason, by name."""
        self.field_violations = field_violations
        self.retry_after = retry_after
        """After how many seconds the server wants the same request again."""

    def __str__(self) -> str:
        return f"{self.code.name}{f' ({self.reason})' if self.reason else ''}: {self.message}"

    @property
    def is_transient(self) -> bool:
        """Whether the same request may fare better later."""
        if self.code is grpc.StatusCode.RESOURCE_EXHAUSTED:
            return self.retry_after is not None
        # A server that ends cancels what is still underway.
        return self.code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)

    @classmethod
    def from_rpc(cls, error: Any) -> EquityError:
        """Reads the google.rpc details that came with a failed call."""
        info = error_details_pb2.ErrorInfo()
        request = error_details_pb2.BadRequest()
        retry = error_details_pb2.RetryInfo()
        retry_after = None
        for detail in _details(error):
            detail.Unpack(info)
            detail.Unpack(request)
            if detail.Unpack(retry):
                retry_after = retry.retry_delay.seconds + retry.retry_delay.nanos / 1e9
        return cls(
            error.code(),
            error.details() or "",
            reason=info.reason,
            metadata=dict(info.metadata),
            field_violations=tuple(FieldViolation(each.field, each.description) for each in request.field_violations),
            retry_after=retry_after or None,
        )


def _details(error: Any) -> list[Any]:
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            try:
                return list(status_pb2.Status.FromString(value).details)
            except DecodeError:
                break
    return []
