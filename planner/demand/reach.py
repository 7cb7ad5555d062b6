"""Why no centre serves a unit: each cause by itself, since each has another remedy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import Finding, Severity
from planner.model.arrays import AnyInts, Ints
from planner.model.problem import Problem
from planner.model.tables import GAP_CAUSES
from planner.network import Network, Snaps

__all__ = ["told_unreached", "unreached"]

# A street of the centre's this near that no walk leads to: a gate or a wall stands between.
BEHIND_GATE_M = 100.0


def unreached(
    units: pd.DataFrame, problem: Problem, snaps: Snaps, network: Network
) -> pd.DataFrame:
    """Say of each unit that no centre may serve why that is.

    `units`: ``fence`` ("" outside every fence).
    Gives: ``cause`` (a code of `planner.model.tables.GAP_CAUSES`, "" for whom somebody may serve) and
    ``nearest_m`` (walk to the nearest centre of the fence, NaN if it was not asked or there is none).
    """
    n = len(units)
    cause, nearest_m = np.full(n, "", object), np.full(n, np.nan)
    alone = np.flatnonzero(np.diff(problem.pair_start) == 0)
    fence = units["fence"].to_numpy(str)
    centred = set(fence[problem.home].tolist())
    drawn = bool((fence != "").any())
    for name in np.unique(fence[alone]).tolist():
        rows = alone[fence[alone] == name]
        own = problem.home[fence[problem.home] == name]
        if name not in centred:
            cause[rows] = "no_centre_in_fence" if name or not drawn else "outside_fences"
            continue
        # asked without the limit: the finding says how far the nearest centre is
        found, walk_m = network.nearest(snaps.take(own), snaps.take(rows))
        met = found >= 0
        nearest_m[rows[met]] = walk_m[met]
        cause[rows[met]] = "beyond_hard_limit"
        cause[rows[~met]] = _cut_off(snaps, rows[~met], own, network)
    return pd.DataFrame({"cause": cause, "nearest_m": nearest_m})


def _cut_off(snaps: Snaps, rows: Ints, own: AnyInts, network: Network) -> NDArray[Any]:
    """Tell units beside a street of a centre, with something in between, from those on other ground."""
    if not len(rows):
        return np.full(0, "", object)
    wanted = np.unique(network.pieces_of(snaps.take(own)))
    near = network.rejoined(snaps, rows, wanted[wanted >= 0], BEHIND_GATE_M)
    beside = np.isin(network.pieces_of(near)[rows], wanted)
    return np.where(beside, "behind_gate", "other_piece").astype(object)


def told_unreached(units: pd.DataFrame, reached: pd.DataFrame) -> list[Finding]:
    """Tell how many homes no centre may serve, one finding a cause.

    `units`: ``households``.
    `reached`: from `unreached`, in the same order.
    """
    homes = units["households"].groupby(reached["cause"].to_numpy(), sort=True).sum()
    return [
        Finding(
            f"gap-{code.replace('_', '-')}",
            Severity.HOLD,
            f"{n} homes cannot be served: {GAP_CAUSES[code].title}",
            f"{n}户无法划入责任区：{GAP_CAUSES[code].title_zh}",
            GAP_CAUSES[code].remedy,
            GAP_CAUSES[code].remedy_zh,
        )
        for code, n in homes.items()
        if code and n
    ]
