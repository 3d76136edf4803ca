"""The pages tell the truth: what is generated is fresh, what is linked exists, what is shown is so.

The rules for the user's page are those of Airbyte's quality checks for connector documentation: its headings in order,
every required field of the form under Prerequisites, a line in the changelog for the version.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from lxml import etree

from docs.generator import model, outputs, streams_page
from source_netvisor.config import NetvisorConfig
from source_netvisor.netvisor.allowed_resources import ALLOWED_RESOURCES
from source_netvisor.streams.record_buffer import BATCH
from source_netvisor.streams.stream_sync import StreamSync
from source_netvisor.sync_context import SyncContext
from unit_tests.reading import data

ROOT = Path(__file__).resolve().parent.parent
USER_PAGE = "docs/integrations/sources/netvisor.md"
HAND_WRITTEN = ["README.md", "CONTRIBUTING.md", USER_PAGE, *(f"docs/{name}.md" for name in (
    "architecture", "manifest", "operating", "troubleshooting", "streams"))]  # fmt: skip
NAME = "Visma Netvisor"
OWN = "any headings of the connector's own"
# In the order of Airbyte's template; those marked False may be missing.
HEADINGS = [
    (NAME, True),
    ("Prerequisites", True),
    ("Setup guide", True),
    (f"Set up {NAME}", True),
    (OWN, False),
    (f"Set up the {NAME} connector in Airbyte", True),
    ("For Airbyte Cloud:", True),
    ("For Airbyte Open Source:", True),
    (OWN, False),
    ("Supported sync modes", True),
    ("Supported Streams", True),
    (OWN, False),
    ("IP allow list", True),
    ("Performance considerations", True),
    ("Data type map", True),
    ("Limitations & Troubleshooting", True),
    (OWN, False),
    ("Tutorials", False),
    ("Changelog", True),
]
IP_ALLOW_LIST = (
    "If you use Airbyte Cloud and your organization restricts access to specific IPs, add the [Airbyte Cloud IP "
    "addresses](/platform/operating-airbyte/ip-allowlist) to your allow list."
)


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def without_code(page: str) -> str:
    return re.sub(r"^( *)```.*?^\1```$", "", page, flags=re.DOTALL | re.MULTILINE)


def headings(page: str) -> list[str]:
    return re.findall(r"^#+ (.+)$", without_code(page), flags=re.MULTILINE)


def section(page: str, heading: str) -> str:
    """What stands under the heading, up to the next one of any level."""
    return re.split(rf"^#+ {re.escape(heading)}$", page, flags=re.MULTILINE)[1].split("\n#")[0]


@pytest.fixture(scope="module")
def page() -> str:
    return text(USER_PAGE)


@pytest.fixture(scope="module")
def form() -> dict[str, Any]:
    manifest = yaml.safe_load(text("source_netvisor/manifest.yaml"))
    specification: dict[str, Any] = manifest["spec"]["connection_specification"]
    return specification


@pytest.fixture(scope="module")
def documented() -> model.Documented:
    return model.load()


# --- what is generated -----------------------------------------------------------------------------------------------


def test_generated_files_are_what_the_generator_writes() -> None:
    stale = [path for path, wanted in outputs.outputs().items() if text(path) != wanted]
    assert stale == [], "run `make docs` and commit what it writes"


def test_the_page_of_the_manifest_has_every_placeholder() -> None:
    patterns = re.findall(r"\[\{\]\(([a-z_|]+)\)", text("source_netvisor/manifest.schema.json"))
    known = {name for pattern in patterns for name in pattern.split("|")}
    table = text("docs/manifest.md").partition("| Placeholder |")[2]
    assert set(re.findall(r"`\{(\w+)\}`", table)) == known


def test_every_stream_and_resource_is_on_the_page(documented: model.Documented) -> None:
    names = {name for names in documented.areas.values() for name in names}
    assert names == set(documented.streams)
    shown = streams_page.page(documented)
    for name, definition in documented.streams.items():
        assert f"\n### {name}\n" in shown
        for ask in definition.asks:
            assert f"| `{ask.resource}` |" in shown


SVG = "{http://www.w3.org/2000/svg}"


def boxes_of_streams(root: ElementTree.Element) -> list[tuple[float, float]]:
    """Left and right edge of each stream's box in the picture."""
    found = [rect for rect in root.iter(f"{SVG}rect") if rect.get("rx") == "4"]
    return [(float(rect.attrib["x"]), float(rect.attrib["x"]) + float(rect.attrib["width"])) for rect in found]


