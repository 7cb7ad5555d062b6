"""Changes of a meeting: read strictly, replayed exactly, recorded, and refused where they do not fit."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.api.plan import Plan
from planner.errors import InputError, PlannerError
from planner.model import audit
from planner.model.tables import PlanTables
from planner.plan.changefile import FORMAT, read_changes
from planner.plan.changes import apply_changes, refuse_parted, replayed
from planner.plan.frames import assignment_of
from planner.plan.provenance import history_of, locks_of, notes_of, plan_fingerprint
from planner.plan.store import read_plan, store_plan
from planner.render.map.meeting import plan_words
from planner.render.text.summary import summary_markdown
from planner.render.text.words import insisted_words
from planner.solve.zones.search import Stop
from tests.plans import make_plan_tables, plans_equal, unproven

WHEN = datetime(2026, 5, 18, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan."""
    return unproven(make_plan_tables())


def some_move(tables: PlanTables, skip: int = 0) -> tuple[int, int]:
    """Find a unit and a centre to which it can go with every zone still connected."""
    problem, now = tables.problem, assignment_of(tables)
    for u in np.flatnonzero((now >= 0) & ~np.isin(np.arange(len(now)), problem.home))[skip:]:
        for p in range(problem.pair_start[u], problem.pair_start[u + 1]):
            trial = now.copy()
            trial[u] = problem.pair_centre[p]
            if trial[u] != now[u] and not audit.audit(problem, trial, 0.0).disconnected:
                return int(u), int(trial[u])
    raise AssertionError("no unit can move")


def written(tables: PlanTables, pairs: Any = (), **more: Any) -> bytes:
    """Write changes as the page does: moves are pairs of unit and centre, by position."""
    units, zones = tables.units["unit_id"], tables.units["zone"]
    ids = tables.centres["centre_id"]
    value = {
        "format": FORMAT,
        "plan": plan_fingerprint(tables),
        "created": "2026-05-18T09:00:00Z",
        "moves": [{"unit": units[u], "from": zones[u], "to": ids[c]} for u, c in pairs],
        "locks": [],
        "unlocked": [],
        "notes": [],
    }
    return json.dumps({**value, **more}).encode()


def test_a_move_changes_every_table(tables: PlanTables) -> None:
    """Units, households, members, centres, zones and certificate all follow one move."""
    u, c = some_move(tables)
    old = int(assignment_of(tables)[u])
    made = apply_changes(tables, read_changes(written(tables, [(u, c)])), when=WHEN)
    target = tables.centres["centre_id"][c]
    name = tables.units["unit_id"][u]
    assert made.units["zone"][u] == target
    assert set(made.households.loc[made.households["unit_id"] == name, "zone"]) == {target}
    assert set(made.members.loc[made.members["unit_id"] == name, "zone"]) <= {target}
    homes = int(tables.problem.households[u])
    gained = made.zones["households"] - tables.centres["households"].to_numpy()
    assert gained[c] == homes
    assert gained[old] == -homes
    own = audit.audit(tables.problem, assignment_of(made), tables.certificate.bound_m)
    assert made.certificate.value_m == own.value_m
    assert made.certificate.rules[-1].name == "walk_m"
    point = made.units.geometry[u]
    assert made.zones.geometry[c].covers(point)
    assert not made.zones.geometry[old].contains(point)
    rest = [i for i in range(len(made.zones)) if i not in (c, old)]
    assert made.zones.geometry[rest].equals(tables.zones.geometry[rest])
    both = made.zones.geometry[[c, old]]
    assert both.iloc[0].intersection(both.iloc[1]).area < 1e-12


def test_nothing_changed_gives_the_same_plan(tables: PlanTables) -> None:
    """An empty file changes no unit and no shape, but is recorded."""
    made = apply_changes(tables, read_changes(written(tables)), when=WHEN)
    assert (assignment_of(made) == assignment_of(tables)).all()
    assert made.zones.geometry.equals(tables.zones.geometry)
    assert len(history_of(made)) == 1


