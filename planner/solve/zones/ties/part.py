"""One part of a problem with the ties inside it: what a plan of it comes to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.model.arrays import Bools, Floats, Ints
from planner.model.ties import Ties
from planner.solve.zones.anneal import Tied
from planner.solve.zones.contiguity import spans
from planner.solve.zones.instance import Instance

__all__ = ["TiedPart"]

SURELY = 100.0  # hard prices of a part that a broken tie which must hold comes to
GENTLE = 5.0  # mean costs of a pair that annealing charges for one


@dataclass(frozen=True, eq=False)
class TiedPart:
    """One independent part of a problem, with the ties inside it.

    Parameters
    ----------
    instance : Instance
        The part.
    a, b : ndarray of int, shape (n_ties,)
        The two units of each, by position in the part.
    price_m : ndarray of float, shape (n_ties,)
        Price when it is broken, metres.
    apart : ndarray of bool, shape (n_ties,)
        Whether the two are to be kept apart.
    lost : ndarray of bool, shape (n_ties,)
        Ties that every plan breaks: no centre may serve both.
    hard : ndarray of bool, shape (n_ties,)
        Ties that must hold; their price is above what the rest of a plan comes to.
    """

    instance: Instance
    a: Ints
    b: Ints
    price_m: Floats
    apart: Bools
    lost: Bools
    hard: Bools

    @classmethod
    def of(cls, instance: Instance, ties: Ties) -> TiedPart:
        """Take the ties of which both units lie in a part."""
        n = int(max(ties.b.max(initial=-1), instance.unit_ids.max(initial=-1))) + 1
        place = np.full(n, -1, np.int64)
        place[instance.unit_ids] = np.arange(instance.n_units)
        inside = (place[ties.a] >= 0) & (place[ties.b] >= 0) & (ties.a != ties.b)
        a, b, apart = place[ties.a[inside]], place[ties.b[inside]], ties.apart[inside]
        lost = ~apart & ~_meet(instance, a, b)
        hard = ties.hard[inside]
        price = np.where(hard, np.maximum(ties.price_m[inside], SURELY * instance.hard_price), 0.0)
        return cls(instance, a, b, np.where(hard, price, ties.price_m[inside]), apart, lost, hard)

    @property
    def lost_m(self) -> float:
        """What every plan pays."""
        return float(self.price_m[self.lost].sum())

    @property
    def open(self) -> bool:
        """Whether a plan can be better or worse for the ties."""
        return bool((self.price_m[~self.lost] > 0).any())

    @property
    def live(self) -> Ints:
        """Positions of the ties that a plan may keep or break, and that matter."""
        return np.flatnonzero(~self.lost & (self.price_m > 0))

    @property
    def gentle_m(self) -> Floats:
        """What annealing charges: of a tie that must hold so little that plans may break it on their way."""
        mean = max(float(self.instance.cost.mean()) if self.instance.n_pairs else 0.0, 1.0)
        return np.where(self.hard, GENTLE * mean, self.price_m)

    def holds(self, pair: Ints) -> bool:
        """Tell whether a plan keeps all ties that must hold."""
        return not bool((self.broken(pair) & self.hard).any())

    @property
    def tied(self) -> Tied:
        """Who is tied to whom, as `Annealer` counts it."""
        live = np.flatnonzero(~self.lost)
        worth = np.where(self.apart, -self.gentle_m, self.gentle_m)[live]
        unit = np.concatenate([self.a[live], self.b[live]])
        other = np.concatenate([self.b[live], self.a[live]])
        order = np.lexsort((other, unit))
        start = np.searchsorted(unit[order], np.arange(self.instance.n_units + 1))
        to = other[order].astype(np.int32)
        return Tied(start.astype(np.int64), to, np.tile(worth, 2)[order])

    def broken(self, pair: Ints) -> Bools:
        """Tell which ties a plan breaks."""
        zone = self.zones(pair)
        together = (zone[self.a] == zone[self.b]) & (zone[self.a] >= 0)
        return together == self.apart

    def zones(self, pair: Ints) -> Ints:
        """Give the centre of each unit, -1 for none."""
        return np.where(pair >= 0, np.append(self.instance.centre, -1)[pair], -1).astype(np.int64)

    def value(self, pair: Ints) -> float:
        """Cost + penalties + broken ties, metres; a finite price on hard rules."""
        ties = float(self.price_m[self.broken(pair)].sum())
        return self.instance.value(pair, forgiving=True) + ties

    def surcharge(self, pair: Ints, share: float) -> Floats:
        """Put ties on pairs as if everyone else stayed in a plan, shape (n_pairs,), metres.

        Either unit is charged that share of each price.
        """
        one, zone = self.instance, self.zones(pair)
        start, to, worth = self.tied
        extra = np.zeros(one.n_pairs)
        row, at = self.pairs_of(np.repeat(np.arange(one.n_units), np.diff(start)))
        meets = one.centre[at] == zone[to][row]
        each = worth[row] * share
        np.add.at(extra, at, np.where(each >= 0, each * ~meets, -each * meets))
        return extra

    def pairs_of(self, units: Ints) -> tuple[Ints, Ints]:
        """List all pairs of some units: position in `units`, and pair."""
        return spans(self.instance.start, units)

    def facing(self, first: Ints, second: Ints) -> tuple[Ints, Ints, Ints]:
        """List the pairs of some units: position in `first`, pair, the other unit's there, -1 for none."""
        one = self.instance
        row, pair = self.pairs_of(first)
        keys = one.unit.astype(np.int64) * max(one.n_centres, 1) + one.centre
        wanted = second[row] * max(one.n_centres, 1) + one.centre[pair]
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return row, pair, np.where(keys[at] == wanted, at, -1)

    def gap(self, pair: Ints, bound_m: float) -> float:
        """Give ``(value - bound) / cost`` of a plan."""
        cost = float(self.instance.walk_cost[pair[pair >= 0]].sum())
        excess = self.value(pair) - bound_m
        if excess <= 1e-9 * max(abs(bound_m), 1.0):
            return 0.0
        return excess / cost if cost > 0 else np.inf


def _meet(one: Instance, a: Ints, b: Ints) -> Bools:
    """Tell for each two units whether some centre may serve both."""
    width = max(one.n_centres, 1)
    keys = one.unit.astype(np.int64) * width + one.centre
    row, at = spans(one.start, a)
    wanted = b[row] * width + one.centre[at]
    found = np.isin(wanted, keys)
    return np.bincount(row[found], minlength=len(a)) > 0
