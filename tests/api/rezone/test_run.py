"""Re-zoning by events: what happens to a plan, and what does not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import planner.plan.changes
from planner.api.plan import Plan
from planner.api.rezone.run import (
    Changed,
    Keeping,
    Options,
    rezone,
    rezone_and_save,
    rezone_curve,
    write_template,
)
from planner.errors import ConfigError, InfeasibleError, InputError, OutputError, SchemaError
from planner.model.project import Project
from planner.plan.store.plans import store_plan
from tests.acceptance.corpus import workbook
from tests.plans import plans_equal

WHEN = datetime(2026, 3, 1, tzinfo=UTC)


def changes(folder: Path, *rows: str) -> Changed:
    """Write a sheet of changes."""
    head = "事项,编号,新编号,地址,社区,经度,纬度,走访分钟,对象,中心户编号,规则,下限,上限"
    path = folder / "changes.csv"
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    return Changed(path)


def zones(plan: Plan) -> dict[str, str]:
    """Give each home its centre."""
    return dict(zip(plan.households["household_id"], plan.households["zone"], strict=True))


def of_west(frame: Any) -> pd.DataFrame:
    """Take the rows of one community."""
    return pd.DataFrame(frame[frame["fence"] == "西社区"]).reset_index(drop=True)


def test_without_events_nothing_changes(project: Project, plan: Plan) -> None:
    """Zones, shapes, colours, members and the proof are those of before, and nothing was solved."""
    again = rezone(plan, project, keeping=Keeping(0.0), when=WHEN)
    assert again.provenance["rezone"]["open_units"] == 0
    assert again.provenance["homes_moved"] == again.provenance["rezone"]["moved"] == 0
    for name in ("units", "centres", "zones", "members"):
        was, now = getattr(plan, name), getattr(again, name)
        pd.testing.assert_frame_equal(pd.DataFrame(was), pd.DataFrame(now))
    assert (again.households["member"] == plan.households["member"]).all()
    assert again.certificate.bound_m == pytest.approx(plan.certificate.bound_m)
    assert again.certificate.value_m == pytest.approx(plan.certificate.value_m)
    assert again.verify().holds


def test_only_the_community_of_an_event_is_cut_again(
    project: Project, plan: Plan, tmp_path: Path
) -> None:
    """A centre retires in the east: the west keeps its tables to the last digit, all keep their numbers."""
    made = rezone(plan, project, changes(tmp_path, "中心户退出,M010,,,,,,,,,,,"), when=WHEN)
    assert 0 < made.provenance["rezone"]["open_units"] < len(made.units)
    for name in ("units", "zones", "centres"):
        pd.testing.assert_frame_equal(of_west(getattr(plan, name)), of_west(getattr(made, name)))
    numbers = dict(zip(plan.centres["centre_id"], plan.centres["number"], strict=True))
    colours = dict(zip(plan.zones["centre_id"], plan.zones["colour"], strict=True))
    for centre, number in zip(made.centres["centre_id"], made.centres["number"], strict=True):
        assert number == numbers[centre]
    for centre, colour in zip(made.zones["centre_id"], made.zones["colour"], strict=True):
        assert colour == colours[centre]
    gone = sum(zone == "M010" for zone in zones(plan).values())
    told = made.provenance["rezone"]
    assert told["forced"] == gone
    assert told["moved"] == made.provenance["homes_moved"] == made.compare(plan).moved
    assert made.verify().holds


def test_a_number_is_never_given_twice(project: Project, plan: Plan, tmp_path: Path) -> None:
    """Number 1 retires; the centre that comes a month later is number 7."""
    first = rezone(plan, project, changes(tmp_path, "中心户退出,M010,,,,,,,,,,,"), when=WHEN)
    second = rezone(first, project, changes(tmp_path, "新增中心户,M020,,,,,,,,,,,"), when=WHEN)
    numbers = dict(zip(second.centres["centre_id"], second.centres["number"], strict=True))
    assert numbers["M020"] == 7
    assert 1 not in numbers.values()
    assert second.provenance["last_number"] == 7


def test_members_stay_with_their_homes(project: Project, plan: Plan, tmp_path: Path) -> None:
    """A home that keeps its zone keeps its member, wherever a member can still serve it."""
    made = rezone(plan, project, changes(tmp_path, "迁出,H0000,,,,,,,,,,,"), when=WHEN)
    was = dict(zip(plan.households["household_id"], plan.households["member"], strict=True))
    now = dict(zip(made.households["household_id"], made.households["member"], strict=True))
    kept = sum(was[home] == member for home, member in now.items())
    assert kept >= 0.95 * len(now)


def test_events_of_earlier_months_stay_true(project: Project, plan: Plan, tmp_path: Path) -> None:
    """Who joined in March is still there in April though the sheets do not know it; rooms are not kept."""
    joins = changes(
        tmp_path,
        "新增住户,N1,,东里小区3号楼1单元502室,东社区,117.0212,32.62,,,,,,",
        "迁出,H1005,,,,,,,,,,,",
        "分户,H0101,N2,,,,,,,,,,",
    )
    first = rezone(plan, project, joins, when=WHEN)
    second = rezone(first, project, when=WHEN)
    assert zones(first) == zones(second)
    assert {"N1", "N2"} < set(zones(second))
    assert "H1005" not in zones(second)
    assert second.provenance["rezone"]["open_units"] == 0
    assert "502" not in str(second.provenance)
    assert len(second.provenance["history"]) == 2
    # the register of today knows them by now: nothing is counted twice, and nothing is held against it
    (tmp_path / "today.csv").write_bytes((project.file.parent / "homes.csv").read_bytes())
    third = rezone(
        second, project, Changed(households=tmp_path / "today.csv"), Keeping(), when=WHEN
    )
    assert "N1" not in zones(third)
    assert third.provenance["events"] == []


def test_a_register_of_homes_knows_nothing_of_members(
    project: Project, plan: Plan, tmp_path: Path
) -> None:
    """A centre that has retired, and a rule that has changed, stay so when the homes are listed anew."""
    rows = (
        "中心户退出,M010,,,,,,,,,,,",
        "规则调整,,,,,,,,,,每个责任区户数,10,70",
        "迁出,H0001,,,,,,,,,,,",
    )
    first = rezone(plan, project, changes(tmp_path, *rows), when=WHEN)
    homes = Changed(households=project.file.parent / "homes.csv")
    second = rezone(first, project, homes, when=WHEN)
    assert "M010" not in set(second.centres["centre_id"])
    assert second.rules.households_per_zone.high == 70
    assert "H0001" in zones(second)
    people = Changed(members=project.file.parent / "members.csv")
    third = rezone(first, project, people, when=WHEN)
    assert "M010" in set(third.centres["centre_id"])
    assert "H0001" not in zones(third)


def test_another_register_than_last_month_is_told(
    project: Project, plan: Plan, tmp_path: Path
) -> None:
    """A plan of the register of today, then the project's own sheet, which knows nothing of it."""
    assert project.file is not None
    lines = (project.file.parent / "homes.csv").read_text(encoding="utf-8").splitlines()
    today = tmp_path / "today.csv"
    today.write_text("\n".join(lines[:-1]), encoding="utf-8")
    first = rezone(plan, project, Changed(households=today), when=WHEN)
    again = rezone(first, project, Changed(households=today), when=WHEN)
    old = rezone(first, project, changes(tmp_path, "迁出,H0001,,,,,,,,,,,"), when=WHEN)
    told = [[f.file for f in p.findings if f.code == "register-other"] for p in (first, again, old)]
    assert told == [[], [], ["homes.csv"]]


