"""The attack that the gate runs on a finished page, for hidden counts that follow from what it tells.

Everything that the page says of homes becomes a sum of unknowns with bounds: each unit has one home or more,
a block so many as its rounded count allows, a flow the sum of its rows.  An unknown that can
have one value only is known to whoever has the page.  Several pages are attacked as one: what is said of a
unit in all of them is one unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.model.arrays import Bools, Floats, Ints
from planner.privacy.blocks import FEW, bounds_of

__all__ = ["Sums", "determined", "page_sums"]

# Four directions drawn at random show most unknowns with two values: what is left is looked at one
# by one.
_SEEDS = 4
# Explanations of sums that contradict each other: as many as are told apart by weights drawn at random.
_WAYS = 4
_CLOSE = 1e-6
# More homes than any unit has; infinite bounds would be no numbers for the solver.
_FAR = 1e6


@dataclass
class Sums:
    """Unknown counts, and sums of them of which a page tells something.

    `names`: what each unknown is, for messages: never more than a kind and a position.
    `blocks`: the unknowns of each block of the page that was read last.
    """

    names: list[Any] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    parts: list[list[int]] = field(default_factory=list)
    bounds: list[tuple[float, float]] = field(default_factory=list)
    blocks: list[list[int]] = field(default_factory=list)

    def unknown(self, name: Any, low: float, high: float) -> int:
        """Add an unknown and give its position."""
        self.names.append(name)
        self.low.append(low)
        self.high.append(high)
        return len(self.names) - 1

    def tell(self, parts: Sequence[int], low: float, high: float) -> None:
        """Add what is told of a sum."""
        self.parts.append(list(parts))
        self.bounds.append((low, high))


def page_sums(pages: Iterable[tuple[dict[str, Any], dict[str, Any]]]) -> Sums:
    """Read what pages tell of homes.

    `pages`: of each page its plain data and its packed data; a page of a comparison is two.
    """
    sums = Sums()
    known: dict[Any, int] = {}
    for data, heavy in pages:
        meta = data["meta"]
        # each page counts its steps from a corner of its own
        where = data.get("origin", (0, 0))
        _blocks(sums, known, data, heavy, meta, where)
        _zones(sums, data)
        _gaps(sums, data, meta)
        if "compare" in heavy:
            labels = {"units": heavy["before"]["units"]}
            _blocks(sums, known, heavy["before"], labels, heavy["before"]["meta"], where)
            _hands(sums, heavy["compare"], meta)
    return sums


def _range(told: int, meta: dict[str, Any], spread: int | None = None) -> tuple[float, float]:
    if told < FEW:
        return 0.0, _FAR
    if told > 0 and (told - meta["smallest"]) % meta["rounded"]:
        return told, told  # not rounded: taken for the truth
    low, high = bounds_of(np.array([told]), meta["smallest"], meta["rounded"], spread=spread)
    return float(low[0]), float(high[0])


def _blocks(
    sums: Sums,
    known: dict[Any, int],
    data: dict[str, Any],
    heavy: dict[str, Any],
    meta: dict[str, Any],
    origin: Sequence[int],
) -> None:
    """Each unit that is shown has a home unless the page says that some have none; see `bounds_of`."""
    units, least = data["units"], 0.0 if meta.get("empty") else 1.0
    members: list[list[int]] = [[] for _ in data["blocks"]["homes"]]
    labels = heavy["units"]["label"]
    twins: dict[Any, int] = {}
    x, y = ([v + by for v in units[axis]] for axis, by in zip("xy", origin, strict=True))
    for key, b in zip(zip(labels, x, y, strict=True), units["block"], strict=True):
        nth = twins[key] = twins.get(key, -1) + 1
        # Twins: two units of one label on one spot are two unknowns, in the order of the page.
        name = (*key, nth)
        if name not in known:
            known[name] = sums.unknown(("unit", len(known)), least, _FAR)
        sums.low[known[name]] = max(sums.low[known[name]], least)
        members[b].append(known[name])
    sums.blocks = members
    for inside, told in zip(members, data["blocks"]["homes"], strict=True):
        low, high = _range(told, meta, meta["rounded"] - 1)
        if high < len(inside):  # some have none, whoever lives there besides
            for u in inside:
                sums.low[u] = 0.0
        sums.tell(inside, low, high)


def _zones(sums: Sums, data: dict[str, Any]) -> None:
    """Take a zone's homes for the truth where they are not what its blocks are told to have."""
    zone_of = dict(zip(data["units"]["block"], data["units"]["zone"], strict=True))
    told: dict[int, list[int]] = {}
    for b, z in zone_of.items():
        told.setdefault(z, []).append(b)
    homes = data["blocks"]["homes"]
    for z, zone in enumerate(data["zones"]):
        inside = told.get(z, [])
        units = [u for b in inside for u in sums.blocks[b]]
        if zone["homes"] < 0:
            sums.tell(units, *_range(zone["homes"], data["meta"]))
        elif zone["homes"] != sum(max(homes[b], 0) for b in inside):
            sums.tell(units, zone["homes"], zone["homes"])


