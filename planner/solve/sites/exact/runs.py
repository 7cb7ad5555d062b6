"""HiGHS from a known answer, with what it says held against what it gives."""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import NDArray

__all__ = ["run_from"]

SMALL = 1e-6


def run_from(
    highs: highspy.Highs, cost: NDArray[np.float64], start: NDArray[np.float64] | None
) -> NDArray[np.float64] | None:
    """Solve the programme that HiGHS holds.

    Parameters
    ----------
    highs : highspy.Highs
        With its model and its limits.
    cost : ndarray of float, shape (n_columns,)
        As in the model.
    start : ndarray of float, shape (n_columns,), optional
        A solution to begin with.

    Returns
    -------
    ndarray of float or None
        The best solution found; None if there is none.
    """
    if start is not None:
        known = highspy.HighsSolution()
        known.col_value = start.tolist()
        highs.setSolution(known)
    highs.run()
    found = _solution(highs)
    if start is None or found is None:
        return found
    # HiGHS 1.16 loses the cost of the columns of a start that its presolve takes out: all else is cut off by
    # a value that nothing has, and the start comes back as the optimum.
    told, true = highs.getInfo().objective_function_value, float(cost @ found)
    if abs(told - true) > SMALL * max(abs(true), 1.0):
        highs.clearSolver()
        highs.run()
        again = _solution(highs)
        return found if again is None else again
    return found


def _solution(highs: highspy.Highs) -> NDArray[np.float64] | None:
    feasible = highspy.SolutionStatus.kSolutionStatusFeasible
    if highs.getInfo().primal_solution_status != feasible:
        return None
    return np.array(highs.getSolution().col_value)
