"""The main job from sheets to plan, on real ground."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

import planner
from planner.api.demo import Size, write_demo, write_office
from planner.api.make import make_plan
from planner.api.plan import Plan
from planner.api.progress import Event
from planner.api.zone import STAGES, run
from planner.demand.ground import Ground
from planner.model import audit
from planner.model.project import Project, Search


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The demonstration's input, written as an office would hold it."""
    return Project.read(write_demo(tmp_path_factory.mktemp("demo")))


@pytest.fixture(scope="module")
def told() -> list[Event]:
    """What the run said of its progress."""
    return []


@pytest.fixture(scope="module")
def plan(office: Project, told: list[Event]) -> Plan:
    """The demonstration's plan."""
    return run(office, listener=told.append)


def streets_of(office: Project) -> Path:
    """Give the streets that the office named."""
    assert office.inputs.streets is not None
    return office.inputs.streets


def test_the_letter_of_the_default_profile_holds(plan: Plan) -> None:
    """75-250 households and 5-10 members in each zone, at most 25 households a member."""
    figures = plan.summary()
    zone_rules = [rule for rule in figures["rules"] if rule["name"] != "walk_m"]
    assert len(zone_rules) == 3
    assert all(rule["broken"] == 0 for rule in zone_rules)


def test_the_plan_is_proven_and_connected(plan: Plan) -> None:
    """Within 0.5 % of the best possible, each zone in one piece on foot."""
    assert plan.certificate.optimality_gap <= 0.005
    assert plan.certificate.zones_connected
    assert all(part.optimality_gap <= 0.005 for part in plan.parts)


def test_nothing_is_lost(plan: Plan, office: Project) -> None:
    """Each row of the sheet is a household of the plan, served or listed with a cause."""
    sheet = pd.read_excel(office.inputs.households, header=1, dtype=str, engine="calamine")
    assert sorted(plan.households["household_id"]) == sorted(sheet["编号"])
    unserved = plan.households["zone"] == ""
    assert set(plan.households.loc[unserved, "household_id"]) <= set(plan.gaps["household_id"])
    assert (plan.gaps["cause"] == "address_not_found").sum() == Size().lost


def test_the_checker_agrees_to_the_metre(plan: Plan) -> None:
    """Cost recomputed from the households' own walks is the certificate's."""
    again = audit.audit(plan.problem, _assignment(plan), plan.certificate.bound_m)
    assert again.value_m == pytest.approx(plan.certificate.value_m, abs=1)
    served = plan.households[plan.households["zone"] != ""]
    walked = (served["walk_m"] * served["load"]).sum()
    assert walked == pytest.approx(plan.certificate.cost_m, abs=0.005 * len(served) + 1)


def _assignment(plan: Plan) -> np.ndarray:
    position = {c: i for i, c in enumerate(plan.centres["centre_id"])}
    return np.array([position.get(z, -1) for z in plan.units["zone"]])


def test_every_home_has_a_member_of_its_own_zone(plan: Plan) -> None:
    """Each served home has one member, of its zone, who looks after no more and no fewer than the rule."""
    homes, members = plan.households, plan.members.set_index("member_id")
    served = homes[homes["zone"] != ""]
    assert (served["member"] != "").all()
    assert (members.loc[served["member"], "zone"].to_numpy() == served["zone"].to_numpy()).all()
    assert (homes.loc[homes["zone"] == "", "member"] == "").all()
    counted = served["member"].value_counts().reindex(members.index, fill_value=0)
    assert (counted == members["households"]).all()
    assert counted[counted > 0].between(15, 25).all()
    assert served["member_walk_m"].mean() < served["walk_m"].mean()


def test_runs_of_floors_stay_together(plan: Plan) -> None:
    """Few stairwells are shared by several members: fewer than members who serve."""
    served = plan.households[plan.households["zone"] != ""]
    shared = served.groupby("unit_id")["member"].nunique()
    serving = int((plan.members["households"] > 0).sum())
    assert (shared > 1).sum() < serving


def test_shapes_do_not_overlap_and_hold_their_homes(plan: Plan) -> None:
    """Each home lies in its own zone's polygon, and in no other."""
    shapes = plan.zones.geometry.to_numpy()
    i, j = np.triu_indices(len(shapes), 1)
    overlap = shapely.area(shapely.intersection(shapes[i], shapes[j])).max()
    assert overlap < 1e-12  # square degrees: less than a hand's breadth, from rounding at the door
    served = plan.units[plan.units["zone"] != ""]
    inside = shapely.covers(shapes[_assignment(plan)[served.index]], served.geometry.to_numpy())
    assert inside.all()


def test_neighbouring_zones_differ_in_colour(plan: Plan) -> None:
    """Zones that touch never share a colour."""
    near = plan.zones.sjoin(plan.zones, predicate="intersects")
    apart = near[near["centre_id_left"] != near["centre_id_right"]]
    assert (apart["colour_left"] != apart["colour_right"]).all()


def test_progress_names_every_stage(plan: Plan, told: list[Event]) -> None:
    """Each stage begins and ends, in order."""
    assert plan is not None
    ended = [event.stage for event in told if event.done == 1.0]
    assert list(dict.fromkeys(ended)) == list(STAGES)


