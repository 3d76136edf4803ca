"""The commands, and what every one of them does when something fails."""

from __future__ import annotations

import signal
import sys

import typer
from rich.text import Text

from netvisor_fleet.airbyte.access import NoAccess
from netvisor_fleet.airbyte.failures import AirbyteFailure
from netvisor_fleet.cli import apply, check, dbt_vars, rotate, status, upgrade
from netvisor_fleet.fleet.settings import FleetProblem
from netvisor_fleet.tables import console

# a traceback with the values of variables would show keys
app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
app.command()(apply.apply)
app.command()(check.check)
app.command()(status.status)
app.command()(rotate.rotate)
app.command()(upgrade.upgrade)
app.command("dbt-vars")(dbt_vars.dbt_vars)


@app.callback()
def fleet() -> None:
    """Makes Airbyte read many Visma Netvisor companies from one list."""


def run() -> None:
    """Runs one command.

    Exit statuses: 0, everything is as the list says; 1, something is left, the last table or sentence says what; 2, the
    list or the options are wrong, and nothing was called; 130, interrupted.
    """
    # as Ctrl-C: what has begun is finished
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        app()
    except NoAccess as problem:
        _end(str(problem), 2)
    except (AirbyteFailure, FleetProblem) as problem:
        _end(str(problem), 1)
    except KeyboardInterrupt:
        _end("Interrupted; run the command again to go on.", 130)


def _end(sentence: str, status: int) -> None:
    console(errors=True).print(Text(sentence, "bold red"))
    sys.exit(status)
