"""Simulated annealing over connected plans: shifts of a unit with all that hangs on it, and chains of them.

A chain hands a unit to the next zone, which hands one on in turn; so two full zones can swap units
although neither could take one more.  Where homes lie along roads nearly every unit holds up others: it is
handed over with its whole branch, or no border could ever cross the mouth of a side street.  Connection is
kept at every step by counting, for each pair, how many chosen pairs hold it up.  (S. Kirkpatrick,
C. D. Gelatt, M. P. Vecchi: Optimization by simulated annealing, Science 220, 1983; chains after F. Glover's
ejection chains, 1996.)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.model.arrays import Bools, Floats, Ints, Ints32
from planner.solve.compiled import compiled, draw, uncompiled
from planner.solve.stop import Clock
from planner.solve.zones.contiguity import Near, Support, find_pair
from planner.solve.zones.instance import Instance

__all__ = ["Annealer", "Tied", "first_run"]


CHAIN = 3  # one out, one on and one back: enough for full zones to change units in a ring
BRANCH = 48  # most units that are handed over together
CHUNK = 4_000_000  # steps after which the clock is looked at
SURELY_M = 1e9  # in place of an infinite price for leaving a unit out: differences of it are taken


class Tied(NamedTuple):
    """Who is tied to whom, counted from both sides: the ties of unit u are ``start[u]:start[u + 1]``.

    Of each the other unit, and what it is worth to be together, metres; below 0: what that costs.
    """

    start: Ints
    to: Ints32
    worth_m: Floats


class _Town(NamedTuple):
    """What stays while annealing: as in `Instance`, weights by unit, and who lives at home."""

    price: Floats
    limit: Floats
    weight: Floats
    start: Ints
    unit: Ints32
    centre: Ints32
    cost: Floats
    skip: Floats
    is_home: Bools
    near: Near
    support: Support
    tied: Tied


class _State(NamedTuple):
    """What changes: the plan, how many chosen pairs hold up each pair, what zones add up to."""

    pair: Ints
    held_up: Ints32
    sums: Floats
    random: NDArray[np.uint64]


class _Log(NamedTuple):
    """What one step has moved: units in order, and the pair that each had before."""

    unit: Ints
    pair: Ints


class Annealer:
    """A plan that can be annealed step by step.

    Parameters
    ----------
    instance : Instance
        The part.
    pair : ndarray of int, shape (n_units,)
        A connected plan to begin with.
    seed : int
        Same seed, same steps.
    tied : Tied, optional
        Units that belong together.
    hard_m : float, optional
        What breaking a hard rule by one is charged; by default so much that no heat pays for it.  Less lets a
        plan go through worse ones.
    """

    def __init__(
        self,
        instance: Instance,
        pair: Ints,
        seed: int,
        tied: Tied | None = None,
        hard_m: float | None = None,
    ) -> None:
        one, rows = instance, instance.rows
        nobody = Tied(np.zeros(one.n_units + 1, np.int64), np.zeros(0, np.int32), np.zeros(0))
        is_home = np.zeros(one.n_units, np.bool_)
        is_home[one.unit[one.home_pair]] = True
        self._town = _Town(
            price=np.where(np.isfinite(rows.price), rows.price, hard_m or one.hard_price),
            limit=rows.limit,
            weight=np.ascontiguousarray(rows.weight.T),  # one unit's amounts side by side
            start=one.start,
            unit=one.unit,
            centre=one.centre,
            cost=one.cost,
            skip=np.where(np.isfinite(one.skip_cost), one.skip_cost, SURELY_M),
            is_home=is_home,
            near=one.near,
            support=one.support,
            tied=nobody if tied is None else tied,
        )
        held_up = np.zeros(one.n_pairs, np.int32)
        _count(pair[pair >= 0], one.support, held_up)
        sums = np.ascontiguousarray(one.sums(pair).T)
        # Not below 1: xorshift stays at zero for ever.
        random = np.random.default_rng(seed).integers(1, 2**62, 2).astype(np.uint64)
        self._state = _State(pair.astype(np.int64).copy(), held_up, sums, random)

    @property
    def pair(self) -> Ints:
        """The plan as it stands now."""
        return self._state.pair.copy()

    def run(self, steps: int, hot: float, cold: float) -> None:
        """Try some shifts while cooling from one temperature to the other, metres."""
        _anneal(steps, hot, cold, self._town, self._state)

    def cool(self, steps: int, hot: float, cold: float, clock: Clock) -> None:
        """Do the same in chunks, until time is up."""
        chunks = max(1, steps // CHUNK)
        heat = np.geomspace(hot, cold, chunks + 1)
        for i in range(chunks):
            self.run(steps // chunks, heat[i], heat[i + 1])
            if clock.left <= 0:
                break


def first_run() -> bool:
    """Tell whether the search is compiled before it begins: once after installing it."""
    return uncompiled(_anneal)


@compiled
def _count(chosen, support, held_up):
    for p in chosen:
        for j in range(support.held_start[p], support.held_start[p + 1]):
            held_up[support.held[j]] += 1


@compiled
def _charged(c, town, sums):
    """Price of what a zone breaks."""
    total = 0.0
    if c >= 0:
        for k in range(len(town.limit)):
            total += town.price[k] * max(sums[c, k] - town.limit[k], 0.0)
    return total


@compiled
def _parting(u, c, d, town, pair):
    """Price of the ties that break more if a unit goes from one zone to another."""
    total = 0.0
    for j in range(town.tied.start[u], town.tied.start[u + 1]):
        q = pair[town.tied.to[j]]
        if q >= 0:
            if town.centre[q] == c:
                total += town.tied.worth_m[j]
            elif town.centre[q] == d:
                total -= town.tied.worth_m[j]
    return total


@compiled
def _put(u, p, town, state):
    """Give a unit another pair."""
    q = state.pair[u]
    if q >= 0:
        for j in range(town.support.held_start[q], town.support.held_start[q + 1]):
            state.held_up[town.support.held[j]] -= 1
        for k in range(town.weight.shape[1]):
            state.sums[town.centre[q], k] -= town.weight[u, k]
    state.pair[u] = p
    if p >= 0:
        for j in range(town.support.held_start[p], town.support.held_start[p + 1]):
            state.held_up[town.support.held[j]] += 1
        for k in range(town.weight.shape[1]):
            state.sums[town.centre[p], k] += town.weight[u, k]


@compiled
def _detach(u, town, state, log, length):
    """Take a unit out of its zone, and all that nothing holds up then; give how many have moved.

    Below 0 if they are too many.
    """
    first = length
    log.unit[length], log.pair[length] = u, state.pair[u]
    _put(u, -1, town, state)
    length += 1
    i = first
    while i < length:
        q = log.pair[i]
        i += 1
        if q < 0:
            continue
        for j in range(town.support.held_start[q], town.support.held_start[q + 1]):
            r = town.support.held[j]
            v = town.unit[r]
            if state.held_up[r] > 0 or state.pair[v] != r:
                continue
            if length - first == BRANCH:
                return -length
            log.unit[length], log.pair[length] = v, r
            _put(v, -1, town, state)
            length += 1
    return length


@compiled
def _attach(d, town, state, log, first, length):
    """Put units that have no zone into another, each when something holds it up; tell whether all could."""
    left = length - first
    while left > 0:
        before = left
        for i in range(first, length):
            v = log.unit[i]
            if state.pair[v] >= 0:
                continue
            p = find_pair(town.start, town.centre, v, d)
            if p >= 0 and state.held_up[p] > 0:
                _put(v, p, town, state)
                left -= 1
        if left == before:
            return False
    return True


@compiled
def _hand_over(u, d, town, state, log, length):
    """Hand a unit to another zone with all that hangs on it; give how many have moved, and what it costs.

    An infinite cost: somebody cannot follow.
    """
    q = state.pair[u]
    c = town.centre[q] if q >= 0 else -1
    first = length
    total = -_charged(c, town, state.sums) - _charged(d, town, state.sums)
    length = _detach(u, town, state, log, length)
    if length < 0:
        return -length, np.inf
    for i in range(first, length):
        v, r = log.unit[i], log.pair[i]
        total -= town.cost[r] if r >= 0 else town.skip[v]
        total += _parting(v, c, d, town, state.pair)
    if not _attach(d, town, state, log, first, length):
        return length, np.inf
    for i in range(first, length):
        total += town.cost[state.pair[log.unit[i]]]
    return length, total + _charged(c, town, state.sums) + _charged(d, town, state.sums)


@compiled
def _other_zone(u, c, town, state):
    """Pick the zone of a random neighbour, or -1 if that is the unit's own."""
    degree = town.near.start[u + 1] - town.near.start[u]
    if degree == 0:
        return -1
    v = town.near.to[town.near.start[u] + int(draw(state.random) * degree)]
    if state.pair[v] < 0 or town.centre[state.pair[v]] == c:
        return -1
    return town.centre[state.pair[v]]


