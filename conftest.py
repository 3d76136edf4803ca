"""What all tests share: imports take as little and garbage is collected as seldom as in the console script, and the
longest files run first."""

from __future__ import annotations

import gc
import os

import pytest

from source_netvisor import late_imports

late_imports.leave_sources_unread()
pytest_plugins = ["airbyte_cdk.test.standard_tests.pytest_hooks"]
"""They make test cases of the entries of acceptance-test-config.yml; pytest takes plugins from the topmost conftest."""

LONGEST = (
    "test_history_properties",
    "test_termination",
    "test_new_resource",
    "test_faults",
    "test_incremental_connections",
    "test_progress",
    "test_network_faults",
    "test_live_report",
    "test_local_faults",
)
"""Files that take longest. Begun last, one of them would keep one worker busy while the others have nothing to do."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """One more worker than there are cores: at any time some test waits for a time-out or for another process."""
    told = "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ
    return None if told else (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order of files, the small ones of the unit tests last; that of the tests of a file stays."""
    order = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (order.get(item.path.stem, len(order)), item.path.parent.name == "unit_tests"))


def pytest_collection_finish() -> None:
    """As in `entrypoint.main`: what is imported stays, and to look through it for garbage takes a sixth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
