"""Keys, signatures and personal identity codes appear nowhere but where they belong.

Every run of the console script in tests is searched for them, so the fault matrix is too; here are the cases that make
it hard.
"""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration_tests.console_runs import IDENTITY_CODE, ConsoleRuns, configured, secret_in
from integration_tests.fault_matrix import ECHO, failed
from integration_tests.in_process_runs import InProcessRuns
from netvisor_simulator import BUSINESS_ID, PARTNER_KEY, USER_KEY, NetvisorSimulator, User, faults
from netvisor_simulator.company import Company
from netvisor_simulator.faults import Fault
from netvisor_simulator.wire import Answer

SCRIPT = str(Path(sys.executable).parent / "source-netvisor")
MAC = "9F" * 32
BLANKS = " ".join([USER_KEY[:16], USER_KEY[16:]])


@pytest.fixture(scope="module")
def company_server() -> Iterator[NetvisorSimulator]:
    with NetvisorSimulator(Company(1, 60, 1)) as running:
        yield running


@pytest.fixture
def simulator(company_server: NetvisorSimulator) -> NetvisorSimulator:
    company_server.faults.clear()
    return company_server


@pytest.mark.parametrize(
    "code", ["AUTHENTICATION_FAILED", "TECHNICAL_ERROR", "SERVICE_ACCESS_ERROR", "INVALID_DATA", "NEW"]
)
@pytest.mark.parametrize("level", ["info", "debug"])
def test_error_texts_that_tell_too_much(
    code: str, level: str, console: ConsoleRuns, runs: InProcessRuns, simulator: NetvisorSimulator
) -> None:
    """Whatever the code, the text may hold the signed string, the keys as they are or in other clothes, and people."""
    config = simulator.config(start_date="2026-01-01")
    texts = [
        ECHO, f"MAC {MAC} is wrong", f"mac={MAC.lower()}&next", ":".join(["9f"] * 32), f"key {USER_KEY.upper()}",
        f"keys {USER_KEY}&{PARTNER_KEY}", f"<b>{USER_KEY[:9]}</b>{USER_KEY[9:]}", BLANKS, f"{USER_KEY}\n{PARTNER_KEY}",
        f"Käyttäjä Åke Öberg {IDENTITY_CODE}", f"hetu:{IDENTITY_CODE.lower()}x", "x" * 290 + USER_KEY,
    ]  # fmt: skip
    for number, text in enumerate(texts):
        simulator.faults.clear()
        escaped = text.replace("&", "&amp;").replace("<", "&lt;")
        simulator.faults.add(failed("FAILED", f"{code} :: {escaped}", http_status=400), times=None)
        # one in a process of its own, the others without
        by = runs if number else console
        run = by.read(config, configured("accounts"), environment={"LOG_LEVEL": level})
        assert (run.code, run.errors, run.hung) == (1, "", False)
        forms = run.output.replace(" ", "").replace(":", "").lower()
        for secret in (USER_KEY, PARTNER_KEY, IDENTITY_CODE, MAC):
            assert secret.lower() not in forms, text
        assert USER_KEY[:16] not in forms, text


@pytest.mark.parametrize("language", ["FI", "EN", "SE"])
@pytest.mark.parametrize("user", ["SIM_12345_678", "käyttäjä_åäö_1"])
def test_a_wrong_signature_is_answered_with_the_signed_string(console: ConsoleRuns, language: str, user: str) -> None:
    """The partner's key is wrong, so Netvisor's answer holds what was signed and the right MAC of it."""
    users = [User(user, USER_KEY, frozenset({BUSINESS_ID}))]
    with NetvisorSimulator(Company(1, 1, 1), users=users) as simulator:
        config = simulator.config(partner_key="7b7b" * 8, language=language, start_date="2026-01-01")
        for flags in ([], ["--debug"]):
            run = console.check(config, *flags, environment={"LOG_LEVEL": "debug"} if flags else {})
            status, message = run.check_message
            assert status == "FAILED" and message.startswith("AUTHENTICATION_FAILED: ")
            assert "7b7b" not in run.output and user not in message


