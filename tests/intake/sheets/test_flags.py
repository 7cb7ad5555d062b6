"""One list of yes and no, whoever asks."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from planner.api.people import people_of
from planner.errors import SchemaError
from planner.intake.nominations import read_nominations
from planner.intake.residents import read_members
from planner.intake.sheets.flags import care_said, is_marked, marked, read_flags

YES = ("是", "yes", " Y ", "1", "TRUE", "√", "✓", "x", "X", "ｘ", "有", "中心户", "1.0")
NO = ("", " ", "否", "no", "N", "0", "false", "×", "✗", "无", "不是", "-", "/", "0.0", "没有")


def test_each_word_says_one_thing() -> None:
    """A letter x ticks a box, the sign × does not; anything else is neither."""
    assert [is_marked(t) for t in YES] == [True] * len(YES)
    assert [is_marked(t) for t in NO] == [False] * len(NO)
    assert [is_marked(t) for t in ("也许", "2", "张三", "?")] == [None] * 4


def test_any_mark_but_a_no_counts_where_it_is_asked_who() -> None:
    """A date or a remark in a column of candidates is a mark."""
    assert marked(["x", "×", "2024年推荐", ""]).tolist() == [True, False, True, False]


def test_a_cell_that_says_neither_is_refused_with_its_row() -> None:
    """All such cells are named at once, and their text is not told."""
    rows = pd.DataFrame({"file": "m.csv", "sheet": "", "row": [2, 3, 4, 5]})
    assert read_flags(pd.Series(["是", "", "x", "×"]), rows).tolist() == [True, False, True, False]
    with pytest.raises(SchemaError, match=r"m\.csv: 2 cell") as caught:
        read_flags(pd.Series(["是", "也许", "否", "王五"]), rows)
    assert [f.row for f in caught.value.findings] == [3, 5]
    assert "王五" not in str(caught.value)


@pytest.mark.parametrize(
    ("mark", "is_yes"), [("x", True), ("√", True), ("×", False), ("无", False)]
)
def test_every_reader_reads_a_mark_alike(tmp_path: Path, mark: str, is_yes: bool) -> None:
    """中心户, 候选户 and 独居 take the same mark for the same: a lone elder marked x is not lost."""
    head = "编号,地址,是否中心户,候选户,独居\n"
    text = head + f"M1,幸福路1号,{mark},{mark},{mark}\nM2,幸福路2号,是,是,\n"
    (tmp_path / "m.csv").write_text(text, "utf-8")
    (tmp_path / "h.csv").write_text("编号,地址,独居\nH1,幸福路1号," + mark + "\n", "utf-8")
    project = tmp_path / "planner.toml"
    project.write_text(
        "[inputs]\nhouseholds = 'h.csv'\nmembers = 'm.csv'\ndetour_factor = 1.3\n", "utf-8"
    )
    members = read_members(tmp_path / "m.csv")
    assert members.kept["is_centre"].tolist() == [is_yes, True]
    chosen = read_nominations(tmp_path / "m.csv", members).frame["candidate"]
    assert chosen.tolist() == [is_yes, True]
    people = people_of(project)
    assert people.households["H1"].care == (("独居",) if is_yes else ())


@pytest.mark.parametrize(
    ("header", "cell", "said", "unclear"),
    [
        ("独居老人", "√", ("独居老人",), False),
        ("独居老人", "独居老人（78岁）", ("独居老人(78岁)",), False),
        ("独居老人", "78岁", ("独居老人：78岁",), True),
        ("独居老人", "·", ("独居老人：·",), True),
        ("獨居老人", "非獨居", (), False),
        ("独居老人", "否（与子女同住）", (), False),
        ("独居老人", "曾独居", (), True),
        ("独居老人", "已故", (), True),
        ("关爱对象", "低保，非独居", ("低保",), False),
        ("关爱对象", "不能自理", ("不能自理",), False),
        ("关爱对象", "无人照料", ("关爱对象：无人照料",), True),
        ("关爱对象", "无以上情况", (), False),
        ("关爱对象", "没有残疾", (), False),
        ("care", "not living alone", (), False),
    ],
)
def test_care_is_read_with_its_denials(
    header: str, cell: str, said: tuple[str, ...], unclear: bool
) -> None:
    """非独居 is no 独居; a remark under a heading of care counts, and somebody has to look at it."""
    assert care_said(header, cell, ["独居", "低保", "残疾", "不能自理", "living alone"]) == (
        said,
        unclear,
    )
