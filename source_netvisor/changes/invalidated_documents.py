"""Vouchers that were invalidated, should Netvisor not count that as a change: which of them the destination knows.

Whether `changedsince` lists a voucher whose status has changed from valid to invalidated is not documented (article
766887). If it does not, the voucher stays among the valid ones, and in every sum. But the ledger can be asked for
invalidated and deleted vouchers alone (invalidated_reading.py), and what was sent as valid is sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from source_netvisor import clock
from source_netvisor.state.delivered_keys import DeliveredKeys

VALID = "valid"


@dataclass
class KnownInvalidated:
    """What a stream's state says.

    Args:
        until: the moment at which the sync began that looked last; None: none has.
        untold: whether one was found of which no other list had told.
        documents: those that were sent with another status than `valid`.
    """

    until: datetime | None = None
    untold: bool = False
    documents: DeliveredKeys = field(default_factory=DeliveredKeys)

    def to_json(self) -> dict[str, Any]:
        """As the state carries it."""
        until = clock.to_text(self.until) if self.until else None
        return {"until": until, "untold": self.untold, "documents": self.documents.to_json()}

    @staticmethod
    def from_json(saved: Mapping[str, Any]) -> KnownInvalidated:
        """What `to_json` gave.

        Raises:
            ValueError, KeyError, TypeError: it is something else.
        """
        until, untold, documents = saved["until"], saved["untold"], saved["documents"]
        if not isinstance(untold, bool):
            raise ValueError("not what was saved")
        return KnownInvalidated(clock.from_text(until) if until is not None else None, untold, DeliveredKeys(documents))


class InvalidatedDocuments:
    """Follows the statuses of the documents that one stream sends.

    Args:
        known: from the state; it learns of a document when its records have been sent.
        status: the property that says it.
    """

    def __init__(self, known: KnownInvalidated, status: str) -> None:
        self.known = known
        self._status = status
        self._noted: dict[int, bool] = {}

    def note(self, key: int, record: Mapping[str, Any]) -> None:
        """A document is about to be sent.

        Args:
            key: of the document.
            record: one of its records.
        """
        status = record.get(self._status)
        if status == VALID:
            if key in self.known.documents.documents or key in self._noted:
                self._noted[key] = False
        elif isinstance(status, str):
            self._noted[key] = status.strip().lower() != VALID

    def knows(self, key: int) -> bool:
        """Whether the destination has it with another status than `valid`, or is about to get it."""
        noted = self._noted.get(key)
        return key in self.known.documents.documents if noted is None else noted

    def found(self) -> None:
        """One was found of which no other list told; before the first look nothing is known of what was told."""
        self.known.untold = self.known.untold or self.known.until is not None

    def sent(self) -> None:
        """What has been noted is at the destination."""
        for key, invalidated in self._noted.items():
            if invalidated:
                self.known.documents.put(key)
            else:
                self.known.documents.remove(key)
        self._noted.clear()

    def forget(self) -> None:
        """What has been noted is not sent."""
        self._noted.clear()
