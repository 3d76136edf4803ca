"""Writes docs/reliability.md from the fault matrix that the tests play; `make docs` runs it."""

from __future__ import annotations

from pathlib import Path

from integration_tests import big_reply, data_faults, fault_matrix, list_faults, network_faults
from integration_tests.data_faults import DataCase
from integration_tests.fault_matrix import FaultCase
from integration_tests.list_faults import ListCase
from source_netvisor.check import Check
from source_netvisor.fetching import paging
from source_netvisor.netvisor import client
from source_netvisor.parsing import decoder
from source_netvisor.protocol import termination
from source_netvisor.records import unknown_elements
from source_netvisor.sync.sync import FAILURES_THAT_END_A_SYNC

PAGE = Path(__file__).parent.parent / "docs" / "reliability.md"
CHECKS = {
    "succeeds": "succeeds",
    "tells": "succeeds, and lists what it met",
    "fails": "fails with the sentence, or lists the resources",
}

TEXT = """\
# Reliability

<!-- Written by `make docs` from the fault matrix that the tests play. Do not edit. -->

The connector runs unattended every night. Whatever goes wrong ends in one of three ways:

* **survived**: the records are complete, as if nothing had happened; a WARN line tells of each further attempt;
* **stream fails**: the affected stream ends INCOMPLETE with one sentence that says what to do, the other streams are
  read, and the exit status is 1. The state of what was finished is out, so the next sync goes on from there;
* **sync stops**: nothing else could succeed either (wrong credentials, a redirect, a certificate), so every stream that
  is not finished ends with that sentence.

It never ends in silence, in a stack trace, or not at all. Each line below is a test: it is played over real HTTP at a
`check`, at the first call of a sync, and in the middle of a read, and the whole output is searched for keys, signatures
and personal identity codes.

## What Netvisor, or something in its place, can answer

"Once" is a fault that occurs at one call and not at the next attempt; "stays" is one that does not go away. The
resource's name stands in the place of `{{resource}}`.

| Fault | Once | Stays | Check | The user sees |
|---|---|---|---|---|
{faults}

## What the data of a good reply can be

The stream goes on, whatever a value is, and ends COMPLETE: nothing is lost, and the log says how much of it was met.
Each line is played in a list, in a list that is read in windows, in the lines of documents and in the replies of
details. The field's name stands in the place of `{{field}}`.

| Data | What happens | The user sees in the log |
|---|---|---|
{data}

## Pages, and lists with details

What was asked for and did not come is told, and a list that does not add up fails its stream: taken for a short one, it
would take rows out of the table. The stream's and the resource's names stand in the places of `{{stream}}` and
`{{resource}}`.

| Fault | What happens | The user sees |
|---|---|---|
{lists}

A list that has another page after {pages} of them fails its stream, too.

## What can go wrong on the way

Each of these fails the check, or the stream, with the sentence: after all attempts that the waits below allow, but at
once where another attempt cannot help (a certificate, a size).

| Fault | The user sees |
|---|---|
{network}

These are read as if nothing were odd: {survived}.

## Limits of time and size

| | sync | check |
|---|---|---|
| until a connection stands | {sync.connect_seconds:.0f} s | {check.connect_seconds:.0f} s |
| until the first byte, and between two bytes | {sync.read_seconds:.0f} s | {check.read_seconds:.0f} s |
| a whole attempt, however lively | {sync.call_seconds:.0f} s | {check.call_seconds:.0f} s |
| waits before further attempts (each a quarter more or less) | {sync_waits} s | {check_waits} s |
| longest Retry-After that is obeyed | {sync.max_retry_after:.0f} s | {check.max_retry_after:.0f} s |
| all waits together | {sync.all_waits:.0f} s | {check.all_waits:.0f} s |
| size of a reply, unpacked | {gigabytes} GB | {gigabytes} GB |
| size of a single record, which is in memory whole | {record} MB | {record} MB |
| levels of elements inside a record | {levels} | {levels} |
| names in a record that its schema does not know | {names} | {names} |
| text of such names in a record | {unknown} MB | {unknown} MB |

After {slowest_after:.0f} seconds a reply that brings less than {slowest} bytes a second counts as stalled. While
Netvisor is down, the first call is tried {attempts} times and each further call once; after {failures} resources in
a row without an answer of Netvisor's own the sync ends.

## This machine

| Fault | What happens |
|---|---|
| the clock is wrong | Netvisor refuses the signature; the sentence says by how many minutes the clock is wrong |
| no room on the disk | the stream fails: "The reply of ... could not be kept on this machine's temporary disk" |
| no temporary directory that can be written to | "There is no temporary directory that can be written to" |
| a proxy in the environment that does not work | the sentence names the variables (HTTPS_PROXY, NO_PROXY) |
| a file of certificates that cannot be used | the sync stops; the sentence names the variable and the file |
| no standard output | exit status 1, and one sentence on the standard error |
| no room for the output | exit status 1, and one sentence on the standard error |
| nobody reads the output any more | exit status 1 |
| a locale that is not UTF-8 | the output is UTF-8 all the same |
| SIGTERM or Ctrl-C | the run ends within {grace:.0f} seconds, wherever it is, without a word (status 143 or 130) |
| a kill | the state of finished windows is out; large replies lie in nameless files, which are gone |

## Secrets and people

Keys never leave the machine: they only sign. The API key, the partner key, signatures and personal identity codes
appear in no log line, error, state or temporary file, at any log level, whatever Netvisor quotes in its error texts. A
reply larger than {memory} kB is spooled to a file without a name that only its owner can read. The CDK's copy of the
configuration in a temporary directory is not made.

## Only reads

A call outside the list in `source_netvisor/netvisor/allowed_resources.py` is refused before it is made, whatever the
manifest says: some of Netvisor's resources delete when they are asked. Redirects are not followed, plain http goes to
this machine only, and XML documents with a document type are refused.

## Longer tests

`make fuzz` throws hypothesis' inputs at the decoder, the record builder and the error texts for longer than
`make test` does. `make soak` plays {nights} nights of changes, syncs, kills and random faults, and then compares the
warehouse with Netvisor and the memory, open files and temporary files with those of the first nights. `make big-reply`
sends a ledger of {megabytes} MB to a real read, with a length, in chunks and packed to a hundredth: each comes whole,
in the memory that a tenth of it takes (at most {more:.0%} of it), and leaves no file behind; on a disk that is too
small the stream fails with its sentence.
"""


