"""The CDK's own tests of an image, against the simulated Netvisor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.test.models import ConnectorTestScenario
from airbyte_cdk.test.standard_tests.docker_base import DockerConnectorTestSuite

from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company

CONFIG: dict[str, Any] = {}
"""The configuration: scenarios are made before the simulator has an address, which the fixture below fills in."""


@pytest.fixture(scope="module", autouse=True)
def configuration(company: Company) -> Iterator[None]:
    """Start the simulator and let the scenario know it."""
    with NetvisorSimulator(company) as simulator:
        CONFIG.update(simulator.config(start_date=company.plan.start.isoformat()))
        yield
        simulator.assert_clean()


class TestNetvisorImage(DockerConnectorTestSuite):
    """Spec, check, discover and a read of every stream, each in a container of its own."""

    # it compares with the version that Airbyte's registry has; this connector has none there
    test_docker_image_spec_backward_compatibility = None

    @classmethod
    def get_scenarios(cls) -> list[ConnectorTestScenario]:
        """One configuration, for every command; that a wrong key fails the check is tested in test_image.py."""
        # `config` is the name that is read by default; the dictionary must stay the one above, uncopied
        return [
            ConnectorTestScenario.model_construct(
                config_path=Path("config.json"), config_dict=CONFIG, status="succeed", sections=()
            )
        ]
