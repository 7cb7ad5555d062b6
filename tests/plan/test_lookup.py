"""Whose zone is this: answered from a plan alone, and never settled silently."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from planner.api.plan import Plan
from planner.cli import app
from planner.model.tables import PlanTables
from planner.plan.lookup import Lookup, Place, look_up
from tests.plans import make_plan_tables

run = CliRunner()


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan."""
    return make_plan_tables()


@pytest.fixture(scope="module")
def saved(tables: PlanTables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give its folder."""
    folder = tmp_path_factory.mktemp("plan")
    from planner.plan.store import store_plan

    store_plan(tables, folder / "plan.gpkg")
    return folder


def relabelled(tables: PlanTables, labels: list[str]) -> PlanTables:
    """Call the first units otherwise, in the homes' matched places too."""
    units = tables.units.copy()
    units["label"] = [*labels, *units["label"].tolist()[len(labels) :]]
    name = dict(zip(units["unit_id"], units["label"], strict=True))
    matched = [name.get(u, "") for u in tables.households["unit_id"]]
    return replace(tables, units=units, households=tables.households.assign(matched=matched))


@pytest.mark.parametrize(
    "text",
    [
        "新村路7号2单元",
        "新村路７号2单元",
        "新村路七号二单元",
        "新村路7号2单元501室",
        "淮南市新村路7号2单元501",
    ],
)
def test_one_place(tables: PlanTables, text: str) -> None:
    """Every spelling of a stairwell is that stairwell: its zone, its centre, the plan's own walk."""
    found = look_up(tables, text)
    unit = tables.units.iloc[13]
    centre = tables.centres[tables.centres["centre_id"] == unit["zone"]].iloc[0]
    assert found.settled
    assert len(found.places) == 1
    place = found.places[0]
    assert (place.unit_id, place.walk_m) == (unit["unit_id"], unit["walk_m"])
    assert (place.zone, place.centre_id) == (centre["number"], centre["centre_id"])
    assert found.zone == centre["number"]
    assert place.confidence >= 0.9
    assert "501" not in json.dumps(found.to_mapping())


def test_two_stairwells_of_two_zones_are_not_settled(tables: PlanTables) -> None:
    """A building that two zones share is told with both; of one zone it is settled."""
    zone = tables.units["zone"].to_numpy()
    label = tables.units["label"]
    shared = next(u for u in range(0, len(zone), 2) if zone[u] != zone[u + 1] and zone[u + 1])
    whole = next(u for u in range(0, len(zone), 2) if zone[u] == zone[u + 1])
    both = look_up(tables, label[shared].removesuffix("1单元"))
    assert not both.settled
    assert both.zone is None
    assert {p.unit_id for p in both.places} == set(
        tables.units["unit_id"].iloc[shared : shared + 2]
    )
    assert "2 zones" in both.cause
    one = look_up(tables, label[whole].removesuffix("1单元"))
    assert one.settled
    assert len(one.places) == 2


def test_an_estate(tables: PlanTables) -> None:
    """An estate of one zone is settled, of several it is told zone by zone; so is an unknown building."""
    zone = tables.units["zone"]
    same = np.flatnonzero(zone == zone.iloc[0])
    names = [f"甲{u}" for u in range(len(zone))]
    for k, u in enumerate(same):
        names[u] = f"幸福小区{k + 1}栋"
    for k, u in enumerate(np.flatnonzero(zone != zone.iloc[0])[:30]):
        names[u] = f"光明家园{k + 1}栋"
    plan = relabelled(tables, names)
    happy = look_up(plan, "幸福小区")
    assert happy.settled
    assert happy.places[0].centre_id == zone.iloc[0]
    bright = look_up(plan, "光明家园")
    assert not bright.settled
    assert len({p.zone for p in bright.places}) > 1
    for text in ("光明家园99栋", "光明家园九十九栋1单元"):
        unknown = look_up(plan, text)
        assert not unknown.settled
        assert unknown.places


def test_another_community_is_doubted(tables: PlanTables) -> None:
    """An address that names another community of the plan than its place lies in is not settled."""
    assert look_up(tables, "幸福社区新村路7号2单元").settled == (
        tables.units["fence"].iloc[13] == "幸福社区"
    )
    assert look_up(tables, "矿工社区新村路7号2单元").settled == (
        tables.units["fence"].iloc[13] == "矿工社区"
    )


def test_western(tables: PlanTables) -> None:
    """Case, accents of width, flats and misspellings do not matter; a street alone is told by zones."""
    plan = relabelled(tables, [f"Hämeentie {k}" for k in range(1, 41)])
    for text in ("Hämeentie 12", "hämeentie 12 A 5", "Hameentie 12", "Hämenntie 12"):
        found = look_up(plan, text)
        assert [p.unit_id for p in found.places] == [plan.units["unit_id"].iloc[11]], text
        assert found.settled
    street = look_up(plan, "Hämeentie")
    assert not street.settled
    assert len({p.zone for p in street.places}) > 1


def test_lon_lat(tables: PlanTables) -> None:
    """A pair finds the unit at that spot; outside it says so, and says when the order is wrong."""
    spot = tables.units.geometry.iloc[20]
    found = look_up(tables, f"{spot.x:.7f},{spot.y:.7f}")
    assert found.places[0].unit_id == tables.units["unit_id"].iloc[20]
    assert look_up(tables, f"{spot.x:.7f}，{spot.y:.7f}") == found
    assert look_up(tables, f"{spot.x:.7f} {spot.y:.7f}") == found
    swapped = look_up(tables, f"{spot.y:.7f},{spot.x:.7f}")
    assert not swapped.settled
    assert "lon,lat" in swapped.cause
    away = look_up(tables, "100.5,20.5")
    assert (away.settled, away.places) == (False, ())
    assert not look_up(tables, "200.5,95.5").settled


def test_a_place_without_a_centre(tables: PlanTables) -> None:
    """A unit that nobody serves is found, with no zone and no walk."""
    lost = tables.units[tables.units["zone"] == ""].iloc[0]
    found = look_up(tables, lost["label"])
    assert found.settled
    assert found.zone == 0
    assert found.places[0].walk_m is None


@pytest.mark.parametrize(
    "text",
    ["", "   ", "没有这条路88号", "Nowhere Street 3", "🏠", "'; DROP TABLE units; --", "a" * 5000],
)
def test_what_is_not_there(tables: PlanTables, text: str) -> None:
    """Whatever is asked, an answer comes: nothing is made up."""
    found = look_up(tables, text)
    assert not found.settled
    assert found.cause
    assert found.cause_zh


def test_no_resident_is_told(tables: PlanTables) -> None:
    """No answer holds the id of a household or of a member who is no centre."""
    private = {*tables.households["household_id"], *tables.members["member_id"]}
    private -= set(tables.centres["centre_id"])
    for label in tables.units["label"][::9]:
        text = json.dumps(look_up(tables, label).to_mapping(), ensure_ascii=False)
        assert not [i for i in private if f'"{i}"' in text]


def test_the_command(saved: Path, tables: PlanTables) -> None:
    """Folder or file, 0 when settled and 2 when not; --json gives the same values as Python."""
    done = run.invoke(app, ["lookup", str(saved), "新村路7号2单元"])
    assert done.exit_code == 0, done.output
    assert "新村路7号2单元" in done.output
    as_json = run.invoke(app, ["lookup", str(saved / "plan.gpkg"), "新村路7号2单元", "--json"])
    assert json.loads(as_json.stdout) == Plan.of(tables).lookup("新村路7号2单元").to_mapping()
    assert run.invoke(app, ["lookup", str(saved), "没有这条路88号"]).exit_code == 2
    spot = tables.units.geometry.iloc[20]
    words = run.invoke(app, ["lookup", str(saved), f"{spot.x:.7f}", f"{spot.y:.7f}"])
    assert words.exit_code == 0, words.output
    assert run.invoke(app, ["lookup", str(saved), "-73.9,40.7"]).exit_code == 2


def test_a_notebook_shows_a_table_and_hostile_names_stay_text() -> None:
    """An answer shows itself as a table; markup in a label is shown literally."""
    place = Place(
        label="<script>x</script>1栋", zone=3, centre_id="C1", centre="A & B", fence="", walk_m=12.5,
        precision="building", confidence=0.97, away_m=0.0, unit_id="U1", lon=116.0, lat=32.0,
    )  # fmt: skip
    shown = Lookup((place,), settled=True)._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "12.50" in shown
    assert "未能确定" in Lookup(cause="nothing", cause_zh="无")._repr_html_()