def test_who_rests_comes_back_to_where_it_lives(
    project: Project, plan: Plan, tmp_path: Path
) -> None:
    """Three months of a member whom no sheet knows: joins, rests, serves again; no room is kept."""
    at = "东里小区5号楼2单元602室,东社区,117.0224,32.62,,,,,,"
    joins = rezone(plan, project, changes(tmp_path, f"党员加入,M99,,{at}"), when=WHEN)
    rests = rezone(joins, project, changes(tmp_path, "暂停服务,M99,,,,,,,,,,,"), when=WHEN)
    serves = rezone(rests, project, changes(tmp_path, "恢复服务,M99,,,,,,,,,,,"), when=WHEN)
    was, now = (p.members.set_index("member_id").loc["M99"] for p in (joins, serves))
    assert "M99" not in set(rests.members["member_id"])
    assert was["zone"] != ""
    assert (was["zone"], was["unit_id"]) == (now["zone"], now["unit_id"])
    both = (f"党员加入,M99,,{at}", "暂停服务,M99,,,,,,,,,,,")
    once = rezone(plan, project, changes(tmp_path, *both), when=WHEN)
    again = rezone(once, project, changes(tmp_path, "恢复服务,M99,,,,,,,,,,,"), when=WHEN)
    assert again.members.set_index("member_id").loc["M99", "zone"] == was["zone"]
    assert "602" not in str([p.provenance for p in (joins, rests, serves, once, again)])


