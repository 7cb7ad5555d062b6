"""人文相亲 from the office's sheet to the finished plan."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from msgspec import structs

from planner.api.plan import Plan
from planner.api.zone import run
from planner.errors import ConfigError, InfeasibleError, InputError
from planner.model.audit import audit
from planner.model.problem import Problem
from planner.model.project import Affinity, Project
from planner.model.ties import Helpers, Ties
from planner.plan.advice.repairs import limit_words
from planner.plan.changefile import Changes, Move
from planner.plan.changes import apply_changes
from planner.plan.frames import assignment_of
from planner.plan.provenance import plan_fingerprint
from planner.plan.store.plans import plan_bytes, read_bytes
from planner.render.text.words import rule_words
from planner.solve.rezone import price_changes
from planner.solve.staff import staff
from planner.solve.stop import Stop
from tests.plans import make_plan_tables

SIDE, HOMES_EACH = 8, 6
RULES = """
[rules]
members_per_zone = { low = 2, high = 12 }
households_per_member = { low = 8, high = 25 }
households_per_zone = { low = 60, high = 150 }
[search]
gap = 0.01
seconds = 20
advice_seconds = 0
"""


def _office(folder: Path, *, minutes: bool = False) -> Path:
    """Write a town of 64 stairwells in a grid, four centres, 20 members, 384 homes."""
    folder.mkdir(parents=True, exist_ok=True)
    at = np.arange(SIDE * SIDE)
    x, y = np.divmod(at, SIDE)
    lon, lat = 117.0 + 0.0008 * x, 32.6 + 0.0007 * y
    stair = np.repeat(at, HOMES_EACH)
    homes = pd.DataFrame(
        {"编号": [f"H{i:03d}" for i in range(len(stair))], "经度": lon[stair], "纬度": lat[stair],
         "楼栋": [f"B{s}" for s in stair]}
    )  # fmt: skip
    if minutes:
        homes["minutes"] = np.where(np.arange(len(stair)) % 7 == 0, 90, 15)
    lives = np.concatenate([[9, 14, 49, 54], np.arange(0, 64, 4)])
    members = pd.DataFrame(
        {"编号": [f"M{i:02d}" for i in range(20)], "经度": lon[lives], "纬度": lat[lives],
         "楼栋": [f"B{s}" for s in lives], "是否中心户": ["是"] * 4 + ["否"] * 16,
         "特长": ["矛盾调解员、政策宣讲员" if i in (4, 12, 17) else "志愿服务员" for i in range(20)]}
    )  # fmt: skip
    homes.to_csv(folder / "homes.csv", index=False)
    members.to_csv(folder / "members.csv", index=False)
    path = folder / "planner.toml"
    path.write_text(_project(), "utf-8")
    return path


def _project(inputs: str = "", more: str = "") -> str:
    return (
        '[inputs]\nhouseholds = "homes.csv"\nmembers = "members.csv"\ndetour_factor = 1.3\ncache = false\n'
        + inputs + RULES + more
    )  # fmt: skip


def _home(stairwell: int, k: int = 0) -> str:
    return f"H{stairwell * HOMES_EACH + k:03d}"


def _tied(folder: Path, rows: list[tuple[str, str, str, str]], more: str = "") -> Plan:
    path = _office(folder)
    pd.DataFrame(rows, columns=["甲", "乙", "关系", "折合米数"]).to_csv(
        folder / "ties.csv", index=False
    )
    path.write_text(_project('ties = "ties.csv"\n', more), "utf-8")
    return run(Project.read(path))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The town without ties."""
    return run(Project.read(_office(tmp_path_factory.mktemp("plain"))))


def _border(plan: Plan) -> tuple[int, int]:
    """Two neighbouring stairwells of two zones, in which no member lives."""
    zone = plan.households.set_index("household_id")["zone"]
    free = [s for s in range(SIDE * SIDE) if s % 4 and s not in (9, 14, 49, 54)]
    for s in free:
        if s + SIDE in free and zone[_home(s)] != zone[_home(s + SIDE)]:
            return s, s + SIDE
    raise AssertionError("every border runs along members")


