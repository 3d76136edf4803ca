"""Values replaced consistently: the same one by the same one, wherever it stands."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable

from tools.anonymizer import amounts, dates, markup
from tools.anonymizer.scrambling import says_nothing, scrambled

BOOLEANS = frozenset({"true", "false", "yes", "no", "kyllä", "ei", "ja", "nej"})
NOTATIONS = frozenset({
    "ansi", "netvisor", "customer", "net", "gross", "percentage", "name", "day", "isco", "keva", "finnishidentifier",
    "iso-3166", "iso-4217", "iso-639-1", "iso 3166", "iso 4217", "base64",
})  # fmt: skip
"""What attributes say of the notation of a value."""
CODE = re.compile(r"(?:OK|FAILED|[A-Z]+(?:_[A-Z]+)+)(?=$|\s)")
SHORTEST = 4
"""Characters from which on no value may be left, not even as another one's replacement."""
ATTEMPTS = 500
ROUNDS = (*range(2, 10), *range(11, 100))


class Anonymizer:
    """Replaces the values of replies.

    * Names, texts, keys and codes: each character by another of its kind, so length, casing and notation stay.
    * Amounts: times one whole number, so that sums still balance; an amount may have a digit more.
    * Dates: moved by a number of years, the same for all.
    * Booleans, Netvisor's codes, and what attributes say of a notation stay.

    Whoever knows one amount or one date of the company can find out the others; everything else depends on a secret
    that nobody keeps.

    Args:
        keep: further words that stay, such as documented states.
        secret: for results that can be repeated; random by default.
    """

    def __init__(self, keep: Iterable[str] = (), secret: bytes | None = None) -> None:
        self._keep = {word.lower() for word in keep}
        self._secret = secret or secrets.token_bytes(32)
        self._originals: set[str] = set()
        self._amounts: set[str] = set()
        self._dates: set[str] = set()
        self._made: dict[str, str] = {}
        self._taken: set[str] = set()
        self._factor: int | None = None
        self._years: int | None = None

    def learn(self, reply: str) -> None:
        """Notes the values of a reply, so that none of them comes out as the replacement of another.

        Raises:
            RuntimeError: a reply has been anonymised already; what comes later cannot be taken into account.
        """
        if self._made:
            raise RuntimeError("all replies must be known before the first one is anonymised")
        markup.changed(reply, self._note)

    def reply(self, reply: str) -> str:
        """The reply, anonymised. One that was not learnt before is learnt now, if it is the first."""
        if not self._made and not self._originals:
            self.learn(reply)
        return markup.changed(reply, self._replaced)

    def _note(self, text: str, name: str, attribute: bool) -> str:
        if not self._stays(text, name, attribute):
            self._originals.add(text)
            if amounts.is_amount(text, name):
                self._amounts.add(text)
            elif dates.parts(text):
                self._dates.add(text)
        return text

    def _stays(self, text: str, name: str, attribute: bool) -> bool:
        word = text.lower()
        if word in BOOLEANS or word in self._keep or (attribute and word in NOTATIONS) or says_nothing(text):
            return True
        # flags and states of one digit
        return len(text) == 1 and text.isdecimal()

    def _replaced(self, text: str, name: str, attribute: bool) -> str:
        if self._stays(text, name, attribute):
            return text
        code = CODE.match(text) if name == "status" and not attribute else None
        if code:
            rest = text[code.end() :]
            return code[0] + (self._replaced(rest, "", False) if rest else "")
        if amounts.is_amount(text, name):
            return amounts.times(text, self._common_factor())
        moved = dates.moved(text, self._common_years())
        if moved is not None:
            return moved
        if text not in self._made:
            self._made[text] = self._new(text)
        return self._made[text]

    def _new(self, text: str) -> str:
        """A replacement that nothing else has."""
        made = text
        for attempt in range(ATTEMPTS):
            made = scrambled(text, self._secret, attempt)
            free = len(made) < SHORTEST or made not in self._originals
            if made not in self._taken and made != text and free:
                break
        self._taken.add(made)
        return made

    def _common_factor(self) -> int:
        """A factor by which no amount becomes another one's value."""
        if self._factor is None:
            self._factor = self._choice(
                [one for one in ROUNDS if not self._survivors({amounts.times(text, one) for text in self._amounts})]
                or [ROUNDS[-1]]
            )
        return self._factor

    def _common_years(self) -> int:
        """A number of years by which no date becomes another one's value."""
        if self._years is None:
            years = [sign * dates.CYCLE * count for count in range(1, 60) for sign in (-1, 1)]
            fitting = [
                one
                for one in years
                if not self._survivors({dates.moved(text, one) or "" for text in self._dates})
                and all(dates.moved(text, one) or dates.moved(text, 0) is None for text in self._dates)
            ]
            self._years = self._choice(fitting[:6] or [years[-2]])
        return self._years

    def _survivors(self, made: set[str]) -> set[str]:
        return {one for one in made & self._originals if len(one) >= SHORTEST and not says_nothing(one)}

    def _choice(self, choices: list[int]) -> int:
        return choices[self._secret[0] % min(len(choices), 6)]
