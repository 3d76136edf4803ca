"""What other people wrote, before it is shown: nothing that nobody else should read, whatever clothes it wears."""

from __future__ import annotations

import base64
import re
import time
from urllib.parse import quote

import pytest

from source_netvisor import redaction

KEY = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
DAY, NUMBER = "010190", "123A"


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_secrets", {})
    redaction.register_secret(KEY, "HOST_55555_777")


SIGNS = [*"+-ABCDEFUVWXY", "\u2010", "\u2011", "\u2013", "\u2212", "\u2043", "\uff0d", "~"]
BETWEEN = [" {} ", "  {}\n", "\u200b{}\u200b", "\u00ad{}", "\u00a0{}\u00a0", "<b>{}</b>", "<br/>\n{}<br/>"]
CODES = [
    *(DAY + sign + NUMBER for sign in SIGNS), *(DAY + form.format("-") + NUMBER for form in BETWEEN),
    f"{DAY}-{NUMBER}".lower(), f"{DAY}a{NUMBER}".lower(), DAY + NUMBER, f"{DAY}_{NUMBER}", f"{DAY}/{NUMBER}",
    f"01 01 90-{NUMBER}", f"01.01.90-{NUMBER}", f"0101 90-{NUMBER}", f"{DAY}%2D{NUMBER}", f"{DAY}&#45;{NUMBER}",
    f"01.01.1990-{NUMBER}", f"01/01/1990 - {NUMBER}", f"01. 01. 90 - 123 {NUMBER[-1]}", f"01/01/90-{NUMBER}",
    f"{DAY}.-.{NUMBER}", f"{DAY} / {NUMBER}", f"{DAY}.{NUMBER}", f"{DAY} {NUMBER}", "010190/1234", "01 01 90 1234",
    "01.01.90/123/4", "01_01_90_123A", "01 01 90 A 123 4",
    "\uff10\uff11\uff10\uff11\uff19\uff10\uff0d\uff11\uff12\uff13\uff21",
]  # fmt: skip


@pytest.mark.parametrize("code", CODES, ids=ascii)
def test_personal_identity_codes_are_not_shown(code: str) -> None:
    """All signs of a century, the ones of 2023 too, and all that may come between."""
    assert redaction.safe_text(f"Virhe: {code} ei kelpaa") == "Virhe: [left out] ei kelpaa"


FORMS = [
    KEY, KEY.upper(), " ".join(KEY), "-".join(re.findall("....", KEY)), f"{KEY[:16]}<i>{KEY[16:]}</i>",
    "".join(f"%{ord(c):02x}" for c in KEY), "".join(f"&#{ord(c)};" for c in KEY), KEY.encode().hex(), KEY[:20],
    base64.b64encode(KEY.encode()).decode(), base64.b64encode(KEY.encode()).decode().rstrip("="),
    base64.urlsafe_b64encode(f"MAC?{KEY}~".encode()).decode(), base64.b64encode(bytes(range(32))).decode(),
    "HOST_55555_777", "host_55555_777", quote("HOST_55555_777", safe="").replace("_", "%5F"),
    base64.b64encode(b"HOST_55555_777").decode().rstrip("="), "FI2112345600000785", "FI21 1234 5600 0007 85",
    "FI21.1234.5600.0007.85", "FI21/1234/5600/0007/85", "FI 21 1234 5600 0007 85", "FI21 123456-785 00000",
    "fi21.123456.00000785", "FI-21-1234-5600-0007-85", "FI21  1234  5600  0007  85", "GB29.NWBK.6016.1331.9268.19",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_keys_identifiers_and_bank_accounts_are_not_shown(form: str) -> None:
    assert re.fullmatch(r"Virhe: \[left out\]=? ei kelpaa", redaction.safe_text(f"Virhe: {form} ei kelpaa"))


@pytest.mark.parametrize(
    "text",
    ["Invoice 202600123 of 31.12.2026 for 1967543-8: 1 244,00 EUR, reference 13 13 13 13, account 3000-3999",
     "Laskua 105 ei löydy, päivä 2026-11-25 10:15:30", "Netvisorkey 9223372036854775807", "50 % alennus, rivi 2/3"],
)  # fmt: skip
def test_what_a_bookkeeper_needs_is_shown(text: str) -> None:
    assert redaction.safe_text(text) == text


def test_a_long_text_is_cut_before_it_is_searched() -> None:
    text = redaction.safe_text("<b>" * 2000 + KEY * 1000)
    assert KEY[:8] not in text


def test_names() -> None:
    assert redaction.shown_names(["b", "a"]) == "a, b"
    assert redaction.shown_names(f"x{number:02}" for number in range(25)).endswith(", x19 and 5 more")
    assert redaction.shown_names(["n" * 500]) == "n" * 59 + "…"
    assert redaction.shown_names(["h010190_123_a", f"k{KEY}", "sort 3"]) == "[left out], [left out], sort 3"


@pytest.mark.parametrize(
    "name", ["h01.01.90-123A", "h01_01_90_1234", "FI21.1234.5600.0007.85", "a010190-123Ab", "_01-01-1990-A-123-B"]
)
def test_names_with_a_code_in_them(name: str) -> None:
    assert redaction.shown_names([name]) == "[left out]"


@pytest.mark.parametrize("between", ["", " ", "-"])
def test_a_key_of_two_megabytes(between: str) -> None:
    """Somebody pasted a file into the form: it is no key, but it may be a secret."""
    key = "0aZ_" * (1 << 19)
    began = time.process_time()
    redaction.register_secret(key)
    shown = redaction.safe_text(f"Virhe: {between.join(key[:2000])}")
    assert time.process_time() - began < 2
    assert shown == "Virhe: [left out]" if not between else "0aZ_" not in shown.replace(between, "")
    assert "aZ" not in redaction.safe_text(base64.b64encode(key.encode()).decode())
