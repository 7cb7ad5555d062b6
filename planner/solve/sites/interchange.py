"""Search over the choice of centres alone, with prices in place of capacities.

For given centres, units go where they are cheapest with the price of a capacity added, and the prices
rise where a capacity is exceeded (dual ascent for the transportation problem).  Where parts are large
this comes close to the exact assignment and is so quick that thousands of choices can be tried: one
centre is given up and another opened (M. B. Teitz, P. Bart: Heuristic methods for estimating the
generalized vertex median of a weighted graph, 1968; the gains of all swaps with one newcomer at once: R.
A. Whitaker, 1983), then centres move to the medians of their parts in turn, and the new choice is taken
or left as in simulated annealing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.model.arrays import Bools, Floats, Ints, Ints32
from planner.solve.compiled import compiled, draw
from planner.solve.sites.kernels import FAR, Table
from planner.solve.sites.start import spread
from planner.solve.sites.table import Layout
from planner.solve.stop import Clock

__all__ = ["Choice", "Interchange"]

NEAR_CENTRES = 48
LLOYD, ROUNDS, LAST_ROUNDS = 30, 8, 32  # few rounds of prices while centres move, many at the end
STEP, SETTLED, FINE = 0.3, 0.1, 0.01
WALK, PIECE, DRAWS = 2_000, 50, 8
HOT, COLD = 3e-3, 1e-4  # shares of the whole cost, for one swap changes a small part of it
MOST = 1e3


class Choice(NamedTuple):
    """Centres (candidates of the problem), prices of their capacities, and what they come to.

    The value is a lower bound of the cost of serving all units from these centres, fees included.
    """

    value_m: float
    chosen: Ints
    price: Floats


class _Frame(NamedTuple):
    """What stays the same in a search."""

    fee: Floats
    forced: Bools
    near: Ints32
    scale: float
    most: float
    shy: float


class _Work(NamedTuple):
    """Arrays to work in."""

    part: Ints32
    best: Floats
    second: Floats
    load: Floats
    kept: Floats


class _Steps(NamedTuple):
    """Where a walk stands and the best of it: centres with their prices; `value` holds both values."""

    centre: Ints32
    price: Floats
    top: Ints32
    top_price: Floats
    value: Floats


class Interchange:
    """A search that walks from choice to choice.

    Parameters
    ----------
    layout : Layout
        The problem.
    total_m : float
        About what an answer costs: it sets the steps of the prices and the temperature.
    seed : int
        Same seed, same walks.
    """

    def __init__(self, layout: Layout, total_m: float, seed: int) -> None:
        self.layout, self.total_m = layout, total_m
        one = layout.sites
        scale = total_m / max(float(one.demand.sum()), 1e-9)
        self._frame = _Frame(
            one.fee[layout.cand],
            one.forced[layout.cand],
            _near(layout.table),
            scale,
            min(MOST * scale, one.price),
            1e-7 * total_m,
        )
        n, p = one.n_units, one.count
        self._work = _Work(
            np.empty(n, np.int32), np.empty(n), np.empty(n), np.empty(p), np.empty(p)
        )
        self._random = np.random.default_rng([seed, 1])
        self._draws = self._random.integers(1, 2**62, 2).astype(np.uint64)

    @property
    def work(self) -> float:
        """About how many operations a trial takes."""
        n, p = self.layout.sites.n_units, self.layout.sites.count
        return 100.0 * n * p + 300.0 * n * min(NEAR_CENTRES, n / p)

    def priced(self, chosen: Ints) -> Choice:
        """Find good prices for given centres."""
        centre = self.layout.cand_at[chosen].astype(np.int32)
        price = np.zeros(len(centre))
        value = -np.inf
        for last in (SETTLED, FINE, 0.1 * FINE):
            value = _price(
                self.layout.table, self._frame, centre, price, self._work, 2 * LAST_ROUNDS, last
            )
        return self._choice(value, centre, price)

    def walks(self, trials: int, clock: Clock) -> list[Choice]:
        """Walk from new centres on, drawn as for a first answer, some thousand trials each.

        Parameters
        ----------
        trials : int
            Swaps to try, all walks together.

        Returns
        -------
        list of Choice
            The best of each walk, best first; one at least.
        """
        count = max(round(trials / WALK), 1)
        found = []
        for _ in range(count):
            found.append(
                self._walk(spread(self.layout.sites, self._random), trials // count, clock)
            )
            if clock.left <= 0:
                break
        return sorted(found, key=lambda choice: choice.value_m)

    def _walk(self, chosen: Ints, trials: int, clock: Clock) -> Choice:
        t, frame, work = self.layout.table, self._frame, self._work
        centre = self.layout.cand_at[chosen].astype(np.int32)
        price = np.zeros(len(centre))
        value = np.full(2, _descend(t, frame, centre, price, work))
        steps = _Steps(centre, price, centre.copy(), price.copy(), value)
        pieces = max(trials // PIECE, 1)
        for heat in self.total_m * np.geomspace(HOT, COLD, pieces):
            _try_swaps(t, frame, steps, work, self._draws, float(heat))
            if clock.left <= 0:
                break
        return self._choice(value[1], steps.top, steps.top_price)

    def _choice(self, value: float, centre: Ints32, price: Floats) -> Choice:
        chosen = self.layout.cand[centre]
        order = np.argsort(chosen)
        return Choice(float(value), chosen[order], price[order])


def _near(t: Table) -> Ints32:
    """Candidates that serve the home of each candidate cheapest."""
    m = t.row.shape[1]
    width = min(NEAR_CENTRES, m)
    near = np.empty((m, width), np.int32)
    for low in range(0, m, 512):
        rows = t.row[t.home[low : low + 512]]
        if width < m:
            near[low : low + 512] = np.argpartition(rows, width - 1, axis=1)[:, :width]
        else:
            near[low : low + 512] = np.arange(m)
    return near


@compiled
def _paid(t, c, price):
    """Count what the price of a centre brings in, whoever it serves."""
    return price * (t.capacity[c] if price > 0 else t.floor[c])


@compiled
def _send(t, fee, centre, price, w):
    """Send each unit where it is cheapest with prices, homes to their own centre; the value."""
    part, best = w.part, w.best
    best[:] = FAR
    for k in range(len(centre)):
        column, rate = t.column[centre[k]], price[k]
        for i in range(len(part)):
            v = column[i] + t.demand[i] * rate
            if v < best[i]:
                best[i] = v
                part[i] = k
    value = 0.0
    for k in range(len(centre)):
        c = centre[k]
        h = t.home[c]
        part[h] = k
        best[h] = t.row[h, c] + t.demand[h] * price[k]
        # The dual value: prices are paid back for a full capacity, whoever fills it.
        value += fee[c] - _paid(t, c, price[k])
        w.load[k] = 0.0
    for i in range(len(part)):
        value += best[i]
        w.load[part[i]] += t.demand[i]
    return value


@compiled
def _raise(t, centre, price, load, step, most):
    """Move each price along what is over or short; whether there was nothing to move."""
    still = True
    for k in range(len(centre)):
        low, high = t.floor[centre[k]], t.capacity[centre[k]]
        off = 0.0
        if price[k] > 0 or (price[k] == 0 and load[k] > high):
            off = load[k] - high
        elif price[k] < 0 or load[k] < low:
            off = load[k] - low
        if off == 0.0:
            continue
        new = price[k] + step * off / max(high, 1e-9)
        # Through zero it stops there: beyond, the other limit counts.
        if price[k] * new < 0:
            new = 0.0
        price[k] = min(max(new, -most), most)
        still = False
    return still


@compiled
def _price(t, f, centre, price, w, rounds, last):
    """Move the prices for some rounds; the best value, and its prices in `price`."""
    top = -FAR
    step = STEP * f.scale
    fall = (last / STEP) ** (1.0 / (rounds - 1))
    for _ in range(rounds):
        value = _send(t, f.fee, centre, price, w)
        if value > top:
            top = value
            w.kept[:] = price
        if _raise(t, centre, price, w.load, step, f.most):
            break
        step *= fall
    price[:] = w.kept
    return top


@compiled
def _by_part(part, p):
    """Units in the order of their parts, and where each part begins."""
    start = np.zeros(p + 1, np.int64)
    for i in range(len(part)):
        start[part[i] + 1] += 1
    for k in range(p):
        start[k + 1] += start[k]
    unit, at = np.empty(len(part), np.int64), start[:-1].copy()
    for i in range(len(part)):
        unit[at[part[i]]] = i
        at[part[i]] += 1
    return unit, start


@compiled
def _recentre(t, f, centre, part):
    """Move each centre to the best candidate near it in its part; how many moved."""
    unit, start = _by_part(part, len(centre))
    moved = 0
    for k in range(len(centre)):
        c = centre[k]
        if f.forced[c]:
            continue
        best, to = FAR, c
        for a in range(-1, f.near.shape[1]):
            j = c if a < 0 else f.near[c, a]
            if (a >= 0 and j == c) or part[t.home[j]] != k:
                continue
            v = f.fee[j]
            column = t.column[j]
            for b in range(start[k], start[k + 1]):
                v += column[unit[b]]
                if v >= best:
                    break
            if v < best:
                best, to = v, j
        if to != c:
            centre[k] = to
            moved += 1
    return moved


@compiled
def _descend(t, f, centre, price, w):
    """Price and recentre in turn until no centre moves; the value."""
    for _ in range(LLOYD):
        _price(t, f, centre, price, w, ROUNDS, SETTLED)
        _send(t, f.fee, centre, price, w)
        if _recentre(t, f, centre, w.part) == 0:
            break
    value = _price(t, f, centre, price, w, LAST_ROUNDS, FINE)
    # What no price can mend is charged here.
    room, need = 0.0, 0.0
    for k in range(len(centre)):
        room += t.capacity[centre[k]]
        need += t.floor[centre[k]]
    whole = t.demand.sum()
    return value + 10.0 * f.scale * (max(whole - room, 0.0) + max(need - whole, 0.0))


@compiled
def _second(t, centre, price, w):
    """Count what each unit would cost at the best centre but its own."""
    second = w.second
    second[:] = FAR
    for k in range(len(centre)):
        column, rate = t.column[centre[k]], price[k]
        for i in range(len(w.part)):
            if w.part[i] != k:
                v = column[i] + t.demand[i] * rate
                if v < second[i]:
                    second[i] = v


@compiled
def _best_swap(t, f, centre, price, w, random, draws):
    """Of some candidates to open, the one that gains most with the best centre to give up for it."""
    n, p = len(w.part), len(centre)
    _second(t, centre, price, w)
    loss = np.empty(p)
    top, out, into = FAR, -1, -1
    for _ in range(draws):
        u = int(draw(random) * n)
        own = t.start[u + 1] - t.start[u]
        k = w.part[u]
        if own == 0 or t.home[centre[k]] == u:
            continue
        j = t.start[u] + int(draw(random) * own)
        rate, column = price[k], t.column[j]
        change = f.fee[j] - _paid(t, j, rate)
        loss[:] = 0.0
        for i in range(n):
            v = column[i] + t.demand[i] * rate
            if v < w.best[i]:
                change += v - w.best[i]
            else:
                loss[w.part[i]] += min(v, w.second[i]) - w.best[i]
        for k in range(p):
            c = centre[k]
            if not f.forced[c]:
                v = change + loss[k] - f.fee[c] + _paid(t, c, price[k])
                if v < top:
                    top, out, into = v, k, j
    return out, into


@compiled
def _try_swaps(t, f, s, w, random, heat):
    """Try a piece of swaps, and take or leave each as in simulated annealing."""
    centre, price, value = s.centre, s.price, s.value
    old, old_price = centre.copy(), price.copy()
    for _ in range(PIECE):
        _send(t, f.fee, centre, price, w)
        draws = 1 + int(draw(random) * DRAWS)
        out, into = _best_swap(t, f, centre, price, w, random, draws)
        if out < 0:
            continue
        price[out] = price[w.part[t.home[into]]]
        centre[out] = into
        new = _descend(t, f, centre, price, w)
        if new < value[1] - f.shy:
            value[1] = new
            s.top[:] = centre
            s.top_price[:] = price
        if new < value[0] - heat * np.log(draw(random) + 1e-300):
            value[0] = new
            old[:] = centre
            old_price[:] = price
        else:
            centre[:] = old
            price[:] = old_price
