"""A plan file of every format that was ever written is kept here, and today's program goes on from each."""

from __future__ import annotations

import lzma
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from planner.api.plan import Plan
from planner.api.recheck import recheck
from planner.api.rezone.run import Changed, rezone
from planner.errors import InputError
from planner.model.project import Project
from planner.plan.store import FORMAT_VERSION
from tests.api.small import write_small_office
from tests.api.test_recheck import RULES

RELEASED = Path(__file__).parents[1] / "plan" / "store" / "released"
FILES = sorted(RELEASED.glob("plan_*.gpkg.xz"))


def file_of(packed: Path, folder: Path) -> Path:
    """Unpack a plan file."""
    file = folder / "plan.gpkg"
    file.write_bytes(lzma.decompress(packed.read_bytes()))
    return file


def test_there_is_one_of_each_format() -> None:
    """Whoever changes the format keeps a file of it."""
    assert [f.name for f in FILES] == [f"plan_{n}.gpkg.xz" for n in range(1, FORMAT_VERSION + 1)]


@pytest.mark.parametrize("packed", FILES, ids=lambda f: f.name)
def test_an_older_plan_is_gone_on_from(packed: Path, tmp_path: Path) -> None:
    """Read, undone twice, verified, re-zoned, and written: by files of the office that it was made for."""
    project = Project.read(write_small_office(tmp_path, RULES))
    file = file_of(packed, tmp_path)
    data = file.read_bytes()
    plan = Plan.load(file)
    assert not {"H3", "H7"} & set(plan.households["household_id"])
    assert len(plan.provenance["history"]) == 2
    first = plan.undo(to=0)
    assert {"H3", "H7"} < set(first.households["household_id"])
    assert recheck(file, project).holds
    (tmp_path / "changes.csv").write_text("事项,编号\n迁出,H9\n", encoding="utf-8")
    when = datetime(2026, 5, 1, tzinfo=UTC)
    made = rezone(plan, project, Changed(tmp_path / "changes.csv"), when=when)
    written = made.save(tmp_path / "out")["plan.gpkg"]
    again = Plan.load(written)
    assert recheck(written, project).holds
    assert len(again.past) == 3
    for steps, households in ((1, 10), (2, 11), (3, 12)):
        assert len(again.undo(steps).households) == households
    # what was read is never written to
    assert file.read_bytes() == data


def test_a_newer_plan_is_refused_by_its_number(tmp_path: Path) -> None:
    """With what this version reads, in both languages."""
    file = file_of(FILES[-1], tmp_path)
    with closing(sqlite3.connect(file)) as db:
        db.execute("UPDATE plan SET value = '99' WHERE name = 'format'")
        db.commit()
    with pytest.raises(InputError, match=f"format 99.*up to {FORMAT_VERSION}") as raised:
        Plan.load(file)
    assert "99" in raised.value.zh
