"""Pricing finds the cheapest connected zone, whatever the prizes."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.model.problem import Problem
from planner.solve.zones.instance import Instance
from planner.solve.zones.parts import split
from planner.solve.zones.proof.generation import Pool
from planner.solve.zones.proof.pricing import Pricer, countable
from tests.strategies import problems


def every_zone(one: Instance, c: int) -> list[np.ndarray]:
    """List all connected zones of a centre by trying all sets of its pairs."""
    pairs = one.by_centre[one.centre_start[c] : one.centre_start[c + 1]]
    found = []
    for size in range(len(pairs)):
        for chosen in itertools.combinations(pairs[1:], size):
            zone = {int(pairs[0]), *map(int, chosen)}
            if all(
                zone & set(one.support.pair[one.support.start[p] : one.support.start[p + 1]])
                for p in chosen
            ):
                found.append(np.sort(np.array(list(zone))))
    return found


@settings(max_examples=40, deadline=None, derandomize=True)
@given(problems(), st.integers(0, 1000))
def test_the_cheapest_zone_is_found_and_bounded(problem: Problem, seed: int) -> None:
    """The bound of each centre is the price of its cheapest zone, which is among those found."""
    prize = np.random.default_rng(seed).uniform(-50, 900, problem.n_units)
    for one in split(problem).instances:
        assert countable(one)
        mine = prize[one.unit_ids]
        priced = Pricer(one).price(mine, 20_000)
        for c in range(one.n_centres):
            pool = Pool(one)
            pool.add(every_zone(one, c))
            least = pool.reduced(mine).min()
            assert np.isclose(priced.bound[c], least)
        assert np.isclose(min(priced.price), priced.bound.min())


@settings(max_examples=20, deadline=None, derandomize=True)
@given(problems(most_units=7), st.integers(0, 1000))
def test_every_cheaper_zone_is_listed_once(problem: Problem, seed: int) -> None:
    """Below a limit, the list holds each zone that trying all sets finds, and no other."""
    prize = np.random.default_rng(seed).uniform(0, 400, problem.n_units)
    for one in split(problem).instances:
        mine = prize[one.unit_ids]
        pool = Pool(one)
        for c in range(one.n_centres):
            pool.add(every_zone(one, c))
        limit = float(np.median(pool.reduced(mine)))
        listed = Pricer(one).all_below(mine, np.full(one.n_centres, limit))
        assert listed is not None
        wanted = pool.reduced(mine) < limit - 1e-9
        assert len(listed) == wanted.sum()
        assert {z.tobytes() for z in listed} == {
            pool.zones[i].tobytes() for i in np.flatnonzero(wanted)
        }
