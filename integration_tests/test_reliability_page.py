"""docs/reliability.md says what the fault matrix says."""

from __future__ import annotations

from integration_tests import data_faults, fault_matrix, network_faults
from integration_tests.reliability_page import PAGE, page


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "docs/reliability.md is stale: run `make docs`"


def test_names_are_unique() -> None:
    names = [case.name for case in (*fault_matrix.CASES, *network_faults.CASES, *data_faults.CASES)]
    assert len(names) == len(set(names))
    assert not [name for name in names if "|" in name]
