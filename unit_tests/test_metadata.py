"""What Airbyte's registry and its quality checks ask of the files around the code.

The rules are those of Airbyte's public list of quality checks ("QA checks" in its contributor documentation), as far as
a machine can check them here, and that facts written down in several files are the same in all of them.
"""

from __future__ import annotations

import fnmatch
import importlib.resources
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import yaml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = ROOT / "source_netvisor" / "schemas"
# Streams about the company's own people: suggested to nobody.
PERSONAL = re.compile(r"employee|payroll|paycheck|work_hours|user_|sales_personnel|circulation_lists")


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(text("metadata.yaml"))
    return loaded


@pytest.fixture(scope="module")
def metadata(document: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = document["data"]
    return data


@pytest.fixture(scope="module")
def poetry() -> dict[str, Any]:
    settings: dict[str, Any] = tomllib.loads(text("pyproject.toml"))["tool"]["poetry"]
    return settings


def without_inner_ids(schema: Any) -> Any:
    """The published schema was put together from many; its references count from the top, which the parts' ids hide."""
    if isinstance(schema, dict):
        return {name: without_inner_ids(part) for name, part in schema.items() if name != "$id"}
    if isinstance(schema, list):
        return [without_inner_ids(part) for part in schema]
    return schema


def test_metadata_fits_the_published_schema(document: dict[str, Any]) -> None:
    models = pytest.importorskip(
        "airbyte_connector_models", reason="the schema's package has no release for this Python"
    )
    schema_file = importlib.resources.files(models) / "metadata" / "v0" / "ConnectorMetadataDefinitionV0.json"
    schema = without_inner_ids(json.loads(schema_file.read_text(encoding="utf-8")))
    checker = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
    assert [f"{error.json_path}: {error.message}" for error in checker.iter_errors(document)] == []


def test_version_is_the_same_everywhere(metadata: dict[str, Any], poetry: dict[str, Any]) -> None:
    version = metadata["dockerImageTag"]
    assert re.fullmatch(r"\d+\.\d+\.\d+(-rc\.\d+)?", version)
    assert poetry["version"] == version
    assert f'io.airbyte.version="{version}"' in text("Dockerfile")


def test_name_is_the_same_everywhere(metadata: dict[str, Any], poetry: dict[str, Any]) -> None:
    assert metadata["dockerRepository"] == f"airbyte/{metadata['githubIssueLabel']}"
    assert (
        metadata["remoteRegistries"]["pypi"]["packageName"]
        == poetry["name"]
        == f"airbyte-{metadata['githubIssueLabel']}"
    )
    assert metadata["githubIssueLabel"] in poetry["scripts"]
    assert f'io.airbyte.name="{metadata["dockerRepository"]}"' in text("Dockerfile")


def test_license_is_the_same_everywhere(metadata: dict[str, Any], poetry: dict[str, Any]) -> None:
    assert metadata["license"] == poetry["license"] == "MIT"
    assert text("LICENSE").startswith("MIT License\n")


def test_dockerfile_and_metadata_name_the_same_base_image(metadata: dict[str, Any]) -> None:
    base = metadata["connectorBuildOptions"]["baseImage"]
    assert re.fullmatch(r"docker\.io/airbyte/python-connector-base:[\d.]+@sha256:[0-9a-f]{64}", base)
    assert f"ARG BASE_IMAGE={base}\n" in text("Dockerfile")


def test_image_is_built_with_the_poetry_of_the_makefile() -> None:
    makefile = text("Makefile")
    for package, variable in {"poetry": "POETRY_VERSION", "poetry-plugin-export": "POETRY_EXPORT_VERSION"}.items():
        pinned = re.search(rf"^{variable} := (.+)$", makefile, re.MULTILINE)
        assert pinned
        assert re.search(rf" {package}=={re.escape(pinned[1])}\s", text("Dockerfile"))


def test_language_and_cdk_tags(metadata: dict[str, Any]) -> None:
    assert {"language:python", "cdk:low-code"} <= set(metadata["tags"])


def test_icon_is_square() -> None:
    icon = ElementTree.fromstring(text("icon.svg"))
    left, top, width, height = icon.attrib["viewBox"].split()
    assert (left, top) == ("0", "0")
    assert width == height
    assert icon.attrib["width"] == icon.attrib["height"]


def test_suggested_streams_exist(metadata: dict[str, Any]) -> None:
    suggested = metadata["suggestedStreams"]["streams"]
    assert len(suggested) == len(set(suggested))
    assert set(suggested) - {schema.stem for schema in SCHEMAS.glob("*.json")} == set()


def test_no_suggested_stream_is_about_people(metadata: dict[str, Any]) -> None:
    assert [stream for stream in metadata["suggestedStreams"]["streams"] if PERSONAL.search(stream)] == []


def test_allowed_hosts_are_netvisors_own(metadata: dict[str, Any]) -> None:
    """Nothing taken from the form, or the list would allow whatever the form says."""
    hosts = metadata["allowedHosts"]["hosts"]
    assert hosts
    assert all(re.fullmatch(r"[a-z]+\.netvisor\.fi", host) for host in hosts)


def test_heartbeat_outlasts_the_longest_wait_for_one_reply(metadata: dict[str, Any]) -> None:
    """A reply may take 360 seconds and is retried; nothing that counts as a message comes meanwhile."""
    assert metadata["maxSecondsBetweenMessages"] >= 10 * 360


@pytest.mark.parametrize("name", ["config.json", "config_of_a_company.json", "state.json", "messages.jsonl", ".env"])
def test_what_the_pages_let_somebody_write_is_not_committed(name: str) -> None:
    rules = [line for line in text(".gitignore").splitlines() if line and not line.startswith(("#", "!"))]
    assert any(fnmatch.fnmatch(name, rule) for rule in rules)


def test_the_package_says_what_it_is(poetry: dict[str, Any]) -> None:
    assert (ROOT / poetry["readme"]).read_text(encoding="utf-8").startswith("# source-netvisor\n")
    addresses = [poetry["documentation"], *poetry["urls"].values()]
    assert len(addresses) >= 2 and all(address.startswith("https://") for address in addresses)
    assert "Typing :: Typed" in poetry["classifiers"]


def workflows() -> dict[str, dict[str, Any]]:
    """Each workflow for GitHub by its file's name."""
    folder = ROOT / ".github" / "workflows"
    return {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in folder.glob("*.yml")}


def test_every_step_of_a_workflow_is_a_target_of_the_makefile() -> None:
    """So that each can be run without GitHub."""
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), flags=re.MULTILINE))
    ran = set()
    for name, workflow in workflows().items():
        for job in workflow["jobs"].values():
            for step in job.get("steps", ()):
                if "run" in step:
                    (target,) = re.findall(r"^make ([a-z-]+)", step["run"], flags=re.MULTILINE)
                    assert target in targets, name
                    ran.add(target)
    needed = {"test", "wheel", "wheel-test", "warehouse-demo", "image", "image-test", "release-version", "newest-cdk"}
    assert ran >= needed