def test_a_good_read_of_everything_at_debug_level(console: ConsoleRuns, simulator: NetvisorSimulator) -> None:
    """Logs at debug level carry no content at all: no URL's signature, no names of customers or employees."""
    config = simulator.config(start_date="2026-09-01")
    discovered = console.run(["discover", "--config", console.write("config.json", config)])
    names = [stream["name"] for stream in discovered.of("CATALOG")[0]["catalog"]["streams"]]
    for environment in ({}, {"LOG_LEVEL": "debug"}):
        run = console.read(config, configured(*names), "--debug", environment=environment)
        assert run.code == 0, run.errors_of(None)
        told = "\n".join(line for line in run.output.splitlines() if not line.startswith('{"type":"RECORD"'))
        assert "Employee " not in told and "Customer " not in told
        assert secret_in(told) is None


PARTS = st.one_of(
    st.sampled_from(
        [USER_KEY, PARTNER_KEY, IDENTITY_CODE.lower(), MAC, MAC[1:], USER_KEY[:-1], "a" * 15, "aA" * 8, "x", " "]
    ),
    st.text("0123456789abcdefABCDEF", min_size=60, max_size=70),
)
PLAIN = re.compile(
    "|".join([USER_KEY, PARTNER_KEY, IDENTITY_CODE, r"(?![0-9a-f]*?([0-9a-f])\1{15})[0-9a-f]{64}"]), re.IGNORECASE
)
"""What `secret_in` looks for, as one expression, which takes six times as long."""


@given(st.lists(PARTS, max_size=4).map("".join))
def test_a_secret_is_found_wherever_it_stands(text: str) -> None:
    assert (secret_in(text) is not None) == (PLAIN.search(text) is not None)


def slow_and_large(size: int) -> Fault:
    """The right answer with padding before its end, so slowly that there is time to look at it."""

    def play(answer: Answer, _: Any) -> Answer:
        good = b"".join(answer.body)
        padded = good.replace(b"</Root>", b"<!-- " + IDENTITY_CODE.encode() * (size // 11) + b" --></Root>")
        return Answer(
            answer.status, answer.headers, [padded], answer.code, length=len(padded), pause=0.1, piece=1 << 18
        )

    return Fault("slow_and_large", play)


def test_what_is_spooled_to_disk(simulator: NetvisorSimulator, tmp_path: Path) -> None:
    """A large reply lies in a file without a name that only its owner may read, and a kill leaves nothing behind."""
    simulator.faults.add(slow_and_large(8 << 20), resource="accountlist.nv", times=None)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    (tmp_path / "config.json").write_text(json.dumps(simulator.config(start_date="2026-01-01")))
    (tmp_path / "catalog.json").write_text(json.dumps(configured("accounts")))
    process = subprocess.Popen(
        [SCRIPT, "read", "--config", str(tmp_path / "config.json"), "--catalog", str(tmp_path / "catalog.json")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": str(temporary)},
    )  # fmt: skip
    try:
        spooled = wait_for_spooled_file(process.pid, temporary)
        assert "(deleted)" in os.readlink(spooled)
        assert stat.S_IMODE(os.stat(spooled).st_mode) == 0o600
        assert os.stat(spooled).st_nlink == 0
        assert named_files(temporary) == []
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=10)
    assert named_files(temporary) == []


def wait_for_spooled_file(process: int, directory: Path) -> str:
    """The open file in the directory that has more than a megabyte, as /proc names it."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        for number in os.listdir(f"/proc/{process}/fd"):
            link = f"/proc/{process}/fd/{number}"
            try:
                if os.readlink(link).startswith(str(directory)) and os.stat(link).st_size > 1 << 20:
                    return link
            except OSError:
                continue
        time.sleep(0.02)
    raise AssertionError("nothing was spooled")


def named_files(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


def test_state_has_no_secrets(console: ConsoleRuns, simulator: NetvisorSimulator) -> None:
    simulator.faults.add(faults.netvisor_code("TECHNICAL_ERROR"), resource="accountingledger.nv", nth=2, times=None)
    run = console.read(simulator.config(start_date="2026-09-01"), configured("vouchers", "voucher_lines"))
    states = json.dumps(run.of("STATE"))
    assert run.of("STATE")
    for word in ("SIM_", "Sim_", USER_KEY, PARTNER_KEY, "http"):
        assert word not in states
