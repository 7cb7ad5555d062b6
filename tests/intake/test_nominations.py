"""What a members' sheet says of who may be chosen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import planner
from planner.errors import ConfigError, SchemaError
from planner.intake.nominations import (
    Nominations,
    read_nominations,
    read_objections,
    strengths_of,
)


def read(folder: Path, text: str) -> Nominations:
    """Read a sheet of members and what it says of them."""
    (folder / "m.csv").write_text(text, "utf-8")
    return read_nominations(folder / "m.csv", planner.read_members(folder / "m.csv"))


def test_all_columns_are_read_in_the_order_of_the_members(tmp_path: Path) -> None:
    """Marks, scores, roles, strengths, who guides, and how many."""
    text = (
        "编号,地址,候选户,择优得分,职务,特长,是否指导员,可联系数\n"
        "M1,幸福路1号,是,91.5,网格员,宣讲、调解,否,\n"
        "M2,幸福路2号,,８０分,,,是,12\n"
    )
    frame = read(tmp_path, text).frame
    assert frame["candidate"].tolist() == [True, False]
    assert frame["score"].tolist() == [91.5, 80.0]
    assert frame["role"].tolist() == ["网格员", ""]
    assert frame["strengths"].tolist() == ["宣讲、调解", ""]
    assert frame["mentor"].tolist() == [False, True]
    assert np.isnan(frame["capacity"][0])
    assert frame["capacity"][1] == 12.0


@pytest.mark.parametrize("mark", ["是", "√", "Y", "yes", "1", "候选", "x"])
def test_any_mark_is_a_mark(tmp_path: Path, mark: str) -> None:
    """Whatever an office writes to mark somebody."""
    frame = read(tmp_path, f"编号,地址,候选户\nM1,幸福路1号,{mark}\n").frame
    assert frame["candidate"].tolist() == [True]


@pytest.mark.parametrize("mark", ["", "否", "No", "0", "×", "☐", "无", "不是", "-", " "])
def test_a_no_is_a_no(tmp_path: Path, mark: str) -> None:
    """And whatever it writes to say no."""
    frame = read(tmp_path, f"编号,地址,候选户\nM1,幸福路1号,{mark}\n").frame
    assert frame["candidate"].tolist() == [False]


def test_headers_in_english_and_with_other_words(tmp_path: Path) -> None:
    """Other offices, other words."""
    frame = read(
        tmp_path, "id,address,nominated,points,role,skills\nM1,Road 1,yes,7,clerk,talk/walk\n"
    ).frame
    assert frame["candidate"].tolist() == [True]
    assert frame["score"].tolist() == [7.0]
    assert frame["strengths"].tolist() == ["talk、walk"]


def test_of_two_columns_the_better_word_counts(tmp_path: Path) -> None:
    """择优得分 before 总分, wherever they stand."""
    frame = read(tmp_path, "编号,地址,总分,择优得分\nM1,幸福路1号,5,9\n").frame
    assert frame["score"].tolist() == [9.0]


def test_what_is_no_number_is_left_out_and_told_once(tmp_path: Path) -> None:
    """Two unreadable scores: empty, and one finding that names the first."""
    found = read(tmp_path, "编号,地址,得分\nM1,a1号,优\nM2,a2号,88\nM3,a3号,良\n")
    assert np.isnan(found.frame["score"][[0, 2]]).all()
    (finding,) = found.findings
    assert finding.code == "number-unclear"
    assert finding.what.startswith("2 cell(s)")
    assert (finding.file, finding.row, finding.column) == ("m.csv", 2, "得分")


def test_nothing_said_is_nothing(tmp_path: Path) -> None:
    """A bare sheet: no marks, no scores, no findings."""
    found = read(tmp_path, "编号,地址\nM1,幸福路1号\n")
    assert found.frame["candidate"].tolist() == [False]
    assert np.isnan(found.frame["score"][0])
    assert not found.findings


def test_repeated_rows_are_not_mixed_up(tmp_path: Path) -> None:
    """A row that says the same again, between two others, leaves each with its own."""
    text = "编号,地址,得分\nM1,幸福路1号,1\nM1,幸福路1号,1\nM3,幸福路3号,3\n"
    assert read(tmp_path, text).frame["score"].tolist() == [1.0, 3.0]


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("矛盾调解员、志愿服务员", ("矛盾调解员", "志愿服务员")),
        ("宣讲，调解; 宣讲", ("宣讲", "调解")),
        ("a|b/c d", ("a", "b", "c", "d")),
        ("  ", ()),
        ("", ()),
    ],
)
def test_strengths_are_split(text: str, several: tuple[str, ...]) -> None:
    """By whatever stands between, each once."""
    assert strengths_of(text) == several


def test_how_by_whom_and_when(tmp_path: Path) -> None:
    """Three ways; whoever was nominated in some way is a candidate, marked or not."""
    frame = read(
        tmp_path,
        "编号,地址,候选户,推荐方式,推荐单位,推荐日期\n"
        "M1,幸福路1号,,自荐,,2025-03-01\nM2,幸福路2号,,群众举荐,3栋居民,\n"
        "M3,幸福路3号,,党支部推荐,第一党支部,\nM4,幸福路4号,是,,,\nM5,幸福路5号,,,,\n",
    ).frame
    assert frame["way"].tolist() == ["self", "people", "organisation", "", ""]
    assert frame["candidate"].tolist() == [True, True, True, True, False]
    assert frame["by"].tolist() == ["", "3栋居民", "第一党支部", "", ""]
    assert frame["day"].iloc[0] == "2025-03-01"


def test_criteria_make_the_score(tmp_path: Path) -> None:
    """The weighted mean of who has all points; a criterion that no sheet has is refused."""
    text = "编号,地址,政治素质,服务意识,得分\nM1,甲路1号,90,80,1\nM2,甲路2号,90,,99\nM3,甲路3号,很好,70,\n"
    (tmp_path / "m.csv").write_text(text, "utf-8")
    members = planner.read_members(tmp_path / "m.csv")
    found = read_nominations(tmp_path / "m.csv", members, {"政治素质": 3.0, "服务意识": 1.0})
    assert found.frame["score"].tolist()[0] == 87.5
    assert np.isnan(found.frame["score"].to_numpy(float)[1:]).all()
    assert found.frame["服务意识"].tolist()[::2] == [80.0, 70.0]
    assert [f.code for f in found.findings] == ["number-unclear"]
    with pytest.raises(ConfigError, match="组织带动"):
        read_nominations(tmp_path / "m.csv", members, {"组织带动": 1.0})


def test_objections(tmp_path: Path) -> None:
    """Of several the one that weighs most; what is not said is open; what they say is not read."""
    path = tmp_path / "o.csv"
    path.write_text(
        "编号,日期,异议内容,处理结果\nM1,2025-03-02,吵架,不成立\nM1,2025-03-03,占道,成立\nM2,,某事,\n"
        "M3,,某事,经核实不属实\n,,,\n",
        "utf-8",
    )
    assert read_objections(path) == {"M1": "upheld", "M2": "open", "M3": "dismissed"}
    path.write_text("日期,类型\n2025-01-01,走访\n", "utf-8")
    with pytest.raises(SchemaError, match="objections"):
        read_objections(path)