def test_the_tests_run_on_every_python_of_the_package(poetry: dict[str, Any]) -> None:
    versions = workflows()["tests.yml"]["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert versions == ["3.10", "3.11", "3.12", "3.13"]
    assert poetry["dependencies"]["python"] == ">=3.10,<3.14"


def test_a_release_needs_no_token(metadata: dict[str, Any]) -> None:
    """The package index trusts the workflow; the registry takes GitHub's own token of the run."""
    release = text(".github/workflows/release.yml")
    assert set(re.findall(r"secrets\.(\w+)", release)) == {"GITHUB_TOKEN"}
    assert workflows()["release.yml"]["jobs"]["package"]["permissions"] == {"id-token": "write"}
    assert "linux/amd64,linux/arm64" in release
    assert "--sbom=true --provenance=mode=max" in text("Makefile")


def test_no_secrets_are_asked_for_or_kept(metadata: dict[str, Any]) -> None:
    assert not [suite for suite in metadata["connectorTestSuitesOptions"] if suite.get("testSecrets")]
    assert "secrets/" not in text("acceptance-test-config.yml")
    assert "/secrets/" in text(".gitignore").splitlines()


NOT_LOOKED_AT = {
    ".git", ".venv", ".poetry", ".cache", "unit_tests", "integration_tests", "build", ".pytest_cache", ".hypothesis",
    ".ruff_cache", ".mypy_cache",
}  # fmt: skip
"""Folders that Airbyte's check leaves out, and those that the tools make."""


def lines_with_plain_addresses() -> Iterator[str]:
    """Lines of any file with a plain http address, by the rules of Airbyte's own check."""
    comments = {".py": "#", ".yml": "#", ".yaml": "#", ".md": "<!--"}
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_LOOKED_AT]
        for path in (Path(folder) / name for name in names if not name.endswith((".svg", ".pyc", ".gz"))):
            try:
                lines = path.read_text(encoding="utf-8").splitlines()
            except UnicodeDecodeError:
                continue
            for line in lines:
                comment = path.suffix in comments and line.lstrip().startswith(comments[path.suffix])
                allowed = comment or "# ignore-https-check" in line
                plain = "http://" in line.replace("http://json-schema.org", "").replace("http://localhost", "")
                if plain and not allowed:
                    yield f"{path.relative_to(ROOT)}: {line.strip()}"


def test_https_only() -> None:
    """A line that needs plain http all the same says so, in the words that Airbyte's check looks for."""
    assert list(lines_with_plain_addresses()) == []


def test_lock_file_names_no_index() -> None:
    """A lock file that names an index would send every machine there, whatever index it is set up to use."""
    lock = tomllib.loads(text("poetry.lock"))
    assert [package["name"] for package in lock["package"] if "source" in package] == []
