"""Points into compact zones of bounded size: start, descend, and cut groups of zones anew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.model.arrays import Floats, Ints
from planner.solve.points.exchange import exchange
from planner.solve.points.flow import balance, level
from planner.solve.points.kernels import Cloud, zone_means
from planner.solve.points.regions import LARGE, recut
from planner.solve.points.start import halved_centres, nearest_zones, spread_centres

__all__ = ["Effort", "Partition", "Points", "partition"]


CANDIDATES = 20  # zones that a point may be assigned to: ten cost 1.2 % more, five have no answer
CLOSE = 6  # zones that a point may be handed on to, which the neighbours in a plane are
GROUP = 7
SWEEPS = 50
ROOMY = 2.0  # bounds this wide leave a start by chance its freedom; narrower ones want equal pieces
RISES = 12


@dataclass(frozen=True, eq=False)
class Points:
    """What is to be cut into zones.

    Parameters
    ----------
    x : ndarray of float, shape (n_points, n_features)
    weight : ndarray of float, shape (n_points,)
        What a point weighs in the cost; above 0.
    unit : ndarray of float, shape (n_points,)
        What a point counts in the size of its zone; 0 or more.
    zones : int
        How many zones; none stays empty.
    low, high : float
        Size of a zone, at least and at most.
    """

    x: Floats
    weight: Floats
    unit: Floats
    zones: int
    low: float
    high: float

    def __post_init__(self) -> None:
        # Of one kind, whatever is handed in: the compiled loops would be compiled again for another.
        for name in ("x", "weight", "unit"):
            value = np.array(getattr(self, name), np.float64, order="C")
            object.__setattr__(self, name, value)

    @property
    def alike(self) -> bool:
        """Whether each point counts as one, so that the bounds can be met exactly."""
        return bool((self.unit == 1).all())

    def cloud(self, price: float) -> Cloud:
        """Give the points as the compiled loops take them, with a price for a unit out of bounds."""
        return Cloud(self.x, self.weight, self.unit, float(self.low), float(self.high), price)


@dataclass(frozen=True)
class Effort:
    """How much is tried.

    Parameters
    ----------
    starts : int
        Independent starts, of which the best is kept.
    rounds : int
        Rounds of assignment and means, at most.
    tol : float
        The rounds end when one lowers the cost by less than this share.
    recuts : int
        How often each zone is cut anew together with neighbours.
    """

    starts: int = 1
    rounds: int = 100
    tol: float = 1e-3
    recuts: int = 5


@dataclass(frozen=True, eq=False)
class Partition:
    """The zones.

    Parameters
    ----------
    label : ndarray of int64, shape (n_points,)
        The zone of each point.
    centre : ndarray of float, shape (n_zones, n_features)
        Weighted mean of each zone.
    cost : float
        Weighted squared distances to the means, summed.
    excess : float
        Size out of bounds, summed over zones; 0 where each point counts as one.
    rounds : int
        Rounds of assignment and means that the best start took.
    """

    label: Ints
    centre: Floats
    cost: float
    excess: float
    rounds: int


def partition(points: Points, effort: Effort, seed: int) -> Partition:
    """Cut points into compact zones of bounded size.

    Parameters
    ----------
    points : Points
        ``n_zones * low <= sum(unit) <= n_zones * high`` must hold.
    seed : int
        Same points in the same order and same seed, same zones.

    Returns
    -------
    Partition
        Never out of bounds where each point counts as one; else as little as the search manages.
    """
    best: Partition | None = None
    for seeds in np.random.SeedSequence(seed).spawn(effort.starts):
        rng = np.random.default_rng(seeds)
        random = rng.integers(1, 2**62, 2).astype(np.uint64)
        centre = _start(points, rng, random)
        found = _descend(points, centre, effort)
        found = _improve(points, found, effort, rng, random)
        if best is None or (found.excess, found.cost) < (best.excess, best.cost):
            best = found
    assert best is not None
    return best


def _start(points: Points, rng: np.random.Generator, random: NDArray[np.uint64]) -> Floats:
    if points.high * points.zones < ROOMY * points.unit.sum():
        return halved_centres(points.x, points.unit, points.zones, rng)
    return spread_centres(points.x, points.weight, points.zones, random)


def _descend(points: Points, centre: Floats, effort: Effort) -> Partition:
    """Assign and average in turn, as k-means does, then exchange."""
    if not points.alike:
        return _rise(points, centre)
    width, last, rounds = CANDIDATES, np.inf, 0
    price = np.zeros(points.zones)
    label = np.zeros(len(points.x), np.int64)
    for rounds in range(1, effort.rounds + 1):
        width = _assign(points, centre, width, price, label)
        now = _measured(points, label, centre, rounds)
        centre = now.centre
        if now.cost >= last * (1 - effort.tol):
            break
        last = now.cost
    return _exchanged(points, label, centre, rounds, _forbidding(points))


def _assign(points: Points, centre: Floats, width: int, price: Floats, label: Ints) -> int:
    """Write the cheapest assignment to fixed centres; give the width of candidates it took.

    Where zones are large the prices of the last round are the start of the next.
    """
    low, high = int(np.ceil(points.low)), int(min(points.high, len(points.x)))
    while True:
        near, squares = nearest_zones(points.x, centre, width)
        squares *= points.weight[:, None]
        if len(points.x) > LARGE * points.zones:
            level(near, squares, points.zones, low, high, price, label)
        else:
            price[:] = 0.0
        if balance(near, squares, points.zones, low, high, price, label):
            return width
        assert width < points.zones, "bounds that add up can be met with all candidates"
        width *= 2


def _rise(points: Points, centre: Floats) -> Partition:
    """Start from the nearest centres and let the price of broken bounds rise until they hold."""
    near, squares = nearest_zones(points.x, centre, 1)
    label = near[:, 0].astype(np.int64)
    _fill_empty(points, label)
    found = _measured(points, label, centre, 1)
    price = 0.1 * float(points.weight @ squares[:, 0]) / max(float(points.unit.sum()), 1e-300)
    for step in range(RISES):
        wide = CLOSE if step < RISES // 2 else CANDIDATES
        found = _exchanged(points, label, found.centre, step + 1, price, wide)
        if found.excess <= 0 and step > 2:
            break
        price *= 4
    return _exchanged(points, label, found.centre, found.rounds, _forbidding(points))


def _fill_empty(points: Points, label: Ints) -> None:
    """Give each empty zone a point of the zone that has most of them."""
    count = np.bincount(label, minlength=points.zones)
    for z in np.flatnonzero(count == 0):
        giver = int(count.argmax())
        label[np.flatnonzero(label == giver)[-1]] = z
        count[giver] -= 1
        count[z] += 1


def _exchanged(
    points: Points, label: Ints, centre: Floats, rounds: int, price: float, close: int = CLOSE
) -> Partition:
    near, _ = nearest_zones(points.x, centre, close)
    exchange(points.cloud(price), near, points.zones, label, SWEEPS)
    return _measured(points, label, centre, rounds)


def _improve(
    points: Points,
    found: Partition,
    effort: Effort,
    rng: np.random.Generator,
    random: NDArray[np.uint64],
) -> Partition:
    """Cut groups of neighbouring zones anew, in rounds, then exchange over the whole."""
    if points.zones == 1:
        return found
    price = _forbidding(points)
    label, centre, cloud = found.label.copy(), found.centre, points.cloud(price)
    for _ in range(effort.recuts):
        group, _ = nearest_zones(centre, centre, GROUP)
        turns = rng.permutation(points.zones)
        recut(cloud, points.alike, group.astype(np.int64), label, turns, random)
        centre = _measured(points, label, centre, 0).centre
    return _exchanged(points, label, centre, found.rounds, price)


def _forbidding(points: Points) -> float:
    """Give a price for a unit out of bounds that no gain in cost can pay."""
    away = points.x - points.x.mean(0)
    return 10.0 * float(points.weight @ (away**2).sum(1)) + 1.0


def _measured(points: Points, label: Ints, centre: Floats, rounds: int) -> Partition:
    mean, mass = centre.copy(), np.zeros(points.zones)
    zone_means(points.x, points.weight, label, mean, mass)
    cost = float(points.weight @ ((points.x - mean[label]) ** 2).sum(1))
    size = np.bincount(label, points.unit, points.zones)
    out = np.maximum(points.low - size, 0) + np.maximum(size - points.high, 0)
    excess = float(out[out > 1e-9 * max(points.low, 1.0)].sum())
    return Partition(label.copy(), mean, cost, excess, rounds)
