"""The attack that the gate runs on a finished page, for hidden counts that follow from what it tells.

Everything that the page says of homes becomes a sum of unknowns with bounds: each unit has one home or more,
a block so many as its rounded count allows, a flow the sum of its rows.  An unknown that can
have one value only is known to whoever has the page.  Several pages are attacked as one: what is said of a
unit in all of them is one unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.model.arrays import Floats
from planner.privacy.blocks import FEW, bounds_of

__all__ = ["Sums", "determined", "page_sums"]

# Four directions drawn at random show most unknowns with two values: what is left is looked at one
# by one.
_SEEDS = 4
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
            _blocks(sums, {}, heavy["before"], labels, meta, where)
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
    """Each unit that is shown has a home; a block has so many as it is told."""
    units = data["units"]
    members: list[list[int]] = [[] for _ in data["blocks"]["homes"]]
    labels = heavy["units"]["label"]
    twins: dict[Any, int] = {}
    x, y = ([v + by for v in units[axis]] for axis, by in zip("xy", origin, strict=True))
    for key, b in zip(zip(labels, x, y, strict=True), units["block"], strict=True):
        nth = twins[key] = twins.get(key, -1) + 1
        # Twins: two units of one label on one spot are two unknowns, in the order of the page.
        name = (*key, nth)
        if name not in known:
            known[name] = sums.unknown(("unit", len(known)), 1.0, _FAR)
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
    Gives: of names; sums that contradict each other, as those of two pages may, tell nothing.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n, m = len(sums.names), len(sums.parts)
    column = np.array([u for parts in sums.parts for u in parts], np.int64)
    row = np.repeat(np.arange(m), [len(parts) for parts in sums.parts])
    both = coo_array((np.ones(len(row)), (row, m + column)), shape=(m + n, m + n))
    _, part = connected_components(both, directed=False)
    alone = np.bincount(part[:m], minlength=part.max(initial=0) + 1)[part[:m]] == 1
    least, most = np.array(sums.low, float), np.array(sums.high, float)
    # Sums that share nothing are bounded by arithmetic; only the tangled rest is worth linear
    # programs.
    _narrow(sums, np.flatnonzero(alone), least, most)
    for kind in np.unique(part[:m][~alone]).tolist():
        _solve(sums, np.flatnonzero(part[:m] == kind).tolist(), least, most)
    # counts are whole: less than one apart is one value
    one = (np.floor(most + _CLOSE) - np.ceil(least - _CLOSE) == 0) & (most < smallest) & (most > 0)
    told = np.isin(np.arange(n), column)
    return [sums.names[u] for u in np.flatnonzero(one & told).tolist()]


def _narrow(sums: Sums, alone: NDArray[Any], least: NDArray[Any], most: NDArray[Any]) -> None:
    """Bound the unknowns of sums that share none with another sum: what the others leave, in place."""
    for k in alone.tolist():
        inside = sums.parts[k]
        low, high = sums.bounds[k]
        below, above = least[inside].sum(), most[inside].sum()
        if not below <= high or not low <= above:
            continue  # no counts fit
        least[inside], most[inside] = (
            np.maximum(least[inside], low - (above - most[inside])),
            np.minimum(most[inside], high - (below - least[inside])),
        )


def _solve(sums: Sums, tangled: list[int], least: NDArray[Any], most: NDArray[Any]) -> None:
    """Bound the unknowns of sums that hang together by linear programming, in place."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, vstack

    sizes = [len(sums.parts[k]) for k in tangled]
    units, column = np.unique(
        np.concatenate([sums.parts[k] for k in tangled]).astype(np.int64), return_inverse=True
    )
    n, row = len(units), np.repeat(np.arange(len(tangled)), sizes)
    matrix = csr_array((np.ones(len(row)), (row, column)), shape=(len(tangled), n))
    low, high = np.array([sums.bounds[k] for k in tangled]).T
    limits, rows = np.concatenate([high, -low]), vstack([matrix, -matrix]).tocsr()
    bounds = np.column_stack([least[units], most[units]])
    seen_low, seen_high = np.full(n, np.inf), np.full(n, -np.inf)

    def look(wanted: Floats) -> bool:
        for sign in (1.0, -1.0):
            found = linprog(sign * wanted, A_ub=rows, b_ub=limits, bounds=bounds, method="highs")
            if found.x is None:
                return False
            np.minimum(seen_low, found.x, out=seen_low)
            np.maximum(seen_high, found.x, out=seen_high)
        return True

    chance = np.random.default_rng(0)
    if not all(look(chance.normal(size=n)) for _ in range(_SEEDS)):
        return
    # most unknowns are seen with two values by chance; each other one is looked at by itself
    for u in np.flatnonzero(seen_high - seen_low < 1 - _CLOSE).tolist():
        if seen_high[u] - seen_low[u] < 1 - _CLOSE:
            look(np.eye(1, n, u)[0])
    least[units], most[units] = seen_low, seen_high
