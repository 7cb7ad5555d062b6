"""A fence as a siting problem: walks, costs, limits, and who may be chosen in it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from planner.api.site import quarters
from planner.api.site.quarters import choose, make_quarters
from planner.model.rules import Bound, RuleBook, WalkLimit
from planner.network import Walks
from planner.solve.sites import Answer
from planner.solve.stop import Stop
from tests.api.site.lanes import RULES, lane


def ruled(**changes: object) -> RuleBook:
    """Rules with other bounds."""
    return replace(RULES, **changes)


def test_each_fence_is_a_problem_of_its_own() -> None:
    """By name, with its own homes and candidates; a fence without homes is left out."""
    of = lane([0.0, 10.0, 5000.0], ["B", "B", "A"], [0.0, 10.0, 5000.0])
    assert [q.name for q in of.quarters] == ["A", "B"]
    assert [q.households.sum() for q in of.quarters] == [10, 20]
    assert [q.candidates.tolist() for q in of.quarters] == [[2], [0, 1]]


def test_walks_and_costs_are_those_of_the_lane() -> None:
    """Metres along the lane; beyond the limit each costs the price more; merit is charged to each home."""
    of = lane([0.0, 500.0], ["A"] * 2, [0.0, 500.0], merit_m=[0.0, 7.0])
    (q,) = of.quarters
    assert q.walk_m == pytest.approx(np.array([[0.0, 500.0], [500.0, 0.0]]), abs=0.5)
    beyond = 500.0 + 2.0 * 50.0
    assert q.cost_m[:, 0] == pytest.approx([0.0, 10 * beyond], rel=2e-3)
    assert q.cost_m[:, 1] == pytest.approx([10 * (beyond + 7.0), 70.0], rel=2e-3)


def test_a_hard_limit_is_out_of_reach_but_for_the_own_home() -> None:
    """Beyond a hard limit nobody is served; a candidate always serves the own home."""
    rules = ruled(walk=WalkLimit(450.0, hard=True))
    (q,) = lane([0.0, 500.0], ["A"] * 2, [0.0, 500.0], rules=rules).quarters
    assert np.isinf(q.cost_m[0, 1])
    assert np.isinf(q.cost_m[1, 0])
    assert q.cost_m[0, 0] == q.cost_m[1, 1] == 0.0


def test_a_walk_of_just_a_hard_limit_is_within_it() -> None:
    """One candidate more that may serve; beyond it by a hair, none."""
    spots = [0.0, 500.0]
    (free,) = lane(spots, ["A"] * 2, spots).quarters
    walk = float(free.walk_m[0, 1])
    for limit, reached in ((walk, True), (np.nextafter(walk, 0.0), False)):
        rules = ruled(walk=WalkLimit(float(limit), hard=True))
        (q,) = lane(spots, ["A"] * 2, spots, rules=rules).quarters
        assert np.isfinite(q.cost_m[0, 1]) == reached


def test_of_two_in_one_house_the_better_is_kept() -> None:
    """The forced one first, else the one with most merit, else by id."""
    of = lane([0.0, 100.0], ["A"] * 2, [0.0, 0.0, 100.0], merit_m=[9.0, 2.0, 0.0])
    assert of.quarters[0].kept.tolist() == [False, True, True]
    of = lane(
        [0.0, 100.0],
        ["A"] * 2,
        [0.0, 0.0, 100.0],
        merit_m=[9.0, 2.0, 0.0],
        forced=[True, False, False],
    )
    assert of.quarters[0].kept.tolist() == [True, False, True]
    of = lane([0.0, 100.0], ["A"] * 2, [0.0, 0.0, 100.0])
    assert of.quarters[0].kept.tolist() == [True, False, True]
    assert of.quarters[0].ways == 2


@pytest.mark.parametrize(
    ("homes", "crew", "low", "high", "least", "most"),
    [
        (Bound(None, 60), Bound(), 0.0, 60.0, 1, 4),
        (Bound(15, 25), Bound(), 15.0, 25.0, 2, 2),
        (Bound(None, 12), Bound(), 0.0, 12.0, 4, 4),
        (Bound(), Bound(), 0.0, 40.0, 1, 4),
        (Bound(), Bound(2, 2), 20.0, 20.0, 2, 2),
        (Bound(10, 60), Bound(2, None), 20.0, 60.0, 1, 2),
        (Bound(30, 30), Bound(None, 1), 10.0, 10.0, 4, 4),
        (Bound(30, 100), Bound(), 30.0, 100.0, 1, 1),
        (Bound(None, 1), Bound(), 0.0, 1.0, 4, 4),
        (Bound(), Bound(None, 0.05), 0.0, 1.0, 4, 4),
    ],
)
def test_limits_follow_from_homes_and_members(
    homes: Bound, crew: Bound, low: float, high: float, least: int, most: int
) -> None:
    """Forty homes and four members: each member lives as ten homes do."""
    rules = ruled(households_per_zone=homes, members_per_zone=crew)
    spots = [0.0, 100.0, 200.0, 300.0]
    (q,) = lane(spots, ["A"] * 4, spots, rules=rules).quarters
    assert (q.low, q.high, q.least, q.most) == (low, high, least, most)


def test_the_fewest_are_the_forced_or_one() -> None:
    """Whoever is forced is chosen, and one at least."""
    spots = [0.0, 100.0, 200.0]
    (q,) = lane(spots, ["A"] * 3, spots).quarters
    assert (q.fewest, q.ways) == (1, 3)
    (q,) = lane(spots, ["A"] * 3, spots, forced=[True, False, True]).quarters
    assert (q.fewest, q.least) == (2, 2)


def test_a_fence_without_candidates_is_lost() -> None:
    """Nobody to choose: all its homes are lost, and it asks for none."""
    rules = ruled(members_per_zone=Bound(2, 5))
    of = lane([0.0, 100.0, 3000.0], ["A", "A", "B"], [0.0], rules=rules)
    a, b = of.quarters
    assert not len(a.lost)
    assert b.name == "B"
    assert len(b.lost) == 1
    assert len(b.units) == b.fewest == b.ways == 0
    assert b.low == 0.0, "nobody there says how many homes a member has"


def test_the_problem_that_is_stated() -> None:
    """Capacity is the ceiling, or the largest unit; floors aim a little higher where there is room."""
    rules = ruled(households_per_zone=Bound(12, 25))
    spots = [0.0, 100.0, 200.0, 300.0]
    (q,) = lane(spots, ["A"] * 4, spots, rules=rules).quarters
    sites = q.sites(2)
    assert sites.capacity.tolist() == [25.0] * 4
    assert sites.floor.tolist() == pytest.approx([12.6] * 4)
    assert sites.price == 1000.0
    assert q.sites(3).floor.tolist() == pytest.approx([12.6] * 4)
    assert q.sites(4).floor.tolist() == [12.0] * 4
    crowded = ruled(members_per_zone=Bound(None, 0.5))
    (small,) = lane(spots, ["A"] * 4, spots, rules=crowded).quarters
    assert small.high == 5.0
    assert small.sites(4).capacity.tolist() == [10.0] * 4


@pytest.mark.parametrize(
    ("bound", "price"), [(Bound(1, 60, hard=True), np.inf), (Bound(1, 60, price_m=0.2), 1.0)]
)
def test_the_price_of_the_bound_is_the_price_of_the_problem(bound: Bound, price: float) -> None:
    """Hard is infinite; never below a metre."""
    (q,) = lane(
        [0.0, 100.0], ["A"] * 2, [0.0, 100.0], rules=ruled(households_per_zone=bound)
    ).quarters
    assert q.price_m == q.sites(1).price == price


def test_to_suffice_is_to_keep_the_walk_limit_where_it_can_be_kept() -> None:
    """Out of the limit of one but not of another: out of reach.  Out of everyone's: as it was."""
    spots = [0.0, 400.0, 800.0, 5000.0]
    (q,) = lane(spots, ["A"] * 4, [0.0, 800.0]).quarters
    sites = q.sites(2, suffice=True)
    assert np.isinf(sites.cost[0, 1])
    assert np.isinf(sites.cost[2, 0])
    assert np.isfinite(sites.cost[1]).all()
    assert np.isfinite(sites.cost[3]).all()
    assert np.isinf(sites.price)
    assert (sites.floor == 0).all()


