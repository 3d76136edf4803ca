"""A list of sales invoices as it is compared every day: replies of salesinvoicelist.nv, written once to files.

Layout and element names are those of the documents and samples; nothing is random, so two machines read the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks.replies_server import BEGIN, FilesServer

FIRST_KEY = 20_001
_STATUSES = (
    "<InvoiceStatus>paid</InvoiceStatus>",
    '<InvoiceStatus substatus="overdue" isincollection="0">open</InvoiceStatus>',
)


@dataclass(frozen=True)
class Lists:
    """The list of one day and of the next.

    Args:
        before: file with the rows of the first day.
        after: the same, with some rows otherwise.
        rows: in each.
        changed: how many differ.
    """

    before: Path
    after: Path
    rows: int
    changed: int


def lists(cache: Path, rows: int, changed: int, first: date) -> Lists:
    """The two lists; written if they are not in the cache.

    Args:
        cache: a directory for them.
        rows: in each.
        changed: rows that differ, evenly spread.
        first: day of the oldest invoice.
    """
    directory = cache / f"{rows}-invoices-{changed}-changed-from-{first}"
    found = Lists(directory / "before.xml", directory / "after.xml", rows, changed)
    if not found.after.exists():
        directory.mkdir(parents=True, exist_ok=True)
        every = rows // changed
        for path, differ in ((found.before, False), (found.after, True)):
            with path.open("wb") as file:
                for number in range(rows):
                    other = differ and number % every == every - 1
                    file.write(_row(number, first + timedelta(days=number * 700 // rows), other).encode())
    return found


def _row(number: int, day: date, other: bool) -> str:
    cents = (number * 7919) % 900_000 + 1_000
    total = f"{cents // 100},{cents % 100:02}"
    left = "0,00" if number % 9 or other else total
    return (
        "        <SalesInvoice>\r\n"
        f"            <NetvisorKey>{FIRST_KEY + number}</NetvisorKey>\r\n"
        f"            <InvoiceNumber>{1001 + number}</InvoiceNumber>\r\n"
        f'            <Invoicedate format="ansi">{day}</Invoicedate>\r\n'
        f'            <InvoiceDueDate format="ansi">{day + timedelta(days=14)}</InvoiceDueDate>\r\n'
        f"            {_STATUSES[left != '0,00']}\r\n"
        f"            <CustomerCode>{number % 3000}</CustomerCode>\r\n"
        f"            <CustomerName>Asiakas {number % 3000} Öljy &amp; Työ Oy</CustomerName>\r\n"
        f"            <ReferenceNumber>{10016 + number * 13}</ReferenceNumber>\r\n"
        f"            <InvoiceSum>{total}</InvoiceSum>\r\n"
        f"            <OpenSum>{left}</OpenSum>\r\n"
        f"            <Uri>getsalesinvoice.nv?netvisorkey={FIRST_KEY + number}</Uri>\r\n"
        "        </SalesInvoice>\r\n"
    )


class ListServer(FilesServer):
    """Serves a list of sales invoices, whole, and an empty one where changes are asked for.

    Args:
        path: file with the rows.
        bytes_per_second: rate of every body.
    """

    def __init__(self, path: Path, bytes_per_second: float) -> None:
        super().__init__(bytes_per_second)
        self.path = path

    def frame(self, resource: str) -> tuple[bytes, bytes]:
        """The invoices stand in a list."""
        if resource != "salesinvoicelist.nv":
            return super().frame(resource)
        return BEGIN + b"    <SalesInvoiceList>\r\n", b"    </SalesInvoiceList>\r\n</Root>"

    def files(self, resource: str, query: Mapping[str, list[str]]) -> list[Path]:
        """The whole list."""
        whole = resource == "salesinvoicelist.nv" and "lastmodifiedstart" not in query and "listtype" not in query
        return [self.path] if whole else []
