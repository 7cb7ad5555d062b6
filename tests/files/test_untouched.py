"""Inputs are never changed, and what a person edited is not overwritten unasked."""

from __future__ import annotations

import io
import os
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from planner.errors import OutputError
from planner.files import atomic_write, mark_as_read, write_files
from planner.files.untouched import require_free, stamped


def book(text: str = "甲") -> bytes:
    """Make a workbook with one cell."""
    made, buffer = openpyxl.Workbook(), io.BytesIO()
    made.worksheets[0]["A1"] = text
    made.save(buffer)
    return buffer.getvalue()


def plan(path: Path) -> None:
    """Make what a plan file is known by."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE planner_manifest (x)")
        db.commit()


OURS = {
    "map.html": b'<!DOCTYPE html><script id="plan-data">{}</script>',
    "plan.gpkg": plan,
    "roster.internal.xlsx": book(),
    "summary.json": b'{"optimality_gap": 0}',
    "summary.md": b"# A plan\n",
    "planner.toml": b"[inputs]\n",
}
THEIRS = {
    "map.html": b"<html>our choir</html>",
    "plan.gpkg": b"SQLite format 3\x00 of something else",
    "roster.internal.xlsx": book("乙"),
    "summary.json": b'{"mine": 1}',
    "summary.md": b"# My own notes\n",
}


def test_what_we_wrote_is_written_again(tmp_path: Path) -> None:
    """Files as they were written make room for new ones without a word."""
    for _ in range(3):
        write_files(tmp_path, OURS)
        write_files(tmp_path, {"roster.internal.xlsx": book("丙"), "summary.md": b"# Another\n"})


@pytest.mark.parametrize("name", THEIRS)
def test_what_others_wrote_stays(tmp_path: Path, name: str) -> None:
    """A file that is not ours stays as it is, whatever the others of the run; nothing is written."""
    (tmp_path / name).write_bytes(THEIRS[name])
    with pytest.raises(OutputError, match="left alone"):
        write_files(tmp_path, OURS)
    assert {p.name for p in tmp_path.iterdir()} == {name}
    assert (tmp_path / name).read_bytes() == THEIRS[name]


@pytest.mark.parametrize("name", ["map.html", "plan.gpkg", "summary.json", "summary.md"])
def test_force_does_not_take_what_is_not_ours(tmp_path: Path, name: str) -> None:
    """To replace is to replace a result, not any file under its name."""
    (tmp_path / name).write_bytes(THEIRS[name])
    with pytest.raises(OutputError, match="not written by this program"):
        write_files(tmp_path, OURS, replacing=True)


@pytest.mark.parametrize("name", ["roster.internal.xlsx", "summary.md", "planner.toml"])
def test_an_edited_file_goes_only_when_that_is_asked(tmp_path: Path, name: str) -> None:
    """A workbook that was filled in, or a text that was changed, is known by its own digest."""
    path = write_files(tmp_path, OURS)[name]
    if name.endswith(".xlsx"):
        edited = openpyxl.load_workbook(path)
        edited.worksheets[0]["A2"] = "交给张主任"
        edited.save(path)
    else:
        path.write_bytes(path.read_bytes().replace(b"\n", b" and more\n", 1))
    before = path.read_bytes()
    with pytest.raises(OutputError, match="was edited"):
        write_files(tmp_path, OURS)
    assert path.read_bytes() == before
    write_files(tmp_path, OURS, replacing=True)
    write_files(tmp_path, OURS)


@pytest.mark.parametrize("way", ["itself", "link", "hard link", "dots", "upwards"])
def test_an_input_is_never_a_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """By whatever name it is reached, and whatever is asked for, an input keeps its bytes."""
    (tmp_path / "in").mkdir()
    sheet = tmp_path / "in" / "households.xlsx"
    sheet.write_bytes(book())
    before = sheet.read_bytes()
    target = sheet
    if way == "link":
        target = tmp_path / "out.xlsx"
        target.symlink_to(sheet)
    elif way == "hard link":
        target = tmp_path / "out.xlsx"
        os.link(sheet, target)
    elif way == "dots":
        target = tmp_path / "in" / ".." / "in" / "households.xlsx"
    elif way == "upwards":
        monkeypatch.chdir(tmp_path / "in")
        target = Path("../in/households.xlsx")
    mark_as_read(sheet)
    for replacing in (False, True):
        with pytest.raises(OutputError, match="never changed"):
            atomic_write(target, b"new", replacing=replacing)
    assert sheet.read_bytes() == before


def test_an_input_that_is_not_there_yet(tmp_path: Path) -> None:
    """A file that the project names is none of ours to make."""
    mark_as_read(tmp_path / "ties.xlsx", None)
    with pytest.raises(OutputError, match="never changed"):
        atomic_write(tmp_path / "ties.xlsx", book())


def test_a_plan_that_was_read_gives_way_when_asked(tmp_path: Path) -> None:
    """The plan before is an input like another, unless its replacement is asked for."""
    path = atomic_write(tmp_path / "plan.gpkg", plan)
    mark_as_read(path, plan=True)
    with pytest.raises(OutputError, match="--replace"):
        atomic_write(path, plan)
    atomic_write(path, plan, replacing=True)
    mark_as_read(path)  # named as a sheet too: then it is one
    with pytest.raises(OutputError, match="never changed"):
        require_free({path: None}, replacing=True)


def test_a_stamped_workbook_is_still_a_workbook(tmp_path: Path) -> None:
    """The digest stands in the comment of the archive, where no reader looks for cells."""
    data = stamped(book("甲"), "a.xlsx")
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    assert openpyxl.load_workbook(path).worksheets[0]["A1"].value == "甲"
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.comment.startswith(b"planner sha256:")
    assert stamped(data, "a.xlsx") == data
    assert stamped(b"a,b\n", "a.csv") == b"a,b\n"