def _inner(plan: Plan) -> tuple[int, int]:
    """Two neighbouring stairwells of one zone, one of them beside another zone."""
    zone = plan.households.set_index("household_id")["zone"]
    for s in range(SIDE * (SIDE - 1)):
        beside = [t for t in (s + 1, s - 1) if s % SIDE and (s + 1) % SIDE]
        if zone[_home(s)] == zone[_home(s + SIDE)] and any(
            zone[_home(t)] != zone[_home(s)] for t in beside
        ):
            return s, s + SIDE
    raise AssertionError("no such pair")


@pytest.fixture(scope="module")
def tied(plain: Plan, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The same town with ties over a border, a pair to be kept apart, and helpers."""
    one, other = _border(plain)
    a, b = _inner(plain)
    zone = plain.households.set_index("household_id")
    people = plain.members[plain.members["zone"] == zone.at[_home(20), "zone"]]
    helper = next(m for m in people["member_id"] if m != zone.at[_home(20), "member"])
    rows = [
        (_home(one), _home(other), "亲属", "20000"), (_home(one, 1), _home(other, 1), "老单位", ""),
        (_home(a), _home(b), "分开", "30000"), (_home(5), _home(5, 1), "亲属", ""),
        (_home(20), helper, "帮扶", "5000"), (_home(20), "H999", "亲属", ""),
    ]  # fmt: skip
    return _tied(tmp_path_factory.mktemp("tied"), rows)


def test_ties_are_kept_and_aparts_parted(plain: Plan, tied: Plan) -> None:
    """Dear ties come into one zone, the kept-apart pair into two; all is counted by the auditor."""
    found = tied.certificate.ties
    assert found is not None
    assert (found.kept, found.ties, found.parted, found.aparts, found.broken_m) == (4, 4, 1, 1, 0.0)
    blind = audit(tied.problem, assignment_of(plain), 0.0)
    assert blind.ties is not None
    assert blind.ties.broken_m == pytest.approx(20000 + 200 + 30000)
    assert tied.certificate.value_m < blind.value_m
    assert tied.certificate.bound_m <= tied.certificate.value_m
    assert tied.certificate.zones_connected


def test_the_price_is_recomputed_from_the_homes(tied: Plan) -> None:
    """The auditor's figures are those that one finds by looking each pair up in the plan's tables."""
    ties, zone = tied.problem.ties, tied.units["zone"].to_numpy()
    assert ties is not None
    apart = ties.apart == (zone[ties.a] == zone[ties.b])
    assert tied.certificate.ties is not None
    assert tied.certificate.ties.broken_m == ties.price_m[apart].sum()
    assert ties.cost_m(assignment_of(tied)) == tied.certificate.ties.broken_m


def test_a_helper_keeps_the_home(plain: Plan, tied: Plan) -> None:
    """Inside the zone the home stays with the member who helps it, dearer than the walk."""
    before = plain.households.set_index("household_id")["member"]
    after = tied.households.set_index("household_id")["member"]
    assert before[_home(20)] != after[_home(20)]
    assert tied.provenance["staffing"]["helpers_kept"] == 1
    held = tied.households["member"].value_counts()
    assert held.between(8, 25).all()


def test_what_could_not_be_taken_is_told(tied: Plan) -> None:
    """The unknown id is a finding with file, row and column, and no id."""
    (said,) = [f for f in tied.findings if f.code == "tie-unknown"]
    assert (said.file, said.row) == ("ties.csv", 7)
    assert "H999" not in str(said)


def test_the_summary_says_it_in_both_languages(tied: Plan, tmp_path: Path) -> None:
    """Counts of the whole plan; kinds, pairs and ids are in no file for a meeting."""
    written = tied.save(tmp_path)
    told = written["summary.md"].read_text("utf-8")
    assert "人文相亲：保留 4/4 对" in told
    assert "ties kept: 4 of 4" in told
    assert "kept apart: 1 of 1" in told
    assert "homes that keep the member who helps them: 1 of 1" in told
    figures = json.loads(written["summary.json"].read_text("utf-8"))
    assert figures["affinity"]["kept"] == 4
    for name in ("summary.md", "summary.json", "map.html"):
        text = written[name].read_text("utf-8")
        assert not any(word in text for word in ("亲属", "老单位", "帮扶", "H999"))


def test_the_plan_file_keeps_what_a_change_needs(tied: Plan, tmp_path: Path) -> None:
    """Units, prices and counts come back; the digest of the problem covers them."""
    again = Plan.load(tied.save(tmp_path)["plan.gpkg"])
    mine, theirs = tied.problem.ties, again.problem.ties
    assert mine is not None
    assert theirs is not None
    for one, other in zip(mine.arrays, theirs.arrays, strict=True):
        np.testing.assert_array_equal(one, other)
    assert again.problem.fingerprint() == tied.problem.fingerprint()
    assert again.problem.fingerprint() != again.problem.replace(ties=None).fingerprint()
    assert again.certificate.ties == tied.certificate.ties
    assert "亲属".encode() not in (tmp_path / "plan.gpkg").read_bytes()


def test_a_re_cut_counts_ties_and_moves(tied: Plan, plain: Plan, tmp_path: Path) -> None:
    """From the plan without ties few homes move, and what stands with the same ties stays."""
    folder = tmp_path / "again"
    one, other = _border(plain)
    rows = [(_home(one), _home(other), "亲属", "20000")]
    first = _tied(folder, rows)
    project = Project.read(folder / "planner.toml")
    same = run(project, previous=first)
    assert same.provenance["stopped"] == "unchanged"
    assert same.provenance["homes_moved"] == 0
    recut = run(project, previous=plain)
    assert recut.certificate.ties is not None
    assert recut.certificate.ties.kept == 1
    assert 0 < recut.provenance["homes_moved"] <= 40
    moved = recut.provenance["homes_moved"]
    assert recut.certificate.change_m == pytest.approx(200.0 * moved)


def test_without_ties_nothing_is_different(plain: Plan, tmp_path: Path) -> None:
    """No ties: no word of them in any file, and the same zones as with ties worth nothing."""
    assert plain.certificate.ties is None
    assert plain.problem.ties is None
    assert "affinity" not in plain.summary()
    assert "相亲" not in plain.save(tmp_path / "out")["summary.md"].read_text("utf-8")
    idle = _tied(tmp_path / "idle", [(_home(0), _home(63), "亲属", "0")])
    assert (idle.units["zone"] == plain.units["zone"]).all()
    assert (idle.households["member"] == plain.households["member"]).all()


def test_each_zone_is_asked_for_a_talent(plain: Plan, tmp_path: Path) -> None:
    """A talent is one more rule: audited, told in words; who cannot have it is listed by number."""
    path = _office(tmp_path)
    path.write_text(
        _project(more='[affinity]\ntalents = ["矛盾调解员", "会计"]\ntalent_price = 9000\n'),
        "utf-8",
    )
    plan = run(Project.read(path))
    (rule,) = [r for r in plan.certificate.rules if r.name == "talent:矛盾调解员"]
    assert (rule.low, rule.high) == (1.0, None)
    able = plan.members.set_index("member_id").loc[["M04", "M12", "M17"], "zone"]
    missing = set(plan.zones["centre_id"]) - set(able)
    assert rule.broken == len(missing) == 1
    before = plain.members.set_index("member_id").loc[["M04", "M12", "M17"], "zone"]
    assert len(set(able)) >= len(set(before))
    (number,) = plan.zones.loc[plan.zones["centre_id"].isin(missing), "number"]
    assert plan.summary()["affinity"]["zones_without"] == {"矛盾调解员": [number]}
    (told,) = [f for f in plan.findings if f.code == "talent-nobody"]
    assert "会计" in told.what_zh
    written = plan.save(tmp_path / "out")
    text = written["summary.md"].read_text("utf-8")
    assert f"zones without a member with the strength 矛盾调解员: {number}" in text
    assert Plan.load(written["plan.gpkg"]).problem.fingerprint() == plan.problem.fingerprint()


def test_talents_have_words_wherever_a_rule_is_named() -> None:
    """The rule's table, the map and the negotiation speak of the strength, in both languages."""
    zh, en = rule_words("talent:矛盾调解员")
    assert "矛盾调解员" in zh
    assert "strength 矛盾调解员" in en
    english, chinese = limit_words("talent:矛盾调解员", "low", 0)
    assert "members of a zone with the strength 矛盾调解员" in english
    assert "“矛盾调解员”人数下限放宽到0" in chinese


def test_minutes_of_care_are_the_load(tmp_path: Path) -> None:
    """Visit minutes weigh the walks, in cost and in the zones' sums, from the sheet to the plan file."""
    plan = run(Project.read(_office(tmp_path, minutes=True)))
    minutes = plan.households.set_index("household_id")["load"]
    assert minutes.sum() == pytest.approx(55 * 90 + 329 * 15)
    assert plan.problem.load.sum() == minutes.sum()
    assert plan.problem.households.sum() == 384
    walked = (plan.households["walk_m"] * plan.households["load"]).sum()
    assert plan.certificate.cost_m == pytest.approx(walked, rel=1e-4)
    by_zone = plan.households.groupby("zone")["load"].sum()
    assert (plan.centres.set_index("centre_id")["load"] == by_zone).all()


def test_staffing_weighs_a_helper_against_the_walk() -> None:
    """A surcharge on everyone else keeps the home with its helper while that is dearer than the walk."""
    walk = np.array([[10.0, 60.0], [10.0, 60.0]])
    for price, mine in ((100.0, [0, 1]), (30.0, [1, 0])):
        extra = np.array([[0.0, 0.0], [price, 0.0]])
        assert staff([5, 1], walk + extra, 0, 6).share[1].tolist() == mine
    helpers = Helpers([0, 2], [1, 1], [100.0, 100.0])  # type: ignore[arg-type]
    assert helpers.kept([1, 0, -1]) == 1


def test_ties_are_checked() -> None:
    """Lengths, order, and prices must fit; pairs within one unit cost nothing."""
    inside = Ties([2], [2], [300.0], [False], [1])  # type: ignore[arg-type]
    assert inside.price_m.tolist() == [0.0]
    for wrong in (
        ([1], [0], [1.0]),
        ([0], [1], [-1.0]),
        ([0, 1], [1], [1.0]),
        ([0], [1], [np.inf]),
    ):
        with pytest.raises(ValueError, match="not ties"):
            Ties(*wrong, apart=[False], people=[1])  # type: ignore[arg-type]
    tables = make_plan_tables()
    far = Ties([0], [tables.problem.n_units], [1.0], [False], [1])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="ties are out of range"):
        tables.problem.replace(ties=far)