def test_a_place_that_is_not_found_is_not_forgotten(
    project: Project, plan: Plan, tmp_path: Path
) -> None:
    """The home stays a gap, and its address stays, down to the building: the map may know it next month."""
    row = "迁入,X1,,新风路9号3栋2单元502室,东社区,,,,,,,,"
    first = rezone(plan, project, changes(tmp_path, row), when=WHEN)
    second = rezone(first, project, when=WHEN)
    for made in (first, second):
        assert list(made.gaps["household_id"]) == ["X1"]
        (told,) = made.provenance["events"]
        assert told["where"] == {"address": "新风路9号3栋", "community": "东社区"}


def test_a_lock_stays_with_the_place(project: Project, plan: Plan, tmp_path: Path) -> None:
    """Whoever moves out of a locked building takes no lock along, wherever it goes."""
    locked = rezone(plan, project, changes(tmp_path, "锁定,,,,,,,,东里小区1号楼,,,,"), when=WHEN)
    for place in (
        "西里小区20号楼,西社区,117.0211,32.6322",
        "东里小区20号楼,东社区,117.0211,32.6202",
    ):
        row = f"住户搬家,H0001,,{place},,,,,,"
        made = rezone(locked, project, changes(tmp_path, row), when=WHEN)
        locks = made.provenance["history"][-1]["locks"]
        units = made.units.set_index("unit_id")
        assert list(units.loc[locks, "label"]) == ["东里小区1号楼"]
        assert zones(made)["H0001"] != ""
    # all who lived there are gone, others have come: it is still the same building
    rows = [f"迁出,H00{i:02d},,,,,,,,,,," for i in range(12)]
    rows += ["党员退出,M000,,,,,,,,,,,", "党员退出,M001,,,,,,,,,,,"]
    rows += ["迁入,X1,,东里小区1号楼,东社区,117.02,32.62,,,,,,"]
    made = rezone(locked, project, changes(tmp_path, *rows), when=WHEN)
    (lock,) = made.provenance["history"][-1]["locks"]
    assert made.units.set_index("unit_id").loc[lock, "label"] == "东里小区1号楼"


def test_a_lock_of_a_centre_out_of_reach_is_told(
    project: Project, plan: Plan, tmp_path: Path
) -> None:
    """The centre moves to the other community: nobody is left without a zone for the sake of a lock."""
    locked = rezone(plan, project, changes(tmp_path, "锁定,,,,,,,,责任区1,,,,"), when=WHEN)
    row = "党员搬家,M010,,西里小区3号楼,西社区,117.0212,32.632,,,,,,"
    made = rezone(locked, project, changes(tmp_path, row), when=WHEN)
    assert "lock-lost" in {f.code for f in made.findings}
    assert all(zones(made).values())
    assert len(made.gaps) == 0


