"""What the page is given to find places and walks."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from planner.model.tables import PlanTables
from planner.plan.store import read_plan, store_plan
from planner.render.map.editing import packed
from planner.render.map.find import finding_payload, first_letters
from planner.render.map.meeting import meeting_payload
from tests.plans import make_plan_tables
from tests.walked import make_walked_tables


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan with streets."""
    return make_walked_tables()


def test_first_letters() -> None:
    """Common and rare characters, two readings, and none for what is no Chinese character."""
    known = first_letters(["幸福路3号", "八公山区", "淝河濉溪闵浦", "长厦重", "A龍，"])
    assert "".join(known[c] for c in "幸福路号八公山区") == "xflhbgsq"
    assert "".join(known[c] for c in "淝河濉溪闵浦") == "fhsxmp"
    assert [set(known[c]) for c in "长厦重"] == [{"c", "z"}, {"x", "s"}, {"z", "c"}]
    assert not {"A", "3", "，", "龍"} & set(known)
    assert first_letters([]) == {}


def test_letters_of_what_is_shown_only(tables: PlanTables) -> None:
    """No character is told of that the page does not show, and each Chinese one that it shows is."""
    payload = meeting_payload(tables)
    find = finding_payload(tables, payload)
    text = json.dumps(payload, ensure_ascii=False)
    assert set(find["letters"][0]) <= set(text)
    assert set("新村路单元幸福") <= set(find["letters"][0])
    assert len(find["letters"][0]) == len(find["letters"][1])


def test_ways_are_whole(tables: PlanTables) -> None:
    """Pieces of street come back with their lengths, and meet at one place where they meet."""
    assert tables.ways is not None
    ways = finding_payload(tables, meeting_payload(tables))["ways"]
    points = np.cumsum(np.array(ways["xy"]).reshape(-1, 2), axis=0)
    lines = np.split(points, np.cumsum(ways["n"])[:-1])
    assert len(lines) == len(tables.ways)
    at: dict[int, tuple[int, ...]] = {}
    rows = zip(
        lines, tables.ways["start"], tables.ways["end"], tables.ways["length_m"], strict=True
    )
    for line, start, end, metres in rows:
        long = np.hypot(*(np.diff(line, axis=0) * ways["metres"]).T).sum()
        assert math.isclose(long, metres, abs_tol=0.4)
        for node, spot in ((start, line[0]), (end, line[-1])):
            assert at.setdefault(node, tuple(spot)) == tuple(spot)
    assert len(set(at.values())) == len(at)


def test_crossings_on_one_spot_stay_two(tables: PlanTables) -> None:
    """A locked gate lies on one spot for both sides: the page must not walk through it."""
    assert tables.ways is not None
    ways = tables.ways.copy()
    node = int(ways["start"].value_counts().index[0])
    one, other = np.flatnonzero(ways["start"] == node)[:2]
    ways.loc[ways.index[one], "start"] = int(max(ways["start"].max(), ways["end"].max())) + 1
    cut = PlanTables(**{**vars(tables), "ways": ways})
    lines = finding_payload(cut, meeting_payload(cut))["ways"]
    points = np.cumsum(np.array(lines["xy"]).reshape(-1, 2), axis=0)
    start = np.concatenate([[0], np.cumsum(lines["n"])])
    apart = np.abs(points[start[one]] - points[start[other]])
    assert 0 < apart.sum() <= 2


def test_no_streets_no_ways() -> None:
    """Plans without streets, and pages without buildings, are given none."""
    plain = make_plan_tables()
    assert finding_payload(plain, meeting_payload(plain))["ways"] is None
    walked = make_walked_tables(nx=4, ny=3, nc=2)
    assert finding_payload(walked, meeting_payload(walked), walks=False)["ways"] is None


def test_it_stays_small() -> None:
    """Four thousand units add less than 60 kB to the page."""
    large = make_walked_tables(nx=50, ny=40, nc=60)
    assert len(packed(finding_payload(large, meeting_payload(large)))) < 60_000


def test_a_plan_file_keeps_the_streets(tables: PlanTables, tmp_path: Path) -> None:
    """What is drawn from a plan file is what was drawn from the plan."""
    store_plan(tables, tmp_path / "plan.gpkg")
    again = read_plan(tmp_path / "plan.gpkg")
    assert finding_payload(again, meeting_payload(again)) == finding_payload(
        tables, meeting_payload(tables)
    )
