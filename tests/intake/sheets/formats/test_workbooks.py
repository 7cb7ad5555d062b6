"""Workbooks are read in a process of their own where they could bring the reader down."""

from __future__ import annotations

import datetime
import io
import sys

import numpy as np
import openpyxl
import pytest

from planner.intake.sheets.formats.books.sparse import WorkbookError
from planner.intake.sheets.formats.workbooks import cells_here, cells_of
from tests.acceptance.corpus_old import OLD_WORKBOOK


def book() -> bytes:
    """Give a workbook with every kind of cell, a hidden sheet and a merged range."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(["x", 1, 2.5, True, None])
    sheet.append(
        [
            datetime.date(2024, 3, 1),
            datetime.datetime(2024, 3, 1, 12, 30),
            datetime.time(8, 15),
            "𠮷",
            "",
        ]
    )
    sheet.append([datetime.timedelta(hours=30)])
    sheet.merge_cells("A5:B6")
    made.create_sheet("h").sheet_state = "hidden"
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("wanted", [None, "Sheet", "h", "none"])
@pytest.mark.parametrize(
    ("data", "kind"), [(book(), "xlsx"), (OLD_WORKBOOK, "xls")], ids=["xlsx", "xls"]
)
def test_the_child_reads_as_its_parent_does(data: bytes, kind: str, wanted: str | None) -> None:
    """Every kind of cell, and all that is marked, comes back from the other process as it was."""
    here, there = cells_here(data, kind, wanted), cells_of(data, kind, wanted)
    assert [vars(c) for c in here] == [vars(c) for c in there]


def test_what_is_no_workbook_is_refused_in_both() -> None:
    """Damage is one error, wherever it is met."""
    for read in (cells_of, cells_here):
        for kind in ("xls", "xlsx", "ods", "xlsb"):
            with pytest.raises(WorkbookError, match="damaged"):
                read(OLD_WORKBOOK[:3000], kind, None)


def test_old_workbooks_damaged_at_random_end_no_process() -> None:
    """A flipped byte can ask for a hundred gigabytes: the child ends, and a message is given."""
    rng = np.random.default_rng(4)
    outcomes = set()
    for _ in range(12):
        data = bytearray(OLD_WORKBOOK)
        for at in rng.integers(1024, len(data), 6):
            data[at] = int(rng.integers(256))
        try:
            cells_of(bytes(data), "xls", None)
            outcomes.add("read")
        except WorkbookError:
            outcomes.add("refused")
    assert outcomes


def test_a_child_that_dies_is_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever ends the child, the parent says that the workbook is damaged."""
    monkeypatch.setattr(sys, "executable", "/bin/false" if sys.platform != "win32" else "where.exe")
    with pytest.raises(WorkbookError, match="damaged"):
        cells_of(OLD_WORKBOOK, "xls", None)
