"""Simulated annealing over partitions whose every part has its best candidate at any time.

S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi: Optimization by simulated annealing (1983).  Capacities and
floors may be broken at a price that rises while it cools (strategic oscillation; F. Glover: Tabu search
and adaptive memory programming, 1996).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.solve.compiled import compiled
from planner.solve.sites.instance import Answer
from planner.solve.sites.kernels import FAR, Parts, begin, best_of, draw, out_of, put, take, worth
from planner.solve.sites.migrate import migrate
from planner.solve.sites.table import Layout

__all__ = ["Annealer", "Phase"]

SMALL = 1e-7


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
        heat = np.geomspace(self.hot, self.cold, pieces + 1)
        price = np.geomspace(self.cheap, self.dear, pieces + 1)
        each = -(-self.steps // pieces)
        return [
            Phase(each, *map(float, (heat[i], heat[i + 1], price[i], price[i + 1])))
            for i in range(pieces)
        ]


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
        self.best = np.zeros(layout.sites.n_units, np.int32)
        self.best_value = np.array([FAR])
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
        size = self.layout.sites.n_units / self.layout.sites.count
        return _anneal(
            self.layout.table, self.parts, phase.steps, phase.hot, phase.cold, phase.dear,
            min(0.02, 0.12 / size), self.layout.sites.price, self._random, self.best,
            self.best_value,
        )  # fmt: skip

    def answer(self) -> Answer | None:
        """Give the best answer that keeps the rules."""
        if self.best_value[0] >= FAR:
            return None
        return self.layout.answer(self.best)

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
def _record(s, cost, over, price, hard, best, best_value):
    """Keep the answer if it is the best so far within the rules."""
    # A finite price is part of the value; with an infinite one, only answers within the rules count.
    now = cost
    if hard < FAR:
        now += (hard - price) * max(over, 0.0)
    elif over > SMALL:
        return
    if now < best_value[0] - SMALL * abs(now):
        best_value[0] = now
        for u in range(len(s.part)):
            best[u] = s.centre[s.part[u]]


@compiled
def _anneal(t, s, steps, hot, cold, price, jumps, hard, random, best, best_value):
    n, width = len(s.part), s.unit.shape[1]
    begin(t, s, price)
    cost, over = 0.0, 0.0
    for k in range(len(s.size)):
        cost += s.value[k]
        over += out_of(s.load[k], t.capacity[s.centre[k]], t.floor[s.centre[k]])
    _record(s, cost, over, price, hard, best, best_value)
    cool, heat = (cold / hot) ** (1.0 / max(steps, 1)), hot
    log = np.empty((2 * width + 2, 2), np.int64)
    touched, mark = np.empty(len(s.size) + 2, np.int64), np.zeros(len(s.size), np.bool_)
    for _ in range(steps):
        heat *= cool
        if draw(random) < jumps:
            change, _ = migrate(t, s, heat, price, random, log, touched, mark)
            if change != 0.0:
                cost += change
                over = 0.0
                for k in range(len(s.size)):
                    over += out_of(s.load[k], t.capacity[s.centre[k]], t.floor[s.centre[k]])
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
        if left >= bar or left + worth(t, s, m, w, i, price) >= bar:
            continue
        cost -= s.value[k] + s.value[m]
        over -= out_of(s.load[k], t.capacity[s.centre[k]], t.floor[s.centre[k]])
        over -= out_of(s.load[m], t.capacity[s.centre[m]], t.floor[s.centre[m]])
        take(t, s, i)
        if w >= 0:
            take(t, s, w)
            put(t, s, w, k)
        put(t, s, i, m)
        best_of(t, s, k, price)
        best_of(t, s, m, price)
        cost += s.value[k] + s.value[m]
        over += out_of(s.load[k], t.capacity[s.centre[k]], t.floor[s.centre[k]])
        over += out_of(s.load[m], t.capacity[s.centre[m]], t.floor[s.centre[m]])
        _record(s, cost, over, price, hard, best, best_value)
    return over
