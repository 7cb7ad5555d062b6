"""Simulated annealing over connected plans: shifts of one unit, and chains of up to three.

A chain hands a unit to the next zone, which hands one on in turn; so two full zones can swap units
although neither could take one more.  Connection is kept at every step by counting, for each pair,
how many chosen pairs hold it up.  (S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi: Optimization by
simulated annealing, Science 220, 1983; chains after F. Glover's ejection chains, 1996.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.solve.compiled import compiled
from planner.solve.zones.contiguity import find_pair
from planner.solve.zones.instance import Instance

__all__ = ["Annealer", "Tied"]

FloatArray = NDArray[np.float64]
Tied = tuple[NDArray[np.int64], NDArray[np.int32], FloatArray]

CHAIN = 3


@dataclass(eq=False)
class _State:
    """What changes while annealing."""

    pair: NDArray[np.int64]
    held_up: NDArray[np.int32]
    sums: FloatArray
    random: NDArray[np.uint64]


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
    tied : tuple of arrays, optional
        Who is tied to whom: offsets by unit, the other units, and what each tie is worth, metres (below
        0: what it costs to be together).  Counted from both sides.
    """

    def __init__(
        self,
        instance: Instance,
        pair: NDArray[np.int64],
        seed: int,
        tied: Tied | None = None,
    ) -> None:
        self.instance = instance
        nobody = np.zeros(instance.n_units + 1, np.int64), np.zeros(0, np.int32), np.zeros(0)
        self._tied = nobody if tied is None else tied
        rows = instance.rows
        self._price = rows.price.copy()
        hard = ~np.isfinite(self._price)
        self._price[hard] = instance.hard_price
        self._weight = np.ascontiguousarray(rows.weight.T)
        self._is_home = np.zeros(instance.n_units, np.bool_)
        self._is_home[instance.unit[instance.home_pair]] = True
        self._skip = np.where(np.isfinite(instance.skip_cost), instance.skip_cost, 1e9)
        self._random = np.random.default_rng(seed).integers(1, 2**62, 2).astype(np.uint64)
        self.restart(pair)

    def restart(self, pair: NDArray[np.int64]) -> None:
        """Go on from another plan."""
        one = self.instance
        held_up = np.zeros(one.n_pairs, np.int32)
        for_each = pair[pair >= 0]
        _count(for_each, one.support.held_start, one.support.held, held_up)
        sums = np.ascontiguousarray(one.sums(pair).T)
        self._state = _State(pair.astype(np.int64).copy(), held_up, sums, self._random)

    @property
    def pair(self) -> NDArray[np.int64]:
        """The plan as it stands now."""
        return self._state.pair.copy()

    def run(self, steps: int, hot: float, cold: float, price_share: float = 1.0) -> None:
        """Do some steps while cooling.

        Parameters
        ----------
        steps : int
            Shifts to try.
        hot, cold : float
            Temperature at the beginning and at the end, metres.
        price_share : float
            Share of the rules' prices that is charged meanwhile.
        """
        one, state = self.instance, self._state
        _anneal(
            steps, hot, cold, self._price * price_share, one.rows.limit, self._weight,
            one.start, one.unit, one.centre, one.cost, self._skip, self._is_home, *one.near,
            one.support.held_start, one.support.held, *self._tied,
            state.pair, state.held_up, state.sums, state.random,
        )  # fmt: skip


@compiled
def _count(chosen, held_start, held, held_up):
    for p in chosen:
        for j in range(held_start[p], held_start[p + 1]):
            held_up[held[j]] += 1


