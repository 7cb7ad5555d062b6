"""Compiled: the best part that one candidate can serve, at given prizes of the units.

A knapsack with two limits: what is taken weighs at most the capacity and at least the floor, or what is
over and short is paid for.  For any rate of a unit of demand the part can be bounded from below at once, and
the rate at which units cut as it pleases fill it best bounds it best.  That bound tells of each unit what it
costs at least to decide otherwise; where a known part leaves no room for that the unit is settled, and the
few others (the core; E. Balas, E. Zemel: An algorithm for large zero-one knapsack problems, 1980) are
counted through by dynamic programming over all loads that they can make.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.model.arrays import Floats, Ints, Ints32
from planner.solve.compiled import compiled

__all__ = [
    "FAR",
    "Knapsacks",
    "Lists",
    "Packed",
    "cut_pairs",
    "cut_parts",
    "list_units",
    "quick",
    "whole_parts",
]

FAR = 1e300
MOST_CELLS = 10_000_000  # of one table: beyond that its units are cut after all


class Knapsacks(NamedTuple):
    """What stays the same while prizes change; `column` has a row a candidate."""

    column: Floats
    demand: Floats
    capacity: Floats
    floor: Floats
    fee: Floats
    home: Ints
    price: float


class Lists(NamedTuple):
    """Units that may pay for each candidate, not its home: of j from ``start[j]`` to ``start[j + 1]``."""

    start: Ints
    unit: Ints32
    cost: Floats


class Packed(NamedTuple):
    """Parts that were found: of candidate j the units from ``first[j]`` to ``last[j]``, and how much of each.

    ``used[0]`` tells how much is written; `shares` are below 1 for units that were cut.
    """

    first: Ints
    last: Ints
    unit: Ints32
    share: NDArray[np.float32]
    used: Ints


@compiled
def _count_units(k, top, which, start):
    for j in which:
        column, count, h = k.column[j], 0, k.home[j]
        for i in range(len(top)):
            if column[i] < top[i] and i != h:
                count += 1
        start[j + 1] = count
    for j in range(len(k.home)):
        start[j + 1] += start[j]


@compiled
def _write_units(k, top, which, lists):
    for j in which:
        column, at, h = k.column[j], lists.start[j], k.home[j]
        for i in range(len(top)):
            if column[i] < top[i] and i != h:
                lists.unit[at] = i
                lists.cost[at] = column[i]
                at += 1


def list_units(k: Knapsacks, top: Floats, which: Ints) -> Lists:
    """List for some candidates the units that cost less than `top`: no other pays while no prize is above."""
    start = np.zeros(len(k.home) + 1, np.int64)
    _count_units(k, top, which, start)
    lists = Lists(start, np.empty(start[-1], np.int32), np.empty(start[-1]))
    _write_units(k, top, which, lists)
    return lists


@compiled
def _kinks(k, j, floor):
    """Tell loads beside the home at which the charge bends, and what is charged in any case."""
    own = k.demand[k.home[j]]
    low, high = max(floor - own, 0.0), max(k.capacity[j] - own, 0.0)
    off = max(own - k.capacity[j], 0.0) + max(low - high, 0.0)
    if off <= 0.0:
        return low, high, 0.0
    return min(low, high), max(low, high), (np.inf if k.price >= FAR else off * k.price)


@compiled
def _charge(k, j, floor, load):
    """Price of what is over or short, the home included; infinite where that is not allowed."""
    load += k.demand[k.home[j]]
    off = max(load - k.capacity[j], 0.0) + max(floor - load, 0.0)
    if off <= 0.0:
        return 0.0
    return np.inf if k.price >= FAR else k.price * off


@compiled
def quick(k, lists, prize, which, rate, profit):
    """Bound the best part of some candidates from below at rates that are known, floors left aside."""
    for j in which:
        # A rate above 0 pays for reaching the floor, and then any unit may be called for.
        _, high, sure = _kinks(k, j, 0.0)
        mu = min(rate[j], 0.0)
        value = k.fee[j] + k.column[j, k.home[j]] - prize[k.home[j]] + sure + mu * high
        for a in range(lists.start[j], lists.start[j + 1]):
            i = lists.unit[a]
            value += min(lists.cost[a] - prize[i] - mu * k.demand[i], 0.0)
        profit[j] = value


@compiled
def _paying(k, lists, prize, j, unit, worth):
    """List the units that pay; their demand, the home included."""
    count, load = 0, k.demand[k.home[j]]
    for a in range(lists.start[j], lists.start[j + 1]):
        i = lists.unit[a]
        w = lists.cost[a] - prize[i]
        if w < 0:
            unit[count], worth[count] = i, w
            load += k.demand[i]
            count += 1
    return count, load


@compiled
def _reached(k, prize, j, unit, worth):
    """List all units in reach."""
    column, count, h = k.column[j], 0, k.home[j]
    for i in range(len(prize)):
        if column[i] < FAR and i != h:
            unit[count], worth[count] = i, column[i] - prize[i]
            count += 1
    return count


@compiled
def _split(k, j, floor, unit, worth):
    """Find the rate of a unit of demand at which cut units fill the part best; units in the order of it."""
    low, high, _ = _kinks(k, j, floor)
    count = len(unit)
    ratio = np.empty(count)
    for a in range(count):
        d = k.demand[unit[a]]
        ratio[a] = worth[a] / d if d > 0 else (-FAR if worth[a] < 0 else FAR)
    order = np.argsort(ratio)
    load = 0.0
    for a in order:
        r = ratio[a]
        # What the next bit of demand is worth hangs on where the load stands: short, between, over.
        most = k.price if load < low else (0.0 if load < high else -k.price)
        if r >= most:
            # Where the home fills the capacity by itself, the dearest rate that keeps all others out.
            return (r if most < -FAR else most), order
        load += k.demand[unit[a]]
        if (r >= 0 and load >= low) or (-k.price < r < 0 and load >= high):
            return r, order
    if load < low:
        return k.price, order
    return (-k.price if load >= high and load > 0 and k.price < FAR else 0.0), order


@compiled
def _bound(k, j, floor, prize, unit, worth, mu):
    """Bound the best part from below at a rate; it may be any rate between the prices of the limits."""
    low, high, sure = _kinks(k, j, floor)
    if mu >= FAR or sure == np.inf:
        return np.inf
    value = k.fee[j] + k.column[j, k.home[j]] - prize[k.home[j]] + sure
    value += mu * (low if mu > 0 else high)
    for a in range(len(unit)):
        value += min(worth[a] - mu * k.demand[unit[a]], 0.0)
    return value


@compiled
def _cut(k, j, floor, unit, worth, mu, order):
    """Give how much of each unit the best part of cut units takes."""
    low, high, _ = _kinks(k, j, floor)
    share, load = np.zeros(len(unit)), 0.0
    aim = low if mu >= 0 else high
    for a in order:
        d, w = k.demand[unit[a]], worth[a]
        # By its ratio, for the rate is one: what is left of the worth need not round to 0.
        if (d == 0.0 and w < 0) or (d > 0 and w / d < mu):
            share[a] = 1.0
        elif d > 0 and w / d == mu and load < aim and abs(mu) < k.price:
            share[a] = min((aim - load) / d, 1.0)
        load += d * share[a]
    return share


@compiled
def cut_parts(k, lists, prize, which, rate, profit):
    """Bound the best part of some candidates by units cut as it pleases, and write the rates that tell so."""
    n = len(prize)
    units, worths = np.empty(n, np.int64), np.empty(n)
    for j in which:
        count, load = _paying(k, lists, prize, j, units, worths)
        if load < k.floor[j]:
            count = _reached(k, prize, j, units, worths)
        unit, worth = units[:count], worths[:count]
        mu, _ = _split(k, j, k.floor[j], unit, worth)
        profit[j] = _bound(k, j, k.floor[j], prize, unit, worth, mu)
        rate[j] = mu if mu < FAR else 0.0


@compiled
def cut_pairs(k, prize, which, rate, most):
    """Put out of reach of each candidate the units with which its best part costs more than `most`."""
    for j in which:
        _, high, sure = _kinks(k, j, 0.0)
        mu, column, h = min(rate[j], 0.0), k.column[j], k.home[j]
        value = k.fee[j] + column[h] - prize[h] + sure + mu * high
        for i in range(len(prize)):
            if i != h:
                value += min(column[i] - prize[i] - mu * k.demand[i], 0.0)
        for i in range(len(prize)):
            if i != h and value + column[i] - prize[i] - mu * k.demand[i] > most[j]:
                column[i] = FAR


@compiled
def _greedy(k, j, floor, unit, worth, order):
    """Fill a part with whole units, best ratio first: what it comes to beside the home, and its units."""
    low, high, _ = _kinks(k, j, floor)
    share, load, value = np.zeros(len(unit)), 0.0, 0.0
    for a in order:
        d, w = k.demand[unit[a]], worth[a]
        short = min(max(low - load, 0.0), d)
        over = d - min(max(high - load, 0.0), d)
        if k.price >= FAR:
            if over > 0 or (w >= 0 and short <= 0):
                continue
        elif w + k.price * (over - short) >= 0:
            continue
        share[a] = 1.0
        load += d
        value += w
    return value + _charge(k, j, floor, load), share


@compiled
def _through(k, j, floor, unit, worth, core, base, room):
    """Count through all loads that the core can make with `base`: the best value, and its units."""
    table = np.full(room + 1, FAR)
    table[0] = 0.0
    used = np.zeros((len(core), room + 1), np.bool_)
    top = 0
    for c in range(len(core)):
        d, w = int(k.demand[unit[core[c]]]), worth[core[c]]
        top = min(top + d, room)
        for r in range(top, d - 1, -1):
            v = table[r - d] + w
            if v < table[r]:
                table[r] = v
                used[c, r] = True
    best, at = np.inf, -1
    for r in range(top + 1):
        if table[r] < 0.5 * FAR:
            v = table[r] + _charge(k, j, floor, base + r)
            if v < best:
                best, at = v, r
    taken = np.zeros(len(core), np.bool_)
    if at >= 0:
        for c in range(len(core) - 1, -1, -1):
            if used[c, at]:
                taken[c] = True
                at -= int(k.demand[unit[core[c]]])
    return best, taken


@compiled
def _whole(k, j, floor, prize, unit, worth, mu, order):
    """Best part of whole units: its value and its units; no units where there is too much to count."""
    bound = _bound(k, j, floor, prize, unit, worth, mu)
    rest = k.fee[j] + k.column[j, k.home[j]] - prize[k.home[j]]
    known, share = _greedy(k, j, floor, unit, worth, order)
    known += rest
    core, many, base, value, load = np.empty(len(unit), np.int64), 0, 0.0, rest, 0.0
    for a in range(len(unit)):
        d = k.demand[unit[a]]
        left = worth[a] - mu * d
        # A unit without demand goes by its worth alone.
        if d > 0 and bound + abs(left) < known:
            core[many] = a
            many += 1
            load += d
        elif left < 0:
            base += d
            value += worth[a]
    core, room = core[:many], load
    # With a hard capacity no table need be longer than what is left of it.
    if k.price >= FAR:
        room = min(room, np.floor(k.capacity[j] - k.demand[k.home[j]] - base))
    if room < 0:
        return known, share
    if (room + 1.0) * many > MOST_CELLS:
        return bound, share[:0]
    best, taken = _through(k, j, floor, unit, worth, core, base, int(room))
    if value + best >= known:
        return known, share
    for a in range(len(unit)):
        share[a] = 1.0 if worth[a] - mu * k.demand[unit[a]] < 0 else 0.0
    for c in range(many):
        share[core[c]] = 1.0 if taken[c] else 0.0
    return value + best, share


@compiled
def _keep(parts, j, unit, share):
    parts.first[j] = parts.used[0]
    for a in range(len(unit)):
        if share[a] > 0:
            parts.unit[parts.used[0]] = unit[a]
            parts.share[parts.used[0]] = share[a]
            parts.used[0] += 1
    parts.last[j] = parts.used[0]


@compiled
def _best_part(k, j, floor, prize, unit, worth, whole):
    """Best part with a floor: its value, rate, and how much of each unit it takes."""
    mu, order = _split(k, j, floor, unit, worth)
    value = _bound(k, j, floor, prize, unit, worth, mu)
    share = worth[:0]
    if value == np.inf:
        return value, 0.0, np.zeros(len(unit))
    if whole:
        value, share = _whole(k, j, floor, prize, unit, worth, mu, order)
    if len(share) == 0:
        share = _cut(k, j, floor, unit, worth, mu, order)
    return value, mu, share


@compiled
def whole_parts(k, lists, prize, which, rate, whole, profit, parts):
    """Find the best part of some candidates: of whole units where `whole` says so, else of cut ones.

    How many were done: fewer where there was no more room for the units of the parts.
    """
    n = len(prize)
    units, worths = np.empty(n, np.int64), np.empty(n)
    for done in range(len(which)):
        j = which[done]
        if parts.used[0] + n > len(parts.unit):
            return done
        count, load = _paying(k, lists, prize, j, units, worths)
        found = np.inf, 0.0, worths[:0]
        if load >= k.floor[j]:
            # First without the floor: a part that reaches it all the same is the best with it too.
            found = _best_part(k, j, 0.0, prize, units[:count], worths[:count], whole)
            load = k.demand[k.home[j]] + (k.demand[units[:count]] * found[2]).sum()
        if load < k.floor[j]:
            count = _reached(k, prize, j, units, worths)
            found = _best_part(k, j, k.floor[j], prize, units[:count], worths[:count], whole)
        profit[j], rate[j] = found[0], found[1]
        _keep(parts, j, units[:count], found[2])
    return len(which)
