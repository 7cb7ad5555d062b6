"""Where one more helps most: at most k sites that gain most, each customer counting the best of them.

Two questions are one model.  Maximal covering: a customer who is not reached gains its weight by any site
within the limit.  p-median with the present sites kept: a customer gains the metres by which a new site is
nearer than the present ones.  Either way a customer gains what its best new site gives, and sites are to be
chosen for the largest sum.  A third asks more: a way may lead through two gates, and is there only where both
are opened.  So what a customer gains by is an offer, and an offer stands where all its sites are chosen.

Customers and sites fall into groups that share no pair, such as communities.  Each group is solved for every
number of sites by HiGHS, over the levels of gain of each customer, and the groups share the sites by dynamic
programming: values and bounds alike, so that what is proven of the parts is proven of the whole.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array, vstack
from scipy.sparse.csgraph import connected_components

from planner.model.arrays import Floats, Ints
from planner.solve.highs import new_highs, programme, search

__all__ = ["Gains", "Pick", "best_sets"]

EVEN = 1e-9


@dataclass(frozen=True, eq=False)
class Gains:
    """Who gains what by which site.

    Parameters
    ----------
    n_sites : int
    customer, offer : ndarray of int64, shape (n_pairs,)
        Pairs, in any order; each once.
    gain : ndarray of float, shape (n_pairs,)
        What the customer gains where that offer is its best; above 0.
    needs : tuple of tuple of int
        Sites of each offer; empty where each site is an offer of its own.
    """

    n_sites: int
    customer: Ints
    offer: Ints
    gain: Floats
    needs: tuple[tuple[int, ...], ...] = ()

    @cached_property
    def together(self) -> csr_array:
        """Which sites each offer needs, a row an offer."""
        sites = self.needs or tuple((site,) for site in range(self.n_sites))
        count = np.array([len(s) for s in sites], np.int64)
        flat = np.array([site for some in sites for site in some], np.int64)
        rows = np.repeat(np.arange(len(sites)), count)
        shape = (len(sites), self.n_sites)
        return csr_array((np.ones(len(flat), np.int64), (rows, flat)), shape=shape)

    def missing(self, sites: Ints) -> Ints:
        """Count the sites that each offer still needs beside a set."""
        there = np.zeros(self.n_sites, np.int64)
        there[sites] = 1
        return np.diff(self.together.indptr) - self.together @ there

    @property
    def live(self) -> Ints:
        """Sites by which anybody gains, ascending."""
        return np.unique(self.together[np.unique(self.offer)].indices).astype(np.int64)

    @property
    def group(self) -> Ints:
        """Number the groups of sites: those of different groups have no customer in common."""
        n = int(self.customer.max()) + 1 if len(self.customer) else 0
        # a pair links its customer to every site of its offer
        of = self.together[self.offer]
        ends = (of.indices, self.n_sites + np.repeat(self.customer, np.diff(of.indptr)))
        size = self.n_sites + n
        links = csr_array((np.ones(len(of.indices), np.int8), ends), shape=(size, size))
        return connected_components(links, directed=False)[1][: self.n_sites].astype(np.int64)

    def value(self, sites: Ints) -> float:
        """Give the sum of what all customers gain by a set of sites."""
        on = (self.missing(sites) == 0)[self.offer]
        if not on.any():
            return 0.0
        best = np.zeros(int(self.customer.max()) + 1)
        np.maximum.at(best, self.customer[on], self.gain[on])
        return float(best.sum())

    def alone(self) -> Floats:
        """Give the gain of each site by itself."""
        single = np.diff(self.together.indptr) == 1
        own = single[self.offer]
        site = self.together[self.offer[own]].indices
        return np.bincount(site, self.gain[own], minlength=self.n_sites).astype(np.float64)

    def part(self, own: Ints) -> Gains:
        """Give what some sites offer by themselves, sites and customers numbered anew."""
        mine = np.isin(np.arange(self.n_sites), own)
        strange: Ints = self.together @ (~mine).astype(np.int64)
        pairs = np.equal(strange, 0)[self.offer]
        place = np.cumsum(mine) - 1
        offers, offer = np.unique(self.offer[pairs], return_inverse=True)
        customer = np.unique(self.customer[pairs], return_inverse=True)[1].astype(np.int64)
        if not self.needs:
            return Gains(len(own), customer, place[self.offer[pairs]], self.gain[pairs])
        needs = tuple(tuple(int(place[s]) for s in self.needs[o]) for o in offers.tolist())
        return Gains(len(own), customer, offer.astype(np.int64), self.gain[pairs], needs)


@dataclass(frozen=True)
class Pick:
    """The best set found of so many sites.

    Parameters
    ----------
    sites : tuple of int
        Ascending; fewer than asked for where more would gain nothing.
    value : float
        What they gain.
    bound : float
        No set of so many gains more.
    """

    sites: tuple[int, ...]
    value: float
    bound: float


def best_sets(gains: Gains, most: int, *, seconds: float = 60.0, seed: int = 0) -> list[Pick]:
    """Choose the best sets of 1 up to `most` sites.

    Parameters
    ----------
    seconds : float
        Longest search in all; where it is not enough, the bounds stay above the values.

    Returns
    -------
    list of Pick
        For 1, 2, ... `most` sites.
    """
    deadline = time.monotonic() + seconds
    live, group = gains.live, gains.group
    curves = []
    groups = np.unique(group[live]).tolist()
    for nth, name in enumerate(groups):
        own = live[group[live] == name]
        # What one group leaves of its time the others have.
        share = max(deadline - time.monotonic(), 0.0) / (len(groups) - nth)
        curves.append(_curve(gains, own, most, share, seed))
    return _shared(curves, most)


def _curve(gains: Gains, own: Ints, most: int, seconds: float, seed: int) -> list[Pick]:
    """Solve one group for 0, 1, ... `most` sites."""
    part = gains.part(own)
    model = _Levels.of(part)
    deadline = time.monotonic() + seconds
    curve = [Pick((), 0.0, 0.0)]
    total = part.value(np.arange(len(own)))
    for k in range(1, most + 1):
        start = _greedy(part, k)
        # One site is chosen by looking at each; from where all is gained no more can be.
        if k == 1:
            sites, bound = start, part.value(start)
        elif curve[-1].value >= total - EVEN or k >= len(own):
            full = start if k >= len(own) else np.searchsorted(own, curve[-1].sites)
            sites, bound = full, total
        else:
            left = max(deadline - time.monotonic(), 0.0)
            sites, bound = model.solved(k, start, left / (most - k + 1), seed)
        # Nothing that k - 1 sites are proven to be short of is reached by one more than its best alone;
        # but two gates in one way may bring what neither does.
        if k > 1 and not part.needs:
            bound = min(bound, curve[-1].bound + curve[1].bound)
        value = part.value(sites)
        if value <= curve[-1].value + EVEN:
            curve.append(Pick(curve[-1].sites, curve[-1].value, max(bound, curve[-1].value)))
        else:
            curve.append(Pick(tuple(own[sites].tolist()), value, max(bound, value)))
    return curve


def _greedy(part: Gains, k: int) -> Ints:
    """Add the site that gains most beside those before it; the lowest of equals."""
    if part.needs:
        return _greedy_together(part, k)
    best = np.zeros(int(part.customer.max()) + 1)
    chosen: list[int] = []
    for _ in range(min(k, part.n_sites)):
        more = np.maximum(part.gain - best[part.customer], 0.0)
        each = np.bincount(part.offer, more, minlength=part.n_sites)
        each[chosen] = -1.0
        site = int(each.argmax())
        chosen.append(site)
        on = part.offer == site
        np.maximum.at(best, part.customer[on], part.gain[on])
    return np.array(sorted(chosen), np.int64)


def _greedy_together(part: Gains, k: int) -> Ints:
    """Take the sites of the offer that brings most a site, as long as there is room for them."""
    chosen: set[int] = set()
    while len(chosen) < min(k, part.n_sites):
        now, best, taken = part.value(np.array(sorted(chosen), np.int64)), 0.0, set[int]()
        for sites in dict.fromkeys(part.needs):
            more = set(sites) - chosen
            if more and len(chosen) + len(more) <= k:
                gained = part.value(np.array(sorted(chosen | more), np.int64)) - now
                if gained / len(more) > best + EVEN:
                    best, taken = gained / len(more), more
        if not taken:
            break
        chosen |= taken
    return np.array(sorted(chosen), np.int64)


@dataclass(frozen=True, eq=False)
class _Levels:
    """A programme over sites, offers of several, and levels: one is had where an offer gives that much.

    `matrix`: rows of the levels, over all columns, then of the offers; `first`: column of the first level.
    """

    part: Gains
    step: Floats
    matrix: csr_array
    first: int

    @classmethod
    def of(cls, part: Gains) -> _Levels:
        order = np.lexsort((-part.gain, part.customer))
        customer, offer, gain = part.customer[order], part.offer[order], part.gain[order]
        head = np.diff(customer, prepend=-1) != 0
        new = head | (np.diff(gain, prepend=np.inf) != 0)
        level = np.cumsum(new) - 1
        at = np.flatnonzero(new)
        # The last level of a customer is worth its whole gain, one above it what it adds.
        following = np.append(gain[at[1:]], 0.0)
        ends = np.append(customer[at[1:]] != customer[at[:-1]], True)
        step = gain[at] - np.where(ends, 0.0, following)
        # Where each site is an offer of its own its column stands for both.
        n = part.n_sites
        first, m = n + len(part.needs), len(at)
        column = n + offer if part.needs else offer
        # level <= offers that give this much, or <= the level above + offers that give just this much
        above = np.flatnonzero(~head[at])
        rows = [level, np.arange(m), above]
        columns = [column, first + np.arange(m), first + above - 1]
        values = [np.ones(len(offer)), -np.ones(m), np.ones(len(above))]
        size = m
        if part.needs:  # offer <= each of its sites
            need = part.together.tocoo()
            nth = m + np.arange(len(need.row))
            rows += [nth, nth]
            columns += [need.col, n + need.row]
            values += [np.ones(len(nth)), -np.ones(len(nth))]
            size += len(nth)
        ends = (np.concatenate(rows), np.concatenate(columns))
        body = csr_array((np.concatenate(values), ends), shape=(size, first + m))
        return cls(part, step, body, first)

    def solved(self, k: int, start: Ints, seconds: float, seed: int) -> tuple[Ints, float]:
        """Search for k sites, from a known set; give the best and the bound."""
        n, width = self.part.n_sites, self.first + len(self.step)
        size = len(self.matrix.indptr) - 1
        count = csr_array((np.ones(n), (np.zeros(n, np.int64), np.arange(n))), shape=(1, width))
        rows = csr_array(vstack([self.matrix, count], format="csr"))
        low = np.append(np.zeros(size), 0.0)
        high = np.append(np.full(size, np.inf), float(k))
        cost = np.concatenate([np.zeros(self.first), -self.step])
        lp = programme(cost, (np.zeros(width), np.ones(width)), (low, high), rows, whole=n)
        highs = new_highs(seed=seed, time_limit=max(seconds, 0.05), mip_rel_gap=0.0)
        found = search(highs, lp, self._values(start))
        best = start
        if found.values is not None:
            sites = np.flatnonzero(found.values[:n] > 0.5)
            if self.part.value(sites) > self.part.value(start):
                best = sites
        bound = -found.bound if np.isfinite(found.bound) else float(self.step.sum())
        return best, min(max(bound, self.part.value(best)), float(self.step.sum()))

    def _values(self, sites: Ints) -> Floats:
        """Give a set as values of all columns."""
        first, m = self.first, len(self.step)
        chosen = np.zeros(first + m)
        chosen[sites] = 1.0
        if self.part.needs:
            chosen[self.part.n_sites : first] = self.part.missing(sites) == 0
        levels = self.matrix[:m]
        on = levels[:, :first] @ chosen[:first]
        have = 0.0
        heads = np.ones(m, bool)
        rows, columns = levels.nonzero()
        heads[rows[(columns >= first) & (columns == first + rows - 1)]] = False
        for level in range(
            m
        ):  # each level has what the one above it has, or what its own sites give
            have = min(1.0, on[level] + (0.0 if heads[level] else have))
            chosen[first + level] = have
        return chosen


def _shared(curves: list[list[Pick]], most: int) -> list[Pick]:
    """Share sites out among the groups: the best values, and the bounds of any sharing."""
    value, bound = np.zeros(most + 1), np.zeros(most + 1)
    sets: list[tuple[int, ...]] = [()] * (most + 1)
    for curve in curves:
        values, bounds = (np.array([getattr(p, n) for p in curve]) for n in ("value", "bound"))
        new_value, new_bound, new_sets = value.copy(), bound.copy(), list(sets)
        for k in range(1, most + 1):
            sums = value[k::-1] + values[: k + 1]
            best = int(sums.argmax())
            if sums[best] > new_value[k] + EVEN:
                new_value[k] = sums[best]
                new_sets[k] = tuple(sorted((*sets[k - best], *curve[best].sites)))
            new_bound[k] = max(new_bound[k], float((bound[k::-1] + bounds[: k + 1]).max()))
        value, bound, sets = new_value, new_bound, new_sets
    return [
        Pick(sets[k], float(value[k]), float(max(bound[k], value[k]))) for k in range(1, most + 1)
    ]
