"""The previous plan, by id, however it was kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.errors import InputError, SchemaError
from planner.plan.previous import PreviousPlan, place_previous, read_previous_plan
from planner.plan.store import store_plan
from tests.office import office, street
from tests.plans import make_plan_tables


def sheet(path: Path, rows: list[tuple[str, str]]) -> Path:
    """Write a sheet of homes and centres."""
    pd.DataFrame(rows, columns=["编号", "中心户"]).to_csv(path, index=False)
    return path


def test_a_plan_file_tells_everyone(tmp_path: Path) -> None:
    """Households and members, centres, and the problem's digest."""
    tables = make_plan_tables(nx=4, ny=3, nc=3)
    store_plan(tables, tmp_path / "plan.gpkg")
    read = read_previous_plan(tmp_path / "plan.gpkg")
    assert read == PreviousPlan.of(tables)
    assert read.homes == frozenset(tables.households["household_id"])
    assert read.centres == tuple(tables.centres["centre_id"])
    assert read.fingerprint == tables.problem.fingerprint()
    member = tables.members.iloc[-1]
    assert read.zone[member["member_id"]] == member["zone"]


def test_a_sheet_tells_as_much_as_it_holds(tmp_path: Path) -> None:
    """Ids and centres; which ids are homes is not said, and there is no digest."""
    read = read_previous_plan(sheet(tmp_path / "old.csv", [("H00", "M00"), ("H01", "")]))
    assert read.zone == {"H00": "M00", "H01": ""}
    assert read.homes is None
    assert read.fingerprint == ""


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The path, and what to give."""
    with pytest.raises(InputError, match="no previous plan") as caught:
        read_previous_plan(tmp_path / "none.gpkg")
    assert "plan.gpkg" in caught.value.remedy


def test_everyone_is_found_where_they_were(tmp_path: Path) -> None:
    """By id: homes in the zone of a centre of now, -1 for the new and for those of a resigned centre."""
    located, demand, _ = office(*street(9))
    centres = demand.centres["centre_id"].tolist()
    resigned = next(m for m in located.members["id"] if m not in centres)
    rows = [
        ("H00", centres[1]),
        ("H01", resigned),
        ("H02", ""),
        ("H99", centres[0]),
        ("M01", centres[0]),
    ]
    plan = read_previous_plan(sheet(tmp_path / "old.csv", rows))
    before, said = place_previous(plan, located, demand, 150.0)
    assert before.zone[:4].tolist() == [1, -1, -1, -1]
    n = len(located.households)
    at = located.members["id"].tolist().index("M01")
    assert before.zone[n + at] == 0
    assert (np.delete(before.zone, [0, n + at]) == -1).all()
    assert before.homes.tolist() == [1.0] * n + [0.0] * len(located.members)
    assert before.move_price_m == 150.0
    codes = {f.code: f for f in said}
    assert set(codes) == {"centre-resigned", "homes-come-and-gone", "previous-blank"}
    assert "33 homes are new and 1 are gone; 3 are in both" in codes["homes-come-and-gone"].what
    assert before.since == {"new": 33, "gone": 1, "before": 4}


def test_nothing_is_said_where_nothing_changed(tmp_path: Path) -> None:
    """The same homes in the same zones: no finding."""
    located, demand, _ = office(*street(9))
    centre = demand.centres["centre_id"].iloc[0]
    rows = [(i, centre) for i in [*located.households["id"], *located.members["id"]]]
    before, said = place_previous(
        read_previous_plan(sheet(tmp_path / "o.csv", rows)), located, demand, 0.0
    )
    assert said == ()
    assert (before.zone == 0).all()


def test_a_zone_of_nobody_is_refused(tmp_path: Path) -> None:
    """A zone named after nobody known stops the run, with its row."""
    located, demand, _ = office(*street(9))
    plan = read_previous_plan(sheet(tmp_path / "old.csv", [("H00", "X77")]))
    with pytest.raises(SchemaError) as caught:
        place_previous(plan, located, demand, 0.0)
    assert caught.value.findings[0].row == 2


@pytest.mark.parametrize(("shared", "refused"), [(0, True), (3, True), (4, False)])
def test_a_plan_of_other_people_is_refused(tmp_path: Path, shared: int, refused: bool) -> None:
    """Hardly a home in both lists: "nothing changes hands" would be said of nobody; the counts are told."""
    located, demand, _ = office(*street(9))
    centre, ids = demand.centres["centre_id"].iloc[0], located.households["id"].tolist()
    assert len(ids) == 36
    rows = [(i, centre) for i in [*ids[:shared], *(f"X{k:02}" for k in range(60))]]
    plan = read_previous_plan(sheet(tmp_path / "old.csv", rows))
    if not refused:
        place_previous(plan, located, demand, 0.0)
        return
    with pytest.raises(InputError, match=f"{shared} of its {60 + shared} homes") as caught:
        place_previous(plan, located, demand, 0.0)
    assert "编号" in caught.value.remedy_zh


def test_a_centre_that_is_none_any_more_is_told_with_its_homes() -> None:
    """Of a plan too, not only of a sheet: its homes are placed anew, and all of them change hands."""
    located, demand, _ = office(*street(9))
    centres = demand.centres["centre_id"].tolist()
    homes = located.households["id"].tolist()
    zone = {h: ("M77" if i < 3 else centres[0]) for i, h in enumerate(homes)}
    plan = PreviousPlan(zone, frozenset(homes), (centres[0], "M77", "M78"))
    placed, said = place_previous(plan, located, demand, 200.0)
    assert [(f.code, "M77" in f.what, "3 homes" in f.what) for f in said[:1]] == [
        ("centre-gone", True, True)
    ]
    assert "M78" in said[1].what
    assert "0 homes" in said[1].what
    assert placed.zone[:4].tolist() == [-1, -1, -1, 0]
    assert placed.was[:4].tolist() == ["M77", "M77", "M77", centres[0]]
    assert (placed.was[len(homes) :] == "").all()
