"""`netvisor-fleet dbt-vars`: the list of namespaces for the dbt package, which unites all companies.

The views over all companies are the dbt package's staging models: it knows each stream's columns and takes the newest
version of each row. This writes what it needs to know of the fleet, so the two never disagree about who is in it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from netvisor_fleet.cli import options
from netvisor_fleet.cli.session import read_list
from netvisor_fleet.companies.list_file import CompanyList
from netvisor_fleet.tables import console


def dbt_vars(
    companies: options.ListFile,
    database: Annotated[str, typer.Option("--database", help="Where the namespaces are, if not in dbt's own.")] = "",
    output: Annotated[Path | None, typer.Option("--output", help="Write to this file instead.")] = None,
) -> None:
    """Writes the companies' namespaces and names as variables for the dbt package (dbt build --vars)."""
    out = console()
    text = json.dumps(variables(read_list(out, companies), database), indent=2, ensure_ascii=False)
    if output:
        output.write_text(text + "\n", encoding="utf-8")
        out.print(Text(f"The variables are in {output}."))
    else:
        typer.echo(text)


def variables(companies: CompanyList, database: str) -> dict[str, object]:
    """`netvisor_sources` and `netvisor_company_names` of the dbt package."""
    sources = [
        {"name": each.namespace, "schema": each.namespace, **({"database": database} if database else {})}
        for each in companies.companies
    ]
    names = {each.business_id: each.company_name for each in companies.companies}
    return {"netvisor_sources": sources, "netvisor_company_names": names}
