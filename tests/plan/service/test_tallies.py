"""Figures of a period: exactly those of the log, each the sum of its rows; small ones stay hidden."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.intake.service_log import read_log
from planner.model.serving import service_counts
from planner.plan.service.kept_log import empty_log, merged_log
from planner.plan.service.periods import Period
from planner.plan.service.tallies import Tallies, few_of, tallies
from tests.plan.care.town import care_town
from tests.plan.service.logs import log_text

COUNTS = service_counts()[0]


def counted(folder: Path, text: str, since: date = date(2025, 1, 1)) -> Tallies:
    """Count a log on the plan of the small town."""
    (folder / "log.csv").write_text(text, "utf-8")
    rows = merged_log(empty_log(), read_log(folder / "log.csv").rows).rows
    return tallies(care_town()[0], rows, COUNTS, Period.of(since))


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Tallies:
    """The published figures of a year, and a year before that was half as good."""
    plan, _ = care_town()
    homes, members = plan.households["household_id"].tolist(), plan.members["member_id"].tolist()
    text = log_text(homes, members)
    half = log_text(homes, members, {"走访": 275, "解决困难": 300}, since=date(2024, 1, 1))
    return counted(tmp_path_factory.mktemp("year"), text + half.split("\n", 1)[1])


def test_the_figures_are_those_of_the_log(year: Tallies) -> None:
    """Patrols and visits are one figure; so many pairs are as many homes."""
    sums = year.sums()
    people = sums.pop("people")
    assert sums == {
        "activity": 1000,
        "problem": 600,
        "opinion": 60,
        "visit": 550,
        "mediation": 120,
        "pairing": 50,
        "wish": 80,
        "training": 0,
        "talk": 0,
    }
    assert people == year.rows.loc[year.rows["now"], "people"].sum() > 5000
    before = year.sums("before")
    assert (before["visit"], before["problem"]) == (275, 300)
    assert (year.unnamed, year.elsewhere) == (0, 0)


def test_every_figure_is_the_sum_of_its_rows(year: Tallies) -> None:
    """By community, zone and month: what the marked rows add up to, and the whole."""
    now = year.rows[year.rows["now"]]
    for one in COUNTS:
        mine = (
            now["people"].fillna(0)
            if one.counted == "people"
            else now["counted"].where(now["count"] == one.code, 0)
        )
        assert mine.sum() == year.by_fence[one.code].sum() == year.by_month[one.code].sum()
        for row in year.by_zone.itertuples():
            assert getattr(row, one.code) == mine[now["number"] == row.number].sum()
        lost = mine[now["number"].isna()].sum()
        assert year.by_zone[one.code].sum() + lost == mine.sum()
    assert now["row"].between(2, 4000).all()


def test_open_problems_pairs_and_strangers(tmp_path: Path) -> None:
    """What is open is not solved; a home is paired once; no row vanishes that names nobody of the plan."""
    tally = counted(
        tmp_path,
        "日期,类型,户编号,责任区,状态\n"
        "2025-02-01,解决困难,H001,,未解决\n2025-02-01,解决困难,H002,,已解决\n2025-02-01,解决困难,H003,,\n"
        "2025-03-01,结对帮扶,H001,,\n2025-04-01,结对帮扶,H001,,\n2025-04-01,结对帮扶,,1,\n"
        "2025-05-01,走访,H777,,\n2025-05-01,送花,H001,,\n2023-01-01,走访,H001,,\n",
    )
    sums = tally.sums()
    assert (sums["problem"], sums["pairing"], sums["visit"]) == (2, 2, 1)
    assert (tally.unnamed, tally.unplaced, tally.elsewhere) == (1, 1, 1)


def test_a_log_without_rows_of_the_period(tmp_path: Path) -> None:
    """Nothing was done: noughts, and nothing fails."""
    tally = counted(tmp_path, "日期,类型,户编号\n2020-05-01,走访,H001\n")
    assert set(tally.sums().values()) == {0}
    assert len(tally.rows) == 0
    assert tally.elsewhere == 1


@pytest.mark.parametrize(("cells", "most"), [(1, 40), (2, 40), (3, 26), (4, 13)])
def test_small_counts_cannot_be_told_by_subtraction(cells: int, most: int) -> None:
    """Of every table: whoever sees what is shown, and the sum, can take no hidden count for one value."""
    least, could = (
        5,
        defaultdict[tuple[object, ...], list[set[int]]](lambda: [set() for _ in range(cells)]),
    )
    for values in product(range(most), repeat=cells):
        hidden = few_of(np.array(values, float), least)
        total = sum(values)
        assert all(h for h, v in zip(hidden, values, strict=True) if 0 < v < least)
        shown = tuple(None if h else v for h, v in zip(hidden, values, strict=True))
        for at, value in enumerate(values):
            could[(shown, None if 0 < total < least else total)][at].add(value)
    for (shown, total), each in could.items():
        # where the enumeration ends tables are missing
        if total is None or int(str(total)) < most - 6:
            assert all(
                len(seen) > 1 for seen, cell in zip(each, shown, strict=True) if cell is None
            )


def test_frames_have_a_row_for_every_zone(year: Tallies) -> None:
    """Zones in which nothing was done are told too."""
    plan, _ = care_town()
    assert isinstance(year.by_zone, pd.DataFrame)
    assert year.by_zone["number"].tolist() == plan.centres["number"].tolist()
    assert year.by_zone_before["zone"].tolist() == plan.centres["centre_id"].tolist()