def test_no_line_of_the_picture_is_behind_a_box(documented: model.Documented) -> None:
    root = ElementTree.fromstring(text("docs/erd.svg"))
    edges = set(boxes_of_streams(root))
    lines = [path for path in root.iter(f"{SVG}path") if path.get("fill") == "none"]
    assert len(lines) > 20
    for path in lines:
        numbers = [float(number) for number in re.findall(r"[\d.]+", path.attrib["d"])]
        assert all(x <= left or x >= right for x in numbers[::2] for left, right in edges)


def test_no_text_of_the_picture_leaves_its_box() -> None:
    """Letters are 0.66 of their size wide at most, in the widest of the fonts that the picture names."""
    root = ElementTree.fromstring(text("docs/erd.svg"))
    edges = set(boxes_of_streams(root))
    for word in root.iter(f"{SVG}text"):
        size = float(re.sub(r"[^\d.]", "", word.get("style", "11")))
        if word.get("class") in ("a", "t") or word.text is None or float(word.attrib["y"]) < 90:
            continue
        x, width = float(word.attrib["x"]), len(word.text) * size * 0.66
        begins, ends = (x - width, x) if word.get("text-anchor") == "end" else (x, x + width)
        assert any(left <= begins and ends <= right for left, right in edges), word.text


def test_the_picture_has_a_legend() -> None:
    shown = [word.text for word in ElementTree.fromstring(text("docs/erd.svg")).iter(f"{SVG}text")]
    for words in ("Bold: primary key.", "business_id", "→ the stream", "By name:"):
        assert any(words in (line or "") for line in shown[:3])


def test_joins_of_dimensions_lead_to_fields_that_exist(documented: model.Documented) -> None:
    items = documented.streams["dimension_items"].schema["properties"]
    joined = {name: model.dimension_joins(one) for name, one in documented.streams.items()}
    assert [join.by_name for join in joined["voucher_lines"]] == [True], "Netvisor's ledger gives names only"
    assert [join.by_name for join in joined["purchase_invoice_lines"]] == [False]
    for name, joins in joined.items():
        for join in joins:
            fields = documented.streams[name].schema["properties"][join.array]["items"]["properties"]
            for field, target in join.conditions.items():
                assert model.type_of(fields[field]) == model.type_of(items[target]), (name, field)


# --- joins -----------------------------------------------------------------------------------------------------------


def test_joins_lead_from_a_field_to_a_field_of_the_same_type(documented: model.Documented) -> None:
    for join in documented.joins:
        field = documented.streams[join.stream].schema["properties"][join.field]
        target = documented.streams[join.target_stream].schema["properties"][join.target_field]
        assert model.type_of(field) == model.type_of(target), join


def test_every_field_that_looks_like_a_key_is_accounted_for(documented: model.Documented) -> None:
    joined = {(join.stream, join.field) for join in documented.joins}
    used = set()
    for name, definition in documented.streams.items():
        for field in definition.schema["properties"]:
            if not re.search(r"(_key|_id|account_number)$", field) or field in ("netvisor_key", "business_id"):
                continue
            if (name, field) not in joined:
                assert field in documented.no_stream, f"{name}.{field}: put it into docs/joins.yaml"
                used.add(field)
    assert used == set(documented.no_stream), "docs/joins.yaml names fields that do not exist, or are joined"


# --- the user's page -------------------------------------------------------------------------------------------------


def test_headings_are_those_of_the_template(page: str) -> None:
    left = list(HEADINGS)
    known = {heading for heading, _ in HEADINGS}
    for heading in headings(page):
        while left and left[0][0] != heading:
            if left[0][0] == OWN and heading not in known:
                break
            assert not left[0][1], f"{left[0][0]!r} is missing before {heading!r}"
            left.pop(0)
        assert left, f"{heading!r} has no place in the template"
        if left[0][0] == heading:
            left.pop(0)
    assert [heading for heading, required in left if required] == []


def test_introduction_and_fixed_texts(page: str) -> None:
    assert (
        f"<HideInUI>\n\nThis page contains the setup guide and reference information for the [{NAME}]"
        "(https://netvisor.fi) source connector.\n\n</HideInUI>"
    ) in page
    assert f"The {NAME} source connector supports the following [sync modes]" in section(page, "Supported sync modes")
    assert section(page, "IP allow list").strip() == IP_ALLOW_LIST
    assert (
        section(page, "For Airbyte Open Source:")
        .strip()
        .startswith("1. Navigate to the Airbyte Open Source dashboard.")
    )


