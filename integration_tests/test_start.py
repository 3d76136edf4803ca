"""The console script starts with the parts of the CDK that it needs, and nobody can see that in what it says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from integration_tests.console_runs import configured
from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company

RUN = "from source_netvisor import run\nrun.run()\n"
FORKED = """
import json, os, sys
from source_netvisor import late_imports, run
if {usual}:
    run._import_parts_of_the_cdk = lambda: None
    from source_netvisor import entrypoint, source
    entrypoint.QuickSource = source.SourceNetvisor
else:
    late_imports.leave_sources_unread()
    run._import_parts_of_the_cdk()
    import source_netvisor.entrypoint
for number, arguments in enumerate(json.loads(sys.argv[1])):
    if not os.fork():
        for descriptor, name in ((1, f"{{number}}.out"), (2, f"{{number}}.err")):
            os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT), descriptor)
        sys.argv[1:] = arguments
        run.run()
        sys.exit()
    with open(f"{{number}}.code", "w") as file:
        file.write(str(os.waitstatus_to_exitcode(os.wait()[1])))
"""
"""Imports, and then runs each command in a fork. Usual: all of the CDK is imported, and its declarative source is the
connector. Otherwise: what the console script imports for every command but `discover`."""
NOT_ALONE = (
    "from source_netvisor import late_imports\nusual = late_imports._PackageLoader.exec_module\n"
    "def fails(self, module):\n    usual(self, module)\n    raise ImportError('this part needs another one')\n"
    "late_imports._PackageLoader.exec_module = fails\n"
)
"""Parts of the CDK cannot be imported by themselves."""
STREAMS = ("accounts", "vouchers", "voucher_lines", "sales_invoice_details", "deleted_sales_invoices")
VARYING = re.compile(r'"emitted_at":[\d.]+|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z|\b\d+ s\b')
"""What differs from run to run: moments, and how long something took."""
PROGRESS = " left: "
"""In a line that comes every some seconds only."""


@dataclass
class Said:
    """What a process left behind, but for what differs from run to run."""

    code: int
    output: list[str]
    errors: str


@pytest.fixture(scope="module")
def simulator() -> Iterator[NetvisorSimulator]:
    """A small company's Netvisor."""
    with NetvisorSimulator(Company(1, 40)) as simulator:
        yield simulator


def run(arguments: list[str], folder: Path, before: str = "") -> Said:
    """The console script in a process of its own, which first does something else."""
    command = [sys.executable, "-c", before + RUN, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=90)
    return said_by(done.returncode, done.stdout, done.stderr)


def said_by(code: int, output: str, errors: str) -> Said:
    """What a process with this output said."""
    return Said(code, [line for line in VARYING.sub("_", output).splitlines() if PROGRESS not in line], errors)


def files(folder: Path, config: Mapping[str, Any]) -> None:
    """Everything that the cases name."""
    broken = {"api_key": "0" * 32}
    for name, content in {
        "config": config,
        "refused": {**config, **broken},
        "mistyped": {**config, "start_date": "soon"},
        # the CDK sees to it that such a name is no error
        "nameless": {**config, "": "x"},
        "catalog": configured(*STREAMS),
        "state": [],
    }.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    (folder / "no.json").write_text("{")


READ = ["read", "--config", "config.json", "--catalog"]
CASES: dict[str, tuple[list[str], int, str]] = {
    "spec": (["spec"], 0, '"SPEC"'),
    "check": (["check", "--config", "config.json"], 0, "SUCCEEDED"),
    "check, told at length": (["check", "--config", "config.json", "--debug"], 0, "SUCCEEDED"),
    "check with a wrong key": (["check", "--config", "refused.json"], 0, "FAILED"),
    "check of a mistyped form": (["check", "--config", "mistyped.json"], 0, "FAILED"),
    "check of a nameless field": (["check", "--config", "nameless.json"], 0, "CONNECTION_STATUS"),
    "discover": (["discover", "--config", "config.json"], 0, '"CATALOG"'),
    "read": ([*READ, "catalog.json", "--state", "state.json"], 0, '"RECORD"'),
    "read of a file that is not JSON": ([*READ, "no.json"], 1, "is not JSON"),
    "read with a wrong key": (["read", "--config", "refused.json", "--catalog", "catalog.json"], 1, '"ERROR"'),
    "no command": ([], 1, "Say what to do"),
    "a missing argument": (["check"], 2, ""),
}


def forked(config: Mapping[str, Any], folder: Path, usual: bool) -> dict[str, Said]:
    """What each case says, after these imports."""
    files(folder, config)
    commands = json.dumps([arguments for arguments, _, _ in CASES.values()])
    subprocess.run([sys.executable, "-c", FORKED.format(usual=usual), commands], cwd=folder, check=True, timeout=180)
    found = {}
    for number, case in enumerate(CASES):
        code, output, errors = ((folder / f"{number}.{end}").read_text() for end in ("code", "out", "err"))
        found[case] = said_by(int(code), output, errors)
    return found


@pytest.fixture(scope="module")
def usual(simulator: NetvisorSimulator, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Said]:
    """What each case says where everything is imported."""
    return forked(simulator.config(), tmp_path_factory.mktemp("usual"), usual=True)


@pytest.fixture(scope="module")
def late(simulator: NetvisorSimulator, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Said]:
    """What each case says where parts are imported when they are needed."""
    return forked(simulator.config(), tmp_path_factory.mktemp("late"), usual=False)


@pytest.mark.parametrize("case", CASES)
def test_what_it_says_does_not_depend_on_what_it_imports(
    case: str, usual: dict[str, Said], late: dict[str, Said]
) -> None:
    _, code, text = CASES[case]
    said = late[case]
    assert said.code == code
    assert any(text in line for line in said.output) or not text, said.output[-3:]
    assert said == usual[case]


@pytest.mark.parametrize("case", ["check", "discover", "read"])
def test_a_process_of_its_own_says_the_same(
    case: str, usual: dict[str, Said], simulator: NetvisorSimulator, tmp_path: Path
) -> None:
    files(tmp_path, simulator.config())
    assert run(CASES[case][0], tmp_path) == usual[case]


def test_parts_that_cannot_be_imported_alone_cost_time_only(simulator: NetvisorSimulator, tmp_path: Path) -> None:
    files(tmp_path, simulator.config())
    arguments, code, text = CASES["check"]
    said = run(arguments, tmp_path, NOT_ALONE)
    assert said.code == code and text in said.output[-1]
    assert said == run(arguments, tmp_path)


@pytest.mark.parametrize("command", [CASES["spec"], CASES["check"], CASES["read"]], ids=["spec", "check", "read"])
def test_what_it_does_not_need_is_not_imported(
    command: tuple[list[str], int, str], simulator: NetvisorSimulator, tmp_path: Path
) -> None:
    files(tmp_path, simulator.config())
    at_the_end = "import atexit, sys\natexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
    imported = set(run(command[0], tmp_path, at_the_end).errors.split())
    assert "airbyte_cdk.entrypoint" in imported and "lxml" in imported
    assert not imported & {"cryptography", "jwt", "pandas", "requests_cache"}
    unneeded = [
        "airbyte_cdk.destinations", "airbyte_cdk.legacy", "airbyte_cdk.sources.abstract_source",
        "airbyte_cdk.sources.declarative.models", "airbyte_cdk.sources.streams",
    ]  # fmt: skip
    assert not imported & set(unneeded)
