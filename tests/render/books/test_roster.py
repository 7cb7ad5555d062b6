"""The roster is a workbook that an office prints, and that runs nothing."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pytest

from planner.render.books.roster import roster_bytes
from tests.plans import make_plan_tables, without_gaps

SHEETS = ["说明 notes", "中心户 centres", "党员 members", "居民户 households", "覆盖空白 gaps"]


@pytest.fixture(scope="module")
def hostile_book() -> bytes:
    """Give the roster of a town whose every text tries something."""
    return roster_bytes(make_plan_tables(hostile=True))


def test_one_sheet_a_level() -> None:
    """Each level has its sheet, and each row of the tables its row."""
    tables = make_plan_tables()
    book = openpyxl.load_workbook(io.BytesIO(roster_bytes(tables)), read_only=True)
    assert book.sheetnames == SHEETS
    counts = {name: sum(1 for _ in book[name].iter_rows()) - 1 for name in SHEETS[1:]}
    assert list(counts.values()) == [
        len(t) for t in (tables.centres, tables.members, tables.households, tables.gaps)
    ]


def test_nothing_is_live(hostile_book: bytes) -> None:
    """No formula, no link, no number made of text: every text is stored as text."""
    with zipfile.ZipFile(io.BytesIO(hostile_book)) as archive:
        for name in archive.namelist():
            xml = archive.read(name).decode("utf-8")
            assert "<f>" not in xml
            assert "<hyperlink" not in xml
            assert "externalLink" not in name


def test_texts_come_back_as_given() -> None:
    """Ids and labels are text and unchanged, leading zeros and all."""
    tables = make_plan_tables()
    book = openpyxl.load_workbook(io.BytesIO(roster_bytes(tables)))
    ids = [row[2].value for row in book[SHEETS[3]].iter_rows(min_row=2)]
    assert sorted(ids) == sorted(tables.households["household_id"])
    labels = [row[3].value for row in book[SHEETS[1]].iter_rows(min_row=2)]
    assert labels == tables.centres["label"].tolist()


def test_hostile_texts_come_back_as_given(hostile_book: bytes) -> None:
    """A text that looks like a formula is read back letter for letter."""
    tables = make_plan_tables(hostile=True)
    book = openpyxl.load_workbook(io.BytesIO(hostile_book))
    labels = [row[3].value for row in book[SHEETS[1]].iter_rows(min_row=2)]
    assert labels == tables.centres["label"].tolist()
    assert {row[3].data_type for row in book[SHEETS[1]].iter_rows(min_row=2)} == {"s"}


def test_people_of_one_centre_stand_together() -> None:
    """Rows are sorted by zone, the unserved last."""
    book = openpyxl.load_workbook(io.BytesIO(roster_bytes(make_plan_tables())))
    zones = [row[0].value for row in book[SHEETS[3]].iter_rows(min_row=2)]
    served = [z for z in zones if z not in (None, "")]
    assert served == sorted(served)
    assert zones[: len(served)] == served


def test_it_prints_on_a4_with_its_header() -> None:
    """Each sheet is A4 landscape, one page wide, with a page number; tables repeat their header."""
    book = openpyxl.load_workbook(io.BytesIO(roster_bytes(make_plan_tables())))
    for sheet in book.worksheets:
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, int(sheet.page_setup.fitToHeight)) == (1, 0)
        assert "&P" in str(sheet.oddFooter.right.text)
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        assert sheet.print_title_rows == "$1:$1"


def test_notes_say_rules_and_proof() -> None:
    """The notes hold every rule with its worst case, the proof, and what the data is."""
    book = openpyxl.load_workbook(io.BytesIO(roster_bytes(make_plan_tables())))
    text = "\n".join(str(c.value) for row in book[SHEETS[0]].iter_rows() for c in row if c.value)
    for part in ("SYNTHETIC", "proven within", "75-250", "每个责任区党员数", "2026-04-02", "ODbL"):
        assert part in text


def test_same_plan_same_bytes() -> None:
    """The file holds no clock."""
    one, other = roster_bytes(make_plan_tables()), roster_bytes(make_plan_tables())
    assert one == other
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r">(\d{4}-\d\d-\d\d)T", core)) == {"2026-05-18"}


def test_empty_tables() -> None:
    """A plan without gaps still has its sheet, with the header alone."""
    book = openpyxl.load_workbook(io.BytesIO(roster_bytes(without_gaps(make_plan_tables()))))
    assert book[SHEETS[4]].max_row == 1


def test_control_characters_do_not_break_it() -> None:
    """Text that a workbook cannot hold is cleaned, never an error."""
    tables = make_plan_tables(provenance={"title": "a\x0bb\x00c\ud800d & e" + "x" * 400})
    book = openpyxl.load_workbook(io.BytesIO(roster_bytes(tables)))
    assert str(book[SHEETS[0]]["A1"].value).startswith("a b c?d & e")
