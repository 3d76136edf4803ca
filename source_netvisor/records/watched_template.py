"""Building records by a template, and from their elements where they do not fit, and both ways now and then.

A template is to give just what the element gives. That is by construction; and since a mistake in it would lose data
without a word, the first records of each template and a few later ones are built both ways. If they differ, the reply
is not read by templates any more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import orjson
from lxml import etree

from source_netvisor.parsing.record_text import RecordText, Row, TemplateMismatch
from source_netvisor.records.record_template import RecordTemplate

FIRST_WATCHED = 50
"""Records of a template, since it last learnt something, that are built both ways."""
WATCHED_LATER = 500
"""One in so many later records is built both ways, too."""

Built = TypeVar("Built")


class Watch:
    """Says which of many records are built both ways."""

    def __init__(self) -> None:
        self._built = 0

    def is_due(self) -> bool:
        """Whether the next record is one of them."""
        self._built += 1
        return self._built <= FIRST_WATCHED or self._built % WATCHED_LATER == 0

    def begin_again(self) -> None:
        """The fast way has changed."""
        self._built = 0


def differ(one: object, other: object) -> bool:
    """Whether two ways gave different records: Python takes 1, 1.0 and True for equal, and JSON does not."""
    return orjson.dumps(one, option=orjson.OPT_SORT_KEYS) != orjson.dumps(other, option=orjson.OPT_SORT_KEYS)


class WatchedTemplate(Generic[Built]):
    """Builds records of one kind.

    Args:
        template: of the records.
        from_element: builds one from its element.
        arrange: makes of the template's object what `from_element` gives; None: it is that.
    """

    def __init__(
        self,
        template: RecordTemplate,
        from_element: Callable[[etree._Element], Built],
        arrange: Callable[[dict[str, Any]], Built] | None = None,
    ) -> None:
        self._template = template
        self._from_element = from_element
        self._arrange = arrange
        self._watch = Watch()

    def build(self, row: Row) -> Built:
        """What the row is."""
        if not isinstance(row, RecordText):
            return self._from_element(row)
        if not row.source.uses_templates:
            return self._from_element(row.element)
        try:
            found = self._template.build(row)
        except TemplateMismatch:
            built = self._from_element(row.element)
            if self._template.learn(row):
                self._watch.begin_again()
            return built
        built = self._arrange(found) if self._arrange else found  # type: ignore[assignment]
        if self._watch.is_due():
            expected = self._from_element(row.element)
            if differ(expected, built):
                row.source.distrust()
                return expected
        return built