def test_the_choice_is_the_best_one() -> None:
    """Five places in a row, one centre: the middle; two: the second and the fourth, or their likes."""
    spots = [0.0, 100.0, 200.0, 300.0, 400.0]
    (q,) = lane(spots, ["A"] * 5, spots).quarters
    answer = choose(q, 1, seconds=30.0, seed=0, gap=0.0)
    at, serves = q.chosen(answer)
    assert q.home[at].tolist() == [2]
    assert (serves == at[0]).all()
    two = choose(q, 2, seconds=30.0, seed=0, gap=0.0)
    assert two.cost_m == pytest.approx(3 * 10 * 100.0, rel=1e-3)


def test_positions_are_translated_where_some_are_not_kept() -> None:
    """An answer speaks of the kept ones only; what comes back are positions among all."""
    of = lane([0.0, 100.0], ["A"] * 2, [0.0, 0.0, 100.0], merit_m=[9.0, 2.0, 0.0])
    (q,) = of.quarters
    at, _ = q.chosen(choose(q, 2, seconds=30.0, seed=0, gap=0.0))
    assert at.tolist() == [1, 2]


def test_without_candidates_at_all() -> None:
    """An empty table makes fences in which everything is lost."""
    of = lane([0.0, 100.0], ["A"] * 2, [0.0])
    (q,) = make_quarters(of.demand, of.table.iloc[:0], of.network, RULES)
    assert len(q.lost) == 2