def _gaps(sums: Sums, data: dict[str, Any], meta: dict[str, Any]) -> None:
    """Each mark is a gap or more; a cause has so many in all, those without a place among them."""
    marks: dict[int, list[int]] = {}
    for at, (_, cause, told) in enumerate(data["gaps"]):
        marks.setdefault(cause, []).append(sums.unknown(("gap", at), *_range(told, meta)))
    for nth, told in enumerate(data["figures"]["gaps"].values()):
        if nth not in marks:
            continue
        without = sums.unknown(("gaps without a place", nth), 0.0, _FAR)
        sums.tell([*marks[nth], without], *_range(told, meta))


def _hands(sums: Sums, compare: dict[str, Any], meta: dict[str, Any]) -> None:
    """Rows add up to flows, flows to all that changes hands."""
    ways: dict[tuple[int, int], list[int]] = {}
    pairs = zip(*compare["rows"][2:], strict=True)
    for at, (way, told) in enumerate(zip(pairs, compare["counts"], strict=True)):
        ways.setdefault(way, []).append(sums.unknown(("row", at), *_range(told, meta)))
    for old, new, told, _ in compare["flows"]:
        sums.tell(ways.get((old, new), []), *_range(told, meta))
    moved = [u for (old, _), inside in ways.items() if old >= 0 for u in inside]
    sums.tell(moved, *_range(compare["moved"], meta))


def determined(sums: Sums, smallest: int) -> list[Any]:
    """Attack: name the unknowns below the threshold that can have one value only.

    `smallest`: the threshold: larger counts may be known.
    Gives: of names.  Sums that contradict each other, as those of two pages do where somebody moved in
    between, are explained by the least that must have changed, in several ways; what follows from the rest
    in one of them is known to whoever guesses so.
    """
    n = len(sums.names)
    told, limits = _merged(sums)
    column = np.array([u for parts in told for u in parts], np.int64)
    row = np.repeat(np.arange(len(told)), [len(parts) for parts in told])
    least, most = np.array(sums.low, float), np.array(sums.high, float)
    part = _parts(row, column, len(told), n)
    alone = np.bincount(part, minlength=part.max(initial=0) + 1)[part] == 1
    # Sums that share nothing are bounded by arithmetic; only the tangled rest is worth linear
    # programs.
    for k in np.flatnonzero(alone).tolist():
        _narrow(told[k], limits[k], least, most)
    known = _one_valued(least, most, smallest)
    for kind in np.unique(part[~alone]).tolist():
        tangled = np.flatnonzero(part == kind).tolist()
        units, at = np.unique(
            np.concatenate([told[k] for k in tangled]).astype(np.int64), return_inverse=True
        )
        sizes = [len(told[k]) for k in tangled]
        system = _System.of(at, sizes, limits[tangled], np.column_stack([least, most])[units])
        for explained in system.explained():
            known[units] |= _one_valued(*explained.bounded(), smallest)
    used = np.isin(np.arange(n), column)
    return [sums.names[u] for u in np.flatnonzero(known & used).tolist()]


def _merged(sums: Sums) -> tuple[list[list[int]], Floats]:
    """Tell sums of the same unknowns once, as several pages tell of a block that is the same in them."""
    limits: dict[tuple[int, ...], list[tuple[float, float]]] = {}
    for parts, bounds in zip(sums.parts, sums.bounds, strict=True):
        limits.setdefault(tuple(sorted(parts)), []).append(bounds)
    told, found = [], []
    for parts, bounds in limits.items():
        low, high = max(b[0] for b in bounds), min(b[1] for b in bounds)
        # somebody moved there between two pages: each says something of its own day
        for one in [(low, high)] if low <= high else dict.fromkeys(bounds):
            told.append(list(parts))
            found.append(one)
    return told, np.array(found, float).reshape(-1, 2)