def test_locks_hold_and_are_taken_along(project: Project, plan: Plan, tmp_path: Path) -> None:
    """A locked building stays when its own community is cut again; unlocked, it may go."""
    label = str(plan.units["label"].iloc[0])
    zone = str(plan.units["zone"].iloc[0])
    locked = rezone(plan, project, changes(tmp_path, f"锁定,,,,,,,,{label},,,,"), when=WHEN)
    assert locked.provenance["rezone"]["open_units"] == 0
    rows = ("规则调整,,,,,,,,,,每个责任区户数,1,200", "中心户退出,M040,,,,,,,,,,,")
    made = rezone(locked, project, changes(tmp_path, *rows), Keeping(0.0), when=WHEN)
    at = list(made.units["label"]).index(label)
    assert made.units["zone"].iloc[at] == zone
    assert made.provenance["history"][-1]["locks"] == [made.units["unit_id"].iloc[at]]
    opened = rezone(made, project, changes(tmp_path, f"解锁,,,,,,,,{label},,,,"), when=WHEN)
    assert opened.provenance["history"][-1]["locks"] == []


def test_a_meeting_s_word_is_carried_out(project: Project, plan: Plan, tmp_path: Path) -> None:
    """A building is given to the centre of a zone by its number, and the certificate still holds."""
    units = plan.units[plan.units["fence"] == "东社区"].reset_index(drop=True)
    centre = plan.centres.set_index("centre_id")
    number = centre.loc["M040", "number"]
    near = "东里小区3号楼"
    assert units.set_index("label")["zone"][near] == "M010"
    row = f"划归,,,,,,,,{near},{number},,,"
    made = rezone(plan, project, changes(tmp_path, row), Keeping(fewest=True), when=WHEN)
    at = list(made.units["label"]).index(near)
    assert made.units["zone"].iloc[at] == "M040"
    assert made.provenance["rezone"]["moved"] == made.units["households"].iloc[at]
    assert made.verify().holds


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("锁定,,,,,,,,月亮小区1号楼,,,,", "target-unknown"),
        ("划归,,,,,,,,东里小区1号楼,M999,,,", "centre-unknown"),
        ("划归,,,,,,,,东里小区1号楼,M110,,,", "give-not-served"),
        ("划归,,,,,,,,东里小区2号楼,M040,,,", "give-not-served"),
        ("迁出,H9999,,,,,,,,,,,", "event-nobody"),
        ("锁定,,,,,,,,1,,,,\n中心户退出,M010,,,,,,,,,,,", "zone-dissolved"),
        ("划归,,,,,,,,东里小区4号楼,M010,,,\n中心户退出,M010,,,,,,,,,,,", "zone-dissolved"),
    ],
)
def test_what_cannot_be_carried_out_stops_the_run(
    project: Project, plan: Plan, tmp_path: Path, row: str, code: str
) -> None:
    """By row, in both languages; nothing is guessed."""
    with pytest.raises(SchemaError) as raised:
        rezone(plan, project, changes(tmp_path, row), when=WHEN)
    (told,) = raised.value.findings
    assert (told.code, told.row) == (code, 2)
    assert told.what_zh
    assert raised.value.zh


