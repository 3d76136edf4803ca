"""CONTRIBUTING.md keeps its word: whoever follows it adds a resource, and the commands that it names succeed.

The page's own example, under names that do not exist yet, is added to a copy of the project.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MADE_UP = {
    "getproductqualitylist": "getdeliveryregions",
    "product_quality_list": "delivery_region_list",
    "product_qualities": "delivery_regions",
    "ProductQualities": "DeliveryRegions",
    "ProductQuality": "DeliveryRegion",
    "_qualities": "_regions",
}
"""Names of the page's example -> those of the new resource."""
STREAM = "delivery_regions"
LEFT_BEHIND = (".*", "logs", "benchmarks", "secrets")


def blocks(language: str) -> list[str]:
    """The page's examples of the new resource."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = page.partition("## Add a resource in ten minutes")[2].partition("\n## ")[0]
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", section, flags=re.DOTALL | re.MULTILINE)
    for old, new in MADE_UP.items():
        found = [block.replace(old, new) for block in found]
    return found


def put(file: Path, before: str, text: str) -> None:
    """Puts the text before the first place where the file has `before`."""
    content = file.read_text(encoding="utf-8")
    assert before in content
    file.write_text(content.replace(before, text + before, 1), encoding="utf-8")


def follow(project: Path) -> None:
    """Steps 1 to 6."""
    definition, stream, _ = blocks("yaml")
    (schema,) = blocks("json")
    function, entry = blocks("python")
    put(
        project / "source_netvisor/netvisor/allowed_resources.py",
        '"getproductqualitylist.nv"',
        '"getdeliveryregions.nv", ',
    )
    manifest = project / "source_netvisor" / "manifest.yaml"
    put(manifest, "\n\nstreams:\n", f"\n{definition.rstrip()}\n")
    put(manifest, "  # --- Payroll", f"{stream}\n")
    (project / "source_netvisor" / "schemas" / f"{STREAM}.json").write_text(schema, encoding="utf-8")
    simulator = project / "netvisor_simulator" / "resources" / "purchases.py"
    put(simulator, "PURCHASES: list[Resource]", f"{function}\n\n")
    put(simulator, '    Resource("getproductqualitylist.nv"', entry)


def commands(project: Path) -> list[list[str]]:
    """Step 7: what `make docs` runs, and the tests that the page names."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = re.findall(r"^docs:.*\n((?:\t.*\n)+)", makefile, flags=re.MULTILINE)[0]
    made = [line.strip().removeprefix("@").replace("$(BIN)/python", sys.executable) for line in recipe.splitlines()]
    made = [line.replace("$(WAREHOUSE)", "dbt") for line in made]
    tested = [line for line in "".join(blocks("sh")).splitlines() if "pytest" in line]
    assert made and tested
    # of the tests of all streams, those of the new one: `make test` runs the others
    narrow = {"integration_tests/test_streams.py": f"-k={STREAM}"}
    found = [line.split() for line in made]
    for line in tested:
        words = line.replace(".venv/bin/python", sys.executable).split()
        found.append([*words, *(extra for name, extra in narrow.items() if name in words), "-p", "no:cacheprovider"])
    return found


@pytest.mark.slow
def test_a_resource_is_added_by_following_the_page(tmp_path: Path) -> None:
    project = tmp_path / "source-netvisor"
    shutil.copytree(ROOT, project, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    (project / ".venv").symlink_to(Path(sys.prefix))
    for name in ("benchmarks", ".github", ".ci"):
        (project / name).symlink_to(ROOT / name)
    follow(project)
    # the copy, and not the project that is installed for development
    environment = {**os.environ, "PYTHONPATH": str(project)}
    for command in commands(project):
        run = subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert run.returncode == 0, f"{' '.join(command)}\n{run.stdout[-5000:]}{run.stderr[-3000:]}"
        if "integration_tests/test_streams.py" in command:
            # its records, and that each of its fields occurs
            assert re.search(r"^2 passed", run.stdout, flags=re.MULTILINE), run.stdout
    expected = (project / "integration_tests" / "expected_records.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line)["data"] for line in expected if json.loads(line)["stream"] == STREAM]
    assert records and all(record["name"] and record["business_id"] for record in records)
    for page in ("docs/streams.md", "docs/integrations/sources/netvisor.md", "docs/architecture.md", "erd/source.dbml"):
        assert STREAM in (project / page).read_text(encoding="utf-8"), page
    assert (project / "dbt" / "models" / "staging" / f"stg_netvisor__{STREAM}.sql").is_file()