def test_prerequisites_name_every_required_field(page: str, form: dict[str, Any]) -> None:
    prerequisites = section(page, "Prerequisites")
    for field in form["required"]:
        assert f"**{form['properties'][field]['title']}**" in prerequisites


def test_every_field_of_the_form_is_explained_in_its_place(page: str, form: dict[str, Any]) -> None:
    anchors = re.findall(r'<FieldAnchor field="([^"]+)">\n\n(.*?)\n\n</FieldAnchor>', page, flags=re.DOTALL)
    explained = {field: words for fields, words in anchors for field in fields.split(",")}
    assert set(explained) == set(form["properties"])
    for field, words in explained.items():
        assert f"**{form['properties'][field]['title']}**" in words


def test_streams_are_listed(page: str, documented: model.Documented) -> None:
    listed = re.findall(r"`(\w+)`", section(page, "Supported Streams").partition("| Area |")[2])
    assert set(listed) >= set(documented.streams)
    assert f"{len(documented.streams)} streams" in section(page, "Supported Streams")


def test_nothing_on_the_page_leads_out_of_airbytes_site(page: str) -> None:
    """The page is copied there without the files around it."""
    links = re.findall(r"\]\(([^)\s]+)\)", without_code(page))
    assert [link for link in links if not re.match(r"https://|#|/platform/", link)] == []


def test_article_numbers_are_links() -> None:
    """Every number of an article of Netvisor's is one that can be clicked."""
    for path in HAND_WRITTEN:
        bare = re.findall(
            r"(?<![\w/\[`-])(?:77000\d{6}|76[67]\d{3}|769\d{3}|888092)(?!\w|\]\()", without_code(text(path))
        )
        assert bare == [], path


def test_counts_are_those_of_the_manifest(page: str, documented: model.Documented) -> None:
    incremental = sum(one.incremental for one in documented.streams.values())
    readme = text("README.md")
    for shown in (page, readme):
        assert set(re.findall(r"\b(\d+) streams", shown)) == {str(len(documented.streams))}
    assert re.findall(r"(\d+) of them\s+incremental", readme) == [str(incremental)]
    (both,) = re.findall(r"(\d+) of (\d+) resources can be read", page)
    assert both == (str(len(ALLOWED_RESOURCES)),) * 2


def test_changelog_has_the_version(page: str) -> None:
    version = yaml.safe_load(text("metadata.yaml"))["data"]["dockerImageTag"]
    changelog = section(page, "Changelog")
    assert changelog.strip().startswith("<details>\n  <summary>Expand to review</summary>")
    assert re.search(rf"^\| {re.escape(version)} \|", changelog, flags=re.MULTILINE)


def test_search_key_is_the_one_of_the_form(page: str, form: dict[str, Any]) -> None:
    key = form["properties"]["partner_search_key"]["default"]
    for shown in (page, text("docs/troubleshooting.md")):
        assert set(re.findall(r"\b[0-9A-F]{32}\b", shown)) == {key}


# --- links -----------------------------------------------------------------------------------------------------------


