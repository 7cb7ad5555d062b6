"""The ledger of people: everyone once, placed or held with a reason, and it adds up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import InputError
from planner.plan.draft import Survey
from planner.plan.ledger import (
    Count,
    Ledger,
    _people_line,
    ledger_lines,
    ledger_of,
    require_centres,
)
from planner.plan.store import read_plan, store_plan
from tests.office import RULES, office, people, street
from tests.plan.test_build import first_plan

REASONS = st.dictionaries(
    st.sampled_from(["absent", "ambiguous", "no-address", "strange"]), st.integers(1, 50)
)


@given(st.integers(0, 99), REASONS, st.integers(0, 9))
def test_a_count_adds_up_or_is_none(placed: int, why: dict[str, int], repeated: int) -> None:
    """In = placed + held, rows = people + repeated; one off in either is refused."""
    n = placed + sum(why.values())
    made = Count(n, placed, why, n + repeated, repeated)
    assert made.held == n - placed
    for wrong in (
        (n + 1, placed, why, n + repeated, repeated),
        (n, placed, why, n + repeated + 1, repeated),
    ):
        with pytest.raises(ValueError, match="are not"):
            Count(*wrong)


def lost_street() -> tuple:
    """A street of nine buildings; one home, one member and one centre are held for known reasons."""
    homes, members = street(9)
    homes = homes.assign(code="")
    members = members.assign(code="")
    homes.loc[[1, 2], ["lon", "lat"]] = np.nan
    homes.loc[[1, 2], "cause"] = "address_not_found"
    homes.loc[[1, 2], "code"] = ["ambiguous", "no-address"]
    last = len(members) - 1
    members.loc[last, ["lon", "lat"]] = np.nan
    members.loc[last, ["cause", "code"]] = ["address_not_found", "number"]
    return office(homes, members)


def test_everyone_is_counted_once() -> None:
    """Homes, members and centres, each with the reason of those without a place."""
    located, demand, _ = lost_street()
    made = Ledger.of(replace(located, rows=(38, 6), repeated=(2, 1)), demand)
    assert (made.homes.people, made.homes.placed, made.homes.why) == (
        36,
        34,
        {"ambiguous": 1, "no-address": 1},
    )
    assert (made.members.people, made.members.held, made.members.why) == (5, 1, {"number": 1})
    assert (made.centres.people, made.centres.held) == (2, 1)
    assert made.lost_centres == (located.members["id"].iloc[-1],)
    with pytest.raises(ValueError, match="36 people"):
        Ledger.of(replace(located, rows=(40, 5)), demand)


def test_a_home_beside_no_street_is_told_as_such() -> None:
    """Placed on the map and on no street: another reason than an address that was not found."""
    located, demand, _ = office(*street(9))
    unit = demand.household_unit.copy()
    unit[3] = -1
    made = Ledger.of(located, replace(demand, household_unit=unit))
    assert made.homes.why == {"far-from-streets": 1}


def test_missing_centres_stop_a_run() -> None:
    """Exit code 2, in both languages, with who, why and the way round; nothing where all are there."""
    located, demand, _ = lost_street()
    ledger = Ledger.of(located, demand)
    with pytest.raises(InputError) as caught:
        require_centres(ledger)
    assert caught.value.exit_code == 2
    text = caught.value.told(["zh", "en"])
    for words in (
        "1 of 2 centres",
        "2个中心户中有1个",
        ledger.lost_centres[0],
        "street known",
        "门牌未找到",
    ):
        assert words in text
    assert "--allow-missing-centres" in caught.value.remedy
    require_centres(ledger, allow_missing=True)
    require_centres(Ledger.of(*office(*street(9))[:2]))


def test_the_plan_carries_its_ledger(tmp_path: Path) -> None:
    """Stored and read back equal, through JSON."""
    plan = first_plan()
    store_plan(plan, tmp_path / "plan.gpkg")
    own = ledger_of(plan)
    assert own is not None
    assert ledger_of(read_plan(tmp_path / "plan.gpkg")) == own
    assert own.homes.people == own.homes.placed == len(plan.households)
    assert ledger_of(replace(plan, provenance={})) is None


def test_lines_come_in_the_order_of_weight() -> None:
    """Read, centres, members, homes, beyond the limit, rules; in Chinese and English with the counts."""
    located, demand, ground = lost_street()
    plan = first_plan()
    note = (
        Survey(replace(located, rows=(38, 6), repeated=(2, 1)), demand, ground, None, RULES)
        .draft()
        .provenance
    )
    lines = ledger_lines(replace(plan, provenance={**plan.provenance, "ledger": note["ledger"]}))
    codes = [line.code for line in lines]
    assert codes == [
        "read",
        "centres",
        "members",
        "homes",
        "beyond-limit",
        "without-zone",
        "rules-broken",
    ]
    assert lines[0].en == "44 rows read, 3 of them repeated"
    assert lines[3].en == (
        "36 homes: 34 placed, 2 without a place (fits several places 1, neither address nor coordinates 1)"
    )
    assert lines[3].zh == "居民户36：已定位34，未定位2（符合多处1、无地址亦无坐标1）"
    assert [line.lost for line in lines[:4]] == [0, 1, 1, 2]
    assert lines[4].en == "beyond 400 m: 0 homes"
    bare = ledger_lines(replace(plan, provenance={}))
    assert [line.code for line in bare] == ["beyond-limit", "without-zone", "rules-broken"]


@pytest.mark.parametrize(("gone", "lost"), [(0, 0), (40, 0), (60, 60)])
def test_homes_that_came_and_went_stand_among_the_first(gone: int, lost: int) -> None:
    """A list that was cut short is a loss; a month's coming and going is none."""
    plan = first_plan()
    since = {"new": 3, "gone": gone, "before": 1000}
    lines = ledger_lines(replace(plan, provenance={**plan.provenance, "since": since}))
    assert [line.code for line in lines[:3]] == ["read", "since", "centres"]
    assert lines[1].en == f"since the plan before: 3 homes are new, {gone} are gone"
    assert lines[1].zh == f"与原方案相比：新增3户，减少{gone}户"
    assert lines[1].lost == lost


