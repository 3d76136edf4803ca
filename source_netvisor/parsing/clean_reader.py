"""The bytes of a reply -> UTF-8 that an XML parser accepts, as a stream.

* References to characters that XML forbids (`&#x2;`) occur in ledger replies, and control characters with them: both
  are taken out (a client of Netvisor's had to do the same in November 2025).
* The Content-Type says `text/html`, with or without a charset, and is ignored: the XML prolog and the byte order mark
  count.
* What says ISO-8859-1 is read as windows-1252, as browsers do: the two differ in bytes that ISO-8859-1 has control
  characters for, and which are quotes, dashes and the euro sign where they occur.
* Bytes that are no text in the declared encoding become U+FFFD and are counted, so that one bad byte does not end a
  table.
"""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

CHUNK = 1 << 18
HEAD = 1 << 16

_LATIN_1, _WINDOWS = "iso8859-1", "cp1252"
_ONLY_IN_WINDOWS = bytes(range(0x80, 0xA0))
_CONTROL_BYTES = bytes(set(range(32)) - {9, 10, 13})
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,12})|([0-9]{1,12}));")
_OPEN_REFERENCE = re.compile(rb"&[^;<&]{0,16}$")
_PROLOG_ENCODING = re.compile(r"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def _legal(code: int) -> bool:
    """Whether XML 1.0 allows the character."""
    return code in (9, 10, 13) or 32 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF


def _without_illegal_reference(match: re.Match[bytes]) -> bytes:
    hexadecimal, decimal = match.groups()
    return match.group() if _legal(int(hexadecimal, 16) if hexadecimal else int(decimal)) else b""


class CleanReader:
    """A file-like over the raw reply that gives UTF-8 which an XML parser accepts.

    Args:
        raw: the reply as it came, at its beginning.

    Attributes:
        replaced: how many bytes or sequences were no text and became U+FFFD.
        from_windows: how many characters of windows-1252 there were in a text that says ISO-8859-1.
    """

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._rest = b""
        self._done = False
        self._begun = False
        head = raw.read(HEAD)
        self._pending = head
        encoding = _encoding(head)
        self._decoder = codecs.getincrementaldecoder(_WINDOWS if encoding == _LATIN_1 else encoding)(errors="replace")
        self._is_utf8 = encoding == "utf-8"
        self._says_latin_1 = encoding == _LATIN_1
        self.replaced = 0
        self.from_windows = 0

    def read(self, size: int = CHUNK) -> bytes:
        """The next clean bytes, about `size` of them; empty at the end."""
        while not self._done:
            raw = self._pending or self._raw.read(max(size, 1024))
            self._pending = b""
            self._done = not raw
            if self._says_latin_1:
                self.from_windows += len(raw) - len(raw.translate(None, _ONLY_IN_WINDOWS))
            before = self._decoder.getstate()[0] if self._is_utf8 else b""
            text = self._decoder.decode(raw, final=self._done)
            if self._begun and self._is_utf8 and "\ufffd" not in text:
                # the bytes are what they should be, and need not be made again
                after = self._decoder.getstate()[0]
                encoded = before + raw if before or after else raw
                encoded = encoded[: len(encoded) - len(after)]
            else:
                if not self._begun:
                    # XML allows nothing before its prolog, and some web servers send a line break
                    text = text.lstrip(" \t\r\n\ufeff")
                    self._begun = bool(text)
                self.replaced += text.count("\ufffd")
                encoded = text.encode("utf-8", "replace")
            clean = encoded
            # to look for each of the bytes takes a third of the time in which they are taken out
            if any(map(encoded.__contains__, _CONTROL_BYTES)):
                clean = encoded.translate(None, _CONTROL_BYTES)
            if self._rest:
                clean = self._rest + clean
            self._rest = b""
            if "\ufffe" in text or "\uffff" in text:
                clean = clean.replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"")
            if not self._done:
                cut = _OPEN_REFERENCE.search(clean[-20:])
                if cut:
                    self._rest = cut.group()
                    clean = clean[: -len(self._rest)]
            if b"#" in clean and b"&#" in clean:
                clean = _REFERENCE.sub(_without_illegal_reference, clean)
            if clean:
                return clean
        return b""


def _encoding(head: bytes) -> str:
    """The encoding of the document: byte order mark, else zero bytes, else the prolog, else UTF-8."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
                       (codecs.BOM_UTF16_BE, "utf-16"), (codecs.BOM_UTF32_BE, "utf-32")):  # fmt: skip
        if head.startswith(mark):
            return name
    if head[:4] in (b"<\0?\0", b"<\0R\0", b"<\0r\0"):
        return "utf-16-le"
    if head[:4] in (b"\0<\0?", b"\0<\0R", b"\0<\0r"):
        return "utf-16-be"
    declared = _PROLOG_ENCODING.search(head[:256].decode("latin-1"))
    try:
        name = codecs.lookup(declared.group(1)).name if declared else "utf-8"
    except LookupError:
        return "utf-8"
    # what reads as single bytes cannot be UTF-16, whatever the prolog says
    return "utf-8" if name.startswith(("utf-16", "utf-32")) or name not in _TEXT_ENCODINGS else name


_TEXT_ENCODINGS = frozenset({"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252", "iso8859-4", "iso8859-10"})


def fresh(raw: BinaryIO) -> CleanReader:
    """The reply, clean, from its beginning."""
    raw.seek(0)
    return CleanReader(raw)


def head(raw: BinaryIO) -> bytes:
    """The clean beginning of the reply."""
    return fresh(raw).read(HEAD)
