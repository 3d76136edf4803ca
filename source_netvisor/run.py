"""The console script `source-netvisor`."""

from __future__ import annotations

import gc
import signal
import sys
import warnings

# Python's own way with Ctrl-C is a stack trace; from here on it ends the process, and soon the handlers stand
signal.signal(signal.SIGINT, signal.SIG_DFL)

from source_netvisor import late_imports  # noqa: E402
from source_netvisor.protocol import output, termination  # noqa: E402


def run() -> None:
    """Runs one command: spec, check, discover or read."""
    with termination.handle_signals():
        output.prepare()
        # they are for developers of libraries: not a word of them in the output, and none ends a sync (PYTHONWARNINGS)
        warnings.simplefilter("ignore")
        late_imports.leave_sources_unread()
        # whatever an import makes stays: to look for garbage meanwhile finds none (entrypoint.py begins to look)
        gc.disable()
        # only now: the CDK takes long to import, in which the signals have to be obeyed too
        if sys.argv[1:2] != ["discover"]:
            _import_parts_of_the_cdk()
        from source_netvisor.entrypoint import main

        main(sys.argv[1:])


def _import_parts_of_the_cdk() -> None:
    """Keeps the import of one part of the CDK from importing all others, destinations and the declarative source among
    them, which is half of start-up; `discover` needs nearly all of them."""
    late_imports.delay("airbyte_cdk", "airbyte_cdk.sources")
    late_imports.delay_until_called(
        "airbyte_cdk.sources.utils.schema_helpers", ("check_config_against_spec_or_exit", "split_config")
    )
    try:
        import airbyte_cdk.entrypoint  # noqa: F401
    except Exception:  # noqa: BLE001 - whatever is wrong with the CDK, its usual import shows it
        late_imports.undo()
