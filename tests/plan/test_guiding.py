"""Levels above the centres: shared out as the project says, told everywhere, counted again."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import planner
from planner.model.levels import Level, audit_level
from planner.model.project import Project
from planner.plan.changefile import FORMAT, read_changes
from planner.plan.changes import apply_changes
from planner.plan.frames import assignment_of
from planner.plan.guiding import even_limits
from planner.plan.provenance import plan_fingerprint
from planner.plan.store import read_plan, store_plan
from planner.render.text.level_words import level_numbers
from planner.solve.staff import staff

PROJECT = """[inputs]
households = "h.csv"
members = "m.csv"
detour_factor = 1.3
{inputs}
[rules]
households_per_zone = {{ low = 0 }}
members_per_zone = {{ low = 0 }}
[search]
seconds = 5
advice_seconds = 0
{more}
"""


def office(folder: Path, inputs: str = "", more: str = "", mark: str = "是否指导员") -> Path:
    """Six centres on a lane, 200 m apart; two of the members in between are mentors."""
    homes = "".join(f"H{i},{117 + i * 2e-4},32.6\n" for i in range(60))
    folder.joinpath("h.csv").write_text("id,lon,lat\n" + homes, "utf-8")
    rows = [f"C{i},{117 + (i * 10 + 5) * 2e-4},32.6,是,,\n" for i in range(6)]
    rows += [f"G{i},{117 + at * 2e-4},32.6,否,是,\n" for i, at in enumerate((16, 44))]
    head = f"id,lon,lat,是否中心户,{mark},可联系数\n"
    folder.joinpath("m.csv").write_text(head + "".join(rows), "utf-8")
    folder.joinpath("planner.toml").write_text(PROJECT.format(inputs=inputs, more=more), "utf-8")
    return folder / "planner.toml"


def plan_of(file: Path) -> planner.Plan:
    """Make the plan of a project."""
    return planner.run(Project.read(file), offline=True)


@pytest.fixture(scope="module")
def two_levels(tmp_path_factory: pytest.TempPathFactory) -> planner.Plan:
    """Six centres, two mentors, one leader from a sheet of their own."""
    folder = tmp_path_factory.mktemp("levels")
    folder.joinpath("l.csv").write_text("编号,经度,纬度\nL1,117.006,32.6\n", "utf-8")
    leader = (
        "[mentors]\nlow = 2\nhigh = 4\n"
        '[[levels]]\nname = "leader"\ntitle_zh = "组长"\nfrom = "mentor"\nsheet = "l.csv"\n'
    )
    return plan_of(office(folder, more=leader))


def test_each_centre_has_the_mentor_near_by(two_levels: planner.Plan) -> None:
    """The three centres to the west go to the western mentor, the others to the eastern one."""
    zones = two_levels.zones.set_index("centre_id")
    assert zones["mentor"].to_dict() == {
        **dict.fromkeys(("C0", "C1", "C2"), "G0"),
        **dict.fromkeys(("C3", "C4", "C5"), "G1"),
    }
    assert set(zones["leader"]) == {"L1"}
    assert zones["leader_walk_m"].groupby(zones["mentor"]).nunique().eq(1).all()


def test_mentors_stay_when_a_home_changes_hands(two_levels: planner.Plan, tmp_path: Path) -> None:
    """A meeting that moves a home between zones moves no centre between mentors."""
    tables = two_levels
    nearer = np.flatnonzero(assignment_of(tables) == 1)
    unit = next(u for u in nearer[::-1] if u not in set(tables.problem.home))
    ids = tables.centres["centre_id"]
    move = {"unit": tables.units["unit_id"][unit], "from": ids[1], "to": ids[2]}
    value = {
        "format": FORMAT, "plan": plan_fingerprint(tables), "created": "2026-05-18T09:00:00Z",
        "moves": [move], "locks": [], "unlocked": [], "notes": [],
    }  # fmt: skip
    made = apply_changes(tables, read_changes(json.dumps(value).encode()))
    assert made.zones["households"][2] == two_levels.zones["households"][2] + 1
    above = ["mentor", "mentor_walk_m", "leader", "leader_walk_m"]
    store_plan(made, tmp_path / "plan.gpkg")
    again = read_plan(tmp_path / "plan.gpkg")
    pd.testing.assert_frame_equal(again.zones[above], two_levels.zones[above])
    assert again.provenance["levels"] == tables.provenance["levels"]


def test_figures_are_those_of_the_zones(two_levels: planner.Plan) -> None:
    """Loads and walks in the summary follow from the table alone, and hold nobody's id."""
    mentor, leader = two_levels.summary()["levels"]
    walk = two_levels.zones["mentor_walk_m"]
    assert (mentor["clients"], mentor["serving"]) == (6, 2)
    assert (mentor["load_min"], mentor["load_max"], mentor["low"], mentor["high"]) == (3, 3, 2, 4)
    assert mentor["walk_mean_m"] == pytest.approx(walk.mean(), abs=0.1)
    assert mentor["walk_max_m"] == pytest.approx(walk.max(), abs=0.1)
    assert (mentor["short"], mentor["over"], mentor["unreached"]) == (0, 0, 0)
    assert (leader["below"], leader["clients"], leader["serving"]) == ("mentor", 2, 1)
    assert not {"G0", "G1", "L1"} & {str(v) for level in (mentor, leader) for v in level.values()}