def test_a_plan_file_reads_back_equal(plan: Plan, tmp_path: Path) -> None:
    """What was saved is loaded: the problem, the tables, the figures."""
    written = plan.save(tmp_path)
    assert set(written) == {
        "map.html",
        "plan.gpkg",
        "roster.internal.xlsx",
        "summary.json",
        "summary.md",
    }
    again = planner.Plan.load(written["plan.gpkg"])
    assert again.problem.fingerprint() == plan.problem.fingerprint()
    pd.testing.assert_frame_equal(pd.DataFrame(again.households), pd.DataFrame(plan.households))
    assert again.summary() == plan.summary()
    assert json.loads(written["summary.json"].read_text("utf-8"))["zones"] == 26
    assert written["map.html"].stat().st_size < 2_000_000


def test_unchanged_input_changes_nothing(plan: Plan, office: Project) -> None:
    """Re-zoning on the same sheets moves no home, and says so."""
    again = run(office, previous=plan)
    assert again.summary()["homes_moved"] == 0
    assert (again.households["zone"] == plan.households["zone"]).all()


def test_two_runs_give_the_same_plan_whatever_the_row_order(plan: Plan, office: Project) -> None:
    """Shuffled sheets give every household the same zone."""
    households = planner.read_households(office.inputs.households)
    members = planner.read_members(office.inputs.members)
    order = np.random.default_rng(5).permutation(len(households.kept))
    turned = replace(households, kept=households.kept.iloc[order].reset_index(drop=True))
    again = make_plan(turned, members, streets_of(office), rules=office.rules)
    zones = dict(zip(plan.households["household_id"], plan.households["zone"], strict=True))
    assert (
        dict(zip(again.households["household_id"], again.households["zone"], strict=True)) == zones
    )


def test_no_personal_column_is_read(plan: Plan, office: Project, tmp_path: Path) -> None:
    """Names and phones of the sheets are in no file that the plan writes."""
    for path in plan.save(tmp_path).values():
        content = path.read_bytes()
        assert "合成居民00001".encode() not in content
        assert b"000-0000-0001" not in content
    names = set(planner.read_households(office.inputs.households).kept.columns)
    assert not names & {"户主姓名", "联系电话", "name", "phone", "room", "房号"}


def test_a_home_that_moves_is_counted(plan: Plan, office: Project) -> None:
    """When a centre resigns, all its homes change hands, and others may; which centre it was is told."""
    members = planner.read_members(office.inputs.members)
    gone = plan.centres["centre_id"].iloc[0]
    kept = members.kept.assign(is_centre=members.kept["is_centre"] & (members.kept["id"] != gone))
    again = make_plan(
        planner.read_households(office.inputs.households),
        replace(members, kept=kept),
        streets_of(office),
        previous=plan,
        search=Search(gap=0.02, advice_seconds=0),
    )
    before = plan.households.set_index("household_id")["zone"]
    after = again.households.set_index("household_id")["zone"]
    had = before[before != ""]
    assert (before == gone).sum() > 0
    assert again.summary()["homes_moved"] == int((after[had.index] != had).sum())
    assert len(again.zones) == 25
    assert [gone in f.what for f in again.findings if f.code == "centre-gone"] == [True]


def test_without_streets_the_detour_factor_is_stamped(office: Project, tmp_path: Path) -> None:
    """Straight lines are used only when asked for, and every output says so."""
    table = pd.DataFrame(
        {"编号": [f"H{i}" for i in range(60)], "lon": 117 + np.arange(60) * 1e-4, "lat": 32.6}
    )
    table.to_csv(tmp_path / "h.csv", index=False)
    table.iloc[::6].assign(是否中心户=["是", *["否"] * 8, "是"]).to_csv(
        tmp_path / "m.csv", index=False
    )
    project = tmp_path / "planner.toml"
    project.write_text("[inputs]\nhouseholds='h.csv'\nmembers='m.csv'\n", "utf-8")
    with pytest.raises(planner.NetworkError, match="detour_factor"):
        run(Project.read(project))
    project.write_text(
        "[inputs]\nhouseholds='h.csv'\nmembers='m.csv'\ndetour_factor=1.3\n", "utf-8"
    )
    made = run(Project.read(project))
    written = made.save(tmp_path / "out")
    assert "straight lines x 1.30" in written["summary.md"].read_text("utf-8")
    assert "1.30" in json.loads(written["summary.json"].read_text("utf-8"))["network"]
    assert "straight lines x 1.30" in written["map.html"].read_text("utf-8")


@pytest.mark.parametrize(
    "name", ["beijing_haidian_zhongguancun_2017", "hangzhou_zijingang", "jiangxi_guixi_2025"]
)
def test_chinese_extracts_work_with_lon_lat(shared_data: Path, tmp_path: Path, name: str) -> None:
    """Where hardly any house number is mapped, homes come with coordinates."""
    streets = shared_data / "osm" / f"{name}.osm.pbf"
    size = Size(buildings=120, households=1100, members=95, centres=10, lost=0)
    office = write_office(tmp_path, streets, size, title=name)
    project = replace(Project.read(office), search=Search(gap=0.01, seconds=20, advice_seconds=0))
    made = run(project, allow_missing_centres=True)
    figures = made.summary()
    assert figures["households"] == 1100
    homeless = [f for f in made.findings if f.code == "centre-without-place"]
    assert figures["zones"] == 10 - len(homeless)
    assert figures["zones_connected"]
    listed = (made.households["zone"] != "") | (made.households["gap"] != "")
    assert listed.all()


def test_ground_says_what_it_cannot_use(tmp_path: Path) -> None:
    """A street file that is not there is named."""
    with pytest.raises(planner.NetworkError, match=r"none\.osm"):
        Ground.of(tmp_path / "none.osm")
