"""The pages of the results."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.comparison import Result
from benchmarks.daily import RATE as LIST_RATE
from benchmarks.daily import Daily
from benchmarks.estimates import Estimates
from benchmarks.flaky import ONE_IN, REAL_ANSWER, SCALE, Flaky
from benchmarks.growth import Size
from benchmarks.simulated import LATENCY, RATE, Calls, Overlap
from benchmarks.startup import Startup

TARGETS = (
    (
        "vouchers against the XmlDecoder manifest", "source-netvisor, vouchers",
        "manifest with XmlDecoder, vouchers", 0.25,
    ),
    ("vouchers against the CDK's floor", "source-netvisor, vouchers", "CDK with ready records, vouchers", 1.1),
    (
        "voucher_lines against the CDK's floor", "source-netvisor, voucher_lines",
        "CDK with ready records, voucher_lines", 0.75,
    ),
    ("both streams against the dearer alone", "source-netvisor, both", "source-netvisor, voucher_lines", 1.45),
)  # fmt: skip
"""What is compared: title, measured, against what, at most."""
MOST_MEMORY = 105_000_000


def comparison(results: Sequence[Result], title: str, runs: int) -> str:
    """Table of all contestants, and the ratios that are aimed at."""
    lines = [
        f"# {title}\n\nWhole processes from start-up to exit, output to a file; median of {runs}.\n",
        "| | wall s | CPU s | peak MB | calls | MB received | records |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for result in results:
        figures = f"{result.middle('wall'):.2f} | {result.middle('cpu'):.2f} | {result.middle('memory') / 1e6:.0f}"
        records = "fails" if result.failure else f"{result.records:,}" if result.records else "none made"
        lines.append(f"| {result.name} | {figures} | {result.calls} | {result.sent / 1e6:.0f} | {records} |")
    lines += ["", "| ratio | at most | wall | CPU |", "|---|---:|---:|---:|"]
    found = {result.name: result for result in results}
    for what, ours, theirs, most in TARGETS:
        wall, cpu = (found[ours].middle(unit) / found[theirs].middle(unit) for unit in ("wall", "cpu"))
        lines.append(f"| {what} | {most} | {wall:.2f} | {cpu:.2f} |")
    memory = max(result.middle("memory") for result in results if result.name.startswith("source-netvisor"))
    lines.append(f"| peak memory of source-netvisor, MB | {MOST_MEMORY // 10**6} | {memory / 1e6:.0f} | |")
    lines += [f"\n{result.name} fails: `{result.failure[:160]}`" for result in results if result.failure]
    return "\n".join(lines) + "\n"


def growth(sizes: Sequence[Size]) -> str:
    """Table of the ledgers, with the slope between neighbours."""
    lines = [
        "# Growth: vouchers and voucher_lines in one sync, month by month\n",
        "| vouchers | lines | wall s | CPU s | peak MB | MB written | µs CPU for each voucher more |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for index, size in enumerate(sizes):
        before = sizes[index - 1] if index else None
        more = (size.run.cpu - before.run.cpu) / (size.vouchers - before.vouchers) * 1e6 if before else None
        lines.append(
            f"| {size.vouchers:,} | {size.vouchers * 4:,} | {size.run.wall:.1f} | {size.run.cpu:.1f} "
            f"| {size.run.memory / 1e6:.0f} | {size.written / 1e6:.0f} | {f'{more:.0f}' if more else ''} |"
        )
    return "\n".join(lines) + "\n"


def overlap(found: Overlap) -> str:
    """What a first sync of all streams took, beside wire and CPU alone."""
    return (
        f"# Overlap: a first sync of all streams, {LATENCY * 1000:.0f} ms before each reply, "
        f"{RATE / 1e6:.0f} MB/s\n\n"
        "| wall s | on the wire s | CPU s | ratio (at most 1.15) | calls | most in flight | MB received |\n"
        "|---:|---:|---:|---:|---:|---:|---:|\n"
        f"| {found.run.wall:.1f} | {found.wire:.1f} | {found.run.cpu:.1f} | {found.ratio:.2f} | {found.calls} "
        f"| {found.most_in_flight} | {found.sent / 1e6:.1f} |\n"
    )


def calls(found: Calls) -> str:
    """How often Netvisor was asked."""
    idle = max(found.idle.values())
    more = ", ".join(f"{resource} {count}" for resource, count in sorted(found.idle.items()) if count > 1) or "none"
    return (
        "# Calls\n\n| | calls |\n|---|---:|\n"
        f"| list of {found.invoices:,} sales invoices | {found.lists} |\n"
        f"| their details and lines (at most {-(-found.invoices // 500) + 1}) | {found.details} |\n"
        f"| first sync of all streams of a small company | {found.first} |\n"
        f"| URLs asked twice in it | {found.twice} |\n"
        f"| the most for one resource in the incremental sync after it | {idle} (more than one: {more}) |\n"
    )


def startup(taken: Startup) -> str:
    """CPU time of `spec`, `check` and an idle sync."""
    bare = taken.seconds["bare"]
    lines = [
        "# Start-up: CPU time of `spec`, `check` and a sync without news\n",
        "| | CPU s | ratio to the bare CDK's `spec` | at most |\n|---|---:|---:|---:|",
        f"| `spec` of the bare CDK, a manifest of two streams | {bare:.2f} | 1 | |",
    ]
    for name, what, most in (
        ("spec", "`spec`", 1.2),
        ("check", f"`check`, {taken.calls['check']} calls", 0.8),
        ("idle", f"`read` of all streams when nothing has changed, {taken.calls['idle']} calls", 0.8),
    ):
        seconds = taken.seconds[name]
        lines.append(f"| {what} | {seconds:.2f} | {seconds / bare:.2f} | {most} |")
    return "\n".join(lines) + "\n"


def daily(found: Daily) -> str:
    """The comparison of a list, beside download and parse."""
    lines = [
        f"# The daily comparison: {found.rows:,} sales invoices, {found.size / 1e6:.0f} MB at "
        f"{LIST_RATE / 1e6:.0f} MB/s, {found.sent} rows otherwise\n",
        f"Whole processes; median of {len(found.compared)}.\n",
        "| | wall s | CPU s | peak MB |",
        "|---|---:|---:|---:|",
    ]
    for which, what in (
        ("compared", "first sync of a day"),
        ("idle", "later sync, nothing changed"),
        ("parsed", "download and lxml, nothing made of it"),
    ):
        wall, cpu, memory = (found.middle(which, one) for one in ("wall", "cpu", "memory"))
        lines.append(f"| {what} | {wall:.2f} | {cpu:.2f} | {memory / 1e6:.0f} |")
    lines += [
        "",
        "| the comparison beyond the later sync | at most | |",
        "|---|---:|---:|",
        f"| wall time, over that of download and lxml | 1.3 | {found.wall_ratio:.2f} |",
        f"| CPU time, over the download at its rate and the CPU time of lxml | 1.3 | {found.cpu_ratio:.2f} |",
        f"| peak memory, MB | 15 | {found.memory / 1e6:.0f} |",
    ]
    return "\n".join(lines) + "\n"


def flaky(found: Flaky) -> str:
    """A first sync from a slow and unreliable Netvisor."""
    return (
        f"# Slow and flaky: a first sync of all streams, {REAL_ANSWER * SCALE:.2f} s an answer, one call in {ONE_IN} "
        "fails once\n\n"
        f"Answers and waits between attempts are {SCALE:g} of those meant: {REAL_ANSWER:g} s an answer. The "
        "connector's own time is not, so it weighs more here; the last column reckons it at the answers that are "
        "meant.\n\n"
        "| wall s | all answers, one after the other, s | ratio | CPU s | calls | of them repeated "
        f"| ratio at {REAL_ANSWER:g} s an answer (at most 1.1) |\n"
        "|---:|---:|---:|---:|---:|---:|---:|\n"
        f"| {found.run.wall:.1f} | {found.answers:.1f} | {found.ratio:.2f} | {found.run.cpu:.1f} | {found.calls} "
        f"| {found.repeated} | {found.meant_ratio:.2f} |\n"
    )


def estimates(found: Sequence[Estimates]) -> str:
    """How right a first sync is about its end."""
    lines = [
        "# Estimates: how right a first sync is about its own end\n",
        "All streams; two seconds an answer and two megabytes a second, on a clock that the calls move.\n",
        "| company | calls | minutes | wrong by a factor of, from the first tenth on | from the middle on |",
        "|---|---:|---:|---:|---:|",
    ]
    for one in found:
        first = f"{one.worst(0.1):.2f}" if one.slower == 1 else "nobody can know"
        # where answers slow down, some calls have to show it
        later = one.worst(0.5 if one.slower == 1 else 0.35)
        lines.append(f"| {one.name} | {len(one.said)} | {one.seconds / 60:.0f} | {first} | {later:.2f} |")
    return "\n".join(lines) + "\n"
