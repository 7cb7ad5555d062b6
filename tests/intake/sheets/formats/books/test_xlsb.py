"""The records of binary workbooks tell of errors, hidden parts and merges."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from planner.intake.residents import read_households
from planner.intake.sheets.formats.books.package import Package
from planner.intake.sheets.formats.books.xlsb import marks_of_xlsb
from planner.intake.sheets.formats.workbooks import cells_here, cells_of
from tests.layouts.binary import write_xlsb
from tests.layouts.books import Error, Sheet

ROWS = [["编号", "楼栋"], ["1", Error()], ["2", 3.0], ["3", Error()]]


@pytest.mark.parametrize("seed", range(8))
def test_marks(seed: int) -> None:
    """An error may be a cell of its own or the result of a formula."""
    data = write_xlsb(Sheet(ROWS, [(1, 0, 2, 0)], [2], [1]), np.random.default_rng(seed))
    (marks,) = marks_of_xlsb(Package(data))
    assert marks.errors == {(1, 1), (3, 1)}
    assert (marks.hidden_rows, marks.hidden_columns) == ({2}, [(1, 1)])
    assert marks.merges == [(1, 0, 2, 0)]


def test_they_join_the_values() -> None:
    """Values come from one reader and marks from another; the sheet has both, in the child too."""
    data = write_xlsb(Sheet(ROWS, [(1, 0, 2, 0)], [2]), np.random.default_rng(0))
    (cells,) = cells_here(data, "xlsb", None)
    assert cells.grid == [["编号", "楼栋"], ["1", ""], ["2", 3.0], ["3", ""]]
    assert dict(cells.faults) == {(1, 1): "error", (3, 1): "error"}
    assert (cells.merges, cells.hidden_rows) == (((1, 0, 2, 0),), 1)
    assert vars(cells_of(data, "xlsb", None)[0]) == vars(cells)


def test_a_row_with_an_error_is_held(tmp_path: Path) -> None:
    """As in the other workbooks: the row is set aside and told, never read as blank."""
    rows = [["编号", "地址", "楼栋"], ["1", "幸福路1号", Error()], ["2", "幸福路2号", "3"]]
    path = tmp_path / "h.xlsb"
    path.write_bytes(write_xlsb(Sheet(rows), np.random.default_rng(0)))
    read = read_households(path)
    assert read.kept["id"].tolist() == ["2"]
    assert read.held[["id", "code"]].to_numpy().tolist() == [["1", "formula-error"]]


def test_damage_gives_no_marks() -> None:
    """Parts that cannot be followed end without marks and without end; their reader refuses them."""
    data = write_xlsb(Sheet(ROWS), np.random.default_rng(0))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    rng = np.random.default_rng(1)
    for _ in range(60):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, body in parts.items():
                broken = bytearray(body)
                if name.endswith(".bin"):
                    for at in rng.integers(0, len(broken), 3):
                        broken[at] = int(rng.integers(256))
                archive.writestr(name, bytes(broken))
        assert isinstance(marks_of_xlsb(Package(buffer.getvalue())), list)
