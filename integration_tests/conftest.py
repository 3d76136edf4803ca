"""What tests share; and the combinations of the CDK's standard tests that acceptance-test-config.yml does not ask for.

The CDK combines every test with every scenario and then skips those whose section does not name the configuration:
they are left out here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from typing import Literal

import pytest

from integration_tests.console_runs import ConsoleRuns
from integration_tests.in_process_runs import InProcessRuns
from integration_tests.scenario import TODAY, Scenario
from netvisor_simulator import ApiAssumptions

COMMANDS: dict[str, Literal["spec", "check", "discover", "read"]] = {
    "test_config_matches_spec": "spec",
    "test_check": "check",
    "test_discover": "discover",
    "test_basic_read": "read",
    "test_fail_read_with_bad_catalog": "read",
}
"""The command that a standard test runs."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects what would be skipped."""
    left_out = []
    for item in items:
        callspec = getattr(item, "callspec", None)
        scenario = callspec.params.get("scenario") if callspec else None
        command = COMMANDS.get(getattr(item, "originalname", ""))
        if scenario is not None and command and not scenario.runs(command):
            left_out.append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def console() -> Iterator[ConsoleRuns]:
    """Runs of the console script, impatient ones, in fresh processes that start at once."""
    with ConsoleRuns() as running:
        yield running


@pytest.fixture(scope="session")
def runs() -> Iterator[InProcessRuns]:
    """The same runs in this process, in half of the time."""
    with InProcessRuns() as running:
        yield running


@pytest.fixture
def make_scenario() -> Iterator[Callable[..., Scenario]]:
    """Makes scenarios; their clocks are in charge and their servers run until the test ends."""
    with ExitStack() as stack:

        def make(assumptions: ApiAssumptions = ApiAssumptions(), vouchers: int = 60, today: date = TODAY) -> Scenario:  # noqa: B008
            return stack.enter_context(Scenario(assumptions, vouchers, today).running())

        yield make
