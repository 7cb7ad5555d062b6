"""Catalogue, entries 81 to 92: rules, locks and earlier plans of a small made-up town."""

# ruff: noqa: E501 - one entry a line

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from planner.api.plan import Plan
from planner.api.zone import run
from planner.model.project import Project
from tests.commanded import planner

EAST, NORTH = 116.80, 32.60
LOOSE = "members_per_zone = {low = 1, high = 30}\nhouseholds_per_zone = {low = 10, high = 60}\nwalk = {limit_m = 900}"


def town(
    rows: int = 4, columns: int = 6, homes: int = 5, *, centres: Sequence[int] = (7, 10)
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the sheets of a grid of buildings 40 m apart, one member in each, some of them centres."""
    at = [(EAST + 0.0004 * c, NORTH + 0.0004 * r) for r in range(rows) for c in range(columns)]
    members = pd.DataFrame({
        "编号": [f"M{b:03}" for b in range(len(at))],
        "经度": [x for x, _ in at], "纬度": [y for _, y in at], "楼栋": [f"B{b}" for b in range(len(at))],
        "是否中心户": ["是" if b in centres else "否" for b in range(len(at))],
    })  # fmt: skip
    households = members.loc[members.index.repeat(homes), ["经度", "纬度", "楼栋"]].reset_index(
        drop=True
    )
    households.insert(0, "编号", [f"H{i:04}" for i in range(len(households))])
    return households, members


def office(folder: Path, rules: str = LOOSE, *, sheets: tuple[pd.DataFrame, pd.DataFrame] | None = None,
           search: str = "seconds = 5") -> Path:  # fmt: skip
    """Write a project of straight lines, and give its file."""
    households, members = town() if sheets is None else sheets
    folder.mkdir(parents=True, exist_ok=True)
    households.to_csv(folder / "homes.csv", index=False)
    members.to_csv(folder / "members.csv", index=False)
    path = folder / "planner.toml"
    path.write_text(
        "[inputs]\nhouseholds = 'homes.csv'\nmembers = 'members.csv'\ndetour_factor = 1.3\n"
        f"[rules]\n{rules}\n[search]\nadvice_seconds = 0\n{search}\n",
        "utf-8",
    )
    return path


@pytest.fixture(scope="module")
def stands(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Plan]:
    """A project and the plan that was made of it."""
    folder = tmp_path_factory.mktemp("stands")
    project = office(folder)
    plan = run(Project.read(project))
    plan.save(folder / "out")
    return project, plan


TIGHT = "households_per_zone = {low = 10, high = 40, hard = HARD}\nmembers_per_zone = {low = 1, high = 30}\nwalk = {limit_m = 900}"


def test_081_too_little_room_is_said_and_planned(tmp_path: Path) -> None:
    """081 G-INFEAS: elastic rules give a plan that says by how much two zones of 40 are too few for 120 homes."""
    plan = run(Project.read(office(tmp_path, TIGHT.replace("HARD", "false"))))
    broken = [r for r in plan.summary()["rules"] if r["name"] == "households_per_zone"]
    assert broken[0]["broken"] == 2
    assert (plan.households["zone"] != "").all()
    said = json.dumps(plan.provenance["advice"], ensure_ascii=False)
    assert "120" in said
    assert "80" in said


def test_081_the_nearest_rules_that_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """081 G-INFEAS: with --fit-rules hard rules give a plan under the nearest limits, which are said, and which hold."""
    project = office(tmp_path, TIGHT.replace("HARD", "true"))
    assert planner(monkeypatch, "zone", project, "--out", tmp_path / "out", "--fit-rules") == 0
    plan = Plan.load(tmp_path / "out" / "plan.gpkg")
    (said,) = [f for f in plan.findings if f.code == "rules-fitted"]
    assert "households in a zone 10-40 -> 10-75" in said.what
    assert "每个责任区户数10-40 -> 10-75" in said.what_zh
    assert plan.rules.households_per_zone.high == 75
    broken = {r["name"]: r["broken"] for r in plan.summary()["rules"]}
    assert broken["households_per_zone"] == 0
    assert "--fit-rules" not in capsys.readouterr().err


def test_081_hard_rules_that_cannot_hold_write_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """081 G-INFEAS: exit 3, the rule, its limit and the total are said, and no file is written."""
    project = office(tmp_path, TIGHT.replace("HARD", "true"))
    assert planner(monkeypatch, "zone", project, "--out", tmp_path / "out") == 3
    said = capsys.readouterr()
    text = (said.out + said.err).replace("\n", " ")
    assert "households in a zone" in text
    assert "households_per_zone" not in text
    assert "40" in text
    assert not (tmp_path / "out").exists()


def test_082_a_building_larger_than_a_zone(tmp_path: Path) -> None:
    """082 G-UNIT: it is cut into runs of floors, each home is served, and the cut is listed."""
    households, members = town(homes=2)
    tower = pd.DataFrame({"编号": [f"T{i:03}" for i in range(100)], "经度": EAST, "纬度": NORTH, "楼栋": "B0",
                          "楼层": [str(1 + i // 4) for i in range(100)]})  # fmt: skip
    sheets = (pd.concat([households, tower], ignore_index=True), members)
    rules = "households_per_zone = {low = 10, high = 60}\nmembers_per_zone = {low = 1, high = 30}\nwalk = {limit_m = 900}"
    plan = run(Project.read(office(tmp_path, rules, sheets=sheets)))
    pieces = plan.households[plan.households["household_id"].str.startswith("T")].groupby("unit_id")
    assert len(pieces) > 1
    assert pieces.size().max() <= 60
    assert any("cut" in f.what or "floor" in f.what for f in plan.findings)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ("households_per_zone = {low = 90, high = 40}", ["households_per_zone", "low = 90"]),
        ("households_per_zone = {low = -1, high = 40}", ["low", "-1"]),
        ("households_per_zone = {high = 0}", ["high = 0"]),
        ("households_per_zone = {high = 'many'}", ["high", "many"]),
        ("walk = {limit_m = 0}", ["walk.limit_m", "0"]),
        ("households = {low = 1}", ["households"]),
    ],
)  # fmt: skip
def test_083_rules_that_make_no_sense_are_refused_by_their_key(
    rules: str,
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """083 G-MINMAX: exit 2 before any sheet is read, with the key and the value."""
    assert planner(monkeypatch, "zone", office(tmp_path, rules), "--out", tmp_path / "out") == 2
    said = capsys.readouterr()
    assert all(word in said.out + said.err for word in words)
    assert not (tmp_path / "out").exists()


def test_084_no_centre_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """084 G-K: without a centre there is nothing to plan, and it says which column is missing."""
    project = office(tmp_path, sheets=town(centres=()))
    assert planner(monkeypatch, "zone", project, "--out", tmp_path / "out") == 2
    said = capsys.readouterr()
    assert "是否中心户" in said.out + said.err


def test_084_one_centre_takes_all(tmp_path: Path) -> None:
    """084 G-K: one zone is a plan."""
    plan = run(Project.read(office(tmp_path, sheets=town(centres=(8,)))))
    assert set(plan.households["zone"]) == {"M008"}


def test_085_more_centres_than_homes_leave_zones_empty_and_say_so(tmp_path: Path) -> None:
    """084 G-K, 085 G-EMPTYZ: a centre without homes is a zone that breaks its floor, by name."""
    households, members = town(centres=range(12))
    plan = run(Project.read(office(tmp_path, sheets=(households.iloc[:8], members))))
    empty = plan.centres[plan.centres["households"] == 0]
    assert len(plan.centres) == 12
    assert len(empty) > 0
    assert empty["broken"].str.contains("households_per_zone").all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"moves": [["U", "M010"], ["U", "M007"]]}, "twice"),
        ({"moves": [["U", "M999"]]}, "M999"),
        ({"locks": ["U99999"]}, "U99999"),
    ],
)  # fmt: skip
def test_086_locks_and_moves_that_contradict_each_other(
    change: dict[str, list[str]], words: str, stands: tuple[Path, Plan], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """086 G-LOCK: refused with exit 2, by the unit or the zone at fault; nothing is written."""
    from planner.plan.provenance import plan_fingerprint

    project, plan = stands
    unit = plan.units[plan.units["zone"] == "M007"]["unit_id"].iloc[0]
    moves = [{"unit": unit, "from": "M007", "to": to} for _, to in change.get("moves", [])]
    said = {"format": "planner-changes-1", "plan": plan_fingerprint(plan), "created": "2026-05-18T09:30:00Z",
            "moves": moves, "locks": change.get("locks", []), "unlocked": [], "notes": []}  # fmt: skip
    path = tmp_path / "changes.json"
    path.write_text(json.dumps(said), "utf-8")
    code = planner(
        monkeypatch, "apply", project.parent / "out" / "plan.gpkg", path, "--out", tmp_path / "new"
    )
    assert code == 2
    out = capsys.readouterr()
    assert words in (out.out + out.err)
    assert not (tmp_path / "new").exists()


def test_087_homes_that_no_connected_zone_reaches(tmp_path: Path) -> None:
    """087 G-CONTIG: a group far beyond every centre's reach is listed by cause, never forced in, and counted."""
    households, members = town()
    far = pd.DataFrame(
        {"编号": [f"F{i}" for i in range(6)], "经度": EAST + 0.2, "纬度": NORTH, "楼栋": "far"}
    )
    sheets = (pd.concat([households, far], ignore_index=True), members)
    plan = run(Project.read(office(tmp_path, sheets=sheets)))
    gaps = plan.gaps[plan.gaps["household_id"].str.startswith("F")]
    assert len(gaps) == 6
    assert (gaps["cause"] != "").all()
    assert plan.certificate.zones_connected


def test_088_homes_that_came_and_went(stands: tuple[Path, Plan], tmp_path: Path) -> None:
    """088 G-PREV-MISS: new and gone homes are counted; unchanged input changes nothing."""
    project, plan = stands
    same = run(Project.read(project), previous=plan)
    assert same.summary()["homes_moved"] == 0
    assert not any(f.code == "homes-come-and-gone" for f in same.findings)
    households, members = town()
    changed = pd.concat([households.iloc[3:], households.iloc[:2].assign(编号=["N1", "N2"])])
    again = run(Project.read(office(tmp_path, sheets=(changed, members))), previous=plan)
    (said,) = [f for f in again.findings if f.code == "homes-come-and-gone"]
    assert "2 homes are new and 3 are gone; 117 are in both" in said.what


def _sheet(
    path: Path, households: pd.DataFrame, zones: Sequence[str], header: str = "中心户"
) -> Path:
    households[["编号"]].assign(**{header: zones}).to_excel(path, index=False)
    return path


def test_089_a_roster_edited_by_hand_is_a_plan_that_stands(
    stands: tuple[Path, Plan], tmp_path: Path
) -> None:
    """089 G-PREV-FMT: roster.internal.xlsx read back changes nothing; a home that was moved in it by hand stays there."""
    project, plan = stands
    roster = project.parent / "out" / "roster.internal.xlsx"
    same = run(Project.read(project), previous=roster)
    assert same.summary()["homes_moved"] == 0
    book = openpyxl.load_workbook(roster)
    sheet = book["居民户 households"]
    top = next(r for r in range(1, 9) if str(sheet.cell(r, 2).value).startswith("中心户"))
    unit = plan.units[plan.units["zone"] == "M007"].sort_values("walk_m")["unit_id"].iloc[-1]
    moved = set(plan.households.loc[plan.households["unit_id"] == unit, "household_id"])
    column = next(c for c in range(1, 20) if str(sheet.cell(top, c).value).startswith("户编号"))
    hits = [r for r in range(top, sheet.max_row + 1) if sheet.cell(r, column).value in moved]
    assert len(hits) == len(moved)
    for r in hits:
        sheet.cell(r, 2, value="M010")
    edited = tmp_path / "roster 改.xlsx"
    book.save(edited)
    again = run(Project.read(project), previous=edited, move_price_m=5000)
    assert (again.households.set_index("household_id").loc[sorted(moved), "zone"] == "M010").all()


def test_089_ids_such_as_12_0_and_unknown_zones(tmp_path: Path) -> None:
    """089 G-PREV-FMT: centre ids are joined after normalising; a zone of nobody known stops, with file, sheet and row."""
    households, members = town()
    members["编号"] = [str(b) for b in range(len(members))]
    project = Project.read(office(tmp_path, sheets=(households, members)))
    half = ["7.0" if i < 60 else "10.0" for i in range(120)]
    plan = run(project, previous=_sheet(tmp_path / "old.xlsx", households, half), move_price_m=5000)
    assert (plan.households["previous_zone"].iloc[:60] == "7").all()
    half[17] = "M-unknown"
    from planner.errors import SchemaError

    with pytest.raises(SchemaError, match=r"old\.xlsx, sheet Sheet1, row 19, column 中心户"):
        run(project, previous=_sheet(tmp_path / "old.xlsx", households, half))


def test_089_a_centre_that_resigned_is_told(tmp_path: Path) -> None:
    """089 G-PREV-FMT: homes of a member who is no centre any more are placed anew, and counted."""
    households, _ = town()
    project = Project.read(office(tmp_path))
    zones = ["M007"] * 60 + ["M010"] * 50 + ["M011"] * 10
    plan = run(project, previous=_sheet(tmp_path / "old.xlsx", households, zones, "责任区中心户"))
    (said,) = [f for f in plan.findings if f.code == "centre-resigned"]
    assert said.what.startswith("10 homes")


def test_089_a_sheet_that_is_no_plan(
    stands: tuple[Path, Plan],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """089 G-PREV-FMT: a sheet without centres, and a home with two, are refused with what to do."""
    project, _ = stands
    code = planner(
        monkeypatch, "zone", project, "--previous", project.parent / "homes.csv", "--out", tmp_path / "a"
    )  # fmt: skip
    said = capsys.readouterr()
    assert code == 2
    assert "中心户/centre" in said.out + said.err
    twice = tmp_path / "twice.csv"
    twice.write_text("编号,中心户\nH0001,M007\nH0001,M010\n", "utf-8")
    assert planner(monkeypatch, "zone", project, "--previous", twice, "--out", tmp_path / "b") == 2
    said = capsys.readouterr()
    assert "row 3" in said.out + said.err


HOSTILE = ['a/b\\c:*?"<>|', "../../etc/x", "CON", "名.", "x" * 80, "zone\U0001f600", "Zone", "zone"]


def test_090_ids_that_no_file_could_be_named_after(tmp_path: Path) -> None:
    """090 G-ZNAME: centre ids of any spelling come through every output as they are."""
    households, members = town(centres=range(len(HOSTILE)), columns=8, rows=2, homes=12)
    members["编号"] = [*HOSTILE, *members["编号"].iloc[len(HOSTILE) :]]
    plan = run(Project.read(office(tmp_path, sheets=(households, members))))
    written = plan.save(tmp_path / "out")
    assert {p.parent for p in written.values()} == {tmp_path / "out"}
    book = openpyxl.load_workbook(written["roster.internal.xlsx"])
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert set(HOSTILE) <= {str(c.value) for c in book["中心户 centres"]["B"]}
    assert set(Plan.load(written["plan.gpkg"]).centres["centre_id"]) == set(HOSTILE)


def test_091_everyone_in_one_place(tmp_path: Path) -> None:
    """091 G-TIE: all homes and centres on one point end in the same plan, whatever the order of the rows."""
    households, members = town()
    households[["经度", "纬度"]] = members[["经度", "纬度"]] = EAST, NORTH
    first = run(Project.read(office(tmp_path / "a", sheets=(households, members))))
    turned = households.sample(frac=1, random_state=1)
    second = run(Project.read(office(tmp_path / "b", sheets=(turned, members.iloc[::-1]))))
    zones = [p.households.set_index("household_id")["zone"].sort_index() for p in (first, second)]
    assert (zones[0] == zones[1]).all()
    assert (zones[0] != "").all()


def test_092_no_time_still_gives_a_plan_and_its_gap(tmp_path: Path) -> None:
    """092 G-TIME: after a moment there is a checked plan with an honest bound."""
    rng = np.random.default_rng(3)
    households, members = town(20, 20, 6, centres=rng.choice(400, 40, replace=False).tolist())
    plan = run(
        Project.read(office(tmp_path, search="seconds = 0.05", sheets=(households, members)))
    )
    certificate = plan.certificate
    assert certificate.bound_m <= certificate.value_m
    assert (plan.households["zone"] != "").all()
    assert certificate.zones_connected


def test_strict_tells_broken_rules_from_homes_that_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --strict: 0 if all is well, 2 if homes were held back, 3 if the plan breaks a rule; the plan is written each time."""
    households, members = town()
    lost = households.assign(经度=households["经度"].astype(object))
    lost.loc[0, "经度"] = "?"
    wide = LOOSE.replace("high = 60", "high = 80")
    for number, (sheets, rules, code) in enumerate([
        ((households, members), wide, 0), ((lost, members), wide, 2),
        ((households, members), LOOSE.replace("high = 60", "high = 50"), 3),
    ]):  # fmt: skip
        folder = tmp_path / str(number)
        project = office(folder, rules, sheets=sheets)
        assert planner(monkeypatch, "zone", project, "--out", folder / "out", "--strict") == code
        assert (folder / "out" / "plan.gpkg").is_file()
