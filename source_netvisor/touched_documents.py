"""Documents whose open sum a payment has changed, where Netvisor does not say that the document changed.

Whether a payment counts as a modification of its purchase invoice is not documented, and purchaseinvoicelist.nv has no
`includemodifiedpayments` (the sales list has). So the payments are compared with those of the sync before, and the
invoices of those that are new, different or gone are read again.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date

from source_netvisor.client import Reply
from source_netvisor.delivered_keys import DeliveredKeys
from source_netvisor.key_set import KeySet
from source_netvisor.naming import squash
from source_netvisor.row_identity import RowIdentity
from source_netvisor.stream_definition import TouchedBy
from source_netvisor.values import UNFIT, to_integer


@dataclass(frozen=True)
class Touches:
    """What a list of payments says.

    Args:
        documents: keys of the documents to read again.
        seen: the payments as they are now; state, once the documents have been read.
    """

    documents: KeySet
    seen: DeliveredKeys


def compare(touched_by: TouchedBy, reply: Reply, begins: str, before: DeliveredKeys | None) -> Touches:
    """Compares the payments from a day on with those seen before.

    Args:
        touched_by: the list of payments, and where a payment names its document.
        reply: the list.
        begins: the first day of the list, ISO; what was seen before and is dated earlier is not expected to come.
        before: payments of the sync before; None: there was none, so nothing is new.
    """
    now = _payments(touched_by, reply)
    seen = DeliveredKeys(before.to_json() if before else [])
    known = seen.lines_of(list(seen.documents))
    documents = KeySet()
    for key, payment in now.items():
        if known.get(key) != payment:
            seen.put(key, payment)
            for document in {payment[0], known.get(key, payment)[0]} if before is not None else ():
                documents.add(document)
    first = date.fromisoformat(begins).toordinal()
    for key, earlier in known.items():
        if key not in now and earlier[2] >= first:
            seen.remove(key)
            documents.add(earlier[0])
    return Touches(documents, seen)


def _payments(touched_by: TouchedBy, reply: Reply) -> dict[int, tuple[int, int, int]]:
    """Payment -> (its document, a checksum of the row, its day)."""
    identity = RowIdentity(touched_by.listing)
    wanted = squash(touched_by.document)
    found = {}
    for row in reply.elements(touched_by.listing.record):
        key, day = identity.of(row)
        document = next((c.text for c in row if isinstance(c.tag, str) and squash(c.tag) == wanted), None)
        number = to_integer(document.strip()) if document and document.strip() else UNFIT
        if key is not None and isinstance(number, int):
            text = "\n".join(f"{child.tag!s}={child.text or ''}" for child in row)
            ordinal = date.fromisoformat(day).toordinal() if day else 0
            found[key] = (number, zlib.crc32(text.encode()), ordinal)
    return found
