"""The image as Airbyte runs it: one command a container, everything it needs in mounted files."""

from __future__ import annotations

import logging
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from integration_tests.image.conftest import Image
from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company
from netvisor_simulator.company.chart import CHART
from source_netvisor.source import SourceNetvisor

pytestmark = pytest.mark.image_tests

ROOT = Path(__file__).resolve().parent.parent.parent
MOST_ADDED = 330
"""Megabytes that the image may add to its base; numpy and pandas, which the CDK needs, are more than a third of it."""


def catalog(image: Image, *streams: tuple[str, str]) -> str:
    """A mounted catalog with these streams and sync modes."""
    return image.write(
        "catalog.json",
        {
            "streams": [
                {
                    "stream": {
                        "name": name,
                        "json_schema": {},
                        "supported_sync_modes": ["full_refresh", "incremental"],
                    },
                    "sync_mode": mode,
                    "destination_sync_mode": "append",
                }
                for name, mode in streams
            ]
        },
    )


def test_spec(image: Image) -> None:
    answer = image.run("spec")
    (message,) = answer.of("SPEC")
    assert answer.code == 0
    expected = SourceNetvisor().spec(logging.getLogger("airbyte"))
    assert message["spec"]["connectionSpecification"] == expected.connectionSpecification


def test_check(image: Image, simulator: NetvisorSimulator) -> None:
    answer = image.run("check", "--config", image.write("config.json", simulator.config()))
    (message,) = answer.of("CONNECTION_STATUS")
    assert answer.code == 0
    assert message["connectionStatus"]["status"] == "SUCCEEDED", message
    simulator.assert_clean()


def test_check_with_a_wrong_key_fails_with_a_sentence(image: Image, simulator: NetvisorSimulator) -> None:
    config = simulator.config(api_key="0" * 32)
    answer = image.run("check", "--config", image.write("config.json", config))
    (message,) = answer.of("CONNECTION_STATUS")
    assert message["connectionStatus"]["status"] == "FAILED"
    assert "Traceback" not in answer.errors


def test_partner_credentials_come_from_the_environment(image: Image, simulator: NetvisorSimulator) -> None:
    """A deployment sets them once for all its customers."""
    config = simulator.config()
    options = [f"-eNETVISOR_{name.upper()}={config.pop(name)}" for name in ("partner_id", "partner_key")]
    answer = image.run("check", "--config", image.write("config.json", config), options=options)
    assert answer.of("CONNECTION_STATUS")[0]["connectionStatus"]["status"] == "SUCCEEDED"


def test_discover(image: Image, simulator: NetvisorSimulator) -> None:
    answer = image.run("discover", "--config", image.write("config.json", simulator.config()))
    (message,) = answer.of("CATALOG")
    assert {stream["name"] for stream in message["catalog"]["streams"]} == set(SourceNetvisor().definitions())


def test_two_reads_the_second_from_the_first_ones_state(
    image: Image, simulator: NetvisorSimulator, company: Company
) -> None:
    config = image.write("config.json", simulator.config(start_date=company.plan.start.isoformat()))
    chosen = catalog(image, ("accounts", "full_refresh"), ("vouchers", "incremental"))
    first = image.run("read", "--config", config, "--catalog", chosen)
    assert first.code == 0, first.errors
    assert len(first.records("accounts")) == len(CHART)
    delivered = {r["netvisor_key"] for r in first.records("vouchers") if not r.get("_ab_cdc_deleted_at")}
    assert delivered == {voucher.key for voucher in company.vouchers()}
    last: dict[str, Any] = {}
    for message in first.of("STATE"):
        last[message["state"]["stream"]["stream_descriptor"]["name"]] = message["state"]
    added = company.changes.add_voucher(simulator.now)
    gone = next(voucher.key for voucher in company.vouchers() if voucher.linked_key is None)
    company.changes.delete_voucher(simulator.now, gone)
    state = image.write("state.json", list(last.values()))
    second = image.run("read", "--config", config, "--catalog", chosen, "--state", state)
    assert second.code == 0, second.errors
    records = {record["netvisor_key"]: record for record in second.records("vouchers")}
    assert added.key in records and records[gone].get("_ab_cdc_deleted_at")
    assert len(records) < len(delivered) / 2
    assert len(second.records("accounts")) == len(CHART)
    simulator.assert_clean()


def test_a_container_that_is_stopped_ends_at_once(image: Image, company: Company) -> None:
    """The connector is the container's first process, which the kernel shields from signals it does not handle."""
    with NetvisorSimulator(company, latency=60) as simulator:
        config = image.write("config.json", simulator.config())
        command = image.command(["read", "--config", config, "--catalog", catalog(image, ("accounts", "full_refresh"))])
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert process.stdout is not None
        for line in process.stdout:
            if "STARTED" in line:
                break
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM
    assert '"ERROR"' not in rest


def test_labels_name_what_the_metadata_names(image: Image) -> None:
    metadata = yaml.safe_load((ROOT / "metadata.yaml").read_text())["data"]
    labels = image.inspect()["Config"]["Labels"]
    assert labels["io.airbyte.name"] == metadata["dockerRepository"]
    assert labels["io.airbyte.version"] == metadata["dockerImageTag"]


def test_the_environment_tells_airbyte_the_entrypoint(image: Image) -> None:
    """Airbyte's workers start AIRBYTE_ENTRYPOINT instead of the image's own."""
    config = image.inspect()["Config"]
    environment = dict(entry.split("=", 1) for entry in config["Env"])
    assert [environment["AIRBYTE_ENTRYPOINT"]] == config["Entrypoint"]
    done = subprocess.run(
        ["docker", "run", "--rm", "--entrypoint", "sh", image.name, "-c", "$AIRBYTE_ENTRYPOINT spec"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0 and '"SPEC"' in done.stdout


def test_it_does_not_run_as_root(image: Image) -> None:
    assert image.inspect()["Config"]["User"] not in ("", "root", "0")
    done = subprocess.run(
        ["docker", "run", "--rm", "--entrypoint", "id", image.name, "-u"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert int(done.stdout) > 0


def test_it_is_small(image: Image) -> None:
    """What the connector with its libraries adds to the base."""
    done = subprocess.run(
        ["docker", "run", "--rm", "--entrypoint", "du", image.name, "-s", "--block-size=1000000", "/opt/connector"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert int(done.stdout.split()[0]) < MOST_ADDED


def test_it_holds_no_tests_no_tools_and_no_secrets(image: Image) -> None:
    script = (
        "ls -A /airbyte/integration_code /secrets /config; "
        "find / -xdev \\( -name 'integration_tests' -o -name 'unit_tests' -o -name '*.duckdb' -o -name '.git' \\) "
        "-not -path '/proc/*' 2>/dev/null; "
        "find /opt/connector -name 'pip' -o -name 'pytest' -o -name 'mypy' -o -name 'ruff' | head"
    )
    done = subprocess.run(
        ["docker", "run", "--rm", "--entrypoint", "sh", image.name, "-c", script],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    names = [line for line in done.stdout.splitlines() if line and not line.endswith(":")]
    assert not names
