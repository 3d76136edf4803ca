"""The page in a real browser, as wide as a phone, without JavaScript. Collected where a Chromium is (see conftest)."""

from __future__ import annotations

import html
import re
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from netvisor_fleet.health.page import render
from netvisor_fleet.health.status import Colour, Status
from tests.browser import BROWSER

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=timezone.utc)
LONG = "Rakennusliike-Kiinteistöpalvelut-ja-Kunnossapitokumppanit Oy"
STATUSES = [
    Status("1000002-5", LONG, Colour.RED, NOW - timedelta(days=6), 6, 123456, 42, True, "x" * 400, ("accounts",) * 30,
           ("6 days without a success",), "have the resources allowed"),
    Status("1000003-3", "Yhtiö 2 Oy", Colour.YELLOW, NOW, 1, 0, 1, running=True),
    *[Status(f"100000{n}-1", f"Yhtiö {n} Oy", Colour.GREEN, NOW, 0, n) for n in range(4, 9)],
]  # fmt: skip
FRAME = """<!DOCTYPE html><title>waiting</title>
<iframe style="width:{width}px;height:700px;border:0" srcdoc="{page}"></iframe>
<script>
addEventListener("load", () => {{
  const page = document.querySelector("iframe").contentDocument;
  const cells = [...page.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > {width} + 1);
  const seen = page.querySelector("tbody th").getBoundingClientRect();
  document.title = [page.documentElement.scrollWidth, cells.length, Math.round(seen.width), page.title].join("|");
}});
</script>"""


def opened(folder: Path, width: int) -> list[str]:
    """What a browser measures on the page: scroll width, elements beyond the edge, width of the first name, title."""
    file = folder / "frame.html"
    # the page forbids scripts for itself; the frame around it only measures
    file.write_text(FRAME.format(width=width, page=html.escape(render(STATUSES, NOW))), encoding="utf-8")
    command = [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", "--dump-dom"]
    ran = subprocess.run([*command, file.as_uri()], capture_output=True, text=True, timeout=120, check=True)
    found = re.search(r"<title>(.*?)</title>", ran.stdout)
    assert found, ran.stdout[:500]
    return found[1].split("|")


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
def test_nothing_is_wider_than_the_screen(tmp_path: Path, width: int) -> None:
    scroll, beyond, name, title = opened(tmp_path, width)
    assert title == "Netvisor fleet: 7 companies"
    assert int(scroll) <= width
    assert beyond == "0"
    assert int(name) > 100
