"""Documents whose open sum a payment has changed, where Netvisor does not say that the document changed.

Whether a payment counts as a modification of its purchase invoice is not documented, and purchaseinvoicelist.nv has no
`includemodifiedpayments` (the sales list has). So all payments from the start date on, which come in one call, are
compared with those of the sync before, and the invoices of those that are new, different or gone are read again.

The state would be large with a checksum of each payment, or of each document. Documents with neighbouring keys share
one: if it is another one, all of them are read again, which costs little, since details come 500 in a call.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from source_netvisor.client import Reply
from source_netvisor.delivered_keys import DeliveredKeys
from source_netvisor.key_set import KeySet
from source_netvisor.naming import squash
from source_netvisor.row_identity import RowIdentity
from source_netvisor.stream_definition import TouchedBy
from source_netvisor.values import UNFIT, to_integer

NEIGHBOURS = 3
"""Documents whose keys differ in so many of the last bits only share a checksum."""
_ROOM = 1 << 32


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


def checksums(touched_by: TouchedBy, reply: Reply) -> DeliveredKeys:
    """The payments of a list: for documents with neighbouring keys, the sum of the checksums of their payments.

    Args:
        touched_by: the list of payments, and where a payment names its document.
        reply: the list.
    """
    identity = RowIdentity(touched_by.listing)
    wanted = squash(touched_by.document)
    sums: dict[int, int] = {}
    for row in reply.elements(touched_by.listing.record):
        key, _ = identity.of(row)
        document = next((c.text for c in row if isinstance(c.tag, str) and squash(c.tag) == wanted), None)
        number = to_integer(document.strip()) if document and document.strip() else UNFIT
        if key is not None and isinstance(number, int):
            text = "\n".join(f"{child.tag!s}={child.text or ''}" for child in row)
            among = number >> NEIGHBOURS
            sums[among] = (sums.get(among, 0) + zlib.crc32(text.encode())) % _ROOM
    seen = DeliveredKeys()
    for among in sorted(sums):
        seen.put(among, (sums[among],))
    return seen


def compare(seen: DeliveredKeys, before: DeliveredKeys | None) -> Touches:
    """Compares the payments with those seen before.

    Args:
        seen: the checksums now.
        before: those of the sync before; None: the payments could not be read then, so whatever was delivered may have
            been paid since.
    """
    if before is None:
        return Touches(None, seen)
    now, known = seen.lines_of(seen.documents), before.lines_of(before.documents)
    return Touches(KeySet(among for among in now.keys() | known.keys() if now.get(among) != known.get(among)), seen)