def _parts(row: Ints, column: Ints, m: int, n: int) -> NDArray[Any]:
    """Give each sum the number of the group that it hangs together with, shape (m,)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    both = coo_array((np.ones(len(row)), (row, m + column)), shape=(m + n, m + n))
    return connected_components(both, directed=False)[1][:m]


def _one_valued(least: Floats, most: Floats, smallest: int) -> Bools:
    """Tell which counts below the threshold can have one value: whole, and less than one apart."""
    one = np.floor(most + _CLOSE) - np.ceil(least - _CLOSE) == 0
    return one & (most < smallest) & (most > 0)


def _narrow(inside: list[int], bounds: Floats, least: Floats, most: Floats) -> None:
    """Bound the unknowns of a sum that shares none with another: what the others leave, in place."""
    low, high = bounds
    below, above = least[inside].sum(), most[inside].sum()
    if not below <= high or not low <= above:
        return  # no counts fit
    least[inside], most[inside] = (
        np.maximum(least[inside], low - (above - most[inside])),
        np.minimum(most[inside], high - (below - least[inside])),
    )


@dataclass(frozen=True, eq=False)
class _System:
    """Sums that hang together: ``low <= matrix @ counts <= high``, and bounds of each count."""

    matrix: Any
    limits: Floats
    bounds: Floats

    @classmethod
    def of(cls, column: Ints, sizes: list[int], limits: Floats, bounds: Floats) -> _System:
        """`column`: the unknowns of each sum, one sum after another; `sizes`: how many each has."""
        from scipy.sparse import csr_array

        row = np.repeat(np.arange(len(sizes)), sizes)
        matrix = csr_array((np.ones(len(row)), (row, column)), shape=(len(sizes), len(bounds)))
        return cls(matrix, limits, bounds)

    def explained(self) -> Iterator[_System]:
        """Give what is left when sums are taken out that cannot all be true, so few as possible.

        What was told on another day of a block in which somebody moved says nothing of the other days.
        Which day that is nobody knows: several weights give several explanations.
        """
        chance, seen = np.random.default_rng(0), set[bytes]()
        for nth in range(_WAYS):
            weight = (
                np.ones(len(self.limits)) if nth == 0 else chance.uniform(1, 2, len(self.limits))
            )
            kept = self._fitting(weight)
            if kept is None:
                return
            if kept.tobytes() not in seen:
                seen.add(kept.tobytes())
                yield _System(self.matrix[np.flatnonzero(kept)], self.limits[kept], self.bounds)
            if kept.all():
                return

    def _fitting(self, weight: Floats) -> Bools | None:
        """Say which sums hold where they are broken by the least in all, each at its weight."""
        from scipy.optimize import linprog
        from scipy.sparse import eye_array, hstack, vstack

        m, n = self.matrix.shape
        slack = eye_array(m)
        rows = vstack([hstack([self.matrix, -slack]), hstack([-self.matrix, -slack])]).tocsr()
        low, high = self.limits.T
        found = linprog(
            np.concatenate([np.zeros(n), weight]),
            A_ub=rows,
            b_ub=np.concatenate([high, -low]),
            bounds=np.vstack([self.bounds, np.tile([0.0, np.inf], (m, 1))]),
            method="highs",
        )
        return None if found.x is None else found.x[n:] <= _CLOSE

    def bounded(self) -> tuple[Floats, Floats]:
        """Bound each count by linear programming."""
        from scipy.optimize import linprog
        from scipy.sparse import vstack

        n = len(self.bounds)
        if not len(self.limits):
            return self.bounds[:, 0], self.bounds[:, 1]
        low, high = self.limits.T
        limits, rows = np.concatenate([high, -low]), vstack([self.matrix, -self.matrix]).tocsr()
        seen_low, seen_high = np.full(n, np.inf), np.full(n, -np.inf)

        def look(wanted: Floats) -> None:
            for sign in (1.0, -1.0):
                found = linprog(
                    sign * wanted, A_ub=rows, b_ub=limits, bounds=self.bounds, method="highs"
                )
                if found.x is not None:
                    np.minimum(seen_low, found.x, out=seen_low)
                    np.maximum(seen_high, found.x, out=seen_high)

        chance = np.random.default_rng(0)
        for _ in range(_SEEDS):
            look(chance.normal(size=n))
        # most unknowns are seen with two values by chance; each other one is looked at by itself
        for u in np.flatnonzero(seen_high - seen_low < 1 - _CLOSE).tolist():
            if seen_high[u] - seen_low[u] < 1 - _CLOSE:
                look(np.eye(1, n, u)[0])
        return seen_low, seen_high
