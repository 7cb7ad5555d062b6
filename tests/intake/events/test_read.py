"""The sheet of changes: each kind is read, and a row that is not clear stops the run."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from planner.errors import SchemaError, SheetError
from planner.intake.events.read import read_events
from planner.model.events import KINDS
from planner.render.books.change_book import CHANGES_SHEET, change_bytes


def sheet(path: Path, *rows: str) -> Path:
    """Write a sheet of changes."""
    head = "事项,编号,新编号,地址,楼层,走访分钟,对象,中心户编号,规则,下限,上限"
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    return path


def codes(raised: pytest.ExceptionInfo[SchemaError]) -> list[tuple[str, int | None]]:
    """Give what was found, and where."""
    return [(f.code, f.row) for f in raised.value.findings]


def test_the_template_s_own_lines_are_read(tmp_path: Path) -> None:
    """One filled line for each kind, and each is that kind; examples and notes are left alone."""
    path = tmp_path / "changes.xlsx"
    path.write_bytes(change_bytes())
    with pytest.raises(SheetError):
        read_events(path)  # as it is laid out nothing has happened
    book = openpyxl.load_workbook(path)
    for row in book["示例 examples"].iter_rows(min_row=2):
        for cell in row:
            book[CHANGES_SHEET][cell.coordinate] = cell.value
    book.save(path)
    found = read_events(path)
    assert [e.kind for e in found.events] == [kind.code for kind in KINDS]
    assert [e.row for e in found.events] == list(range(2, len(KINDS) + 2))
    assert {f.code for f in found.findings} <= {"missing-id"}
    assert found.sources[0][0] == "changes.xlsx"


def test_who_joins_is_read_like_everybody(tmp_path: Path) -> None:
    """The room is dropped to a floor, the weight kept, a wide digit understood."""
    blanks = (",,,,,,,,,,", "  ,,,,,,\u3000,,,,")
    path = sheet(tmp_path / "c.csv", "迁入,A1,,和平里3号楼2单元,５,２５,,,,,", *blanks)
    (event,) = read_events(path).events
    assert (event.kind, event.id, event.load, event.row) == ("home-in", "A1", 25.0, 2)
    assert event.where["address"] == "和平里3号楼2单元"
    assert event.where["floor"] == "5"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("失踪,A1,,,,,,,,,", "event-unknown"),
        (",A1,,,,,,,,,", "event-unknown"),
        (",,,,,,,,每个责任区户数,,70", "event-unknown"),
        (",,N7,,,,,,,,", "event-unknown"),
        ("迁出,,,,,,,,,,", "event-lacks"),
        ("分户,A1,,,,,,,,,", "event-lacks"),
        ("走访分钟变更,A1,,,,很多,,,,,", "event-number"),
        ("走访分钟变更,A1,,,,-3,,,,,", "event-number"),
        ("规则调整,,,,,,,,每个责任区户数,,", "event-no-limit"),
        ("规则调整,,,,,,,,每区幸福感,1,2", "event-lacks"),
        ("搬家,A1,,,,,,,,,", "no-address"),
        ("锁定,,,,,,,,,,", "event-lacks"),
    ],
)
def test_a_row_that_is_not_clear_stops_the_run(tmp_path: Path, row: str, code: str) -> None:
    """Each is told with its row, in both languages, and nobody is guessed."""
    path = sheet(tmp_path / "c.csv", "迁出,B7,,,,,,,,,", row)
    with pytest.raises(SchemaError) as raised:
        read_events(path)
    assert (code, 3) in codes(raised)
    told = next(f for f in raised.value.findings if f.code == code)
    assert told.what_zh
    assert str(told.severity) == "stop"
    assert raised.value.zh
    assert "A1" not in str(raised.value)


def test_a_cell_with_a_fault_is_no_blank(tmp_path: Path) -> None:
    """A floor that is a broken formula is not a floor left as it was."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (
        ("事项", "编号", "新编号", "权重", "规则", "下限", "上限"),
        ("规则调整", None, None, None, "每个责任区党员数", "#N/A", 9),
        ("规则调整", None, None, None, "每个责任区党员数", "=1+2", 9),
        ("分户", "A1", "A2", "#REF!", None, None, None),
        ("迁出", "#N/A", None, None, None, None, None),
        ("#REF!", "A1", None, None, None, None, None),
        ("迁出", "A1", None, None, None, None, None),
    ):
        page.append(row)
    book.save(tmp_path / "c.xlsx")
    with pytest.raises(SchemaError) as raised:
        read_events(tmp_path / "c.xlsx")
    assert codes(raised) == [("cell-unusable", row) for row in range(2, 7)]
    assert {str(f.severity) for f in raised.value.findings} == {"stop"}


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    """A clerk corrects the sheet once."""
    path = sheet(tmp_path / "c.csv", "失踪,A1,,,,,,,,,", "迁出,,,,,,,,,,", "锁定,,,,,,,,,,")
    with pytest.raises(SchemaError) as raised:
        read_events(path)
    assert [row for _, row in codes(raised)] == [2, 3, 4]
    path = sheet(tmp_path / "d.csv", "规则调整,,,,,,,,每区幸福感,多,少")
    with pytest.raises(SchemaError, match=r"1 row\(s\)") as raised:
        read_events(path)
    assert len(raised.value.findings) == 3


def test_another_sheet_is_not_taken_for_one(tmp_path: Path) -> None:
    """A register has no column of events."""
    path = tmp_path / "homes.csv"
    path.write_text("编号,地址\nA1,和平里3号楼\n", encoding="utf-8")
    with pytest.raises(SchemaError, match="事项"):
        read_events(path)


def test_a_sheet_of_objections_will_do(tmp_path: Path) -> None:
    """Each that was upheld is an event, once; others are none; without conclusions it is no such sheet."""
    path = tmp_path / "objections.csv"
    rows = [
        "M1,2025-04-01,成立",
        "M2,2025-04-01,不成立",
        "M3,2025-04-02,核实中",
        "M1,2025-04-03,成立",
    ]
    path.write_text("\n".join(["党员编号,日期,结论", *rows]), encoding="utf-8")
    found = read_events(path)
    assert [(e.kind, e.id, e.file, e.row) for e in found.events] == [
        ("objection", "M1", "objections.csv", 5)
    ]
    assert found.sources[0][0] == "objections.csv"
    path.write_text("党员编号,日期\nM1,2025-04-01", encoding="utf-8")
    with pytest.raises(SchemaError):
        read_events(path)


def test_a_row_that_names_somebody_alone_is_no_blank(tmp_path: Path) -> None:
    """A name without what happened is a change that nobody would have made."""
    path = tmp_path / "c.csv"
    path.write_text("事项,编号,姓名,备注\n迁出,A1,某甲,\n,,某乙,已搬走\n,,,另见附表\n", "utf-8")
    with pytest.raises(SchemaError) as raised:
        read_events(path)
    assert codes(raised) == [("event-unknown", 3)]
    assert "某乙" not in str(raised.value)
