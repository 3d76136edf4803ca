"""A function made for a template: it finds the texts of a record by regular expressions and puts them into an object.

The function is written as Python source and compiled, as dataclasses do it: to go through a table of fields, and to
ask of each what kind it is, takes as long again as to find the texts. What it is made of comes from the template
alone; names and tags stand in it quoted. A traceback shows its lines.
"""

from __future__ import annotations

import itertools
import linecache
import re
import sys
import weakref
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from lxml import etree

from source_netvisor.parsing import decoder
from source_netvisor.parsing.record_text import TemplateMismatch
from source_netvisor.records.unknown_elements import UNKNOWN, lift_unknown, put_unknown
from source_netvisor.records.values import Converter, Partly, to_integer, to_number, to_string

if TYPE_CHECKING:
    from source_netvisor.records.element_names import ElementNames
    from source_netvisor.records.target import Target
    from source_netvisor.records.template_place import Place

Reader = Callable[[str], tuple[dict[str, Any], int]]
"""Reads the object that a text begins with: the object, and where what follows it begins. The text has no element that
closes itself, and carriage returns only if the space has them. Raises TemplateMismatch or ValueError: it has no fit."""

_AT_ONCE = "+" if sys.version_info >= (3, 11) else ""
"""Behind a repetition: it gives nothing back, which it need not, since what follows begins with another character; to
remember where it could costs a twentieth of a record."""

SPACES = (rf"\r\n *{_AT_ONCE}", rf"\n *{_AT_ONCE}", "", rf"\s*{_AT_ONCE}")
"""Between elements: line end and indent, nothing, or any; the last one takes longer."""
MOST_VALUES = 5000
"""Texts remembered with their values for each property."""
LONGEST_VALUE = 64
"""Characters of a text that is remembered."""

_TEXT = rf"[^<]*{_AT_ONCE}"
"""To exclude references, or carriage returns, takes several times as long as to find a single character."""
_INTEGER = rf"-?[0-9]{{0,18}}{_AT_ONCE}"
_NUMBER = rf"[-+0-9.,]{{0,40}}{_AT_ONCE}"
_ATTRIBUTE = rf'[^"<]*{_AT_ONCE}'
_OFTEN_THE_SAME = 4
"""Characters of numbers up to which they are remembered: there are many percents and zeros, and few different ones."""
_EXACT = 15
"""Digits of a number that a double always holds."""
_NOT_PLAIN = re.compile(r"[<&\t\r\n]")
_numbers = itertools.count(1)


class Readers(dict[bool, Reader]):
    """The functions for a template, each made when it is first needed: with True, for texts with references.

    Args:
        root: the record's element.
        names: what its elements become.
        space: expression for what stands between elements.

    Raises:
        TemplateMismatch: when one is asked for; two elements of the template would fill one property.
    """

    def __init__(self, root: Place, names: ElementNames, space: str) -> None:
        super().__init__()
        self._of = root, names, space

    def __missing__(self, careful: bool) -> Reader:
        root, names, space = self._of
        self[careful] = _Source(space, careful).reader(root, names)
        return self[careful]


class _Segment:
    """Elements that follow each other without an array between them: one regular expression.

    Args:
        into: the variable with their object.
        names: of the object.
        depth: of the source's indent.
        filled: the properties of the object that have a place already, with its rank where another may follow.
    """

    def __init__(self, into: str, names: ElementNames, depth: int, filled: dict[str, int | None]) -> None:
        self.into = into
        self.names = names
        self.depth = depth
        self.filled = filled
        self.pattern = ""
        self.fields: list[tuple[Target, str, bool, bool]] = []
        self.matcher = ""
        """Where the object begins with this segment: the name of its expression, which has been matched already."""

    def after(self, deeper: int = 0) -> _Segment:
        """What follows it."""
        return _Segment(self.into, self.names, self.depth + deeper, self.filled)