def page() -> str:
    """The text of docs/reliability.md."""
    sync, check = client.RetryPolicy(), Check.RETRY_POLICY
    return TEXT.format(
        faults="\n".join(_row(case) for case in fault_matrix.CASES),
        survived="; ".join(network_faults.SURVIVED),
        data="\n".join(_data_row(case) for case in data_faults.CASES),
        lists="\n".join(_list_row(case) for case in list_faults.CASES),
        pages=paging.MOST_PAGES,
        network="\n".join(f"| {case.name} | {_quoted(case.sees)} |" for case in network_faults.CASES),
        sync=sync,
        check=check,
        sync_waits=", ".join(f"{seconds:g}" for seconds in sync.waits),
        check_waits=", ".join(f"{seconds:g}" for seconds in check.waits),
        gigabytes=sync.largest_reply >> 30,
        record=decoder.LARGEST_RECORD >> 20,
        levels=decoder.DEEPEST,
        names=unknown_elements.MOST_NAMES,
        unknown=unknown_elements.MOST_CHARACTERS >> 20,
        slowest_after=sync.read_seconds,
        slowest=client.SLOWEST,
        attempts=len(sync.waits) + 1,
        failures=FAILURES_THAT_END_A_SYNC,
        memory=client.MEMORY_LIMIT >> 10,
        nights=120,
        grace=termination.GRACE,
        megabytes=2000,
        more=big_reply.MORE,
    )


def _row(case: FaultCase) -> str:
    sees = _quoted(case.sees) if case.sees else "nothing"
    return f"| {case.name} | {case.once} | {case.always} | {CHECKS[case.check]} | {sees} |"


def _data_row(case: DataCase) -> str:
    told = case.sees.format(stream="{stream}", field="{field}", element="{field}")
    return f"| {case.name} | {case.happens} | {f'{case.level}: {_quoted(told)}' if told else 'nothing'} |"


def _list_row(case: ListCase) -> str:
    happens = "stream fails" if case.fails else "survived" if not case.lacks else "the others are read"
    level = "" if case.fails else "WARN: "
    return f"| {case.name} | {happens} | {level + _quoted(case.sees) if case.sees else 'nothing'} |"


def _quoted(sentence: str) -> str:
    """A sentence, or its beginning, as it is shown."""
    return f'"{sentence}"' if sentence.endswith(".") else f'"{sentence}…"'


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
