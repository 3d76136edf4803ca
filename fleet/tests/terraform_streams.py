"""Writes terraform/streams.json: which stream has which mode, by the groups of the list.

Run as `python -m tests.terraform_streams` after the connector has got other streams; a test says when.
"""

from __future__ import annotations

import json

from fake_airbyte.connector import ROOT, streams
from netvisor_fleet.airbyte.things import INCREMENTAL_DEDUPED, OVERWRITE
from netvisor_fleet.companies.streams import GROUPS

PATH = ROOT / "fleet" / "terraform" / "streams.json"


def content() -> str:
    """What the file has to be: the connector's streams only, since Terraform cannot ask Airbyte."""
    catalog = streams()
    modes = {
        name: INCREMENTAL_DEDUPED if "incremental" in stream["supported_sync_modes"] else OVERWRITE
        for name, stream in catalog.items()
    }
    groups = {group: {name: modes[name] for name in names if name in modes} for group, names in GROUPS.items()}
    return json.dumps(groups, indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(content(), encoding="utf-8")
