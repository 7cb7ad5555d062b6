"""HiGHS as this house uses it: silent, on one thread, the same every time, and stopped by Ctrl-C."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_array, csr_array

from planner.model.arrays import Floats

__all__ = [
    "Answer",
    "answer",
    "cheapest",
    "new_highs",
    "programme",
    "put_matrix",
    "run_interruptibly",
    "search",
]


@dataclass(frozen=True, eq=False)
class Answer:
    """What HiGHS found.

    Parameters
    ----------
    values : ndarray of float or None
        Of the columns; None if nothing that keeps all rows was found.
    bound : float
        Nothing costs less; infinite where it is proven that nothing keeps all rows.
    """

    values: Floats | None
    bound: float


class _Silent(highspy.Highs):
    """HiGHS without its banner.

    Its constructor sets the callbacks, and the first call of any kind writes the banner: before an
    option can be set from outside.
    """

    def enableCallbacks(self) -> None:  # noqa: N802 - named by HiGHS
        """Be silent first."""
        self.silent()
        super().enableCallbacks()


def new_highs(*, seed: int = 0, **options: Any) -> highspy.Highs:
    """Give a silent HiGHS that does the same every time, with some options of its own besides."""
    highs = _Silent()
    # More than one thread of its own makes the outcome hang on how busy the machine is.
    fixed = {"output_flag": False, "threads": 1, "parallel": "off", "random_seed": seed}
    for name, value in {**fixed, **options}.items():
        highs.setOptionValue(name, value)
    return highs


def put_matrix(lp: highspy.HighsLp, matrix: csr_array | csc_array) -> None:
    """Give a programme its coefficients, by rows or by columns as they are."""
    ways = highspy.MatrixFormat
    lp.a_matrix_.format_ = ways.kRowwise if matrix.format == "csr" else ways.kColwise
    lp.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = np.asarray(matrix.data, np.float64)


def programme(
    cost: Floats,
    columns: tuple[Floats, Floats],
    rows: tuple[Floats, Floats],
    matrix: csr_array | csc_array,
    *,
    whole: int = 0,
) -> highspy.HighsLp:
    """Write a programme down: least ``cost @ x`` with ``rows[0] <= matrix @ x <= rows[1]``.

    Parameters
    ----------
    cost : ndarray of float, shape (n_columns,)
        Of each column.
    columns, rows : tuple of ndarray of float
        Least and most of each column, and of each row.
    matrix : csr_array or csc_array, shape (n_rows, n_columns)
        Coefficients.
    whole : int
        So many columns, the first, must be whole numbers.
    """
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(rows[0])
    lp.col_cost_ = cost
    lp.col_lower_, lp.col_upper_ = columns
    lp.row_lower_, lp.row_upper_ = rows
    put_matrix(lp, matrix)
    if whole:
        kind = highspy.HighsVarType
        lp.integrality_ = [kind.kInteger] * whole + [kind.kContinuous] * (len(cost) - whole)
    return lp


def search(
    highs: highspy.Highs,
    lp: highspy.HighsLp,
    start: Floats | None = None,
    halt: threading.Event | None = None,
) -> Answer:
    """Search a programme over whole numbers, from a known solution where there is one.

    Parameters
    ----------
    start : ndarray of float, shape (n_columns,), optional
        A solution to begin with.
    halt : threading.Event, optional
        Stops the search from another thread.
    """
    highs.passModel(lp)
    if start is not None:
        known = highspy.HighsSolution()
        known.col_value = start.tolist()
        highs.setSolution(known)
    run_interruptibly(highs, halt)
    found = answer(highs)
    if start is None or found.values is None:
        return found
    # HiGHS 1.16 loses the cost of those columns of a start that its presolve takes out.  It then cuts off
    # all that costs more than a value that nothing has, and hands the start back as the optimum.
    told, true = highs.getInfo().objective_function_value, _cost(lp, found)
    if abs(told - true) <= 1e-6 * max(abs(true), 1.0):
        return found
    highs.clearSolver()
    run_interruptibly(highs, halt)
    again = answer(highs)
    best = again if _cost(lp, again) < true else found
    return Answer(best.values, max(found.bound, again.bound))


def _cost(lp: highspy.HighsLp, found: Answer) -> float:
    return np.inf if found.values is None else float(np.array(lp.col_cost_) @ found.values)


def answer(highs: highspy.Highs) -> Answer:
    """Read what a search over whole numbers has found so far."""
    impossible = (
        highspy.HighsModelStatus.kInfeasible,
        # No programme of this house can fall without end, so the doubtful status is no doubt.
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    )
    if highs.getModelStatus() in impossible:
        return Answer(None, np.inf)
    info = highs.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(highs.getSolution().col_value) if found else None
    return Answer(values, float(info.mip_dual_bound))


def cheapest(cost: Floats, upper: Floats, matrix: csc_array, right: Floats) -> Floats:
    """Find a vertex of least cost of ``matrix @ x = right, 0 <= x <= upper``.

    Raises
    ------
    ValueError
        There is none.
    """
    highs = new_highs()
    highs.passModel(programme(cost, (np.zeros(len(cost)), upper), (right, right), matrix))
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise ValueError("no point keeps all the equations")
    return np.array(highs.getSolution().col_value)


def run_interruptibly(highs: highspy.Highs, halt: threading.Event | None = None) -> None:
    """Run HiGHS in a thread of its own, so that Ctrl-C is heard at once.

    Parameters
    ----------
    halt : threading.Event, optional
        Stops the search from another thread.

    Raises
    ------
    KeyboardInterrupt
        After HiGHS has been stopped; what it has found can be read.
    """
    halt = threading.Event() if halt is None else halt

    def heard(event: Any) -> None:
        if halt.is_set():
            event.interrupt()

    highs.cbMipInterrupt.subscribe(heard)
    failure: list[BaseException] = []
    done = threading.Event()

    def work() -> None:
        try:
            highs.run()
        except Exception as error:  # noqa: BLE001 - handed on below
            failure.append(error)
        finally:
            done.set()

    threading.Thread(target=work, daemon=True).start()
    # Not Thread.join: an interrupt inside it makes Python 3.11 take the thread for ended (bpo-45274),
    # and what HiGHS still writes would be read.  Waits that end let signals through.
    try:
        while not done.wait(0.2):
            pass
    except KeyboardInterrupt:
        halt.set()
        done.wait()
        raise
    if failure:
        raise failure[0]