def test_who_has_no_homes_about_goes_with_the_nearest() -> None:
    """Members where nobody is to be served weigh nothing; homes go where the answer says."""
    of = lane([0.0, 120.0, 300.0], ["A"] * 3, [0.0, 300.0, 250.0])
    (q,) = of.quarters
    at = {round(float(q.walk_m[u, 0]), -1): u for u in range(len(q.units))}
    serves = np.zeros(len(q.units), np.int64)
    serves[at[120.0]] = 1
    _, whose = q.chosen(Answer(q.sites(2), serves))
    assert [int(whose[at[x]]) for x in (0.0, 120.0, 250.0, 300.0)] == [0, 1, 1, 1]


def test_a_single_home_is_a_fence_with_homes() -> None:
    """It is no different from many."""
    (q,) = lane([0.0], ["A"], [0.0], each=1).quarters
    assert q.households.tolist() == [1.0]


def test_the_search_gets_what_the_caller_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seed, gap and seconds as they are, and half a second where next to none is left."""
    asked = []
    monkeypatch.setattr(
        quarters, "solve", lambda sites, **terms: asked.append({**terms, "price": sites.price})
    )
    (q,) = lane([0.0], ["A"], [0.0]).quarters
    for seconds in (7.0, 0.0):
        choose(q, 1, seconds=seconds, seed=3, gap=0.25)
    assert [terms["stop"] for terms in asked] == [Stop(0.25, 7.0), Stop(0.25, 0.5)]
    assert [terms["seed"] for terms in asked] == [3, 3]
    assert [terms["price"] for terms in asked] == [q.price_m, q.price_m]
    choose(q, 1, seconds=1.0, seed=3, gap=0.25, suffice=True)
    assert np.isinf(asked[-1]["price"])


def test_floors_leave_room_below_the_mean() -> None:
    """Thirteen homes a zone and a floor of twelve: a twentieth less than the mean is aimed at."""
    spots = [0.0, 100.0, 200.0, 300.0]
    rules = ruled(households_per_zone=Bound(12, 25))
    (q,) = lane(spots, ["A"] * 4, spots, each=13, rules=rules).quarters
    assert q.sites(4).floor.tolist() == pytest.approx([12.35] * 4)


def test_to_suffice_asks_nothing_of_places_without_homes() -> None:
    """Members where nobody is to be served may go with a centre beyond the limit; a single home may not."""
    of = lane([0.0, 800.0], ["A"] * 2, [0.0, 800.0, 300.0], each=1)
    (q,) = of.quarters
    cost = q.sites(2, suffice=True).cost
    alone = int(np.flatnonzero(q.households == 0)[0])
    assert np.isfinite(cost[alone]).all()
    assert np.isinf(cost[q.home[0], 1])


def test_no_centre_at_all_is_no_problem_to_solve() -> None:
    """It is refused in words."""
    (q,) = lane([0.0], ["A"], [0.0]).quarters
    with pytest.raises(ValueError, match="count must be 1 or more"):
        q.sites(0)


def test_single_homes_count_and_members_alone_are_nobody_to_serve() -> None:
    """One home is lost like many; where members alone live nothing is lost, and nobody is chosen."""
    of = lane([0.0, 100.0, 3000.0], ["A", "A", "B"], [0.0, 3300.0], each=1)
    homes = of.demand.units["households"].to_numpy()
    a, b = make_quarters(of.demand, of.table.iloc[:1], of.network, RULES)
    assert a.households.tolist() == [1.0, 1.0]
    assert homes[b.lost].tolist() == [1]
    apart = of.demand.units["fence"].where(homes > 0, "C")
    alone = replace(of.demand, units=of.demand.units.assign(fence=apart))
    assert [q.name for q in make_quarters(alone, of.table, of.network, RULES)] == ["A", "B"]


def test_the_own_home_is_no_walk_whatever_the_streets_say() -> None:
    """Out to the street and back in at the same door is no way to anybody."""
    of = lane([0.0, 100.0], ["A"] * 2, [0.0, 100.0])

    def there_and_back(*at: Any, **limit: Any) -> Walks:
        found = of.network.walks(*at, **limit)
        return replace(found, walk_m=found.walk_m + 11.0)

    network: Any = SimpleNamespace(walks=there_and_back)
    (q,) = make_quarters(of.demand, of.table, network, RULES)
    assert q.walk_m == pytest.approx(np.array([[0.0, 111.0], [111.0, 0.0]]), abs=0.1)


def test_no_more_centres_than_the_floor_of_homes_allows() -> None:
    """A single home and a floor of one: one centre, however many live there."""
    rules = ruled(households_per_zone=Bound(1, None))
    (q,) = lane([0.0], ["A"], [0.0, 100.0, 200.0], each=1, rules=rules).quarters
    assert (q.ways, q.most) == (3, 1)


def test_any_number_of_candidates_may_be_chosen() -> None:
    """Without a floor as many as there are, and a limit just met suffices."""
    spots = [100.0 * k for k in range(100)]
    (q,) = lane(spots, ["A"] * 100, spots, each=1).quarters
    assert q.most == 100
    at = ruled(walk=WalkLimit(float(q.walk_m[0, 1])))
    (q,) = lane(spots, ["A"] * 100, spots, each=1, rules=at).quarters
    assert np.isfinite(q.sites(50, suffice=True).cost[0, 1])
