"""The charts of the results, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("svg")

from matplotlib import pyplot

from benchmarks.comparison import Result
from benchmarks.daily import Daily
from benchmarks.estimates import Estimates
from benchmarks.growth import Size

OURS, OTHERS = "#1f5f8b", "#b0b7bd"
mpl.rcParams["svg.hashsalt"] = "source-netvisor"


def comparison_chart(results: Sequence[Result], title: str, path: Path) -> None:
    """Bars of CPU and wall seconds and of memory."""
    shown = [result for result in results if not result.failure][::-1]
    names = [result.name for result in shown]
    colours = [OURS if name.startswith("source-netvisor") else OTHERS for name in names]
    figure, axes = pyplot.subplots(1, 3, figsize=(12, 0.4 * len(shown) + 1.6), sharey=True, layout="constrained")
    for axis, what, unit, label in zip(
        axes, ("wall", "cpu", "memory"), (1, 1, 1e6), ("wall, s", "CPU, s", "peak memory, MB"), strict=True
    ):
        bars = axis.barh(names, [result.middle(what) / unit for result in shown], color=colours)
        axis.bar_label(bars, fmt="%.0f" if what == "memory" else "%.1f", padding=2, fontsize=8)
        axis.set_xlabel(label)
        axis.margins(x=0.15)
        axis.spines[["top", "right"]].set_visible(False)
    figure.suptitle(title)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def growth_chart(sizes: Sequence[Size], path: Path) -> None:
    """CPU seconds and memory over the number of vouchers."""
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    vouchers = [size.vouchers for size in sizes]
    left.loglog(vouchers, [size.run.cpu for size in sizes], "o-", color=OURS, label="CPU")
    left.loglog(vouchers, [size.run.wall for size in sizes], "s--", color=OTHERS, label="wall")
    left.set_ylabel("seconds")
    left.legend(frameon=False)
    right.semilogx(vouchers, [size.run.memory / 1e6 for size in sizes], "o-", color=OURS)
    right.set_ylabel("peak memory, MB")
    right.set_ylim(0, 1.2 * max(size.run.memory / 1e6 for size in sizes))
    for axis in (left, right):
        axis.set_xlabel("vouchers, each with four lines")
        axis.spines[["top", "right"]].set_visible(False)
    figure.suptitle("vouchers and voucher_lines in one sync")
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def daily_chart(found: Daily, path: Path) -> None:
    """Bars of wall and CPU seconds of a comparison, of an idle sync, and of download and parse."""
    shown = {"later sync": "idle", "download and lxml": "parsed", "first sync of a day": "compared"}
    figure, axes = pyplot.subplots(1, 2, figsize=(9, 2.2), sharey=True, layout="constrained")
    for axis, what, label in zip(axes, ("wall", "cpu"), ("wall, s", "CPU, s"), strict=True):
        colours = [OTHERS if which == "parsed" else OURS for which in shown.values()]
        bars = axis.barh(list(shown), [found.middle(which, what) for which in shown.values()], color=colours)
        axis.bar_label(bars, fmt="%.1f", padding=2, fontsize=8)
        axis.set_xlabel(label)
        axis.margins(x=0.15)
        axis.spines[["top", "right"]].set_visible(False)
    figure.suptitle(f"Comparing a list of {found.rows:,} invoices, {found.size / 1e6:.0f} MB")
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def estimates_chart(found: Sequence[Estimates], path: Path) -> None:
    """The end that is expected, over the time that has passed; both in parts of the true time."""
    figure, axes = pyplot.subplots(1, len(found), figsize=(3.2 * len(found), 2.8), sharey=True, layout="constrained")
    for axis, one in zip(axes, found, strict=True):
        elapsed = [seconds / one.seconds for seconds, _ in one.said]
        ends = [(seconds + left) / one.seconds for seconds, left in one.said]
        axis.axhspan(1 / 1.5, 1.5, color=OTHERS, alpha=0.3, linewidth=0)
        axis.plot(elapsed, ends, color=OURS)
        axis.axhline(1, color="black", linewidth=0.5)
        axis.axvline(0.1, color=OTHERS, linestyle="--", linewidth=1)
        axis.set_title(one.name.replace(", ", ",\n"), fontsize=9)
        axis.set_xlabel("part of the sync that has passed")
        axis.set_ylim(0, 2)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("expected length / true length")
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
