"""Commands on a finished plan: what they write, and what they leave alone."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from planner.api.plan import Plan
from tests.api.small import write_small_office
from tests.conftest import Cli
from tests.plan.test_changes import some_move, written
from tests.plans import make_plan_tables, unproven


@pytest.fixture
def made(cli: Cli, tmp_path: Path) -> Path:
    """Plan a small office, into out/."""
    write_small_office(tmp_path)
    said = cli("zone", "planner.toml", "--out", "out")
    assert said.returncode == 0, said.stderr
    return tmp_path


def contents(folder: Path) -> dict[str, str]:
    """Digest every file of a folder."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


def test_filled_copies_that_were_edited_are_kept(cli: Cli, made: Path) -> None:
    """The office goes on in them: a second run leaves them alone, unless --replace says otherwise."""
    words = ("fill", "out", "planner.toml", "--out", "filled")
    assert cli(*words).returncode == 0
    assert cli(*words).returncode == 0  # nobody has touched them
    path = made / "filled" / "homes.filled.xlsx"
    book = load_workbook(path)
    book.worksheets[0]["A2"] = "改过"
    book.save(path)
    edited = path.read_bytes()
    refused = cli(*words)
    assert refused.returncode == 4
    assert "--replace" in refused.stderr
    assert path.read_bytes() == edited
    assert cli(*words, "--replace").returncode == 0
    assert load_workbook(path).worksheets[0]["A2"].value == "H1"


@pytest.mark.parametrize("complete", [False, True])
def test_what_a_meeting_changed_goes_beside_the_plan(
    cli: Cli, tmp_path: Path, complete: bool
) -> None:
    """`apply` without --out writes to a folder of its own: the plan that it changes stays as it was."""
    tables = unproven(make_plan_tables())
    Plan.of(tables).save(tmp_path / "out")
    unit, other = some_move(tables)
    (tmp_path / "changes.json").write_bytes(written(tables, [(unit, other)]))
    before = contents(tmp_path / "out")
    extra = ("--complete", "--seconds", "2") if complete else ()
    said = cli("apply", "out/plan.gpkg", "changes.json", "--json", *extra)
    assert said.returncode == 0, said.stderr
    assert contents(tmp_path / "out") == before
    new = Path(json.loads(said.stdout)["files"]["plan.gpkg"])
    assert new.parent.name.startswith("out-")
    assert Plan.load(new).units["zone"][unit] == tables.centres["centre_id"][other]
