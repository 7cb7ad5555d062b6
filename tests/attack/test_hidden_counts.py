"""The meeting's map, attacked: what it hides does not come back from what it tells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.errors import PlannerError
from planner.model.tables import PlanTables
from planner.plan.compare import compared
from planner.privacy.attack import determined, page_sums
from planner.privacy.audience import Audience
from planner.render.map.editing import edit_payload
from planner.render.map.meeting import meeting_payload, taken_names
from planner.render.map.pair import compare_payload
from planner.render.text.shown import Told
from planner.render.text.summary import summary_markdown
from tests.attack import reconstruct
from tests.plan.test_compare import movable, recut
from tests.plans import make_plan_tables

TERMS = Audience.MEETING.terms
OLD = json.loads((Path(__file__).parent / "old_page.json").read_text("utf-8"))


def page_of(tables: PlanTables) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the plain and the packed data of a meeting's page, without shapes."""
    told = Told(tables, TERMS)
    payload = meeting_payload(tables, told=told)
    return payload, taken_names(payload) | {"edit": edit_payload(tables, told.blocks)}


def towns(count: int) -> Iterator[PlanTables]:
    """Give small towns, some of single houses, in some of which no home is; each is laid when asked for."""
    made = seed = 0
    while made < count:
        seed += 1
        try:
            tables = make_plan_tables(nx=4 + seed % 3, ny=3, nc=4 + seed % 2, seed=seed)
        except (ValueError, PlannerError):  # a centre too few in one half of the town
            continue
        homes = np.ones(len(tables.units), np.int64)
        if made % 8 == 7:
            homes[np.random.default_rng(seed).random(len(homes)) < 0.12] = 0
        yield with_homes(tables, homes) if made % 4 == 3 else tables
        made += 1


def with_homes(tables: PlanTables, homes: np.ndarray, load: np.ndarray | None = None) -> PlanTables:
    """Give the plan with other homes, or loads, in its units."""
    problem = tables.problem
    rules = tuple(
        replace(r, amount=homes) if np.array_equal(r.amount, problem.households) else r
        for r in problem.rules
    )
    loads = homes.astype(float) if load is None else load
    problem = problem.replace(households=homes, load=loads, rules=rules)
    units = tables.units.assign(households=homes, load=loads)
    return replace(tables, problem=problem, units=units)


def test_the_attack_works_on_what_was_written_before() -> None:
    """From sums and streets most hidden counts of an older page come back, and every one is right."""
    n, sums = reconstruct.old_sums(OLD)
    hidden = [u for u, h in enumerate(OLD["units"]["homes"]) if h < 0]
    known = reconstruct.known_units(n, sums, hidden, reconstruct.old_prices(OLD))
    assert len(known) >= len(hidden) / 2 > 0
    assert all(OLD["truth"][u] == value for u, value in known.items())
    assert OLD["edit"]["members"] != [0] * len(
        OLD["edit"]["members"]
    )  # and members by door besides


@pytest.mark.parametrize("seed", range(12))
def test_it_fails_on_what_is_written_now(seed: int) -> None:
    """No unit of a block has one possible count only, unless it is a count that may show."""
    tables = next(islice(towns(seed + 1), seed, None))
    data, _ = page_of(tables)
    homes = tables.units["households"].to_numpy()
    size = np.bincount(data["units"]["block"])[data["units"]["block"]]
    hidden = np.flatnonzero((homes > 0) & ((size > 1) | (homes < TERMS.smallest))).tolist()
    n, sums = reconstruct.page_sums(data)
    assert reconstruct.known_units(n, sums, hidden, empty=data["meta"]["empty"]) == {}


def test_the_gate_s_own_attack_agrees() -> None:
    """None of the towns has a hidden value that follows from its page."""
    for tables in towns(24):
        assert determined(page_sums([page_of(tables)]), TERMS.smallest) == []


def test_homes_within_a_block_do_not_matter() -> None:
    """Homes dealt out anew among the units of each block leave the very same page: it cannot tell them."""
    tables = make_plan_tables()
    data, heavy = page_of(tables)
    homes = tables.units["households"].to_numpy().copy()
    block = np.array(data["units"]["block"])
    for b in np.unique(block):
        inside = np.flatnonzero(block == b)
        if len(inside) > 1:
            other = np.roll(homes[inside], 1)
            if (other < TERMS.smallest).all():
                homes[inside] = other
    assert (homes != tables.units["households"].to_numpy()).sum() > 10
    blocks = Told(tables, TERMS).blocks
    again = Told(with_homes(tables, homes), TERMS)
    if np.array_equal(again.blocks.of, blocks.of):
        assert edit_payload(again.tables, again.blocks) | {"plan": ""} == heavy["edit"] | {
            "plan": ""
        }
        assert again.blocks.homes.tolist() == data["blocks"]["homes"]


def test_loads_point_nobody_out() -> None:
    """Homes that take more visits (lone elders) leave the page and the summary as they are."""
    tables = make_plan_tables()
    homes = tables.units["households"].to_numpy(np.int64)
    care = homes + (np.arange(len(homes)) % 5 == 0)
    heavier = with_homes(tables, homes, care.astype(float))
    one, other = page_of(tables), page_of(heavier)
    one[1]["edit"]["plan"] = other[1]["edit"]["plan"] = ""
    assert one == other
    assert summary_markdown(tables) == summary_markdown(heavier)


def test_members_are_told_by_no_door() -> None:
    """Which stairwell a member lives in is nowhere on the page, and few of a zone are only "few"."""
    tables = make_plan_tables()
    data, heavy = page_of(tables)
    assert {rule["name"] for rule in heavy["edit"]["rules"]} == {"households_per_zone"}
    assert all(zone["members"] == -1 or zone["members"] >= 10 for zone in data["zones"])
    moved = tables.units["members"].to_numpy()[::-1].copy()
    other = replace(tables, units=tables.units.assign(members=moved))
    assert page_of(other)[0]["units"] == data["units"]


@pytest.mark.parametrize("count", [1, 2, 5, 20])
def test_two_plans_in_one_page(count: int) -> None:
    """What changes hands does not come back from flows, totals and the zones of both plans."""
    before = make_plan_tables(moved=False)
    after = recut(before, movable(before, count))
    payload, heavy = compare_payload(compared(before, after))
    assert determined(page_sums([(payload, heavy)]), TERMS.smallest) == []
    told = heavy["compare"]
    assert not [n for n in (*told["counts"], told["moved"]) if 0 < n < TERMS.smallest]


@pytest.mark.parametrize("count", [1, 3, 9])
def test_two_files_of_two_months(count: int) -> None:
    """The maps of a plan and of the plan after it, laid side by side, tell no more than each."""
    before = make_plan_tables(moved=False)
    after = recut(before, movable(before, count))
    pages = [page_of(before), page_of(after)]
    assert determined(page_sums(pages), TERMS.smallest) == []


def test_the_summary_tells_what_the_map_tells() -> None:
    """Homes of a zone in the summary are those of the map: no second number to subtract."""
    tables = make_plan_tables()
    data, _ = page_of(tables)
    text = summary_markdown(tables)
    rows = [line.split("|") for line in text.split("\n") if line.startswith("| ")]
    told = {r[1].strip(): r[4].strip() for r in rows if len(r) > 8 and r[1].strip().isdigit()}
    assert told == {str(z["n"]): f"{z['homes']:,}" for z in data["zones"]}