def test_a_price_of_changes_leaves_ties_alone(tied: Plan) -> None:
    """A problem that is priced for a re-cut still has its ties."""
    from planner.solve.rezone import Previous

    n = len(tied.households)
    before = Previous(np.zeros(n, np.int32), np.ones(n), "", 200.0)
    unit = np.zeros(n, np.int32)
    priced: Problem = price_changes(tied.problem, unit, before)
    assert priced.ties is tied.problem.ties
    assert replace(tied.certificate, ties=None).value_m <= tied.certificate.value_m


def test_ties_that_must_hold_do(plain: Plan, tmp_path: Path) -> None:
    """A row of a kind that must hold is kept whatever it costs, on file too; one with a price is not."""
    one, other = _border(plain)
    a, b = _inner(plain)
    rows = [
        (_home(one), _home(other), "亲属", ""),
        (_home(a), _home(b), "分开", ""),
        (_home(0), _home(63), "亲属", "1"),
    ]
    must = '[affinity]\nmust = ["kin", "apart"]\n'
    plan = _tied(tmp_path, rows, must)
    ties = plan.problem.ties
    assert ties is not None
    assert (int(ties.hard.sum()), len(ties)) == (2, 3)
    assert ties.broken(assignment_of(plan))[ties.hard].sum() == 0
    (rule,) = [r for r in plan.certificate.rules if r.name == "must_ties"]
    assert (rule.broken, rule.highest) == (0, 0.0)
    before = assignment_of(plain)
    blind = audit(plan.problem, before, 0.0)
    assert sum(v.excess for v in blind.violations if v.rule == "must_ties") == 2
    again = Plan.of(read_bytes(plan_bytes(plan), tmp_path / "plan.gpkg"))
    assert again.problem.ties is not None
    assert again.problem.ties.hard.tolist() == ties.hard.tolist()
    assert again.problem.fingerprint() == plan.problem.fingerprint()
    _edits_keep_them(again, one, other)


