"""Documents that nobody has modified since they were made, and whether the filter for changes tells of them.

Netvisor's documents say of `lastmodifiedstart` only that it finds what was modified. Whether that includes what was
made in that time and never touched again, they do not say. So the connector looks: it asks a list once as a first read
does, and once with the filter from long ago on. What the first reply has and the second one has not proves that the
filter leaves such documents out ("out"); from then on the list is asked for new documents as well.

If nothing is missing, the filter gives them ("in"), or every document that was compared had been modified. The two
cannot be told apart. So the comparison is made again at the end of every first or repeated read; "out" is for good.
A document that is deleted between the two calls gives a wrong "out", which costs a call in each sync and loses nothing.
"""

from __future__ import annotations

from itertools import islice

from source_netvisor.client import Request
from source_netvisor.key_set import KeySet
from source_netvisor.plan import SyncContext
from source_netvisor.stream_definition import Ask

NEWEST = 400
"""Documents that are compared where the list can be asked for those above a key; fewer than the rows at which a list
may be cut."""


def compared(ask: Ask, listed: KeySet) -> KeySet:
    """The documents of a complete list that are looked for among those modified."""
    if not ask.read_on:
        return listed
    return KeySet(islice(listed, max(0, len(listed) - NEWEST), None))


def request_for_modified(ask: Ask, sample: KeySet, context: SyncContext) -> Request:
    """Asks for every document that was ever modified, from the first key of the sample on."""
    assert ask.ever_modified is not None
    extra = dict(ask.ever_modified)
    if ask.read_on:
        extra[ask.read_on["parameter"]] = str(next(iter(sample)) - 1)
    return ask.request(extra, context.words())


def reading(sample: KeySet, modified: KeySet) -> str:
    """`in` or `out`: whether the filter for changes gives documents that were never modified."""
    return "in" if all(key in modified for key in sample) else "out"