def anchor(heading: str) -> str:
    """As the usual hosts of repositories make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower().replace("`", "")).replace(" ", "-")


@pytest.mark.parametrize("path", HAND_WRITTEN)
def test_links_within_the_repository_resolve(path: str) -> None:
    here = ROOT / path
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", without_code(here.read_text(encoding="utf-8"))):
        target, _, fragment = link.partition("#")
        if re.match(r"[a-z]+:", link) or link.startswith("/"):
            continue
        file = (here.parent / target).resolve() if target else here
        known = map(anchor, headings(file.read_text(encoding="utf-8"))) if file.exists() and fragment else ()
        if not file.exists() or (fragment and fragment not in known):
            broken.append(link)
    assert broken == []


# --- commands and examples -------------------------------------------------------------------------------------------

RUN = {
    r"make setup": "make test needs it",
    r"make test": "run by .ci/run",
    r"make docs": "the test above does what it does",
    r"make wheel-test": "run by .github/workflows/tests.yml",
    r"pipx install airbyte-source-netvisor": "make wheel-test installs the same package",
    r"python -m pip install airbyte-source-netvisor": "make wheel-test installs the same package",
    r"source-netvisor spec": "make wheel-test",
    r"make image": "make image-test builds the image, run by .ci/run where there is an engine",
    r"docker run --rm --volume \S+ airbyte/source-netvisor:dev (spec|check|discover|read)\b.*": "make image-test",
    r"\.venv/bin/source-netvisor (spec|check|discover|read)\b.*": "integration_tests/test_commands_of_pages.py",
    r"\.venv/bin/python -m netvisor_simulator\b.*": "integration_tests/test_commands_of_pages.py",
    r"\.venv/bin/python -m tools\.anonymizer\b.*": "unit_tests/test_anonymizer.py",
    r"make live-report\b.*": "integration_tests/test_live_report.py",
    r"\.venv/bin/python -m pytest unit_tests\S* -x": "the same tests as in make test",
    r"\.venv/bin/python -m pytest( (unit|integration)_tests/\w+\.py)+": "integration_tests/test_new_resource.py",
}


def commands(path: str) -> list[str]:
    blocks = re.findall(r"^( *)```(?:sh|shell|bash|console)\n(.*?)^\1```$", text(path), flags=re.DOTALL | re.MULTILINE)
    lines = [line.partition(" # ")[0].strip() for _, block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


@pytest.mark.parametrize("path", HAND_WRITTEN)
def test_every_command_is_one_that_is_run(path: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), flags=re.MULTILINE))
    for command in commands(path):
        if command.startswith("make "):
            assert command.split()[1] in targets, command
        if command == "make demo":
            assert "integration_tests.demo" in text("Makefile")
            continue
        assert any(re.fullmatch(pattern, command) for pattern in RUN), f"nothing runs this: {command}"


def test_python_examples_compile() -> None:
    for path in HAND_WRITTEN:
        for block in re.findall(r"^```python\n(.*?)^```$", text(path), flags=re.DOTALL | re.MULTILINE):
            # one that is indented is an entry of a list
            compile(f"[\n{block}]" if block.startswith(" ") else block, path, "exec")


def test_worked_example_is_the_stream_as_it_is() -> None:
    page, manifest = text("CONTRIBUTING.md"), text("source_netvisor/manifest.yaml")
    definition, stream, join = re.findall(r"^```yaml\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    assert definition in manifest and stream in manifest
    assert join in text("docs/joins.yaml")
    simulator = text("netvisor_simulator/resources/purchases.py")
    for snippet in re.findall(r"^```python\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE):
        assert snippet in simulator
    (schema,) = re.findall(r"^```json\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    assert json.loads(schema) == json.loads(text("source_netvisor/schemas/product_qualities.json"))


def test_example_of_a_record_is_what_the_connector_makes_of_it(documented: model.Documented) -> None:
    page = text("docs/streams.md")
    (xml,) = re.findall(r"^```xml\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    (shown,) = re.findall(r"^```json\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    config = NetvisorConfig.parse({
        "company_name": "Example", "business_id": "1967543-8", "api_user_id": "x", "api_key": "0" * 32,
        "partner_id": "x", "partner_key": "x", "start_date": "2026-01-01",
    })  # fmt: skip
    context = SyncContext(config, datetime(2026, 3, 6, 4, tzinfo=timezone.utc))
    stream = StreamSync(documented.streams["voucher_lines"], None, context, BATCH)
    stream.send(etree.fromstring(xml), {})
    (record,) = data(stream.flush())
    wanted = json.loads(shown)
    assert {name: record.get(name) for name in wanted} == wanted


def test_the_ratios_of_the_performance_page_are_those_of_the_benchmark() -> None:
    page = (ROOT / "docs/performance.md").read_text(encoding="utf-8")
    results = (ROOT / "benchmarks/results/comparison.md").read_text(encoding="utf-8")
    ratios = results[results.index("| ratio |") :].partition("\n\n")[0]
    assert ratios.count("\n") >= 6
    assert ratios in page
    (overlap,) = re.findall(
        r"^\|(?: [\d.]+ \|){3} ([\d.]+) \|", (ROOT / "benchmarks/results/overlap.md").read_text(), re.M
    )
    assert f"takes {overlap} of the larger" in page


def test_the_night_on_the_performance_page_has_the_numbers_of_the_page_of_calls() -> None:
    page, calls = text("docs/performance.md"), text("docs/calls.md")
    # the numbers of all streams change with each new resource, and are not repeated in prose
    night, payroll = (
        re.findall(rf"^\| small \| {streams} \| first sync of a day \| ([\d,]+) \|", calls, flags=re.MULTILINE)[0]
        for streams in ("suggested", "all")
    )
    assert f"the first sync of a day, {night} calls" in page
    assert round(int(payroll) / int(night)) == 4
    rows = re.findall(r"^\| [\d,]+ \| ([\d.]+) s \| (\d+) s \|", page, flags=re.MULTILINE)
    assert len(rows) == 7
    assert all(float(seconds) == round(int(night) * float(answer)) + 3 for answer, seconds in rows)