def test_history_is_stored_and_read_back(tables: PlanTables, tmp_path: Path) -> None:
    """Who, when and which changes lie in the plan file; the plan has another fingerprint."""
    u, c = some_move(tables)
    name = tables.units["unit_id"][u]
    notes = [{"lon": 117.02, "lat": 32.62, "text": "巷口在修路"}]
    data = written(tables, [(u, c)], locks=[name], notes=notes)
    made = apply_changes(tables, read_changes(data), by="示例街道", when=WHEN)
    store_plan(made, tmp_path / "plan.gpkg")
    again = read_plan(tmp_path / "plan.gpkg")
    plans_equal(made, again)
    (entry,) = history_of(again)
    assert (entry["when"], entry["by"]) == ("2026-05-18T09:30:00Z", "示例街道")
    assert [m["unit"] for m in entry["moves"]] == [name]
    assert locks_of(again) == (name,)
    assert notes_of(again) == tuple(notes)
    assert entry["plan"] == plan_fingerprint(tables) != plan_fingerprint(again)


def test_locks_of_the_plan_hold(tables: PlanTables) -> None:
    """A locked unit moves only when its lock was opened; a lock never just vanishes."""
    u, c = some_move(tables)
    name = tables.units["unit_id"][u]
    locked = apply_changes(tables, read_changes(written(tables, locks=[name])), when=WHEN)
    with pytest.raises(InputError, match="locked where it is"):
        replayed(locked, read_changes(written(locked, [(u, c)], locks=[name])))
    with pytest.raises(InputError, match="neither keep nor open"):
        replayed(locked, read_changes(written(locked)))
    opened = read_changes(written(locked, [(u, c)], locks=[name], unlocked=[name]))
    assert replayed(locked, opened)[u] == c
    with pytest.raises(InputError, match="is not locked"):
        replayed(tables, read_changes(written(tables, unlocked=[name])))


def test_stale_and_unknown_are_refused(tables: PlanTables) -> None:
    """Another plan's changes, unknown units and centres, and wrong origins are each named."""
    u, c = some_move(tables)
    home = int(tables.problem.home[0])
    good = json.loads(written(tables, [(u, c)]))
    for change, words in (
        ({"plan": "0" * 64}, "another plan"),
        ({"moves": [{**good["moves"][0], "unit": "nobody"}]}, "no unit"),
        ({"moves": [{**good["moves"][0], "to": "nobody"}]}, "no centre"),
        ({"moves": [{**good["moves"][0], "from": ""}]}, "not in the zone"),
        ({"locks": ["nobody"]}, "no unit"),
    ):
        with pytest.raises(InputError, match=words) as caught:
            replayed(tables, read_changes(json.dumps({**good, **change}).encode()))
        assert caught.value.remedy
    with pytest.raises(InputError, match="home of a centre"):
        replayed(tables, read_changes(written(tables, [(home, 1)])))
    far = next(i for i in range(tables.problem.n_centres) if not _pair(tables, u, i))
    with pytest.raises(InputError, match="may not serve"):
        replayed(tables, read_changes(written(tables, [(u, far)])))


def _pair(tables: PlanTables, u: int, c: int) -> bool:
    p = tables.problem
    return c in p.pair_centre[p.pair_start[u] : p.pair_start[u + 1]]


def torn(tables: PlanTables) -> tuple[int, int]:
    """Find a unit and a centre to which it cannot go without a zone that falls apart."""
    problem, now = tables.problem, assignment_of(tables)
    for u in range(problem.n_units):
        c = next((c for c in range(problem.n_centres) if c != now[u] and _pair(tables, u, c)), -1)
        trial = now.copy()
        trial[u] = c
        if u in problem.home or now[u] < 0 or c < 0:
            continue
        if audit.audit(problem, trial, 0.0).disconnected:
            return u, c
    raise AssertionError("every unit can move")


