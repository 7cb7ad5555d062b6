"""The strong bound: a prize for each unit, and the cheapest zones that the prizes allow.

Lagrangian relaxation of "each unit once": for any prizes, their sum plus the cheapest zone of every
centre lies below every plan.  The prizes are climbed by subgradient first, then by column generation
within a box.
"""

from __future__ import annotations

import numpy as np

from planner.model.arrays import Floats
from planner.solve.zones.proof.generation import Pool, Prizes
from planner.solve.zones.proof.pricing import Priced, Pricer
from planner.solve.zones.track import Track

__all__ = ["Ascent"]

NODES = (3_000, 100_000, 1_000_000)  # branches for one zone: more only once fewer prove no more


class Ascent:
    """Raises the bound of a part and gathers zones on the way.

    Parameters
    ----------
    track : Track
        Told of every better bound.
    pool : Pool
        Receives the zones.
    prize : ndarray of float, shape (n_units,)
        Prizes to begin with.

    Attributes
    ----------
    prize : ndarray of float, shape (n_units,)
        The best prizes so far.
    bound_m : float
        What they prove.
    least : ndarray of float, shape (n_centres,)
        Price of the cheapest zone of each centre, by these prizes, or a little less.
    """

    def __init__(self, track: Track, pool: Pool, prize: Floats) -> None:
        self.track, self.pool = track, pool
        self.pricer = Pricer(track.instance)
        self.prize = np.minimum(prize, track.instance.skip_cost)
        self.bound_m = -np.inf
        self.least = np.zeros(track.instance.n_centres)
        self._level = 0

    def evaluate(self, prize: Floats) -> tuple[float, Priced, bool]:
        """Price all zones; keep the prizes if they prove more than any before."""
        last = self._level + 1 == len(NODES)
        priced = self.pricer.price(prize, NODES[self._level], exact=last, clock=self.track.clock)
        bound = float(prize.sum() + priced.bound.sum())
        self.pool.add(priced.columns)
        better = bound > self.bound_m
        if better:
            # An infinite bound: some centre has no zone that keeps the hard rules.
            self.prize, self.bound_m, self.least = prize.copy(), bound, priced.bound
            self.track.bound(bound, prize)
        return bound, priced, better

    def climb(self, steps: int) -> None:
        """Follow the subgradient: units in no zone gain, units in many lose."""
        one, track = self.track.instance, self.track
        prize, along, reach, stale = self.prize.copy(), np.zeros(one.n_units), 1.0, 0
        for _ in range(steps):
            if track.over:
                return
            bound, priced, better = self.evaluate(prize)
            stale = 0 if better else stale + 1
            along = self._slope(priced) + 0.5 * along
            if stale == 5:  # back to the best prizes, with steps of half the length
                reach, stale, prize, along = reach * 0.5, 0, self.prize.copy(), along * 0.0
                continue
            norm = float((along**2).sum())
            if norm < 1e-9:
                return
            step = reach * max(track.aim_m - bound, 0.0) / norm
            prize = np.minimum(prize + step * along, one.skip_cost)

    def _slope(self, priced: Priced) -> Floats:
        one = self.track.instance
        best: dict[int, int] = {}
        for i, zone in enumerate(priced.columns):
            c = int(one.centre[zone[0]])
            if c not in best or priced.price[i] < priced.price[best[c]]:
                best[c] = i
        slope = np.ones(one.n_units)
        for i in best.values():
            slope[one.unit[priced.columns[i]]] -= 1.0
        return slope

    def generate(self, rounds: int, *, effort: int = len(NODES)) -> bool:
        """Generate columns until the programme and the bound meet, and tell whether they did.

        Parameters
        ----------
        effort : int
            How far the search for one zone may be taken, of ``len(NODES)``.
        """
        track, one = self.track, self.track.instance
        master = Prizes(self.pool)
        # A twentieth of the gap: the last metres of the bound take most of the rounds.
        close = max(0.05 * track.gap, 1e-5) * track.cost_m
        reach = np.full(one.n_units, 0.03 * track.cost_m / one.n_units)
        for _ in range(rounds):
            if track.over:
                return False
            value, prize, inside = master.solve(self.prize, reach)
            before = len(self.pool)
            bound, _, better = self.evaluate(prize)
            if value - max(bound, self.bound_m) <= close:
                if inside:
                    return True
                reach = reach * 2.0
            elif len(self.pool) == before and not better:
                if self._level + 1 >= min(effort, len(NODES)):
                    return False
                self._level += 1
            else:
                reach = reach * (1.5 if better else 0.8)
        return False
