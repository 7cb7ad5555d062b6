"""The table of figures: kinds as logs call them, an office's own table, and what cannot be counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import InputError
from planner.model.serving import COUNTED, class_of, count_of, service_counts, visit_classes

COUNTS, ORDER = service_counts()
HEAD = "code,match,zh,en,words,counted,said_zh,said_en\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("入户走访", "visit"),
        ("夜间巡查", "visit"),
        ("邻里纠纷调解", "mediation"),
        ("慰问演出活动", "activity"),
        ("解决困难", "problem"),
        ("收集社情民意", "opinion"),
        ("结对帮扶", "pairing"),
        ("微心愿认领", "wish"),
        ("业务培训", "training"),
        ("谈心谈话", "talk"),
        ("送花", ""),
        ("", "visit"),
        ("Patrol at night", "visit"),
    ],
)
def test_kinds_as_logs_call_them(text: str, code: str) -> None:
    """The first word that fits counts; nothing said is a visit, as in the visit plan."""
    assert count_of(text, COUNTS, ORDER) == code


def test_the_products_own_table() -> None:
    """The eight figures that services publish, in their order, and each can be said in both languages."""
    told = [one.code for one in COUNTS]
    assert told[:7] == ["activity", "problem", "opinion", "visit", "mediation", "pairing", "wish"]
    assert told[-1] == "people"
    assert {one.counted for one in COUNTS} == set(COUNTED)
    assert all("3" in one.said_zh.format(n=3) and "3" in one.said_en.format(n=3) for one in COUNTS)


def test_an_offices_own_table(tmp_path: Path) -> None:
    """Its words and its order count."""
    path = tmp_path / "own.csv"
    path.write_text(HEAD + "tea,1,茶话会,teas,茶话|tea,rows,茶话会{n}次,{n} teas\n", "utf-8-sig")
    counts, order = service_counts(path)
    assert count_of("邻里茶话会", counts, order) == "tea"
    assert count_of("走访", counts, order) == ""


@pytest.mark.parametrize(
    "row",
    [
        "tea,1,茶话会,teas,tea,cups,茶话会{n}次,{n} teas",  # no way to count
        "tea,1,茶话会,teas,tea,rows,茶话会,{n} teas",  # a sentence without its figure
        ",1,茶话会,teas,tea,rows,茶话会{n}次,{n} teas",
        "tea,x,茶话会,teas,tea,rows,茶话会{n}次,{n} teas",
        "",
    ],
)
def test_a_table_that_cannot_be_used(tmp_path: Path, row: str) -> None:
    """It is named, with the columns that it should have."""
    path = tmp_path / "own.csv"
    path.write_text(HEAD + row + "\n", "utf-8")
    with pytest.raises(InputError, match=r"own\.csv.*said_zh"):
        service_counts(path)


@pytest.mark.parametrize(
    ("text", "visits", "code"),
    [
        ("每周一次", 0.25, "weekly"),
        ("", 4, "weekly"),
        ("", 2, "fortnightly"),
        ("", 1, "monthly"),
        ("", 0.25, "quarterly"),
        ("季度", 4, "quarterly"),
        ("按需", 1, "monthly"),
        ("", 0.05, "yearly"),
        ("", 0, None),
    ],
)
def test_the_class_of_a_household(text: str, visits: float, code: str | None) -> None:
    """What its sheet says counts; else what its kind of care asks; nothing asked is no visit."""
    found = class_of(text, visits, visit_classes())
    assert (found and found.code) == code


@pytest.mark.parametrize(
    "row", ["a,甲,a,a,0,1", "a,甲,a,a,x,1", ",甲,a,a,7,1", "a,甲,a,a,7,-1", ""]
)
def test_classes_that_cannot_be_used(tmp_path: Path, row: str) -> None:
    """They are named; a table that can is in the order of its days."""
    path = tmp_path / "own.csv"
    head = "code,zh,en,words,days,visits_a_month\n"
    path.write_text(head + row + "\n", "utf-8")
    with pytest.raises(InputError, match=r"own\.csv"):
        visit_classes(path)
    path.write_text(head + "b,乙,b,乙,90,0\na,甲,a,甲,10,3\n", "utf-8")
    assert [c.code for c in visit_classes(path)] == ["a", "b"]
