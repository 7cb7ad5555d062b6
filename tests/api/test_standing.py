"""What every answer about a finished plan rests on."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from planner.api.standing import Answer, about_of, needs_of, save_internal
from planner.errors import OutputError, PrivacyError
from planner.model.project import Project
from planner.privacy.person import People, Person
from planner.render.books.look import Column, Sheet, day_of, internal_book
from tests.plans import make_plan_tables


class Two(Answer):
    """Two lines."""

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """The second is set in."""
        return (("甲", "a"), ("  乙", "  b"))


def test_lines_are_those_of_both_languages() -> None:
    """What is set in is so once."""
    assert Two().lines == ("甲 · a", "  乙 · b")
    with pytest.raises(NotImplementedError):
        _ = Answer().lines


def test_a_plan_that_says_nothing_of_itself() -> None:
    """The threshold is ten unless the plan says otherwise; no text is None."""
    plan = make_plan_tables(provenance={"title": None, "created": "2026-05-18", "smallest": 0})
    told = about_of(plan)
    assert (told["title"], told["created"], told["smallest"]) == ("", "2026-05-18", 10)
    assert about_of(make_plan_tables(provenance={"smallest": 5}))["smallest"] == 5


def test_marks_of_the_sheets_are_those_of_the_plans_homes(tmp_path: Path) -> None:
    """A mark counts for the home that bears it; an empty one, and one of nobody's, for none."""
    plan = make_plan_tables()
    homes = plan.households["household_id"].astype(str).tolist()
    stated = {"inputs": {"households": "h.csv", "members": "m.csv", "detour_factor": 1.3}}
    project = Project.from_mapping(stated, folder=tmp_path, where="project")
    marked = {
        homes[3]: Person(care=("独居老人",)),
        homes[4]: Person(),
        "nobody": Person(care=("残疾",)),
    }
    needs = needs_of(plan, project, People(marked, {}, {}))
    assert needs.care.nonzero()[0].tolist() == [3]
    assert needs.doubtful == 0
    marked[homes[4]] = Person(care=("独居老人：78岁",), doubtful=True)
    assert needs_of(plan, project, People(marked, {}, {})).doubtful == 1


def test_the_offices_own_files_are_its_own(tmp_path: Path) -> None:
    """Nobody else may read them; one that this program did not write stays."""
    frame = pd.DataFrame({"a": ["x"]})
    book = internal_book("a", day_of(None), [Sheet("a", frame, (Column("a", "甲", "A", 9),))])
    written = save_internal(tmp_path, {"a.internal.xlsx": book}, replacing=False)
    assert written["a.internal.xlsx"].stat().st_mode & 0o077 == 0
    with pytest.raises(PrivacyError):  # a workbook that does not say that it is internal
        save_internal(tmp_path, {"c.internal.xlsx": b""}, replacing=False)
    (tmp_path / "b.internal.geojson").write_text("{}", "utf-8")
    with pytest.raises(OutputError):
        save_internal(tmp_path, {"b.internal.geojson": b"[]"}, replacing=False)
