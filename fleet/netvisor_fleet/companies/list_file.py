"""Reads companies.csv, and says everything that is wrong in it at once."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from netvisor_fleet.companies.company import Company
from netvisor_fleet.companies.row import COLUMNS, REQUIRED, Mistake, company_of, identity_of


@dataclass(frozen=True)
class CompanyList:
    """The list, read.

    Args:
        companies: those without a mistake, in the order of the list.
        mistakes: everything that is wrong, by line.
        named: the Business IDs of all lines in which one can be read, also of those with mistakes elsewhere.
        complete: whether each line has a readable Business ID, so that it is certain who is not on the list.
    """

    companies: tuple[Company, ...]
    mistakes: tuple[Mistake, ...]
    named: frozenset[str]
    complete: bool


def read(path: Path, environment: Mapping[str, str] = os.environ) -> CompanyList:
    """Reads and checks a list of companies; needs no call.

    Args:
        path: a CSV file with a header; comma, semicolon or tab; UTF-8 or, as Excel may write it, Windows-1252.
        environment: where keys written as `env:NAME` are.
    """
    try:
        text = _text(path)
    except OSError as error:
        return _nothing(Mistake(0, "", f"{path} cannot be read ({error.strerror}); give the path of the list."))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        wrong = _mistakes_of_header(header)
        if wrong:
            return _nothing(*wrong)
        rows = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        return _nothing(
            Mistake(reader.line_num, "", f"the line is no CSV ({error}); look for a quote that is not closed.")
        )
    if not rows:
        return _nothing(Mistake(1, "", "the list has no companies; write one line for each below the header."))
    return _checked(header, rows, environment, path.parent)


def _checked(
    header: list[str], rows: list[tuple[int, list[str]]], environment: Mapping[str, str], folder: Path
) -> CompanyList:
    companies: list[Company] = []
    mistakes: list[Mistake] = []
    lines: dict[str, int] = {}
    complete = True
    for line, cells in rows:
        business_id = None
        if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            mistakes.append(Mistake(line, "", f"it has {len(cells)} fields and the header has {len(header)}; "
                                    "put a field with a delimiter in it into quotes."))  # fmt: skip
        else:
            fields = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
            business_id = identity_of(fields)
            found, wrong = company_of(line, fields, environment, folder)
            mistakes += wrong
            if business_id in lines:
                mistakes.append(Mistake(line, "business_id", f"{business_id} is on line {lines[business_id]} too; "
                                        "keep one of the two."))  # fmt: skip
            elif found:
                companies.append(found)
        complete = complete and business_id is not None
        if business_id:
            lines.setdefault(business_id, line)
    return CompanyList(tuple(companies), tuple(sorted(mistakes)), frozenset(lines), complete)


def _nothing(*mistakes: Mistake) -> CompanyList:
    return CompanyList((), mistakes, frozenset(), complete=False)


def _text(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _mistakes_of_header(header: list[str]) -> list[Mistake]:
    mistakes = [
        Mistake(1, name, "the column is missing; add it to the header.") for name in REQUIRED if name not in header
    ]
    for name in dict.fromkeys(header):
        if name and name not in COLUMNS:
            mistakes.append(Mistake(1, name, f"there is no such column; the columns are {', '.join(COLUMNS)}."))
        elif name and header.count(name) > 1:
            mistakes.append(Mistake(1, name, "the column is there twice; keep one."))
    return mistakes
