"""The sheet of wishes: up to three centres each, one row for one person, and rows that say nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import SchemaError
from planner.intake.wish_sheet import read_wishes


def test_wishes_in_order(tmp_path: Path) -> None:
    """A centre that is wished for twice counts once; empty wishes are skipped."""
    path = tmp_path / "w.csv"
    path.write_text(
        "编号,意愿1,意愿2,意愿3,理由\nH1,C1,C2,C1,近\nH2,,C3,,\nH1,C9,,,\n,C1,,,\nH3,,,,\n,,,,空\n",
        "utf-8",
    )
    found = read_wishes(path)
    assert found.rows == (("H1", ("C1", "C2")), ("H2", ("C3",)))
    assert [f.row for f in found.findings] == [5, 6]
    assert "近" not in repr(found)


def test_one_wish_alone_and_in_english(tmp_path: Path) -> None:
    """Any of the headings will do; without a wish it is no sheet of wishes."""
    path = tmp_path / "w.csv"
    path.write_text("id,wish\nH1,C1\n", "utf-8")
    assert read_wishes(path).rows == (("H1", ("C1",)),)
    path.write_text("id,address\nH1,C1\n", "utf-8")
    with pytest.raises(SchemaError, match="wishes"):
        read_wishes(path)