def test_what_cannot_be_connected_is_named_as_on_the_map(
    project: Project, plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the label of the building: the ids of today stand in no file yet."""
    told = changes(tmp_path, "划归,,,,,,,,东里小区3号楼,M040,,,")
    parted = planner.plan.changes.refuse_parted
    monkeypatch.setattr(
        "planner.api.zone.refuse_parted",
        lambda names, held, found: parted(names, held, np.full(len(found), -1)),
    )
    with pytest.raises(InputError, match="东里小区3号楼") as raised:
        rezone(plan, project, told, when=WHEN)
    assert "U000" not in str(raised.value)


def test_three_ways_to_say_how_much(project: Project, plan: Plan, tmp_path: Path) -> None:
    """The fewest are the forced; a budget is kept; too small a one is refused with the number."""
    told = changes(tmp_path, "中心户退出,M010,,,,,,,,,,,")
    few = rezone(plan, project, told, Keeping(fewest=True), when=WHEN)
    least = few.provenance["rezone"]["least"]
    assert few.provenance["rezone"]["moved"] == least
    some = rezone(plan, project, told, Keeping(budget=least + 15), when=WHEN)
    assert least <= some.provenance["rezone"]["moved"] <= least + 15
    with pytest.raises(InfeasibleError, match=f"at least {least} homes"):
        rezone(plan, project, told, Keeping(budget=least - 1), when=WHEN)


def test_no_zone_loses_more_than_it_may(project: Project, plan: Plan, tmp_path: Path) -> None:
    """The number is told, and is that of the two plans held against each other."""
    # fifty homes come to one building: its zone is too large now, and its neighbours have room
    at = "东里小区5号楼,东社区,117.0224,32.62,,,,,,"
    told = changes(tmp_path, *(f"迁入,N{i},,{at}" for i in range(50)))
    free = rezone(plan, project, told, Keeping(0.0), when=WHEN)
    most = free.provenance["rezone"]["most_lost"]
    lost = free.compare(plan).rows.groupby("from_centre")["households"].sum()
    assert most == lost.max() == 12
    made = rezone(plan, project, told, Keeping(0.0, zone_budget=11), when=WHEN)
    assert made.provenance["rezone"]["zone_budget"] == 11
    # a building is twelve homes, and goes as one
    assert made.provenance["rezone"]["most_lost"] == made.compare(plan).moved == 0
    assert made.verify().holds


def test_no_member_loses_more_than_it_may(project: Project, plan: Plan, tmp_path: Path) -> None:
    """Of the homes that one member serves: those of a building are served by two, so a part of them."""
    at = "东里小区5号楼,东社区,117.0224,32.62,,,,,,"
    told = changes(tmp_path, *(f"迁入,N{i},,{at}" for i in range(50)))
    free = rezone(plan, project, told, Keeping(0.0), when=WHEN)
    most = free.provenance["rezone"]["most_lost_member"]
    homes = free.households.merge(
        plan.households[["household_id", "zone", "member"]],
        on="household_id",
        suffixes=("", "_was"),
    )
    gone = homes[(homes["zone"] != homes["zone_was"]) & (homes["member_was"] != "")]
    assert most == gone["member_was"].value_counts().max() > 1
    kept = plan.households.set_index("household_id")["member"]
    made = rezone(plan, project, told, Keeping(0.0, member_budget=most - 1), when=WHEN)
    served = made.households.set_index("household_id")["member"].reindex(kept.index)
    lost = kept[(kept != "") & (served != kept)].value_counts().max()
    assert made.provenance["rezone"]["most_lost_member"] == (0 if np.isnan(lost) else lost)
    figures = made.provenance["rezone"]
    assert figures["member_budget"] == most - 1
    assert figures["most_lost_member"] < most
    assert made.verify().holds
    same = rezone(plan, project, told, Keeping(0.0, member_budget=most), when=WHEN)
    assert same.provenance["rezone"]["moved"] == free.provenance["rezone"]["moved"]
    retired = changes(tmp_path, "中心户退出,M010,,,,,,,,,,,")
    gone = rezone(plan, project, retired, Keeping(0.0, member_budget=0), when=WHEN)
    # whose centre is gone loses nothing that could be kept
    assert gone.provenance["rezone"]["most_lost_member"] == 0


def test_a_point_of_the_curve_can_be_taken(project: Project, plan: Plan, tmp_path: Path) -> None:
    """The plan that is written is the one that the curve showed."""
    store_plan(plan, tmp_path / "plan.gpkg")
    told = changes(tmp_path, "中心户退出,M010,,,,,,,,,,,")
    points = rezone_curve(plan, project, told)
    assert [p.number for p in points] == list(range(1, len(points) + 1))
    last = points[-1]
    made, written = rezone_and_save(
        tmp_path / "plan.gpkg", project, tmp_path / "new", told, options=Options(take=last.number)
    )
    assert made.provenance["rezone"]["moved"] == last.homes_moved
    assert Plan.load(written["plan.gpkg"]).provenance["history"][-1]["kind"] == "rezone"
    options = Options(take=99)
    with pytest.raises(ConfigError, match="no number 99"):
        rezone_and_save(tmp_path / "plan.gpkg", project, tmp_path / "b", told, options=options)


def test_by_is_an_office(project: Project, plan: Plan) -> None:
    """A telephone is none."""
    with pytest.raises(InputError):
        rezone(plan, project, options=Options(by="13800138000"))


def test_the_template_is_always_the_same(tmp_path: Path) -> None:
    """Byte for byte."""
    first = write_template(tmp_path / "c.xlsx").read_bytes()
    assert write_template(tmp_path / "d.xlsx").read_bytes() == first


def test_the_template_replaces_nothing_but_itself(tmp_path: Path) -> None:
    """Somebody's register stays, whatever was asked for; so does a file of another name."""
    register = tmp_path / "homes.xlsx"
    register.write_bytes(workbook({"居民": [["编号"], ["H1"]]}))
    before = register.read_bytes()
    for path in (register, tmp_path / "homes.csv"):
        with pytest.raises(OutputError):
            write_template(path, replacing=True)
    assert register.read_bytes() == before
    assert not (tmp_path / "homes.csv").exists()
    own = write_template(tmp_path / "c.xlsx")
    assert write_template(own, replacing=True) == own


def test_random_months_keep_everybody(project: Project, plan: Plan, tmp_path: Path) -> None:
    """Twelve months of seeded events: who is on the register is in the plan, and untouched parts stay."""
    rng = np.random.default_rng(11)
    standing = plan
    homes = dict(zip(plan.households["household_id"], plan.households["fence"], strict=True))
    for month in range(12):
        rows = []
        leaver = str(rng.choice(sorted(homes)))
        rows.append(f"迁出,{leaver},,,,,,,,,,,")
        touched = {homes.pop(leaver)}
        if month % 2:
            fence = ("东社区", "西社区")[int(rng.integers(2))]
            b, lat = int(rng.integers(9)), 32.62 + 0.012 * (fence == "西社区")
            name = f"N{month}"
            at = f"{fence[0]}里小区{b + 1}号楼,{fence},{117.02 + b * 0.0006:.6f},{lat:.6f}"
            rows.append(f"新增住户,{name},,{at},,,,,,")
            homes[name] = fence
            touched.add(fence)
        made = rezone(standing, project, changes(tmp_path, *rows), when=WHEN)
        assert set(zones(made)) == set(homes)
        for fence in {"东社区", "西社区"} - touched:
            was = standing.zones[standing.zones["fence"] == fence].geometry.to_wkb().tolist()
            assert made.zones[made.zones["fence"] == fence].geometry.to_wkb().tolist() == was
        assert made.provenance["homes_moved"] == made.compare(standing).moved
        if month % 4 == 3:
            # the same month told in another order is the same plan, and undone it is the one before
            again = rezone(standing, project, changes(tmp_path, *rows[::-1]), when=WHEN)
            assert zones(again) == zones(made)
            plans_equal(made.undo(), standing)
        standing = made
    assert len(standing.provenance["history"]) == 12
    assert len(standing.past) == 12
    assert standing.verify().holds


def test_a_home_that_is_lost_from_the_map_is_counted_alike(
    project: Project, plan: Plan, tmp_path: Path
) -> None:
    """It had a centre and has none: screen, summary and the difference of the files say one number."""
    made = rezone(
        plan, project, changes(tmp_path, "搬家,H0000,,月亮路999号,东社区,,,,,,,,"), when=WHEN
    )
    told = made.provenance["rezone"]
    assert zones(made)["H0000"] == ""
    assert told["moved"] == told["forced"] == 1
    assert made.provenance["homes_moved"] == made.compare(plan).moved == 1
