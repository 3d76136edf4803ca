"""The standard tests of Airbyte's CDK, with the scenarios of acceptance-test-config.yml, against the simulator."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest
from airbyte_cdk.test.standard_tests import SourceTestSuiteBase

from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company
from source_netvisor.source import SourceNetvisor

ROOT = Path(__file__).parent.parent
COPIED = (
    "acceptance-test-config.yml", "metadata.yaml", "Dockerfile", ".dockerignore", "pyproject.toml", "poetry.lock",
    "README.md", "LICENSE", "main.py",
)  # fmt: skip


def copy_into(folder: Path, simulator: NetvisorSimulator) -> Path:
    """The tests read configurations below the connector's folder: a copy of it, whose address is the simulator's."""
    copy = folder / "source-netvisor"
    (copy / "integration_tests").mkdir(parents=True)
    for name in COPIED:
        shutil.copy(ROOT / name, copy / name)
    shutil.copytree(ROOT / "source_netvisor", copy / "source_netvisor", ignore=shutil.ignore_patterns("__pycache__"))
    for path in (ROOT / "integration_tests").glob("*_config.json"):
        config = {**json.loads(path.read_text()), "base_url": simulator.url}
        (copy / "integration_tests" / path.name).write_text(json.dumps(config))
    return copy


@pytest.fixture(scope="class")
def connector_copy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A copy of the connector for the tests of a class."""
    with NetvisorSimulator(Company(3, 200, years=1, today=None, employees=2)) as simulator:
        request.cls.root = copy_into(tmp_path_factory.mktemp("standards"), simulator)
        yield
        request.cls.root = ROOT
        complaints = [call for call in simulator.calls if call.forbidden or call.overlap or call.crash]
        assert not complaints


@pytest.mark.usefixtures("connector_copy")
@pytest.mark.filterwarnings("error::airbyte_cdk.test.standard_tests.DiscoveredCatalogWarning")
class TestNetvisorStandards(SourceTestSuiteBase):
    """Spec, check, discover, read, and a read with a bad catalog."""

    connector: ClassVar[Any] = SourceNetvisor
    root: ClassVar[Path] = ROOT

    @classmethod
    def get_connector_root_dir(cls) -> Path:
        """Where configurations are read from."""
        return cls.root


@pytest.mark.slow
def test_airbytes_command_line_runs_the_standard_tests(tmp_path: Path) -> None:
    """`airbyte-cdk connector test`, as Airbyte calls it; the tests of the image need a container engine."""
    program = Path(sys.executable).parent / "airbyte-cdk"
    with NetvisorSimulator(Company(3, 200, years=1, today=None, employees=2)) as simulator:
        copy = copy_into(tmp_path, simulator)
        command = [program, "connector", "test", copy, "--pytest-arg=-m", "--pytest-arg=not image_tests"]
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout
    assert re.search(r"^7 passed, ", done.stdout, re.MULTILINE) and " failed" not in done.stdout, done.stdout


def test_the_sample_configurations_are_the_simulators() -> None:
    """So that `--port 8799` lets the simulator answer them when they are used by hand."""
    simulator = NetvisorSimulator(Company(3, 10, today=date(2025, 6, 1)))
    sample = json.loads((ROOT / "integration_tests" / "sample_config.json").read_text())
    invalid = json.loads((ROOT / "integration_tests" / "invalid_config.json").read_text())
    own = {"base_url": "http://127.0.0.1:8799", "start_date": "2025-01-01"}
    assert sample == {**simulator.config(), **own}
    assert {name for name in sample if sample[name] != invalid[name]} == {"api_key"}
