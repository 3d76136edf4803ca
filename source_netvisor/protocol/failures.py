"""A command that failed -> the one sentence that is the answer: no stack trace, no secret, nothing of the data."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from airbyte_cdk.models import AirbyteMessage, FailureType
from airbyte_cdk.sources import Source
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_netvisor.errors import NetvisorError
from source_netvisor.protocol import piped_file

FORMS: Mapping[str, tuple[type, str]] = {
    "config": (dict, "a JSON object with the fields of the form"),
    "catalog": (dict, "a JSON object with the selected streams and their sync modes"),
    "state": (list, "a JSON list of STATE messages"),
}


def message(error: Exception) -> AirbyteMessage:
    """The TRACE message that tells the failure.

    Args:
        error: what ended the command; of one that nobody expected, only its kind and its place are told: its text may
            quote data.
    """
    told = error if isinstance(error, AirbyteTracedException) else unexpected(error)
    trace = told.as_sanitized_airbyte_message()
    assert trace.trace is not None and trace.trace.error is not None
    trace.trace.error.stack_trace = None
    return trace


def unexpected(error: Exception) -> NetvisorError:
    """What to tell of an error that nobody expected: its kind and its place, for the developers."""
    place = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in place if "source_netvisor" in frame.filename] or place
    where = f"{Path(own[-1].filename).name}, line {own[-1].lineno}" if own else "an unknown place"
    told = NetvisorError(
        "unexpected",
        f"The connector failed in a way that it should not ({type(error).__name__} in {where}); please report it to "
        "the developers.",
        FailureType.system_error,
    )
    if isinstance(error, MemoryError):
        told = NetvisorError(
            "memory",
            "This machine has too little memory left for the connector; give it more, and try again.",
            FailureType.transient_error,
        )
    told.internal_message = " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(place))
    return told


def check_files(arguments: argparse.Namespace) -> None:
    """Looks at the files of the command line before the CDK does, which answers bad ones with a stack trace.

    A pipe is replaced by a file in memory with what it had, since a pipe can be read once only.

    Raises:
        AirbyteTracedException: one is missing, or is not what it should be.
    """
    for name, (form, words) in FORMS.items():
        path = getattr(arguments, name, None)
        if path is None:
            continue
        shown = path
        if piped_file.is_pipe(path):
            path = _kept(name, path)
            setattr(arguments, name, path)
        content = _content(name, path, shown)
        # an empty state is written in many ways
        if not isinstance(content, form) and not (name == "state" and not content):
            raise _problem(name, f"{shown} is not {words}.")
        if not _loads(name, path):
            raise _problem(name, f"{shown} is not {words}, as Airbyte's protocol has them.")


def check_temporary_directory() -> None:
    """Looks for a place for the replies before anything is asked.

    Raises:
        AirbyteTracedException: there is none.
    """
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        sentence = (
            "There is no temporary directory that can be written to (TMPDIR, /tmp, /var/tmp): make room there, or name "
            "another one in TMPDIR."
        )
        raise AirbyteTracedException(
            message=sentence, internal_message=sentence, failure_type=FailureType.transient_error
        ) from None


def _kept(name: str, path: str) -> str:
    try:
        return piped_file.readable_again(path)
    except piped_file.PipeUnreadable as problem:
        raise _problem(name, f"{path} {problem}.") from None
    except OSError as error:
        raise _problem(name, f"{path} cannot be read ({error.strerror}).") from None


def _content(name: str, path: str, shown: str) -> Any:
    try:
        # some have no end, and all are empty when the CDK reads them once more
        if not os.path.isdir(path) and not os.path.isfile(path) and os.path.exists(path):
            raise _problem(name, f"{shown} is not a file but a device; give a file.")
        text = Path(path).read_text(encoding="utf-8")
        if text.startswith("\ufeff"):
            raise _problem(name, f"{shown} begins with a byte order mark; save it as UTF-8 without one.")
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise _problem(name, f"{shown} is not JSON (line {error.lineno}, column {error.colno}).") from None
    except UnicodeDecodeError:
        raise _problem(name, f"{shown} is not a text in UTF-8.") from None
    except OSError as error:
        raise _problem(name, f"{shown} cannot be read ({error.strerror}).") from None
    except ValueError:
        # Python reads no whole number of thousands of digits
        raise _problem(name, f"{shown} has a number with too many digits.") from None
    except RecursionError:
        raise _problem(name, f"{shown} is nested too deeply.") from None


def _loads(name: str, path: str) -> bool:
    """Whether the CDK can take the file in."""
    reads: dict[str, Callable[[str], object]] = {"catalog": Source.read_catalog, "state": Source.read_state}
    try:
        reads.get(name, str)(path)
    except Exception:  # noqa: BLE001 - the kinds are its serializer's, and their texts quote the content
        return False
    return True


def _problem(name: str, sentence: str) -> AirbyteTracedException:
    sentence = f"The file given with --{name} cannot be used: {sentence}"
    return AirbyteTracedException(message=sentence, internal_message=sentence, failure_type=FailureType.config_error)