@settings(max_examples=20, deadline=None)
@given(st.lists(st.booleans(), min_size=36, max_size=36))
def test_any_loss_adds_up(lost: list[bool]) -> None:
    """Whoever is lost, in is placed plus held, for every kind; an unknown reason has words too."""
    homes, members = street(9)
    gone = np.array(lost)
    homes.loc[gone, ["lon", "lat"]] = np.nan
    homes.loc[gone, "cause"] = "address_not_found"
    located, demand, _ = office(homes.assign(code=np.where(gone, "odd", "")), members)
    made = Ledger.of(located, demand)
    assert made.homes.people == 36
    assert made.homes.held == gone.sum() == made.homes.why.get("odd", 0)


def test_nobody_is_nobody() -> None:
    """Empty tables make an empty ledger."""
    nobody = people("X", [], is_centre=[])
    assert Count.of(nobody, np.zeros(0, np.int32), 0) == Count(0, 0, {}, 0, 0)


def test_reasons_of_few_are_not_told() -> None:
    """Who does not serve is no loss; why is told of ten and more."""
    many = _people_line(
        "members", Count(30, 10, {"excused-age": 18, "excused-ill": 2}, 30), "党员", "members"
    )
    assert many.lost == 0
    assert many.en == "30 members: 10 placed, 20 do not serve (of them over age 18)"
    assert many.zh == "党员30：已定位10，不参与联系20（其中年龄18）"
    both = _people_line("members", Count(4, 1, {"excused": 2, "absent": 1}, 4), "党员", "members")
    assert both.lost == 1
    assert both.en == "4 members: 1 placed, 1 without a place (address not found 1), 2 do not serve"
