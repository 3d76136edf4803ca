"""Documents whose open sum a payment has changed, where Netvisor does not say that the document changed.

Whether a payment counts as a modification of its purchase invoice is not documented, and purchaseinvoicelist.nv has no
`includemodifiedpayments` (the sales list has). So all payments from a year before the start date on, which come in one
call, are compared with those of the sync before, and the invoices of those that are new, different or gone are read
again.

A payment that is entered after that call, while documents are read, and deleted before the next sync is in neither of
the two lists. Its key is higher than any that was seen: if the list of deleted payments (article 77000554235) has such
a one, what the sync before had read is read again.

The state would be large with a checksum of each payment, or of each document. Documents with neighbouring keys share
one: if it is another one, all of them are read again, which costs little, since details come 500 in a call.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from source_netvisor.fetching.row_identity import RowIdentity
from source_netvisor.manifest.stream_definition import TouchedBy
from source_netvisor.netvisor.client import Reply
from source_netvisor.parsing.naming import normalize
from source_netvisor.records.values import UNPARSABLE, to_integer
from source_netvisor.state.delivered_keys import DeliveredKeys
from source_netvisor.state.key_set import KeySet

NEIGHBOURS = 3
"""Documents whose keys differ in so many of the last bits only share a checksum."""
_ROOM = 1 << 32


@dataclass(frozen=True)
class ReadMeanwhile:
    """Documents that were read after the payments had been asked for: they may show a payment that is not among those.

    Args:
        up_to: the highest key of the payments.
        neighbours: of the documents; None: any of them may have been read.
    """

    up_to: int
    neighbours: KeySet | None = None

    def to_json(self) -> dict[str, Any]:
        """As the state carries it."""
        if self.neighbours is None:
            return {"up_to": self.up_to, "documents": None}
        packed = DeliveredKeys()
        for among in self.neighbours:
            packed.put(among)
        return {"up_to": self.up_to, "documents": packed.to_json()}

    @staticmethod
    def from_json(saved: Mapping[str, Any]) -> ReadMeanwhile:
        """What `to_json` gave.

        Raises:
            ValueError, KeyError, TypeError: it is something else.
        """
        up_to, documents = saved["up_to"], saved["documents"]
        if type(up_to) is not int or not isinstance(documents, list | None):
            raise ValueError("not what was saved")
        return ReadMeanwhile(up_to, None if documents is None else DeliveredKeys(documents).documents)


@dataclass(frozen=True)
class Asked:
    """What a sync has asked before it reads documents.

    Args:
        known: from the state; None: nothing is known.
        deleted: payments of the list of deletions; None: it could not be read.
        highest: key of a payment that is seen.
        first: whether it is a first read.
    """

    known: ReadMeanwhile | None
    deleted: KeySet | None
    highest: int
    first: bool

    def to_read_again(self) -> KeySet | None:
        """Neighbours that may show a payment which was deleted before it was seen; None: all."""
        known = self.known
        if known is None or self.deleted is None or all(key <= known.up_to for key in self.deleted):
            return KeySet()
        return known.neighbours

    def after_reading(self, documents: KeySet) -> ReadMeanwhile:
        """What is known once these documents have been read."""
        neighbours = None if self.first else KeySet(key >> NEIGHBOURS for key in documents)
        if self.deleted is not None or self.known is None:
            return ReadMeanwhile(max((self.highest, *(self.deleted or ()))), neighbours)
        # a payment that the list will show may be in what was read before
        earlier = self.known.neighbours
        both = None if neighbours is None or earlier is None else KeySet((*neighbours, *earlier))
        return ReadMeanwhile(self.known.up_to, both)


@dataclass(frozen=True)
class Touches:
    """What a list of payments says.

    Args:
        neighbours: of whose documents' payments some are others than before; None: that is not known.
        seen: the payments as they are now; state, once the documents have been read.
    """

    neighbours: KeySet | None
    seen: DeliveredKeys

    def documents(self, delivered: Iterable[int]) -> KeySet:
        """Those of the delivered documents that are to be read again."""
        touched = self.neighbours
        return KeySet(key for key in delivered if touched is None or key >> NEIGHBOURS in touched)

    def unsettled(self, before: DeliveredKeys) -> DeliveredKeys:
        """State while the touched documents are being read: were the sync killed, they would be touched whatever their
        payments are then, also if they are again what they were before."""
        marked = DeliveredKeys(before.to_json())
        for among in self.neighbours or ():
            marked.put(among)
        return marked


def checksums(touched_by: TouchedBy, reply: Reply) -> tuple[DeliveredKeys, int]:
    """The payments of a list: for documents with neighbouring keys, the sum of the checksums of their payments; and the
    highest key of a payment, or 0.

    Args:
        touched_by: the list of payments, and where a payment names its document.
        reply: the list.
    """
    identity = RowIdentity(touched_by.listing)
    wanted = normalize(touched_by.document)
    sums: dict[int, int] = {}
    highest = 0
    for row in reply.elements(touched_by.listing.record):
        key, _ = identity.of(row)
        document = next((c.text for c in row if isinstance(c.tag, str) and normalize(c.tag) == wanted), None)
        number = to_integer(document.strip()) if document and document.strip() else UNPARSABLE
        highest = max(highest, key or 0)
        if key is not None and isinstance(number, int):
            text = "\n".join(f"{child.tag!s}={child.text or ''}" for child in row)
            among = number >> NEIGHBOURS
            sums[among] = (sums.get(among, 0) + zlib.crc32(text.encode())) % _ROOM
    seen = DeliveredKeys()
    for among in sorted(sums):
        seen.put(among, (sums[among],))
    return seen, highest


def compare(seen: DeliveredKeys, before: DeliveredKeys | None, meanwhile: KeySet | None) -> Touches:
    """Compares the payments with those seen before.

    Args:
        seen: the checksums now.
        before: those of the sync before; None: the payments could not be read then, so whatever was delivered may have
            been paid since.
        meanwhile: neighbours that are read again in any case; None: all of them.
    """
    if before is None or meanwhile is None:
        return Touches(None, seen)
    now, known = seen.lines_of(seen.documents), before.lines_of(before.documents)
    differing = (among for among in now.keys() | known.keys() if now.get(among) != known.get(among))
    return Touches(KeySet((*differing, *meanwhile)), seen)
