"""A refusal in numbers becomes one in names, in both languages, without a word of code."""

from __future__ import annotations

from dataclasses import replace

from planner.model.clash import RuleClash

CLASH = RuleClash(
    rule="households_per_zone", low=40.0, high=None, per=None, total=64.0, missed=16.0, centre=1, unit=5,
    units=16, centres=2,
)  # fmt: skip
CENTRE = ("中心户M0015（B32）", "centre M0015 (B32)")


def test_it_says_what_is_asked_for_and_what_is_there() -> None:
    """Rule, limits, what there is, what is missed, where; each language by itself."""
    zh, en = CLASH.words(CENTRE, ("红旗社区", "Red Flag"))
    for part in (
        "Red Flag",
        CENTRE[1],
        "at least 40",
        "no ceiling",
        "64",
        "misses by 16",
        "households in a zone",
    ):
        assert part in en
    for part in (
        "硬性规则无法同时满足",
        "红旗社区",
        CENTRE[0],
        "至少40",
        "不设上限",
        "共有64",
        "仍差16",
        "责任区户数",
    ):
        assert part in zh
    assert "households in a zone" in en
    assert "每个责任区户数" in zh
    assert "for each" not in en
    assert "_" not in zh + en
    assert en.isascii()


def test_limits_that_are_counted_for_each_of_something() -> None:
    """Homes for each member: of how many."""
    zh, en = replace(CLASH, low=None, high=25.0, per=7.0).words(CENTRE, ("", ""))
    assert "no floor and at most 25 for each of 7" in en
    assert "按7个计" in zh


def test_the_refusal_that_tells_of_it() -> None:
    """Certificate, remedy and whether it is proven go along; it can be told again in other names."""
    first = CLASH.error(
        CENTRE, ("东片", "East"), certificate="c", remedy=("放宽", "widen it"), proven=False
    )
    assert "East" in str(first)
    assert str(first).endswith("widen it")
    assert "东片" in first.told(["zh"])
    assert first.told(["zh"]).endswith("放宽")
    assert (first.certificate, first.clash, first.proven, first.exit_code) == ("c", CLASH, False, 3)
