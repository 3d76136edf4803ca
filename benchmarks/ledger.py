"""The ledger that every contestant reads: replies of accountingledger.nv, written once to files and served from there.

Layout, notation and element names are those of the documents and samples (articles 766887, 77000554185): decimal comma,
Finnish days, CRLF, four spaces of indent. Nothing is random, so two machines read the same bytes.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

LINES = 4
"""Lines of each voucher."""
HEAD = (
    b'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n<Root>\r\n    <ResponseStatus>\r\n'
    b"        <Status>OK</Status>\r\n        <TimeStamp>22.11.2026 9:02:07</TimeStamp>\r\n    </ResponseStatus>\r\n"
    b"    <Vouchers>\r\n"
)
TAIL = b"    </Vouchers>\r\n</Root>"

_CLASSES = (("ML", "Myyntilasku", 5, "salesinvoice"), ("OL", "Ostolasku", 6, "purchaseinvoice"), ("MU", "Muu", 9, ""))
_TEXTS = ("Työkalut &amp; tarvikkeet", "Palvelumaksu", "Ääkköstosite åäö", "Vuokra, toimitilat", "")
_CODES = (("0", "-"), ("25,5", "KOMY"), ("14", "KOOS"), ("10", "KOMY"))
_DIMENSIONS = (("Kustannuspaikka", "P001 Verkkokauppa"), ("Projekti", "1042 Uudistus"))


@dataclass(frozen=True)
class Ledger:
    """Files with vouchers, one for each calendar month, without the frame around them.

    Args:
        directory: where the files are.
        vouchers: in all.
        months: (first day, file name), in order.
    """

    directory: Path
    vouchers: int
    months: tuple[tuple[date, str], ...]

    def size(self) -> int:
        """Bytes of the vouchers in all."""
        return sum((self.directory / name).stat().st_size for _, name in self.months)


def ledger(cache: Path, vouchers: int, months: int, last: date, plain: bool = False) -> Ledger:
    """The ledger of that size whose last month is that of `last`; written if it is not in the cache.

    Args:
        cache: a directory for it.
        vouchers: how many, evenly spread over the months.
        months: how many calendar months they are dated in.
        last: a day in the last of the months.
        plain: whole VAT percents and no key at the voucher's class, for readers that refuse what Netvisor sends today.
    """
    firsts = [_month(last, months - 1 - index) for index in range(months)]
    directory = cache / f"{vouchers}-vouchers-{months}-months-to-{last:%Y-%m}{'-plain' if plain else ''}"
    found = Ledger(directory, vouchers, tuple((first, f"{first:%Y-%m}.xml") for first in firsts))
    if not (directory / "complete.json").exists():
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        for index, (first, name) in enumerate(found.months):
            begin, end = vouchers * index // months, vouchers * (index + 1) // months
            with (directory / name).open("wb") as file:
                for number in range(begin, end):
                    text = _voucher(number, first.replace(day=1 + number % 28))
                    if plain:
                        text = re.sub(' netvisorkey="[0-9]+"', "", text.replace(">25,5<", ">25<"))
                    file.write(text.encode())
        (directory / "complete.json").write_text(json.dumps({"vouchers": vouchers, "bytes": found.size()}))
    return found


def _month(last: date, back: int) -> date:
    months = last.year * 12 + last.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def _voucher(number: int, day: date) -> str:
    key = 100_001 + number
    short, name, kind, source = _CLASSES[number % 3]
    linked = str(500_000 + number) if source else ""
    return (
        f'        <Voucher Status="{"invalidated" if number % 97 == 0 else "valid"}">\r\n'
        f"            <NetvisorKey>{key}</NetvisorKey>\r\n"
        f"            <NetvisorGuid>00000000-0000-4000-8000-{key:012x}</NetvisorGuid>\r\n"
        f"            <VoucherDate>{day.day}.{day.month}.{day.year}</VoucherDate>\r\n"
        f"            <VoucherNumber>{number + 1}</VoucherNumber>\r\n"
        f"            <VoucherDescription>{_TEXTS[number % 5]} {number}</VoucherDescription>\r\n"
        f'            <VoucherClass netvisorkey="{kind}">{short} {name}</VoucherClass>\r\n'
        f'            <LinkedSourceNetvisorKey type="{source}">{linked}</LinkedSourceNetvisorKey>\r\n'
        f"            <VoucherNetvisorURI>https://netvisor.example/voucher?key={key}</VoucherNetvisorURI>\r\n"
        + "".join(_line(number, place) for place in range(LINES))
        + "        </Voucher>\r\n"
    )


def _line(number: int, place: int) -> str:
    key = 2_000_001 + number * 12 + place
    cents = (number * 7919 + place * 104_729) % 3_000_000
    percent, code = _CODES[(number + place) % 4]
    name, item = _DIMENSIONS[number % 2]
    dimension = (
        f"                <Dimension>\r\n                    <DimensionName>{name}</DimensionName>\r\n"
        f"                    <DimensionItem>{item}</DimensionItem>\r\n                </Dimension>\r\n"
        if place % 2
        else ""
    )
    return (
        '            <VoucherLine status="valid">\r\n'
        f"                <NetvisorKey>{key}</NetvisorKey>\r\n"
        f"                <LineSum>{'-' if place else ''}{cents // 100},{cents % 100:02}</LineSum>\r\n"
        f"                <Description>{_TEXTS[(number + place) % 5]}</Description>\r\n"
        f"                <AccountNumber>{(1701, 3000, 2939, 7770)[place]}</AccountNumber>\r\n"
        f"                <VatPercent>{percent}</VatPercent>\r\n"
        f"                <VatCode>{code}</VatCode>\r\n"
        f"{dimension}            </VoucherLine>\r\n"
    )
