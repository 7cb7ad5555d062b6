"""A refusal in numbers becomes one in names, in both languages."""

from __future__ import annotations

from dataclasses import replace

from planner.errors import InfeasibleError, RuleClash

CLASH = RuleClash(
    rule="households_per_zone", low=40.0, high=None, per=None, total=64.0, missed=16.0, centre=1, unit=5,
    units=16, centres=2,
)  # fmt: skip


def test_it_says_what_is_asked_for_and_what_is_there() -> None:
    """Rule, limits, what there is, what is missed, where."""
    said = CLASH.words("centre M0015 (B32)", "红旗社区")
    for part in (
        "红旗社区",
        "centre M0015 (B32)",
        "at least 40",
        "no ceiling",
        "64",
        "misses by 16",
    ):
        assert part in said
    for part in ("硬性规则无法同时满足", "至少40", "不设上限", "共有64", "仍差16"):
        assert part in said
    assert "for each" not in said


def test_limits_that_are_counted_for_each_of_something() -> None:
    """Homes for each member: of how many."""
    said = replace(CLASH, low=None, high=25.0, per=7.0).words("centre 1", "fence 0")
    assert "no floor and at most 25 for each of 7" in said
    assert "按7个计" in said


def test_names_take_the_place_of_positions_and_the_rest_stays() -> None:
    """Certificate, remedy and whether it is proven go along."""
    first = InfeasibleError("centre 1", certificate="c", remedy="more", clash=CLASH, proven=True)
    named = first.named("centre M1", "East")
    assert "centre M1" in named.message
    assert "East" in named.message
    assert (named.certificate, named.remedy, named.clash, named.proven) == (
        "c",
        "more",
        CLASH,
        True,
    )
    assert named.exit_code == 3


def test_without_numbers_there_is_nothing_to_name() -> None:
    """An error of another origin stays as it is; unproven ones say so."""
    plain = InfeasibleError("no plan was found in time", proven=False)
    assert plain.named("centre M1", "East") is plain
    assert not plain.proven
