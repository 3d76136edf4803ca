"""Why sources are called without the official client's models; if this fails, they may be called with them."""

from __future__ import annotations

import subprocess
import sys

TAKEN_FOR_ANOTHER = """
from airbyte_api import models
configuration = {"business_id": "1967543-8", "api_key": "key", "start_date": "2025-01-01"}
request = models.SourceCreateRequest(name="x", workspace_id="w", definition_id="d", configuration=configuration)
assert "business_id" not in request.model_dump_json(by_alias=True), "the client keeps what it does not know"
"""
STARTS_QUICKLY = """
import sys
import netvisor_fleet.cli.main
assert not [name for name in sys.modules if name.startswith("airbyte_api.models.source_")]
"""


def test_the_client_takes_a_source_for_one_of_another_connector() -> None:
    # in a process of its own: the models of all connectors take seconds and 300 MB
    subprocess.run([sys.executable, "-c", TAKEN_FOR_ANOTHER], check=True)


def test_the_tool_does_not_import_them() -> None:
    subprocess.run([sys.executable, "-c", STARTS_QUICKLY], check=True)