def test_every_page_tells_of_the_levels(two_levels: planner.Plan, tmp_path: Path) -> None:
    """Roster with ids, summary with figures, map with numbers; the meeting sees no mentor's id."""
    written = two_levels.save(tmp_path)
    book = pd.read_excel(written["roster.internal.xlsx"], None, dtype=str, engine="calamine")
    assert {"指导员 mentors", "组长 leaders"} <= set(book)
    assert "G0" in book["指导员 mentors"].to_string()
    assert "1、2、3" in book["指导员 mentors"].to_string()
    assert "G1" in book["中心户 centres"].to_string()
    told = written["summary.md"].read_text("utf-8")
    assert "指导员：2 名联系 6 名中心户，每名 3 名" in told
    assert "mentors: 2 for 6 centres, 3 each" in told
    assert "组长：1 名联系 2 名指导员" in told
    page = written["map.html"].read_text("utf-8")
    assert "指导员" in page
    for name in ("G0", "L1"):
        assert f'"{name}"' not in page
        assert name not in told
    assert level_numbers(two_levels, "mentor") == [1, 1, 1, 2, 2, 2]


def test_a_plan_with_levels_comes_back_from_its_file(
    two_levels: planner.Plan, tmp_path: Path
) -> None:
    """What was stored is what is read."""
    again = planner.Plan.load(two_levels.save(tmp_path)["plan.gpkg"])
    columns = ["centre_id", "mentor", "mentor_walk_m", "leader", "leader_walk_m"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(again.zones[columns]), pd.DataFrame(two_levels.zones[columns])
    )
    assert again.summary()["levels"] == two_levels.summary()["levels"]


def test_a_sheet_of_their_own_with_capacities(tmp_path: Path) -> None:
    """The eastern mentor may have two: four go to the western one; who has no place is told of."""
    sheet = "编号,经度,纬度,可联系数\nA,117.0032,32.6,\nB,117.0088,32.6,2\nX,,,\n"
    tmp_path.joinpath("g.csv").write_text(sheet, "utf-8")
    plan = plan_of(office(tmp_path, inputs='mentors = "g.csv"', mark="备注"))
    assert plan.zones["mentor"].value_counts().to_dict() == {"A": 4, "B": 2}
    assert list(plan.zones.set_index("centre_id").loc[["C4", "C5"], "mentor"]) == ["B", "B"]
    assert plan.summary()["levels"][0]["over"] == 0


def test_limits_that_cannot_hold_are_told(tmp_path: Path) -> None:
    """Two mentors for at most two centres each leave two over; the plan says so in both languages."""
    plan = plan_of(office(tmp_path, more="[mentors]\nhigh = 2\n"))
    (level,) = plan.summary()["levels"]
    assert level["over"] >= 1
    (said,) = [f for f in plan.findings if f.code == "level-limits"]
    assert "level mentor" in said.what
    assert "指导员" in said.what_zh


def test_without_levels_nothing_is_added(tmp_path: Path) -> None:
    """A project that states no level gets a plan without one, marks or no marks."""
    plan = plan_of(office(tmp_path))
    assert "mentor" not in plan.zones.columns
    assert plan.summary()["levels"] == []


@pytest.mark.parametrize(
    ("more", "mark", "said"),
    [
        ("[mentors]\nlow = 1\n", "备注", "lists no mentor"),
        ('[mentors]\nlow = 1\n[[levels]]\nname = "leader"\nfrom = "mentor"\n', "是否指导员",
         "nobody is listed"),
    ],
)  # fmt: skip
def test_a_level_without_people_is_refused(tmp_path: Path, more: str, mark: str, said: str) -> None:
    """Before anything is solved, with what to do."""
    with pytest.raises(planner.ConfigError, match=said) as refused:
        plan_of(office(tmp_path, more=more, mark=mark))
    assert refused.value.remedy


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 3))
def test_a_level_is_shared_out_at_the_least_walk(seed: int, n: int, m: int) -> None:
    """Against every way of sharing out: the fewest limits missed, and among those the least walk."""
    rng = np.random.default_rng(seed)
    walk = rng.integers(0, 900, (n, m)).astype(float)
    ceiling = np.where(rng.random(m) < 0.5, rng.integers(1, 5, m), np.nan)
    low, high = even_limits(n, ceiling, None, None)
    most = np.fmin(ceiling, np.inf if high is None else high)
    least = np.minimum(low or 0, most)

    def value(of: np.ndarray) -> tuple[float, float]:
        load = np.bincount(of, minlength=m)
        off = np.maximum(load - most, 0).sum() + np.maximum(least - load, 0).sum()
        return float(off), float(walk[np.arange(n), of].sum())

    best = min(value(np.array(of)) for of in product(range(m), repeat=n))
    found = staff(np.ones(n, int), walk, low, high, ceiling)
    assert value(found.share.argmax(axis=1)) == pytest.approx(best)
    assert (found.share.sum(axis=1) == 1).all()


@pytest.mark.parametrize(
    ("clients", "room", "limits"),
    [
        (586, [np.nan] * 42, (13, 14)),
        (6, [np.nan, 2.0], (3, 4)),
        (6, [1.0, 1.0], (3, 3)),
        (0, [np.nan], (0, 0)),
    ],
)
def test_shares_are_even(clients: int, room: list[float], limits: tuple[int, int]) -> None:
    """586 centres for 42 mentors: 13 or 14 each; a ceiling of one raises the others'."""
    assert even_limits(clients, np.array(room), None, None) == limits
    assert even_limits(clients, np.array(room), 2, None) == (2, None)


def test_the_count_refuses_what_is_no_plan() -> None:
    """A centre with a mentor who is not there is no plan; a mentor with too many is told."""
    nobody = np.full(2, np.nan)
    with pytest.raises(planner.PlannerError, match="who exists"):
        audit_level(Level(), [0, 2], [1.0, 2.0], 2, low=None, high=None, ceiling=nobody)
    told = audit_level(Level(), [0, 0, 1], [1.0, 2.0, np.nan], 2, low=2, high=1, ceiling=nobody)
    assert (told.over, told.short, told.unreached) == (1, 0, 1)
    assert told.walk_mean_m == 1.5