def test_a_meeting_may_insist(tables: PlanTables, tmp_path: Path) -> None:
    """What would be refused is done where the changes say so: recorded, marked, unproven, and undone."""
    made = apply_changes(
        tables, read_changes(written(tables, [torn(tables)], insist=True)), when=WHEN, by="示例街道"
    )
    (entry,) = history_of(made)
    parted = [tables.centres["centre_id"].iloc[c] for c in made.certificate.disconnected]
    assert entry["insisted"] == {"disconnected": parted, "rules": []}
    assert parted
    assert made.certificate.bound_m == 0.0
    zh, en = insisted_words(made) or ("", "")
    assert "不连通" in zh
    assert "示例街道" in zh
    assert "not connected" in en
    assert en in summary_markdown(made).replace("\\", "")
    assert plan_words(made, None)["insisted"] == (zh, en)
    store_plan(made, tmp_path / "plan.gpkg")
    plans_equal(read_plan(tmp_path / "plan.gpkg"), made)
    assert plan_fingerprint(Plan.of(made).undo()) == plan_fingerprint(tables)


def test_to_insist_on_what_holds_marks_nothing(tables: PlanTables) -> None:
    """The word alone changes neither proof nor history."""
    pairs = [some_move(tables)]
    plain, told = (
        apply_changes(tables, read_changes(written(tables, pairs, insist=insist)), when=WHEN)
        for insist in (False, True)
    )
    assert history_of(plain) == history_of(told)
    assert repr(plain.certificate) == repr(told.certificate)
    assert insisted_words(told) is None


def test_a_torn_zone_is_refused_and_completed(tables: PlanTables) -> None:
    """A move that tears a zone apart is refused; with complete the rest follows and moves stay."""
    changes = read_changes(written(tables, [torn(tables)]))
    with pytest.raises(PlannerError, match="not connected") as caught:
        apply_changes(tables, changes)
    assert "--complete" in caught.value.remedy
    u, c = some_move(tables)
    changes = read_changes(written(tables, [(u, c)]))
    made = apply_changes(tables, changes, complete=True, stop=Stop(seconds=3), when=WHEN)
    assert assignment_of(made)[u] == c
    assert made.certificate.zones_connected
    assert history_of(made)[0]["completed"]


def test_by_is_no_phone(tables: PlanTables) -> None:
    """The office's name is checked: it goes into the plan's history."""
    with pytest.raises(InputError, match="office"):
        apply_changes(tables, read_changes(written(tables)), by="138" + "00138000")


def test_the_command(tables: PlanTables, tmp_path: Path) -> None:
    """`planner apply` reads plan and changes, and writes the usual files with the history."""
    from typer.testing import CliRunner

    from planner.cli import app

    store_plan(tables, tmp_path / "plan.gpkg")
    u, c = some_move(tables)
    (tmp_path / "changes.json").write_bytes(written(tables, [(u, c)]))
    names = [str(tmp_path / n) for n in ("plan.gpkg", "changes.json")]
    done = CliRunner().invoke(
        app, ["apply", *names, "--out", str(tmp_path / "new"), "--by", "会议"]
    )
    assert done.exit_code == 0, done.output
    made = Plan.load(tmp_path / "new" / "plan.gpkg")
    assert made.units["zone"][u] == tables.centres["centre_id"][c]
    assert history_of(made)[0]["by"] == "会议"
    assert (tmp_path / "new" / "map.html").is_file()


def test_a_unit_that_is_not_where_it_is_held_is_told() -> None:
    """By its id, in both languages; what is held nowhere may be anywhere."""
    names, held = ["U1", "U2", "U3"], np.array([0, -1, 1])
    refuse_parted(names, held, np.array([0, 5, 1]))
    with pytest.raises(InputError, match=r"1 moved or locked units .* U3") as raised:
        refuse_parted(names, held, np.array([0, 5, -1]))
    assert "U3" in raised.value.zh