@compiled
def _draw(random):
    """Draw from [0, 1): xorshift128+ (S. Vigna, 2014)."""
    a, b = random[0], random[1]
    random[0] = b
    a ^= a << np.uint64(23)
    random[1] = a ^ b ^ (a >> np.uint64(17)) ^ (b >> np.uint64(26))
    return float((random[1] + b) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@compiled
def _free(q, pair, unit, held_up, held_start, held):
    """Tell whether a chosen pair can be given up without another losing its hold."""
    if q < 0:
        return True
    for j in range(held_start[q], held_start[q + 1]):
        r = held[j]
        if held_up[r] == 1 and pair[unit[r]] == r:
            return False
    return True


@compiled
def _change(c, u, sign, sums, weight, limit, price):
    """Price of what a zone breaks more if a unit joins (+1) or leaves (-1)."""
    total = 0.0
    for k in range(len(limit)):
        now = sums[c, k] - limit[k]
        then = now + sign * weight[u, k]
        total += price[k] * (max(then, 0.0) - max(now, 0.0))
    return total


@compiled
def _parting(u, c, d, pair, centre, tie_start, tie_to, tie_m):
    """Price of the ties that break more if a unit goes from one zone to another."""
    total = 0.0
    for j in range(tie_start[u], tie_start[u + 1]):
        q = pair[tie_to[j]]
        if q >= 0:
            if centre[q] == c:
                total += tie_m[j]
            elif centre[q] == d:
                total -= tie_m[j]
    return total


@compiled
def _put(u, p, pair, centre, weight, held_up, sums, held_start, held):
    """Give a unit another pair."""
    q = pair[u]
    if q >= 0:
        for j in range(held_start[q], held_start[q + 1]):
            held_up[held[j]] -= 1
        for k in range(weight.shape[1]):
            sums[centre[q], k] -= weight[u, k]
    pair[u] = p
    if p >= 0:
        for j in range(held_start[p], held_start[p + 1]):
            held_up[held[j]] += 1
        for k in range(weight.shape[1]):
            sums[centre[p], k] += weight[u, k]


@compiled
def _other_zone(u, c, random, near_start, near, pair, centre):
    """Pick the zone of a random neighbour, or -1 if that is the unit's own."""
    degree = near_start[u + 1] - near_start[u]
    if degree == 0:
        return -1
    v = near[near_start[u] + int(_draw(random) * degree)]
    if pair[v] < 0 or centre[pair[v]] == c:
        return -1
    return centre[pair[v]]


@compiled
def _deeper(u, d, random, near_start, near, pair, centre):
    """Walk a few random steps from a unit inside a zone; -1 if there is no way in."""
    found = -1
    at = u
    steps = 1 + int(_draw(random) * 3.0)
    for _ in range(3 * steps):
        degree = near_start[at + 1] - near_start[at]
        v = near[near_start[at] + int(_draw(random) * degree)]
        if pair[v] >= 0 and centre[pair[v]] == d and v != u:
            found = v
            at = v
            steps -= 1
            if steps == 0:
                break
    return found


@compiled
def _anneal(
    steps, hot, cold, price, limit, weight, start, unit, centre, cost, skip, is_home,
    near_start, near, held_start, held, tie_start, tie_to, tie_m, pair, held_up, sums, random,
):  # fmt: skip
    n = len(pair)
    moved = np.empty(CHAIN, np.int64)
    was = np.empty(CHAIN, np.int64)
    cooling = (cold / hot) ** (1.0 / max(steps, 1))
    heat = hot
    for _ in range(steps):
        heat *= cooling
        u = int(_draw(random) * n)
        first, total, length = -1, 0.0, 0
        allowance = -heat * np.log(1.0 - _draw(random))
        target = -1
        done = False
        while length < CHAIN:
            if is_home[u]:
                break
            q = pair[u]
            c = centre[q] if q >= 0 else -1
            d = target
            if d < 0 or d == c:
                d = _other_zone(u, c, random, near_start, near, pair, centre)
                if d < 0:
                    break
            p = find_pair(start, centre, u, d)
            if p < 0 or held_up[p] == 0:
                break
            if not _free(q, pair, unit, held_up, held_start, held):
                break
            total += cost[p] - (cost[q] if q >= 0 else skip[u])
            total += _change(d, u, 1.0, sums, weight, limit, price)
            if c >= 0:
                total += _change(c, u, -1.0, sums, weight, limit, price)
            total += _parting(u, c, d, pair, centre, tie_start, tie_to, tie_m)
            _put(u, p, pair, centre, weight, held_up, sums, held_start, held)
            moved[length], was[length] = u, q
            length += 1
            if first < 0:
                first = c
            if total <= allowance:
                done = True
                break
            u = _deeper(u, d, random, near_start, near, pair, centre)
            if u < 0:
                break
            target = first if _draw(random) < 0.5 else -1
        if not done:
            for i in range(length - 1, -1, -1):
                _put(moved[i], was[i], pair, centre, weight, held_up, sums, held_start, held)
