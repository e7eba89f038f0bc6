"""Lists, read page by page."""

from __future__ import annotations

from typing import Any, Generic, Iterator, TypeVar

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message

from equity_client.connection import Connection
from equity_client.rows import Rows, to_dict

Item = TypeVar("Item", bound=Message)

MOST_PER_PAGE = 1_000
"""The most that a server gives."""


class Pages(Rows, Generic[Item]):
    """The items of a list. Nothing is asked for before it is iterated; each iteration reads the list anew."""

    def __init__(
        self,
        connection: Connection,
        method: MethodDescriptor,
        request: Message,
        response_type: type[Message],
        field: str,
        timeout: float | None,
    ) -> None:
        self._connection = connection
        self._method = method
        self._request = request
        self._response_type = response_type
        self._field = field
        self._timeout = timeout

    def __iter__(self) -> Iterator[Item]:
        for page in self.pages():
            yield from getattr(page, self._field)

    def pages(self) -> Iterator[Any]:
        """The responses themselves, for what stands in them beside the items."""
        request = type(self._request)()
        request.CopyFrom(self._request)
        if "page_size" in request.DESCRIPTOR.fields_by_name and not getattr(request, "page_size"):
            setattr(request, "page_size", MOST_PER_PAGE)
        while True:
            page = self._connection.unary(self._method, request, self._response_type, self._timeout)
            yield page
            token = getattr(page, "next_page_token", "")
            if not token:
                return
            setattr(request, "page_token", token)

    @property
    def columns(self) -> tuple[str, ...]:
        item = self._response_type.DESCRIPTOR.fields_by_name[self._field].message_type
        return tuple(field.name for field in item.fields)

    def to_dicts(self) -> list[dict[str, Any]]:
        return [to_dict(item) for item in self]
