"""The plan that stands, read from a sheet: who had which centre, and what cannot be so."""

from __future__ import annotations

import contextlib
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import Finding, SchemaError, Severity
from planner.intake.previous_sheet import PreviousSheet, match_centres, read_previous_sheet


def sheet(folder: Path, *rows: str, head: str = "编号,中心户") -> Path:
    """Write a CSV."""
    path = folder / "old.csv"
    path.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    return path


def test_homes_and_their_centres(tmp_path: Path) -> None:
    """Ids are cleaned on both sides, empty centres stay empty, rows without an id say nothing."""
    read = read_previous_sheet(sheet(tmp_path, "H1,M1", " H2 ,Ｍ１", "3.0,", ",M2", "H4,M2"))
    assert read.zone == {"H1": "M1", "H2": "M1", "3": "", "H4": "M2"}
    assert {z: at.row for z, at in read.places.items()} == {"M1": 2, "M2": 6}
    halves = [(f.row, f.what.split()[0]) for f in read.findings if f.code == "previous-blank"]
    assert halves == [(4, "1"), (5, "1")]
    assert {f.code for f in read.findings} >= {"stray-blanks", "full-width", "id-float"}


def test_the_same_twice_is_no_contradiction(tmp_path: Path) -> None:
    """A home may stand in two rows that agree; two centres are refused, each row named."""
    assert read_previous_sheet(sheet(tmp_path, "H1,M1", "H1,M1")).zone == {"H1": "M1"}
    with pytest.raises(SchemaError, match="two centres") as caught:
        read_previous_sheet(sheet(tmp_path, "H1,M1", "H1,M2", "H2,M1", "H2,"))
    assert [(f.row, f.column) for f in caught.value.findings] == [(3, "中心户"), (5, "中心户")]


def test_sheets_without_the_columns(tmp_path: Path) -> None:
    """Other sheets of the book are left alone; a book with none is refused, with what to hand in."""
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.append(["编号", "备注"])
    first.append(["H9", "x"])
    second = book.create_sheet("方案")
    second.append(["户编号", "责任区"])
    second.append(["H1", "M1"])
    book.save(tmp_path / "a.xlsx")
    assert read_previous_sheet(tmp_path / "a.xlsx").zone == {"H1": "M1"}
    with pytest.raises(SchemaError, match="which home has which centre") as caught:
        read_previous_sheet(sheet(tmp_path, "H1,x", head="编号,备注"))
    assert caught.value.findings[0].code == "missing-column"


def sheet_of(zone: dict[str, str]) -> PreviousSheet:
    """Make what was read, without a file."""
    at = Finding("two-centres", Severity.STOP, "", file="old.csv", row=2, column="中心户")
    return PreviousSheet(zone, {z: at for z in zone.values() if z}, ())


def test_centres_of_now() -> None:
    """Found through leading zeros; one who is a member still has resigned, with the homes counted."""
    sheet = sheet_of({"H1": "007", "H2": "M2", "H3": "M2", "H4": ""})
    known, said = match_centres(sheet, ["7", "M9"], ["7", "M2", "M9"])
    assert known == {"007": "7"}
    assert [(f.code, f.what[0]) for f in said] == [("centre-resigned", "2")]
    with pytest.raises(SchemaError, match="1 zones") as caught:
        match_centres(sheet, ["7"], ["7"])
    assert "for 2 rows" in caught.value.findings[0].what


IDS = st.sampled_from(["1", "01", "2", "M1", "M2", "M3"])


@given(st.dictionaries(st.sampled_from(["H1", "H2", "H3"]), IDS), st.sets(IDS), st.sets(IDS))
def test_every_zone_is_known_dissolved_or_refused(
    zone: dict[str, str], centres: set[str], members: set[str]
) -> None:
    """No zone of the plan that stands is dropped without a word."""
    sheet = sheet_of(zone)
    there = {z.lstrip("0") for z in centres | members}
    lost = {z for z in sheet.places if z.lstrip("0") not in there}
    with contextlib.suppress(SchemaError):
        known, said = match_centres(sheet, sorted(centres), sorted(members))
        assert not lost
        assert set(known.values()) <= centres
        assert len(known) + len(said) == len(sheet.places)


def test_headings_of_the_office(tmp_path: Path) -> None:
    """What a project says of the sheet's headings counts here as for the other sheets."""
    from planner.errors import SchemaError
    from planner.model.project import Project
    from planner.model.schema import PREVIOUS

    path = tmp_path / "old.csv"
    path.write_text("户码,归谁管,中心户\nH1,M1,旧\nH2,M2,旧\n", "utf-8")
    inputs = {"households": "h.csv", "members": "m.csv"}
    columns = {"previous": {"户码": "编号", "归谁管": "中心户", "中心户": ""}}
    project = Project.from_mapping(
        {"inputs": inputs, "columns": columns}, folder=tmp_path, where="planner.toml"
    )
    with pytest.raises(SchemaError):
        read_previous_sheet(path)
    read = read_previous_sheet(path, told=project.inputs.told(PREVIOUS))
    assert read.zone == {"H1": "M1", "H2": "M2"}


def test_two_columns_of_centres_are_a_question_that_names_its_section(tmp_path: Path) -> None:
    """The line that settles it can be pasted under [columns]."""
    from planner.errors import SchemaError

    path = tmp_path / "old.csv"
    path.write_text("编号,原中心户,现中心户\nH1,M1,M2\n", "utf-8")
    with pytest.raises(SchemaError) as refused:
        read_previous_sheet(path)
    assert 'previous = { "' in str(refused.value)