def _edits_keep_them(plan: Plan, stairwell: int, other: int) -> None:
    """An edit that parts two who must be together is refused, or recorded as what a meeting insists on."""
    unit = plan.households.set_index("household_id").at[_home(stairwell), "unit_id"]
    zones = plan.units.set_index("unit_id")["zone"]
    place = {u: i for i, u in enumerate(plan.units["unit_id"])}
    pairs = plan.problem.pair_centre[
        plan.problem.pair_start[place[unit]] : plan.problem.pair_start[place[unit] + 1]
    ]
    ids = plan.centres["centre_id"].to_numpy(str)
    for to in [ids[c] for c in pairs if ids[c] != zones[unit]]:
        move = Move(str(unit), str(zones[unit]), str(to))
        moved = Changes(
            "planner-changes-1", plan_fingerprint(plan), "2026-05-18T09:30:00Z", (move,), (), ()
        )
        try:
            made = apply_changes(plan, structs.replace(moved, insist=True))
        except InputError:
            continue
        with pytest.raises((InfeasibleError, InputError)) as refused:
            apply_changes(plan, moved)
        if isinstance(refused.value, InfeasibleError):
            assert "ties that must hold" in str(refused.value)
            assert made.provenance["history"][-1]["insisted"]["rules"] == ["must_ties"]
            _completed_edits_keep_them(plan, moved, other)
            return
    raise AssertionError("every move parts a zone")


