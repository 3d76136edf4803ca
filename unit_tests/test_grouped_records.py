"""Records whose groups are made of them: kept or read once more, the same are sent, and the same is counted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from source_netvisor.parsing.record_text import Row
from source_netvisor.streams import grouped_records
from source_netvisor.streams.grouped_records import GroupedRecords
from source_netvisor.streams.stream_records import StreamRecords
from unit_tests.reading import definitions

HOURS = (
    "<Workday><Date>{day}</Date><WorkdayHour><NetvisorKey>{key}</NetvisorKey><Hours>{hours}</Hours></WorkdayHour>"
    "<WorkdayHour><NetvisorKey>{more}</NetvisorKey><Hours>7,5</Hours></WorkdayHour></Workday>"
)
DAYS = [
    HOURS.format(day=f"2026-01-{day:02}", key=10 * day, hours="a day" if day == 2 else day, more=10 * day + 1)
    for day in range(1, 8)
] + ["<Workday><Date>2026-01-09</Date><WorkdayHour><Hours>1</Hours></WorkdayHour></Workday>"]


class Reply:
    """A reply of days, and how often its rows were asked for."""

    def __init__(self, days: Sequence[str]) -> None:
        self.days = days
        self.asked = 0

    def __call__(self) -> Iterator[tuple[Row, Mapping[str, str]]]:
        self.asked += 1
        for day in self.days:
            yield etree.fromstring(day), {"key": "5"}


def read(wanted: set[int], days: Sequence[str] = DAYS) -> tuple[str, str, int]:
    """The groups and the wanted records, what was counted of them, and how often the reply was read."""
    built = StreamRecords(definitions()["work_hours"], "1234567-1", "2026-01-31T00:00:00.000Z")
    grouped, reply = GroupedRecords(definitions()["work_hours"], built), Reply(days)
    groups = grouped.groups(reply)
    assert built.counted == ([{}, {}], 0), "what is not sent does not count"
    if not wanted:
        return json.dumps(groups), str(built.counted), reply.asked
    records = list(grouped.records(reply, {key: group for key, group in groups.items() if key in wanted}))
    told = [groups, records, grouped.without_group]
    return json.dumps(told, sort_keys=True), str(built.counted), reply.asked


@pytest.mark.parametrize("wanted", [set(), {30}, {10, 21, 70}, {10 * day for day in range(8)}])
@pytest.mark.parametrize("kept", [0, 14, 15])
def test_kept_or_read_once_more(kept: int, wanted: set[int], monkeypatch: pytest.MonkeyPatch) -> None:
    many = read(wanted)
    monkeypatch.setattr(grouped_records, "MOST_KEPT", kept)
    few = read(wanted)
    assert few[:2] == many[:2]
    assert (many[2], few[2]) == (1, 2 if wanted and kept < 15 else 1)
    assert ("hours" in few[1]) is bool(wanted)
    assert not wanted or json.loads(few[0])[2] == 1, "one has no key"


ENTRIES = st.builds(
    "<WorkdayHour>{}<Hours>{}</Hours>{}</WorkdayHour>".format,
    st.integers(1, 9).map("<NetvisorKey>{}</NetvisorKey>".format)
    | st.sampled_from(["", "<NetvisorKey>x</NetvisorKey>"]),
    st.sampled_from(["1", "7,5", "", "long", "-3"]),
    st.sampled_from(["", "<Warp>9</Warp>"]),
)
DRAWN = st.lists(
    st.builds(
        "<Workday><Date>{}</Date>{}</Workday>".format,
        st.sampled_from(["2026-01-05", "5.1.2026", "", "some day"]),
        st.lists(ENTRIES, max_size=4).map("".join),
    ),
    max_size=6,
)


@given(DRAWN, st.sets(st.integers(1, 9), min_size=1), st.integers(0, 12))
@settings(max_examples=100)
def test_kept_or_read_once_more_whatever_comes(days: list[str], wanted: set[int], kept: int) -> None:
    many = read(wanted, days)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grouped_records, "MOST_KEPT", kept)
        few = read(wanted, days)
    assert few[:2] == many[:2]
