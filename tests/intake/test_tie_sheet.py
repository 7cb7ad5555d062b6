"""The office's sheet of who belongs together."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from planner.errors import Finding, SchemaError
from planner.intake.tie_sheet import TieSheet, kind_of_tie, match_ties, read_ties

HOMES = ["H1", "H2", "H3", "007", "M1"]
MEMBERS = ["M1", "M2"]


def _read(tmp_path: Path, *rows: str, head: str = "甲,乙,关系,折合米数") -> TieSheet:
    path = tmp_path / "ties.csv"
    path.write_text("\n".join([head, *rows]), "utf-8")
    return read_ties(path)


def _codes(findings: tuple[Finding, ...]) -> list[tuple[int | None, str]]:
    return [(f.row, f.code) for f in findings]


def test_rows_become_ties_with_a_kind_and_a_price(tmp_path: Path) -> None:
    """Chinese and English kinds, prices with and without their unit, ids cleaned as everywhere."""
    sheet = _read(
        tmp_path, "H1,H2,亲属,", "H2,Ｈ3,老单位,350", "H3,M2,现联系人,120米", "H1 ,H3,keep apart,"
    )
    assert [(r.a, r.b, r.kind, r.metres) for r in sheet.rows] == [
        ("H1", "H2", "kin", None), ("H2", "H3", "workmates", 350.0), ("H3", "M2", "helper", 120.0),
        ("H1", "H3", "apart", None),
    ]  # fmt: skip
    assert sheet.sources[0][0] == "ties.csv"


def test_a_workbook_with_english_headers_is_read(tmp_path: Path) -> None:
    """Any file that residents come in will do, under a title and with columns in any order."""
    frame = pd.DataFrame({"kind": ["kin"], "metres": [80], "b": ["H2"], "a": ["H1"]})
    frame.to_excel(tmp_path / "ties.xlsx", index=False, startrow=2)
    (row,) = read_ties(tmp_path / "ties.xlsx").rows
    assert (row.a, row.b, row.kind, row.metres) == ("H1", "H2", "kin", 80.0)


@pytest.mark.parametrize(
    ("rows", "found", "kept"),
    [
        (["H1,H1,亲属,"], [(2, "tie-to-itself")], 0),
        (["H1,,亲属,"], [(2, "tie-empty")], 0),
        (["H1,H2,朋友,"], [(2, "tie-kind")], 0),
        (["H1,H2,亲属,", "H2,H1,老单位,"], [(3, "tie-twice")], 1),
        (["H1,H2,亲属,", "H2,H1,分开,"], [(2, "tie-and-apart")], 1),
        (["H1,H2,亲属,贵"], [(2, "tie-price")], 1),
        (["H1,H2,亲属,-5"], [(2, "tie-price")], 1),
        (["H1,M1,亲属,", "H1,M1,帮扶,"], [], 2),
        ([",,,", "H1,H2,亲属,"], [], 1),
    ],
)
def test_each_fault_is_told_where_it_stands(
    tmp_path: Path, rows: list[str], found: list[tuple[int, str]], kept: int
) -> None:
    """File, row and column, what is wrong and what to do, in Chinese and English, and no id."""
    sheet = _read(tmp_path, *rows)
    assert _codes(sheet.findings) == found
    assert len(sheet.rows) == kept
    for f in sheet.findings:
        assert f.file == "ties.csv"
        assert all((f.what, f.what_zh, f.remedy, f.remedy_zh))
        assert not any(i in f"{f.what} {f.remedy}" for i in ("H1", "H2", "M1"))


def test_a_sheet_without_the_columns_is_refused(tmp_path: Path) -> None:
    """The error names the three columns."""
    with pytest.raises(SchemaError, match=r"ties\.csv") as refused:
        _read(tmp_path, "H1,H2", head="编号,地址")
    assert "关系" in str(refused.value)


def test_ids_are_found_among_households_and_members(tmp_path: Path) -> None:
    """Leading zeros may be missing; who helps is a member, on whichever side the sheet names them."""
    sheet = _read(
        tmp_path, "H1,7,亲属,", "M1,H2,亲属,", "H3,M1,帮扶,", "M2,H1,帮扶,", "H1,H2,帮扶,", "H1,X9,亲属,"
    )  # fmt: skip
    found, said = match_ties(sheet, HOMES, MEMBERS)
    assert [(m.a, m.b, m.kind) for m in found] == [
        ((False, 0), (False, 3), "kin"),
        ((False, 4), (False, 1), "kin"),
        ((False, 2), (True, 0), "helper"),
        ((False, 0), (True, 1), "helper"),
        ((False, 0), (False, 1), "kin"),
    ]
    assert _codes(said) == [(6, "tie-helper"), (7, "tie-unknown")]


def test_many_unknown_ids_are_told_in_short(tmp_path: Path) -> None:
    """Twenty rows are listed, the others counted."""
    sheet = _read(tmp_path, *[f"X{i},Y{i},亲属," for i in range(50)])
    found, said = match_ties(sheet, HOMES, MEMBERS)
    assert found == []
    assert len(said) == 21
    assert said[-1].what.startswith("30 more rows")


def test_kinds_are_read_generously() -> None:
    """Blanks, case, full width and the word 关系 do not matter; anything else is not guessed."""
    assert kind_of_tie(" 亲属关系 ") == "kin"
    assert kind_of_tie("Ｋｉｎ") == "kin"
    assert kind_of_tie("Keep  Apart") == "apart"
    assert kind_of_tie("same_old_work_unit") == "workmates"
    assert kind_of_tie("neighbour") == "next_door"
    assert kind_of_tie("friend") is None
    assert kind_of_tie("") is None