def _completed_edits_keep_them(plan: Plan, moved: Changes, stairwell: int) -> None:
    """Completed, the edit takes the other along; where that one is locked, both are named."""
    made = apply_changes(plan, moved, complete=True, stop=Stop(0.05, 20.0))
    ties = made.problem.ties
    assert ties is not None
    assert not (ties.broken(assignment_of(made)) & ties.hard).any()
    unit = str(plan.households.set_index("household_id").at[_home(stairwell), "unit_id"])
    with pytest.raises(InfeasibleError) as refused:
        apply_changes(
            plan, structs.replace(moved, locks=(unit,)), complete=True, stop=Stop(0.05, 20.0)
        )
    assert str(plan.units.set_index("unit_id").at[unit, "label"]) in str(refused.value)
    assert "moves or locks" in refused.value.remedy


def test_who_lives_next_door_is_looked_after(tmp_path: Path) -> None:
    """Each serving member has the homes of its own stairwell, by addresses alone, and keeps them."""
    path = _office(tmp_path)
    path.write_text(_project(more='[affinity]\nnext_door = 2\nmust = ["next_door"]\n'), "utf-8")
    plan = run(Project.read(path))
    assert plan.helpers is not None
    held = plan.helpers.merge(plan.households, on="household_id", suffixes=("_asked", ""))
    assert len(held) == 2 * len(plan.members)
    at = plan.members.set_index("member_id")
    assert (held["unit_id"].to_numpy() == at.loc[held["member_id"], "unit_id"].to_numpy()).all()
    serving = at["households"] > 0
    kept = held["member"].to_numpy() == held["member_id"].to_numpy()
    assert kept[serving.loc[held["member_id"]].to_numpy()].all()
    assert plan.provenance["staffing"]["helpers"] == len(held)
    ties = plan.problem.ties
    assert ties is not None
    assert ties.hard.all()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("H054", "H084", "亲属", "")], "two centres live in the units"),
        ([("H000", "H001", "分开", "")], "ties.csv 2"),
    ],
)
def test_ties_that_cannot_hold_are_refused(
    rows: list[tuple[str, str, str, str]], said: str, tmp_path: Path
) -> None:
    """Which tie it is, by its row, and what it clashes with; and what to do in both languages."""
    must = '[affinity]\nmust = ["kin", "apart"]\n'
    with pytest.raises(InfeasibleError) as refused:
        _tied(tmp_path, rows, must)
    assert said in str(refused.value)
    assert "ties.csv 2" in str(refused.value)
    assert "ties.csv 2" in refused.value.zh
    assert "price" in refused.value.remedy
    assert "折合米数" in refused.value.remedy_zh
    with pytest.raises(ConfigError, match="friends"):
        Affinity(must=("friends",))
