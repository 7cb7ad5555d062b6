"""Coverage gaps: each household that the rules leave unserved, once, with its cause."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from planner.model.arrays import Floats, Ints, Ints32
from planner.model.problem import Problem

__all__ = ["coverage_gaps"]


def coverage_gaps(
    household_id: ArrayLike,
    unit: ArrayLike,
    cause: ArrayLike,
    problem: Problem,
    assignment: ArrayLike,
    *,
    limit_m: float,
    most: ArrayLike | None,
) -> pd.DataFrame:
    """List the uncovered households.

    The first cause that applies counts: what was known before anything was solved (see
    `planner.demand.reach`); nothing that connects it with a centre; beyond the walk limit; zone over
    its limit, where the farthest households of the zone are those left over.

    Parameters
    ----------
    household_id : array_like of str, shape (n,)
        Ids, which settle ties.
    unit : array_like of int, shape (n,)
        Unit of each household, -1 if it has none.
    cause : array_like of str, shape (n,)
        What is known so far: a cause of `planner.model.tables.GAP_CAUSES`, or "".
    assignment : array_like of int, shape (n_units,)
        Centre of each unit, -1 for none.
    limit_m : float
        The walk limit, metres.
    most : float, or array_like of float, shape (n_centres,)
        Households that a zone may have, infinite for any; None for any everywhere.

    Returns
    -------
    DataFrame
        ``household`` (position), ``cause``, ``detail`` (English and Chinese), in the order of positions.
    """
    ids, units = np.asarray(household_id, str), np.asarray(unit, np.int64)
    zone = np.append(np.asarray(assignment), -1)[units]
    walk_m = np.append(problem.walk_m, np.nan)[problem.pairs_of(assignment)]
    walk = np.append(walk_m, np.nan)[units]
    found = np.array(np.asarray(cause, str), dtype="U32")
    detail = np.full(len(ids), "", object)
    lost = (found == "") & (zone < 0)
    found[lost] = "no_walking_path"
    far = (found == "") & (walk > limit_m)
    found[far] = "beyond_walk_limit"
    detail[far] = [f"{w:.0f} m > {limit_m:.0f} m" for w in walk[far]]
    if most is not None:
        allowed = np.broadcast_to(np.asarray(most, float), problem.n_centres)
        for c, rows in _overfull(zone, found, allowed):
            # The farthest are left over: they gain most by another centre. Ids settle ties, for
            # rows may come in any order.
            left_over = rows[np.lexsort((ids[rows], -walk[rows]))]
            total = int((zone == c).sum())
            excess = max(0, total - int(allowed[c]) - int((found[zone == c] != "").sum()))
            found[left_over[:excess]] = "zone_over_limit"
            detail[left_over[:excess]] = f"{total} > {allowed[c]:g} households 户"
    listed = np.flatnonzero(found != "")
    return pd.DataFrame({"household": listed, "cause": found[listed], "detail": detail[listed]})


def _overfull(zone: Ints32, found: NDArray[np.str_], most: Floats) -> list[tuple[int, Ints]]:
    """Zones above the limit, each with its households that have no cause yet."""
    counts = np.bincount(zone[zone >= 0], minlength=len(most))
    return [
        (int(c), np.flatnonzero((zone == c) & (found == ""))) for c in np.flatnonzero(counts > most)
    ]
