"""Texts that a firm can send to a customer, in English and Finnish."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from netvisor_fleet.health.checking import Checked, Verdict

PARTNER_SEARCH_KEY = "10DF2FEE83FE7AF6A7904255AF607A6E"
"""By which the customer finds the integration in Netvisor; public."""
LANGUAGES = ("en", "fi")


def letter(checked: Checked, language: str) -> str:
    """What to write to the customer.

    Args:
        checked: a check after which it is the customer's turn.
        language: `en` or `fi`.
    """
    kind = "blocked" if checked.verdict is Verdict.BLOCKED else "refused"
    templates = Environment(  # noqa: S701 - plain text: nothing is escaped
        loader=PackageLoader("netvisor_fleet.health"), undefined=StrictUndefined, keep_trailing_newline=True
    )
    return templates.get_template(f"{kind}.{language}.txt").render(
        company=checked.company, blocked=checked.blocked, search_key=PARTNER_SEARCH_KEY
    )


def write(folder: Path, checked: Checked) -> list[Path]:
    """Both letters of a company, as files named by its Business ID."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{checked.company.business_id}.{language}.txt" for language in LANGUAGES]
    for language, path in zip(LANGUAGES, paths, strict=True):
        path.write_text(letter(checked, language), encoding="utf-8")
    return paths
