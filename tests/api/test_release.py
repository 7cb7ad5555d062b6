"""A plan that does not know whom its files must not name releases none, unless somebody answers for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from planner.api.plan import Plan
from planner.errors import InputError, PrivacyError
from planner.files import atomic_write
from planner.model.tables import PlanTables
from planner.plan.store import read_plan, store_plan
from planner.plan.store.past import with_past
from planner.privacy import SEAL, Secrets
from planner.privacy.person import People
from planner.render.map.page import MapPage
from tests.conftest import Cli
from tests.plan.test_changes import some_move, written
from tests.plans import make_plan_tables, unproven

NAME = "欧阳示例名"
PEOPLE = People({}, {}, {"a resident's name": frozenset({NAME})})


def unknown(tables: PlanTables | None = None) -> Plan:
    """Give a plan that knows nobody, as an older version of the product made it."""
    made = unproven(make_plan_tables(nx=5, ny=4)) if tables is None else tables
    note = {k: v for k, v in made.provenance.items() if k != SEAL}
    return Plan.of(replace(made, provenance=note))


def stored(plan: Plan, folder: Path) -> Path:
    """Store a plan without asking the gate, and give its file."""
    return atomic_write(folder / "plan.gpkg", lambda path: store_plan(plan, path), private=True)


DOORS: dict[str, Callable[[Plan], object]] = {
    "a map for a meeting": lambda plan: plan.map(),
    "a public map": lambda plan: plan.map(audience="public"),
    "a comparison, before": lambda plan: Plan.of(make_plan_tables(nx=5, ny=4)).map(against=plan),
    "a comparison, after": lambda plan: plan.map(against=make_plan_tables(nx=5, ny=4)),
    "a map in a notebook": lambda plan: plan.map()._repr_html_(),
    "a card in a notebook": lambda plan: plan._repr_html_(),
    "a report": lambda plan: plan.report(),
    "a layer": lambda plan: plan.to_geojson(),
    "a public layer": lambda plan: plan.to_kml(audience="public"),
    "a map of one's own": lambda plan: plan.explore(),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_page_of_a_plan_that_knows_nobody_is_refused(door: str) -> None:
    """In Python: each page, until somebody answers for it, or the plan is told who its people are."""
    plan = unknown()
    with pytest.raises(PrivacyError, match="does not know whose names") as refused:
        DOORS[door](plan)
    for way in ("--project", "--release-unknown", "people_of", "release_unknown()"):
        assert way in str(refused.value)
        assert way in refused.value.remedy_zh
    assert DOORS[door](plan.release_unknown())
    assert DOORS[door](plan.sealed(People()))  # nobody lives there: that is knowledge


def test_files_for_the_office_itself_need_no_knowledge() -> None:
    """An internal map names people by right."""
    assert unknown().map(audience="internal").html


def test_saving_keeps_the_plan_and_nothing_else(tmp_path: Path) -> None:
    """No work is lost; with people, or an answer for it, all files are written and the plan tells."""
    plan = unknown()
    with pytest.raises(PrivacyError, match="does not know whose names"):
        plan.save(tmp_path / "no")
    assert [p.name for p in (tmp_path / "no").iterdir() if p.suffix] == ["plan.gpkg"]
    with pytest.raises(PrivacyError):  # the kept file knows no more than it did
        Plan.load(tmp_path / "no").map()
    plan.save(tmp_path / "known", people=PEOPLE)
    assert Plan.load(tmp_path / "known").map()
    plan.release_unknown(by="示例街道办").save(tmp_path / "free")
    back = Plan.load(tmp_path / "free")
    (entry,) = back.provenance["releases"]
    assert entry["by"] == "示例街道办"
    with pytest.raises(PrivacyError):  # each use is asked for anew
        back.map()


def test_who_answers_is_an_office_and_needs_to_do_so_only_for_the_unknown() -> None:
    """A plan that knows its people is not released otherwise, and its history is not filled."""
    known = unknown().sealed(PEOPLE)
    assert known.release_unknown() is known
    with pytest.raises(InputError, match="not the name of an office"):
        unknown().release_unknown(by="13800138000")
    with pytest.raises(InputError, match="not the name of an office"):
        known.apply(written(known, [some_move(known)]), by=NAME)


@pytest.mark.parametrize(
    "spoilt", ["", {}, {"key": "zz"}, {"key": "00", "slots": {"2": "?"}}, [1], 7]
)
def test_a_seal_that_cannot_be_read_is_none(spoilt: object) -> None:
    """Neither an empty one nor a broken one opens the gate, and neither ends in a traceback."""
    plan = unknown()
    with pytest.raises(PrivacyError, match="does not know whose names"):
        replace(plan, provenance={**plan.provenance, SEAL: spoilt}).map()


def test_a_page_from_elsewhere_is_not_believed(tmp_path: Path) -> None:
    """Text that was put into a finished page is held against what the gate knew when it was made."""
    page = unknown().sealed(PEOPLE).map()
    touched = replace(page, html=page.html.replace("<body>", f"<body><p>{NAME}</p>", 1))
    for show in (lambda: touched.save(tmp_path / "map.html"), touched._repr_html_):
        with pytest.raises(PrivacyError, match="a resident's name"):
            show()
    with pytest.raises(PrivacyError, match="does not know whose names"):
        MapPage(page.html).save(tmp_path / "map.html")
    assert not (tmp_path / "map.html").exists()
    assert NAME not in repr(touched)


def test_every_command_refuses_asks_and_records(cli: Cli, tmp_path: Path) -> None:
    """Map, compare, apply, undo: exit code 5 and no file, or the flag, which the plan's history tells."""
    tables = unknown()
    file, other = stored(tables, tmp_path / "a"), stored(tables, tmp_path / "b")
    (tmp_path / "changes.json").write_bytes(written(tables, [some_move(tables)]))
    before = {p: p.read_bytes() for p in (file, other)}
    words: dict[str, tuple[str, ...]] = {
        "map.html": ("map", "a", "--out", "map.html"),
        "public.html": ("map", "a", "--audience", "public", "--out", "public.html"),
        "pair.html": ("compare", "a", "b", "--out", "pair.html"),
        "new": ("apply", "a", "changes.json", "--out", "new"),
        "old": ("undo", "new", "--out", "old"),
    }
    for made, command in words.items():
        said = cli(*command)
        assert said.returncode == 5, (command, said.stdout, said.stderr)
        assert "--release-unknown" in said.stderr
        page = tmp_path / (made if made.endswith(".html") else f"{made}/map.html")
        assert not page.exists()
        assert {p: p.read_bytes() for p in before} == before
        again = (*command, "--replace") if command[0] in ("apply", "undo") else command
        said = cli(*again, "--release-unknown")
        assert said.returncode == 0, (command, said.stderr)
        assert page.exists()
        before = {p: p.read_bytes() for p in before}
    doors = [e["door"] for e in read_plan(file).provenance["releases"]]
    assert doors == ["map.html", "public.html", "pair.html"]
    assert [e["door"] for e in read_plan(other).provenance["releases"]] == ["pair.html"]
    told = json.loads(cli("history", "old", "--json").stdout)["history"]
    assert [row["number"] for row in told] == [
        None
    ] * 5  # the edit was undone; who released was not
    assert [row["what"].rpartition(": ")[2] for row in told][-2:] == ["apply", "undo"]
    assert "without" not in cli("history", "a").stderr
    # what was released before is drawn to be held against, and asks nobody
    assert cli("map", "a", "--out", "c.html", "--earlier", "b", "--release-unknown").returncode == 0


def test_going_back_gives_no_knowledge_that_was_not_there() -> None:
    """Undone, a plan knows what it knew, and those who have come since."""
    left = People({}, {}, {"a resident's name": frozenset({NAME, "上官龘麤"})})
    for older, knows in ((unknown().sealed(left), True), (unknown(), False)):
        newer = replace(
            older, provenance={**older.provenance, "history": [{"locks": [], "notes": []}]}
        )
        after = Plan.of(with_past(newer.sealed(PEOPLE), older))
        assert after.knows_people
        back = after.undo()
        assert back.knows_people == knows
        if knows:  # who has left since is not forgotten
            found = Secrets.of(back).found_in("上官龘麤")
            assert found == Secrets.of(after).found_in("上官龘麤") != []
