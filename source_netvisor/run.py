"""The console script `source-netvisor`."""

from __future__ import annotations

import contextlib
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
        _leave_sources_unread()
        # every import of a part of the CDK would otherwise import all of it: half of start-up
        late_imports.delay("airbyte_cdk", "airbyte_cdk.sources")
        # whatever an import makes stays: to look for garbage meanwhile finds none (entrypoint.py begins to look)
        gc.disable()
        # only now: the CDK takes seconds to import, in which the signals have to be obeyed too
        from source_netvisor.entrypoint import main

        main(sys.argv[1:])


def _leave_sources_unread() -> None:
    """Keeps the CDK's serializers from parsing its source for comments: a quarter of start-up, for descriptions in JSON
    schemas that nobody asks for."""
    with contextlib.suppress(ImportError):
        import attributes_doc

        attributes_doc.get_attributes_doc = lambda cls: {}