@compiled
def _deeper(u, d, town, state):
    """Walk a few random steps from a unit inside a zone; -1 if there is no way in."""
    found = -1
    at = u
    steps = 1 + int(draw(state.random) * 3.0)
    for _ in range(3 * steps):
        degree = town.near.start[at + 1] - town.near.start[at]
        v = town.near.to[town.near.start[at] + int(draw(state.random) * degree)]
        if state.pair[v] >= 0 and town.centre[state.pair[v]] == d and v != u:
            found = v
            at = v
            steps -= 1
            if steps == 0:
                break
    return found


@compiled
def _anneal(steps, hot, cold, town, state):
    pair, centre, random = state.pair, town.centre, state.random
    n = len(pair)
    log = _Log(np.empty(CHAIN * BRANCH, np.int64), np.empty(CHAIN * BRANCH, np.int64))
    cooling = (cold / hot) ** (1.0 / max(steps, 1))
    heat = hot
    for _ in range(steps):
        heat *= cooling
        u = int(draw(random) * n)
        first, total, length = -1, 0.0, 0
        # Drawn before the step is known: what may be lost is Metropolis's rule turned round.
        allowance = -heat * np.log(1.0 - draw(random))
        target = -1
        done = False
        for _ in range(CHAIN):
            if town.is_home[u]:
                break
            c = centre[pair[u]] if pair[u] >= 0 else -1
            d = target
            if d < 0 or d == c:
                d = _other_zone(u, c, town, state)
                if d < 0:
                    break
            p = find_pair(town.start, centre, u, d)
            if p < 0 or state.held_up[p] == 0:
                break
            length, more = _hand_over(u, d, town, state, log, length)
            total += more
            if total == np.inf:
                break
            if first < 0:
                first = c
            # A chain may climb on its way; only its end is held against the heat.
            if total <= allowance:
                done = True
                break
            u = _deeper(u, d, town, state)
            if u < 0:
                break
            # Back to where the chain began as often as not: a swap of two full zones.
            target = first if draw(random) < 0.5 else -1
        if not done:
            for i in range(length - 1, -1, -1):
                _put(log.unit[i], log.pair[i], town, state)
