"""Bad configurations, files and command lines through the console script: one sentence, before any call."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from integration_tests.console_runs import ConsoleRuns, Run, configured
from integration_tests.in_process_runs import InProcessRuns
from netvisor_simulator import BUSINESS_ID, PARTNER_ID, USER_ID, USER_KEY, NetvisorSimulator, User
from netvisor_simulator.company import Company

OTHER_USER = User("SIM_99999_111", "7272" * 8, frozenset({BUSINESS_ID}))
MISSING = object()
IN_TWO_DAYS = (date.today() + timedelta(days=2)).isoformat()  # noqa: DTZ011 - far enough from every time zone


@pytest.fixture(scope="module")
def simulator() -> Iterator[NetvisorSimulator]:
    users = (User(USER_ID, USER_KEY, frozenset({BUSINESS_ID})), OTHER_USER)
    with NetvisorSimulator(Company(1, 20, 1), users=users) as running:
        yield running


def one_sentence(run: Run) -> str:
    """The answer of a run that failed before it read anything."""
    assert not run.hung
    assert run.errors == ""
    assert "Traceback" not in run.output
    assert run.code == 1
    (sentence,) = run.errors_of(None)
    assert not run.of("RECORD")
    # a read that failed begins with how many streams did, in a line of its own
    head, _, rest = sentence.partition("\n")
    assert not rest or head.endswith("streams could not be read completely."), sentence
    assert "\n" not in rest
    return rest or sentence


FIELDS = {
    "company_name": [MISSING, None, "", "   ", 7, ["x"], {}],
    "business_id": [MISSING, None, "", "1967543-9", "1967543", "SE19675438", "1967543-8\nx", "1967543_8",
                    "١٩٦٧٥٤٣-٨", 19675438, True, ["1967543-8"], "0000001-1"],
    "api_user_id": [MISSING, None, "", " ", "SIM\n1", "SIM\x00", "\U0001f600", '"SIM_1"', BUSINESS_ID, 5, {}],
    "api_key": [MISSING, None, "", " ", "key", "key\r\nX-Header: 1", "ke\u20ac", "ke\ud83d", USER_ID, 5, []],
    "partner_search_key": ["", "other", None, 7],
    "start_date": ["1.1.2024", "2024-13-01", "2024-02-30", "2024-1-1", "1900-01-01", "0000-01-01", "9999-12-31",
                   IN_TWO_DAYS, "2024-01-01T00:00:00Z", "2024-01 -01", "soon", 2024, True, ["2024-01-01"]],
    "partner_id": [MISSING, None, "", "x\x00", "'x'", 5, []],
    "partner_key": [MISSING, None, "", "x\nx", "\u20ac", 5, {}],
    "base_url": ["integration.netvisor.fi", "http://integration.netvisor.fi",
                 "https://integration.netvisor.fi/x", "https://ääkkönen.fi", "https://x:y@integration.netvisor.fi",
                 "https://\x00", "https://a..b", "https://.fi", f"https://{'a' * 64}.fi", "https://..", 5, []],
    "language": ["sv", "SV", "Finnish", 5, ["EN"], {}],
    "lookback_days": [-1, 367, 1.5, "1", True, [], 10**30],
    "max_concurrent_requests": [0, 5, 1.5, "1", True, []],
    "comparison": ["never", "every sync", 1, []],
    "fail_check_on_blocked_resources": ["true", 1, 0, [], "no"],
}  # fmt: skip
"""Property -> values that are wrong; MISSING takes the property out."""


@pytest.mark.parametrize("field", FIELDS)
def test_a_wrong_field(field: str, console: ConsoleRuns, runs: InProcessRuns, simulator: NetvisorSimulator) -> None:
    """The check says so with FAILED, a read with an error and exit status 1; both name the field and ask nobody."""
    for number, value in enumerate(FIELDS[field]):
        simulator.calls.clear()
        config = simulator.config(**{field: value})
        if value is MISSING:
            del config[field]
        # the first in a process of its own, the others without
        run = (runs if number else console).check(config)
        assert (run.code, run.errors, run.hung) == (0, "", False), value
        assert "Traceback" not in run.output
        status, message = run.check_message
        assert status == "FAILED", value
        assert f"({field}): " in message and message.index("(") < 50, (value, message)
        assert "\n" not in message and "secret" not in message
        if number == 0:
            read = console.read(config, configured("accounts"))
            assert one_sentence(read) == message
            assert read.of("TRACE")[-1]["trace"]["error"]["failure_type"] == "config_error"
        assert len(simulator.calls) == 0


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"api_key": OTHER_USER.key}, "check the API User ID, the API Key, the Business ID"),
        ({"api_user_id": "SIM_1"}, "check the API User ID, the API Key, the Business ID"),
        ({"business_id": "0737546-2"}, "check the API User ID, the API Key, the Business ID"),
        ({"partner_key": "ab" * 16}, "check the API User ID, the API Key, the Business ID"),
        ({"partner_id": "Prod_1"}, "Netvisor does not know the integration partner; check the Integration partner ID"),
        ({"api_user_id": "käyttäjä"}, "check the API User ID, the API Key, the Business ID"),
    ],
)
def test_what_only_netvisor_knows(
    other: dict[str, str], told: str, console: ConsoleRuns, simulator: NetvisorSimulator
) -> None:
    simulator.calls.clear()
    run = console.check(simulator.config(**other))
    assert (run.code, run.errors) == (0, "")
    status, message = run.check_message
    assert status == "FAILED"
    assert message.startswith("AUTHENTICATION_FAILED: ") and told in message, message
    assert len(simulator.calls) == 1
    read = console.read(simulator.config(**other), configured("accounts", "voucher_types"))
    assert one_sentence(read).endswith(message) or told in one_sentence(read)
    assert len(simulator.calls) <= 3
    for value in other.values():
        if value != OTHER_USER.key and len(value) > 8:
            assert value not in run.output or value == "0737546-2"


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '"x"', "5", "\ufeff{}", '{"a": }', "[" * 100_000, '{"company_name": NaN}',
                '{"x": ' + "9" * 5000 + "}"],
)  # fmt: skip
@pytest.mark.parametrize("command", ["check", "discover", "read"])
def test_a_configuration_that_is_no_object(command: str, content: str, console: ConsoleRuns) -> None:
    arguments = [command, "--config", console.write("bad.json", content)]
    if command == "read":
        arguments += ["--catalog", console.write("catalog.json", configured("accounts"))]
    run = console.run(arguments)
    if content.startswith('{"company_name'):
        assert run.code == (0 if command == "check" else 1) and run.errors == ""
    else:
        assert one_sentence(run).startswith("The file given with --config cannot be used: ")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("catalog", ""), ("catalog", "[]"), ("catalog", "{}"), ("catalog", '{"streams": 5}'),
        ("catalog", '{"streams": [5]}'), ("catalog", '{"streams": [{"stream": {}}]}'),
        ("catalog", '{"streams": [{"stream": {"name": "accounts"}, "sync_mode": "sometimes"}]}'),
        ("state", "{"), ("state", '"x"'), ("state", "[5]"), ("state", '{"accounts": 1}'), ("state", '[{"type": "X"}]'),
        ("state", '[{"type": "STREAM"}]'), ("state", '[{"type": "STREAM", "stream": 5}]'),
        ("state", '[{"type": "STREAM", "stream": {"stream_descriptor": {}}}]'),
        ("catalog", '{"streams": [], "x": ' + "9" * 5000 + "}"), ("state", "[" + "9" * 5000 + "]"),
    ],
)  # fmt: skip
def test_a_bad_file(name: str, content: str, console: ConsoleRuns, simulator: NetvisorSimulator) -> None:
    simulator.calls.clear()
    files = {"config": simulator.config(), "catalog": configured("accounts"), "state": [], name: content}
    arguments = ["read"]
    for option, text in files.items():
        arguments += [f"--{option}", console.write(f"{option}.json", text)]
    assert one_sentence(console.run(arguments)).startswith(f"The file given with --{name} cannot be used: ")
    assert len(simulator.calls) == 0


def test_files_that_are_not_there(console: ConsoleRuns, simulator: NetvisorSimulator) -> None:
    told = one_sentence(console.run(["check", "--config", "/nowhere/config.json"]))
    assert told == (
        "The file given with --config cannot be used: /nowhere/config.json cannot be read (No such file or directory)."
    )
    assert "is a directory" in one_sentence(console.run(["check", "--config", "/"])).lower()
    assert one_sentence(console.run(["check", "--config", ""])).startswith("The file given with --config cannot be")
    path = console.path / "latin.json"
    path.write_bytes(b'{"company_name": "\xe4"}')
    assert "UTF-8" in one_sentence(console.run(["check", "--config", str(path)]))
    path.write_text(json.dumps(simulator.config()), encoding="utf-8-sig")
    assert one_sentence(console.run(["check", "--config", str(path)])) == (
        f"The file given with --config cannot be used: {path} begins with a byte order mark; save it as UTF-8 without "
        "one."
    )


@pytest.mark.parametrize("name", ["config", "catalog", "state"])
def test_a_device(name: str, console: ConsoleRuns, simulator: NetvisorSimulator) -> None:
    """It is empty when the CDK reads it once more, or has no end."""
    files = {"config": console.write("config.json", simulator.config())}
    files["catalog"] = console.write("catalog.json", configured("accounts"))
    for odd in ("/dev/null", "/dev/zero"):
        arguments = ["read"]
        for option, path in {**files, name: odd}.items():
            arguments += [f"--{option}", path]
        told = one_sentence(console.run(arguments, longest=5))
        assert told == f"The file given with --{name} cannot be used: {odd} is not a file but a device; give a file."


def test_pipes(simulator: NetvisorSimulator) -> None:
    """As a secret store is used: nothing of the configuration is ever on a disk."""
    program = Path(sys.executable).parent / "source-netvisor"
    config, catalog = simulator.config(), configured("voucher_types")
    files = '--config <(sleep 0.5; echo "$CONFIG") --catalog <(echo "$CATALOG") --state <(echo "[]")'
    environment = {**os.environ, "CONFIG": json.dumps(config), "CATALOG": json.dumps(catalog)}
    command = ["bash", "-c", f"{program} read {files}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stderr == "", done.stdout
    assert '"type":"RECORD"' in done.stdout

    bad = f"{program} check --config <(echo '{{')"
    done = subprocess.run(["bash", "-c", bad], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "/dev/fd/" in done.stdout and "is not JSON (line 2, column 1)." in done.stdout


def test_command_lines(console: ConsoleRuns) -> None:
    assert one_sentence(console.run([])).startswith("Say what to do: spec, check, discover or read")
    for arguments in (["frobnicate"], ["check"], ["read", "--config", "x"], ["check", "--what"]):
        run = console.run(arguments)
        assert run.code == 2 and "Traceback" not in run.errors + run.output and run.errors.startswith("usage:"), (
            arguments
        )
    assert console.run(["--help"]).code == 0
    assert console.run(["spec"]).of("SPEC")


def test_streams_that_do_not_exist(console: ConsoleRuns, simulator: NetvisorSimulator) -> None:
    simulator.calls.clear()
    run = console.read(simulator.config(), configured("accounts", "unicorns"))
    assert "unicorns" in one_sentence(run)
    twice = console.read(simulator.config(), configured("accounts", "voucher_types", "accounts"))
    assert one_sentence(twice).startswith("The catalog selects streams more than once: accounts. ")
    many = console.read(simulator.config(), configured(*(f"unicorn_{number}" for number in range(500))))
    assert len(one_sentence(many)) < 600
    assert len(simulator.calls) == 0


def test_credentials_of_the_deployment(console: ConsoleRuns, simulator: NetvisorSimulator) -> None:
    """The partner's credentials may come from the environment; wrong ones there are told with the variable's name."""
    config = simulator.config()
    key = config.pop("partner_key")
    del config["partner_id"]
    good = {"NETVISOR_PARTNER_ID": PARTNER_ID, "NETVISOR_PARTNER_KEY": key}
    assert console.read(config, configured("voucher_types"), environment=good).code == 0
    assert (
        console.read(
            config, configured("voucher_types"), environment={**good, "NETVISOR_PARTNER_KEY": f" {key}\n"}
        ).code
        == 0
    )
    run = console.check(config, environment={**good, "NETVISOR_PARTNER_KEY": f'"{key}"'})
    assert "(partner_key): " in run.check_message[1]
    nothing = console.check(config, environment={"NETVISOR_PARTNER_ID": PARTNER_ID})
    assert "NETVISOR_PARTNER_KEY" in nothing.check_message[1]
