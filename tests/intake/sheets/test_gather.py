"""Files get names that tell them apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from planner.errors import SheetError
from planner.intake.sheets.gather import columns_of, gather, labels
from planner.model.schema import HOUSEHOLDS


def test_bare_names_where_they_differ() -> None:
    """A file is called by its bare name, unless another one is too."""
    paths = [Path("/a/x/homes.xlsx"), Path("/a/y/homes.xlsx"), Path("/a/x/people.csv")]
    assert list(labels(paths).values()) == ["x/homes.xlsx", "y/homes.xlsx", "people.csv"]


def test_as_many_folders_as_it_takes() -> None:
    """Folders of one name are told apart by those above them; one path has one name."""
    paths = ["/a/1/x/h.csv", "/a/2/x/h.csv", "/a/1/x/h.csv"]
    assert labels(paths) == {Path("/a/1/x/h.csv"): "1/x/h.csv", Path("/a/2/x/h.csv"): "2/x/h.csv"}
    assert labels(["h.csv", "x/h.csv"]) == {Path("h.csv"): "h.csv", Path("x/h.csv"): "x/h.csv"}


def book(path: Path, *names: str) -> Path:
    """Write a workbook with one home on each sheet."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for n, name in enumerate(names):
        sheet = made.create_sheet(name)
        sheet.append(["编号", "地址"])
        sheet.append([f"H{n}", f"幸福路{n + 1}号"])
    made.save(path)
    return path


def test_sheets_are_chosen_or_left_out(tmp_path: Path) -> None:
    """By name or pattern, in any of the files; a file of which none is meant is passed over."""
    files = [book(tmp_path / "a.xlsx", "甲社区", "二期"), book(tmp_path / "b.xlsx", "说明")]

    def read(**choice: tuple[str, ...]) -> list[str]:
        return [t.sheet for t in gather(files, HOUSEHOLDS.told(**choice)).tables]

    assert read() == ["甲社区", "二期", "说明"]
    assert read(sheets=("*社区", "说明")) == ["甲社区", "说明"]
    assert read(left_out=("二*",)) == ["甲社区", "说明"]
    with pytest.raises(SheetError, match="甲社区、二期、说明") as caught:
        read(sheets=("乙社区",))
    assert "[sheets]" in caught.value.zh


def test_who_lives_as_the_register_says(tmp_path: Path) -> None:
    """By a word that says so; a blank cell says nothing, and an address is one."""
    path = tmp_path / "h.csv"
    words = ["同户籍", "与户籍地址一致", "", "乙路5号", "同户籍地"]
    lines = [f"{i},甲路{i}号,{word}" for i, word in enumerate(words)]
    path.write_text("编号,户籍地址,现居住地\n" + "\n".join(lines) + "\n", "utf-8")
    (table,) = gather([path], HOUSEHOLDS).tables
    frame, said = columns_of(table, HOUSEHOLDS)
    assert frame["address"].tolist() == ["甲路0号", "甲路1号", "", "乙路5号", "甲路4号"]
    (told,) = [f for f in said if f.code == "address-of-register"]
    assert (told.row, told.column) == (2, "现居住地")
    assert "3 cell(s)" in told.what
