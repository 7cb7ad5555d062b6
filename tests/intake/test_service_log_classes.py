"""Classes of visits in the sheet of households: by any of their headings, or nothing."""

from __future__ import annotations

from pathlib import Path

from planner.intake.service_log import read_visit_classes
from planner.model.schema import HOUSEHOLDS


def test_classes_by_household(tmp_path: Path) -> None:
    """Each household that says something; full-width letters are letters."""
    path = tmp_path / "homes.csv"
    path.write_text(
        "户编号,地址,走访频次\nH1,甲路1号,每周\nH2,甲路2号,\nH3,甲路3号,ｗｅｅｋｌｙ\n", "utf-8"
    )
    assert read_visit_classes(path) == {"H1": "每周", "H3": "weekly"}


def test_headings_of_the_project(tmp_path: Path) -> None:
    """The id may be headed as the office heads it."""
    path = tmp_path / "homes.csv"
    path.write_text("门户码,地址,走访要求\nH1,甲路1号,每月\n", "utf-8")
    assert read_visit_classes(path) == {}
    assert read_visit_classes(path, HOUSEHOLDS.told({"门户码": "id"})) == {"H1": "每月"}


def test_a_sheet_that_says_nothing(tmp_path: Path) -> None:
    """No such column, no class."""
    path = tmp_path / "homes.csv"
    path.write_text("编号,地址\nH1,甲路1号\n", "utf-8")
    assert read_visit_classes([path]) == {}
