"""The history of a plan on the command line: what was done, what is different, and the way back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.api.plan import Plan
from planner.api.rezone.run import Changed, rezone
from planner.api.zone import run
from tests.api.rezone.office import write_office
from tests.conftest import Cli


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a plan in out/ and, after a centre has retired, one in new/."""
    folder = tmp_path_factory.mktemp("history")
    project = write_office(folder)
    plan = run(project)
    plan.save(folder / "out")
    (folder / "changes.csv").write_text("事项,编号\n中心户退出,M010\n", encoding="utf-8")
    rezone(plan, project, Changed(folder / "changes.csv")).save(folder / "new")
    return folder


@pytest.fixture
def office(plans: Path, cli: Cli) -> Cli:
    """The command line among them."""
    return lambda *words: cli(*(str(plans / w) if w in ("out", "new") else w for w in words))


def test_a_decision_is_undone(office: Cli, plans: Path, tmp_path: Path) -> None:
    """From the plan file alone; what is left behind stays, and more than there is is a question."""
    told = json.loads(office("undo", "new", "--out", "back", "--json").stdout)
    assert (told["undone"], set(told["files"]) >= {"plan.gpkg"}) == (1, True)
    was, now = Plan.load(plans / "out"), Plan.load(tmp_path / "back")
    assert (was.households["zone"] == now.households["zone"]).all()
    assert was.certificate.bound_m == now.certificate.bound_m
    assert (plans / "new" / "plan.gpkg").exists()
    nothing = office("undo", "back", "--out", "more")
    assert nothing.returncode == 2
    assert "-1" not in nothing.stderr
    assert office("undo", "new", "--to", "1", "--out", "more").returncode == 2


def test_two_files_and_two_states_say_one_thing(office: Cli, plans: Path) -> None:
    """The number of homes that change hands is that of the run, of the files, and of the history."""
    moved = Plan.load(plans / "new").provenance["rezone"]["moved"]
    files = json.loads(office("diff", "out", "new", "--json").stdout)
    states = json.loads(office("diff", "new", "--json").stdout)
    assert files == states
    assert files["homes"]["moved"] == moved > 0
    assert [c["number"] for c in files["changes"]] == [1]
    assert [c["centre_id"] for c in files["centres"]["gone"]] == ["M010"]
    back = json.loads(office("diff", "new", "--from", "1", "--to", "0", "--json").stdout)
    assert [c["centre_id"] for c in back["centres"]["new"]] == ["M010"]
    assert back["changes"] is None


def test_the_screen_tells_it(office: Cli) -> None:
    """In both languages, and of two like plans in one line."""
    shown = office("diff", "out", "new").stdout
    assert "M010" in shown
    assert "homes that change hands: " in shown
    same = office("diff", "out", "out")
    assert "the plans are the same" in same.stdout
    assert same.returncode == 0


def test_what_cannot_be_held_against_each_other(office: Cli) -> None:
    """States of one history are not those of two files, and there are only as many as there are."""
    for words in (("out", "new", "--from", "0"), ("out",), ("new", "--to", "7")):
        said = office("diff", *words)
        assert said.returncode == 2
        assert "->" in said.stderr or "nothing to undo" in said.stderr
