"""Who reads the ledger, and with which command."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONNECTOR = ROOT / ".venv/bin/source-netvisor"
CDK_PYTHON = ROOT / ".venv/bin/python"
MANIFESTS = ROOT / "benchmarks"


@dataclass(frozen=True)
class Contestant:
    """A process to be measured.

    Args:
        name: in the table.
        command: how it is started.
        plain: it cannot read the ledger as Netvisor sends it, and gets the plain one.
    """

    name: str
    command: tuple[str, ...]
    plain: bool = False


class Files:
    """Configurations and catalogs, written where the contestants read them.

    Args:
        directory: for them.
        url: of the replies server.
        start_date: ISO day from which the ledger is read.
    """

    def __init__(self, directory: Path, url: str, start_date: str) -> None:
        self.directory = directory
        self.url = url
        self.start_date = start_date
        directory.mkdir(parents=True, exist_ok=True)

    def config(self, comparison: str = "daily") -> str:
        """The connector's; the credentials are no real ones."""
        return self._write(
            f"config-{comparison}",
            {
                "company_name": "Benchmark", "business_id": "1967543-8", "api_user_id": "SIM_12345_678",
                "api_key": "0123456789abcdef0123456789abcdef", "partner_id": "Sim_249",
                "partner_key": "fedcba9876543210fedcba9876543210", "base_url": self.url,
                "start_date": self.start_date, "comparison": comparison,
            },
        )  # fmt: skip

    def manifest_config(self, ready: dict[str, tuple[int, Path]] | None = None) -> str:
        """Of a manifest; `ready`: how many records of which sample the floor emits for a stream."""
        samples = {name: {"count": count, "sample": str(path)} for name, (count, path) in (ready or {}).items()}
        return self._write(
            "ready-config" if ready else "manifest-config",
            {"base_url": self.url, "start_date": self.start_date, "ready": samples},
        )

    def catalog(self, streams: Sequence[str], sync_mode: str) -> str:
        """The selected streams."""
        configured = [
            {
                "stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]},
                "sync_mode": sync_mode, "destination_sync_mode": "append",
            }
            for name in streams
        ]  # fmt: skip
        return self._write(f"catalog-{'-'.join(streams)[:60]}-{sync_mode}", {"streams": configured})

    def _write(self, name: str, content: object) -> str:
        path = self.directory / f"{name}.json"
        path.write_text(json.dumps(content))
        return str(path)


def connector(files: Files, streams: Sequence[str], name: str, sync_mode: str = "incremental") -> Contestant:
    """This connector's whole process."""
    catalog = files.catalog(streams, sync_mode)
    return Contestant(name, (str(CONNECTOR), "read", "--config", files.config(), "--catalog", catalog))


def manifest(files: Files, directory: str, stream: str, config: str, name: str) -> Contestant:
    """A manifest, run by the CDK."""
    return Contestant(
        name,
        (str(CDK_PYTHON), "-m", "benchmarks.run_manifest", str(MANIFESTS / directory / "manifest.yaml"), "read",
         "--config", config, "--catalog", files.catalog([stream], "full_refresh")),
    )  # fmt: skip


def expat(files: Files) -> Contestant:
    """The floor of parsing."""
    return Contestant(
        "expat without handlers",
        (str(CDK_PYTHON), "-m", "benchmarks.expat_floor", f"{files.url}/accountingledger.nv"),
    )


def client_library(files: Files, plain: bool) -> Contestant:
    """The published Python client; it runs in the benchmark's own environment, where it is installed."""
    return Contestant(
        "netvisor-api-client 0.9.6, whole VAT percents" if plain else "netvisor-api-client 0.9.6",
        (sys.executable, "-m", "benchmarks.netvisor_client_contestant", files.url, files.start_date),
        plain,
    )