class _Source:
    """The source of one function, as it grows.

    Args:
        space: expression for what stands between elements.
        careful: whether there may be references in the text; if not, an `&` is only that.
    """

    def __init__(self, space: str, careful: bool) -> None:
        self._space = space
        # what a text may have that the parser would not give as it is
        self._odd = ["&"] * careful + ["\r"] * (space == SPACES[0])
        self._lines: list[str] = []
        self._unknown = 0
        self._constants: dict[str, Any] = {
            "TemplateMismatch": TemplateMismatch, "plain": _with_references if careful else _with_lines,
            "put_unknown": put_unknown, "lift_unknown": lift_unknown,
        }  # fmt: skip

    def reader(self, root: Place, names: ElementNames) -> Reader:
        """The function that reads such a record."""
        self._line(0, "def read(text):")
        matcher = self._constant("match", None)
        self._line(1, f"m = {matcher}(text)")
        self._line(1, "if m is None: raise TemplateMismatch")
        self._object(root, names, "built", 1, matcher)
        self._line(1, "return built, at")
        source = "\n".join(self._lines)
        name = f"<record template {next(_numbers)}>"
        exec(compile(source, name, "exec"), self._constants)  # noqa: S102 - made above, of quoted names
        made: Reader = self._constants["read"]
        # where tracebacks look for lines; it goes when the function goes
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        weakref.finalize(made, linecache.cache.pop, name, None)
        return made

    def _line(self, depth: int, text: str) -> None:
        self._lines.append("    " * depth + text)

    def _constant(self, kind: str, value: Any) -> str:
        name = f"{kind}_{len(self._constants)}"
        self._constants[name] = value
        return name

    def _object(self, place: Place, names: ElementNames, into: str, depth: int, matcher: str, behind: str = "") -> None:
        """One object, whose beginning has been matched.

        Args:
            behind: expression for what may end the object around, which sets `end` if it does.
        """
        segment = _Segment(into, names, depth, {})
        segment.matcher = matcher
        segment.pattern = self._opening(place, segment, False)
        inner = place.inner or ()
        if all(below.optional or below.left_out for below in inner):
            # one without anything in it is not usual
            segment.pattern += r"(?!\s*</)"
        segment.pattern += self._space
        closing = f"</{re.escape(place.tag)}>{self._space if place.array else ''}"
        last = inner[-1] if inner else None
        if last is not None and last.array is not None and not last.divided:
            # most have none, or one: the match before finds the end too
            self._items(last, last.array, self._places(inner[:-1], segment), closing)
        else:
            segment = self._places(inner, segment)
            segment.pattern += closing + behind
            self._flush(segment, ends=bool(behind))

    def _places(self, places: Iterable[Place], segment: _Segment) -> _Segment:
        """Adds elements to a segment; the segment that the next one belongs to."""
        for place in places:
            if place.array is not None:
                self._items(place, place.array, segment)
                segment = segment.after()
            elif not place.divided:
                segment.pattern += self._element(place, segment, False)
            elif place.optional or place.repeated:
                self._flush(segment)
                word = "while" if place.repeated else "if"
                self._line(segment.depth, f"{word} text.startswith({(f'<{place.tag}>', f'<{place.tag} ')!r}, at):")
                self._flush(self._aggregate(place, segment.after(deeper=1)))
                segment = segment.after()
            else:
                segment = self._aggregate(place, segment)
        return segment

    def _aggregate(self, place: Place, segment: _Segment) -> _Segment:
        """An element with arrays inside that is flattened into its object."""
        segment.pattern += self._opening(place, segment, False) + self._space
        segment = self._places(place.inner or (), segment)
        segment.pattern += f"</{re.escape(place.tag)}>{self._space}"
        return segment

    def _items(self, place: Place, array: tuple[str, ElementNames], around: _Segment, closing: str = "") -> None:
        """The items of an array.

        Args:
            closing: expression for what ends the object around, where it follows the items, which have no arrays.
        """
        name, names = array
        self._fill(around, name)
        depth, matcher = around.depth, self._constant("match", None)
        items, item = self._constant("items", None), self._constant("item", None)
        behind = f"(?:{closing}())?" if closing else ""
        around.pattern += behind
        self._flush(around, ends=bool(closing))
        self._line(depth, f"m = {matcher}(text, at)" + " if end is None else None" * bool(closing))
        self._line(depth, "if m is not None:")
        # lines that the template collects are no array of the object
        place_of_items = f"[{name!r}]" if name in around.names.array_names else f".setdefault({name!r}, [])"
        self._line(depth + 1, f"{items} = {around.into}{place_of_items}")
        self._line(depth + 1, "while m is not None:")
        unknown = self._unknown
        self._object(place, names, item, depth + 2, matcher, behind)
        if self._unknown > unknown and name:
            # without a name, the items are records of their own
            self._line(
                depth + 2, f"if {UNKNOWN!r} in {item}: lift_unknown({around.into}, {name!r}, len({items}), {item})"
            )
        self._line(depth + 2, f"{items}.append({item})")
        if name in around.names.numbered:
            self._line(depth + 2, f"{item}['line_number'] = len({items})")
        self._line(depth + 2, f"m = {matcher}(text, at)" + " if end is None else None" * bool(closing))
        if closing:
            self._line(depth, "if end is None: raise TemplateMismatch")

    def _flush(self, segment: _Segment, ends: bool = False) -> None:
        """Writes what finds a segment and takes its texts.

        Args:
            ends: its last group says whether the object around ends with it.
        """
        if not segment.pattern:
            return
        depth = segment.depth
        match = re.compile(segment.pattern).match
        if segment.matcher:
            self._constants[segment.matcher] = match
        else:
            self._line(depth, f"m = {self._constant('match', match)}(text, at)")
            self._line(depth, "if m is None: raise TemplateMismatch")
        groups = [f"g{n}" for n in range(len(segment.fields))] + ["end"] * ends
        if groups:
            self._line(depth, f"{', '.join(groups)}, = m.groups()")
        self._line(depth, "at = m.end()")
        statements = []
        for n, (target, value, optional, second) in enumerate(segment.fields):
            text = value.format(g=f"g{n}")
            if target.name is None:
                self._unknown += 1
                self._line(depth, f"u{n} = {text} if g{n} else None")
                unknown = f"put_unknown({segment.into}, {target.around!r}, {target.label!r}, u{n})"
                statements.append((unknown, f"if u{n} is not None: "))
            else:
                condition = f"if g{n} is not None: " * optional
                if second:
                    condition = f"if g{n} is not None and {segment.into}.get({target.name!r}) is None: "
                statements.append((f"{segment.into}[{target.name!r}] = {text}", condition))
        if segment.matcher:
            certain = [
                f"{target.name!r}: {value.format(g=f'g{n}')}"
                for n, (target, value, optional, second) in enumerate(segment.fields)
                if target.name and not optional and not second
            ]
            certain += [f"{name!r}: []" for name in segment.names.array_names]
            self._line(depth, f"{segment.into} = {{{', '.join(certain)}}}")
            statements = [statement for statement in statements if statement[1]]
        for statement, condition in statements:
            self._line(depth, condition + statement)

    def _fill(self, segment: _Segment, name: str, rank: int | None = None) -> bool:
        """Notes that a property has a place; whether it has had one before, which counts if it has a text."""
        if name not in segment.filled:
            segment.filled[name] = rank
            return False
        before = segment.filled[name]
        if before is None or rank is None or before >= rank:
            # the first that has a text counts, and a template does not look which one has
            raise TemplateMismatch
        return True

    def _element(self, place: Place, segment: _Segment, optional: bool) -> str:
        tag = re.escape(place.tag)
        if place.left_out:
            return self._left_out(place, segment)
        optional = optional or place.optional
        opening = self._opening(place, segment, optional)
        if place.inner is not None:
            space = self._space if place.inner else SPACES[-1]
            inside = space + "".join(self._element(below, segment, optional) for below in place.inner)
        elif place.target is None:
            inside = _TEXT
        else:
            inside = self._text(place.target, segment, optional)
        whole = f"{opening}{inside}</{tag}>{self._space}"
        return f"(?:{whole}|)" if place.optional else whole

    def _left_out(self, place: Place, segment: _Segment) -> str:
        """An element of which nothing is taken, as often as it follows itself."""
        if place.inner is None:
            inside = _TEXT
        else:
            space = self._space if place.inner else SPACES[-1]
            inside = space + "".join(self._left_out(below, segment) for below in place.inner)
        return f"(?:{self._opening(place, segment, True)}{inside}</{re.escape(place.tag)}>{self._space})*"

    def _opening(self, place: Place, segment: _Segment, optional: bool) -> str:
        """The opening tag."""
        language = " " + re.escape(place.language) if place.language else ""
        attributes = ""
        for name, target, literal, missing in place.attributes:
            value = _ATTRIBUTE if literal is None else re.escape(literal)
            if target is not None:
                value = f"({value})"
                self._take(segment, target, self._remembered(target.convert), optional or missing)
            written = f' {re.escape(name)}="{value}"'
            attributes += f"(?:{written}|)" if missing else written
        return f"<{re.escape(place.tag)}{language}{attributes}>"

    def _text(self, target: Target, segment: _Segment, optional: bool) -> str:
        """The text of an element."""
        convert = target.convert
        value, pattern = self._remembered(convert), _TEXT
        if convert is to_string:
            value = "({g}.strip() or None)"
            if self._odd:
                odd = " or ".join(f"{character!r} in {{g}}" for character in self._odd)
                value = f"(plain({{g}}) if {odd} else {value})"
        elif convert is to_integer:
            value, pattern = "(int({g}) if {g} else None)", _INTEGER
        elif convert is to_number:
            value = f"(float({{g}}.replace(',', '.')) if {_OFTEN_THE_SAME} < len({{g}}) <= {_EXACT} else {value})"
            pattern = _NUMBER
        self._take(segment, target, value, optional)
        return f"({pattern})"

    def _take(self, segment: _Segment, target: Target, value: str, optional: bool) -> None:
        second = False
        if target.name is not None:
            ranked = target.mapped and segment.names.exclusive
            second = self._fill(segment, target.name, target.rank if ranked else None)
        segment.fields.append((target, value, optional, second))

    def _remembered(self, convert: Converter) -> str:
        return self._constant("values", _Values(convert)) + "[{g}]"


class _Values(dict[str, Any]):
    """Text of an attribute or element -> value of one type, worked out once."""

    def __init__(self, convert: Converter) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, raw: str) -> Any:
        if _NOT_PLAIN.search(raw):
            raise TemplateMismatch
        text = raw.strip()
        value = self._convert(text) if text else None
        if isinstance(value, Partly):
            raise TemplateMismatch
        if len(raw) <= LONGEST_VALUE:
            if len(self) >= MOST_VALUES:
                self.clear()
            self[raw] = value
        return value


def _with_lines(raw: str) -> str | None:
    """A text without references as the parser would give it, without the space around it."""
    return raw.replace("\r\n", "\n").replace("\r", "\n").strip() or None


def _with_references(raw: str) -> str | None:
    """A text as the parser would give it, without the space around it."""
    if "&#" in raw:
        raw = etree.fromstring(f"<Text>{raw}</Text>".encode(), decoder.safe_parser()).text or ""
        return raw.strip() or None
    raw = raw.replace("\r\n", "\n").replace("\r", "\n")
    for reference, character in _REFERENCES:
        raw = raw.replace(reference, character)
    return raw.strip() or None


_REFERENCES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
