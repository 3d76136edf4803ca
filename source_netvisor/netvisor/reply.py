"""What Netvisor answered, spooled whole, and the records in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import IO

from lxml import etree

from source_netvisor import errors
from source_netvisor.errors import NetvisorError, UnreadableReply
from source_netvisor.netvisor.request import Request
from source_netvisor.parsing import decoder, record_splitter
from source_netvisor.parsing.record_text import RecordSource, Row


@dataclass
class Reply:
    """A complete reply that Netvisor calls OK.

    Args:
        request: what was asked.
        body: the bytes as they were received.
        headers: of the HTTP reply, names in lower case.
    """

    request: Request
    body: IO[bytes]
    headers: dict[str, str] = field(default_factory=dict)
    size: int = 0

    def elements(self, names: Sequence[str]) -> Iterator[etree._Element]:
        """The record elements."""
        return record_splitter.elements(self.body, names, self._unreadable)  # type: ignore[arg-type]

    def batches(self, names: Sequence[str], beside: Sequence[str] = ()) -> Iterator[list[Row]]:
        """The records, as text or, where the reply cannot be cut, as elements; see `record_splitter.batches`.

        They are to be read again from their beginning if `must_be_read_again` says so after they have been read.
        """
        return record_splitter.batches(self.body, names, self.source, self._unreadable, beside)  # type: ignore[arg-type]

    def rows(self, names: Sequence[str], beside: Sequence[str] = ()) -> Iterator[Row]:
        """The same, one after the other."""
        return chain.from_iterable(self.batches(names, beside))

    @cached_property
    def source(self) -> RecordSource:
        """The reply, as its records know it."""
        return RecordSource(self.request.resource, self.size >= record_splitter.LARGE)

    def must_be_read_again(self) -> bool:
        """Whether records that were built from the reply may be wrong; asked once, since the next reading is right."""
        was_distrusted, self.source.is_distrusted = self.source.is_distrusted, False
        return was_distrusted

    def _unreadable(self, error: UnreadableReply) -> NetvisorError:
        return errors.unreadable(self.request.resource, str(error))

    def list_attributes(self) -> dict[str, str]:
        """Attributes of the list element, normalized names."""
        return decoder.list_attributes(self.body)  # type: ignore[arg-type]

    def close(self) -> None:
        """Frees the memory or the temporary file."""
        self.body.close()
