"""How far one stream has been read, and what its destination holds: the value of its STATE messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from source_netvisor import clock
from source_netvisor.state.ledger import Ledger

VERSION = 2


@dataclass
class StreamState:
    """The state of one stream.

    Args:
        business_id: of the company that it belongs to.
        host: of Netvisor that answered; test and production have different data under one Business ID.
        start_date: documents dated before it are not in the destination.
        position: everything that the change filter names up to this moment has arrived.
        cursor: the highest value of the cursor field that any record carries.
        shape: under which language, parameters and record version the fingerprints of the ledger were made.
        compared: moment of the last comparison of everything; None: one is due.
        turn: the older window that is compared next.
        turn_key: details are read by turns; those up to this key have been.
        backfill: first window that a comparison of everything in windows has not done; None: no window is done.
        backfill_began: the moment that this comparison began; None: none is under way.
        doubted: the day when a list lacked too much of the ledger to be trusted, and how many groups it lacked.
        unstable_on: the day when more than half of the list differed from what was read before.
        deletions_until: everything in the deletion log up to this moment has arrived.
        triggers: resource -> checksum of its list when it was last seen.
        ledger: what the destination holds.
    """

    business_id: str
    host: str
    start_date: date
    position: datetime | None = None
    cursor: datetime | None = None
    shape: str = ""
    compared: datetime | None = None
    turn: date | None = None
    turn_key: int | None = None
    backfill: date | None = None
    backfill_began: datetime | None = None
    doubted: tuple[date, int] | None = None
    unstable_on: date | None = None
    deletions_until: datetime | None = None
    triggers: dict[str, int] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)

    def to_json(self) -> dict[str, Any]:
        """As STATE carries it; the position has the cursor field's name, for whoever looks at the connection's state.

        What is None or empty is left out, except for the position, `compared` and the ledger.
        """
        value: dict[str, Any] = {
            "_ab_modified_until": _text(self.position),
            "cursor": _text(self.cursor),
            "version": VERSION,
            "business_id": self.business_id,
            "host": self.host,
            "start_date": self.start_date.isoformat(),
            "shape": self.shape,
            "compared": _text(self.compared),
            "turn": self.turn and self.turn.isoformat(),
            "turn_key": self.turn_key,
            "doubted": self.doubted and {"day": self.doubted[0].isoformat(), "count": self.doubted[1]},
            "unstable_on": self.unstable_on and self.unstable_on.isoformat(),
            "backfill": self._backfill_to_json(),
            "deletions_until": _text(self.deletions_until),
            "triggers": dict(sorted(self.triggers.items())) or None,
            "ledger": self.ledger.to_json(),
        }
        always = ("_ab_modified_until", "compared")
        return {name: content for name, content in value.items() if content is not None or name in always}

    def _backfill_to_json(self) -> dict[str, Any] | None:
        if self.backfill is None and self.backfill_began is None:
            return None
        return {"next": self.backfill and self.backfill.isoformat(), "began": _text(self.backfill_began)}


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else clock.to_text(moment)
