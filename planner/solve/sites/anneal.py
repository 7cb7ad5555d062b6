"""Simulated annealing over partitions whose every part has its best candidate at any time.

S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi: Optimization by simulated annealing (1983).  Capacities and
floors may be broken at a price that rises while it cools (strategic oscillation; F. Glover: Tabu search
and adaptive memory programming, 1996).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from planner.model.arrays import Floats, Ints32
from planner.solve.compiled import compiled, draw
from planner.solve.sites.instance import Answer
from planner.solve.sites.kernels import FAR, Parts, begin, best_of, off, put, take, worth
from planner.solve.sites.migrate import Trail, migrate
from planner.solve.sites.table import Layout

__all__ = ["Annealer", "Phase"]

SMALL = 1e-7  # demand over a capacity that sums of shares may leave behind


@dataclass(frozen=True)
class Phase:
    """One stretch of cooling.

    Parameters
    ----------
    steps : int
        Shifts and swaps to try.
    hot, cold : float
        Temperature at its beginning and end, metres.
    cheap, dear : float
        Price at its beginning and end, metres for each unit of demand over or short.
    """

    steps: int
    hot: float
    cold: float
    cheap: float
    dear: float

    def cut(self, length: int) -> list[Phase]:
        """Cut it into pieces of about so many steps that follow one another."""
        pieces = max(round(self.steps / length), 1)
        # Where every walk is 0 m there is no scale to cool on; any small one does.
        low = np.finfo(float).tiny
        heat = np.geomspace(max(self.hot, low), max(self.cold, low), pieces + 1)
        price = np.geomspace(max(self.cheap, low), max(self.dear, low), pieces + 1)
        each = -(-self.steps // pieces)
        return [
            Phase(each, *map(float, (heat[i], heat[i + 1], price[i], price[i + 1])))
            for i in range(pieces)
        ]


class _Terms(NamedTuple):
    """How a stretch goes: temperatures, prices of the excess (searched, true), odds of a migration."""

    steps: int
    hot: float
    cold: float
    price: float
    hard: float
    jumps: float


class _Best(NamedTuple):
    """The candidate that serves each unit in the best answer seen, and its value (one number)."""

    serves: Ints32
    value: Floats


class Annealer:
    """An answer that is annealed piece by piece, and the best one seen.

    Parameters
    ----------
    layout : Layout
        The problem.
    seed : int
        Same seed, same steps.
    """

    def __init__(self, layout: Layout, seed: int) -> None:
        self.layout = layout
        self._random = np.random.default_rng(seed).integers(1, 2**62, 2).astype(np.uint64)
        self._best = _Best(np.zeros(layout.sites.n_units, np.int32), np.array([FAR]))
        self._parts: Parts | None = None

    def start(self, answer: Answer) -> None:
        """Go on from an answer, which may break capacities and floors."""
        self._parts = self.layout.parts(answer)

    def run(self, phase: Phase) -> float:
        """Do a stretch.

        Returns
        -------
        float
            Demand that is over or short in the end.
        """
        one = self.layout.sites
        # A migration moves whole parts, so a few for each centre do where shifts are tried by millions.
        jumps = min(0.02, 0.12 * one.count / one.n_units)
        terms = _Terms(phase.steps, phase.hot, phase.cold, phase.dear, one.price, jumps)
        return _anneal(self.layout.table, self.parts, terms, self._random, self._best)

    def answer(self) -> Answer | None:
        """Give the best answer that keeps the rules."""
        if self._best.value[0] >= FAR:
            return None
        return self.layout.answer(self._best.serves)

    @property
    def parts(self) -> Parts:
        """The parts that stand now."""
        assert self._parts is not None, "start comes first"
        return self._parts

    def present(self) -> Answer:
        """Give the answer that stands now."""
        return self.layout.answer(self.parts.centre[self.parts.part])


@compiled
def _partner(t, s, i, v, random):
    """Draw a unit to swap with: the neighbour, another neighbour of its part, or anyone there."""
    m, kind = s.part[v], draw(random)
    if kind < 0.35:
        return v
    if kind < 0.6:
        for _ in range(2):
            w = t.near[i, int(draw(random) * t.near.shape[1])]
            if s.part[w] == m:
                return w
    return s.unit[m, int(draw(random) * s.size[m])]


@compiled
def _record(s, cost, over, terms, best):
    """Keep the answer if it is the best so far within the rules."""
    # A finite price is part of the value; with an infinite one, only answers within the rules count.
    now = cost
    if terms.hard < FAR:
        now += (terms.hard - terms.price) * max(over, 0.0)
    elif over > SMALL:
        return
    if now < best.value[0] - SMALL * abs(now):
        best.value[0] = now
        for u in range(len(s.part)):
            best.serves[u] = s.centre[s.part[u]]


@compiled
def _all_off(t, s):
    over = 0.0
    for k in range(len(s.size)):
        over += off(t, s, k)
    return over


@compiled
def _anneal(t, s, terms, random, best):
    n, parts, width, price = len(s.part), len(s.size), s.unit.shape[1], terms.price
    begin(t, s, price)
    cost, over = s.value.sum(), _all_off(t, s)
    _record(s, cost, over, terms, best)
    heat, cool = terms.hot, (terms.cold / terms.hot) ** (1.0 / max(terms.steps, 1))
    log, mark = np.empty((2 * width + 2, 2), np.int64), np.zeros(parts, np.bool_)
    trail = Trail(log, np.empty(parts + 2, np.int64), mark)
    for _ in range(terms.steps):
        heat *= cool
        if draw(random) < terms.jumps:
            change = migrate(t, s, heat, price, random, trail)
            if change != 0.0:
                cost += change
                over = _all_off(t, s)
            continue
        i = int(draw(random) * n)
        v = t.near[i, int(draw(random) * t.near.shape[1])]
        k, m = s.part[i], s.part[v]
        if k == m:
            continue
        w = -1
        if draw(random) >= 0.4:
            w = _partner(t, s, i, v, random)
        elif s.size[k] == 1 or s.size[m] == width:
            continue
        bar = s.value[k] + s.value[m] - heat * np.log(draw(random) + 1e-300)
        left = worth(t, s, k, i, w, price)
        # The half that is known may be too dear by itself: the other is not worked out then.
        if left >= bar or left + worth(t, s, m, w, i, price) >= bar:
            continue
        cost -= s.value[k] + s.value[m]
        over -= off(t, s, k)
        over -= off(t, s, m)
        take(t, s, i)
        if w >= 0:
            take(t, s, w)
            put(t, s, w, k)
        put(t, s, i, m)
        best_of(t, s, k, price)
        best_of(t, s, m, price)
        cost += s.value[k] + s.value[m]
        over += off(t, s, k)
        over += off(t, s, m)
        _record(s, cost, over, terms, best)
    return over
