"""The whole model of one part as a mixed-integer programme, for HiGHS."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, vstack

from planner.solve.zones.instance import Instance

__all__ = ["ExactResult", "Model", "new_highs", "put_matrix", "run_interruptibly", "solve_exactly"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ExactResult:
    """What HiGHS found.

    Parameters
    ----------
    pair : ndarray of int or None, shape (n_units,)
        Chosen pair of each unit, -1 for none; None if no plan was found.
    bound_m : float
        Proven lower bound.
    infeasible : bool
        Whether it is proven that hard rules cannot hold.
    """

    pair: NDArray[np.int64] | None
    bound_m: float
    infeasible: bool


def solve_exactly(
    instance: Instance,
    *,
    start: NDArray[np.int64] | None = None,
    gap: float = 0.0,
    seconds: float = 60.0,
    nodes: int | None = None,
    seed: int = 0,
    told: Callable[[float, float], None] | None = None,
    halt: threading.Event | None = None,
) -> ExactResult:
    """Solve one part by branch and cut.

    Parameters
    ----------
    instance : Instance
        The part.
    start : ndarray of int, optional
        Pairs of a known plan.
    gap : float
        Relative gap that is enough, of the value.
    seconds : float
        Time limit.
    nodes : int, optional
        Limit of branch-and-bound nodes.
    seed : int
        For HiGHS.
    told : callable, optional
        Told of value and bound as they improve.
    halt : threading.Event, optional
        Stops the search from another thread.

    Returns
    -------
    ExactResult
    """
    model = Model(instance)
    highs = new_highs(seed=seed)
    for name, value in {"mip_rel_gap": gap, "time_limit": max(seconds, 0.1)}.items():
        highs.setOptionValue(name, value)
    if nodes is not None:
        highs.setOptionValue("mip_max_nodes", nodes)
    highs.passModel(model.lp())
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = list(model.point(start))
        highs.setSolution(solution)
    run_interruptibly(highs, told, halt)
    return _read(highs, model)


def put_matrix(lp: highspy.HighsLp, matrix: csr_array | csc_array) -> None:
    """Give a programme its coefficients.

    Parameters
    ----------
    lp : highspy.HighsLp
        Receives them.
    matrix : csr_array or csc_array, shape (n_rows, n_columns)
        By rows or by columns, as it is.
    """
    ways = highspy.MatrixFormat
    lp.a_matrix_.format_ = ways.kRowwise if matrix.format == "csr" else ways.kColwise
    lp.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = np.asarray(matrix.data, np.float64)


def new_highs(*, seed: int) -> highspy.Highs:
    """Give a silent HiGHS that does the same every time."""
    highs = highspy.Highs()
    for name, value in {
        "output_flag": False, "threads": 1, "parallel": "off", "random_seed": seed,
    }.items():  # fmt: skip
        highs.setOptionValue(name, value)
    return highs


def cheapest(
    cost: FloatArray, upper: FloatArray, matrix: csc_array, right: FloatArray
) -> FloatArray:
    """Find a vertex of least cost of ``matrix @ x = right, 0 <= x <= upper``.

    Raises
    ------
    ValueError
        There is none.
    """
    n = len(cost)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n, len(right)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(n), upper
    lp.row_lower_ = lp.row_upper_ = right
    put_matrix(lp, matrix)
    highs = new_highs(seed=0)
    highs.passModel(lp)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise ValueError("no point keeps all the equations")
    return np.array(highs.getSolution().col_value)


def run_interruptibly(
    highs: highspy.Highs,
    told: Callable[[float, float], None] | None = None,
    halt: threading.Event | None = None,
) -> None:
    """Run HiGHS in a thread of its own, so that Ctrl-C is heard at once.

    Parameters
    ----------
    highs : highspy.Highs
        With its model.
    told : callable, optional
        Told of value and bound as they improve.
    halt : threading.Event, optional
        Stops the search from another thread.

    Raises
    ------
    KeyboardInterrupt
        After HiGHS has been stopped; what it has found can be read.
    """
    halt = threading.Event() if halt is None else halt

    def heard(event: Any) -> None:
        if told is not None:
            told(event.data_out.mip_primal_bound, event.data_out.mip_dual_bound)
        if halt.is_set():
            event.interrupt()

    highs.cbMipInterrupt.subscribe(heard)
    failure: list[BaseException] = []

    def work() -> None:
        try:
            highs.run()
        except Exception as error:  # noqa: BLE001 - handed on below
            failure.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(0.2)
    except KeyboardInterrupt:
        halt.set()
        thread.join()
        raise
    if failure:
        raise failure[0]


def _read(highs: highspy.Highs, model: Model) -> ExactResult:
    status = highs.getModelStatus()
    info = highs.getInfo()
    bound = float(info.mip_dual_bound)
    if status in (
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    ):
        return ExactResult(None, np.inf, infeasible=True)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return ExactResult(None, bound, infeasible=False)
    values = np.array(highs.getSolution().col_value)
    return ExactResult(model.pairs(values), bound, infeasible=False)


class Model:
    """Columns: pairs, then units left out, then what the zones break."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.skip = np.flatnonzero(np.isfinite(instance.skip_cost))
        priced = np.flatnonzero(np.isfinite(instance.rows.price))
        self.slack = [(int(k), c) for k in priced for c in range(instance.n_centres)]
        self.n = instance.n_pairs + len(self.skip) + len(self.slack)

    def lp(self) -> highspy.HighsLp:
        """Write the model down."""
        parts = [self._once(), self._rules(), self._support()]
        matrix = csr_array(vstack([p[0] for p in parts], format="csr"))
        one = self.instance
        price = [one.rows.price[k] for k, _ in self.slack]
        upper = np.full(self.n, 1.0)
        upper[one.n_pairs + len(self.skip) :] = np.inf
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.n, sum(len(p[1]) for p in parts)
        lp.col_cost_ = np.concatenate([one.cost, one.skip_cost[self.skip], price])
        lower = np.zeros(self.n)
        lower[one.home_pair] = 1.0
        lp.col_lower_, lp.col_upper_ = lower, upper
        lp.row_lower_ = np.concatenate([p[1] for p in parts])
        lp.row_upper_ = np.concatenate([p[2] for p in parts])
        put_matrix(lp, matrix)
        kinds = [highspy.HighsVarType.kInteger] * one.n_pairs
        kinds += [highspy.HighsVarType.kContinuous] * (self.n - one.n_pairs)
        lp.integrality_ = kinds
        return lp

    def _once(self) -> tuple[Any, FloatArray, FloatArray]:
        one = self.instance
        row = np.concatenate([one.unit, self.skip])
        column = np.arange(one.n_pairs + len(self.skip))
        matrix = csr_array((np.ones(len(row)), (row, column)), shape=(one.n_units, self.n))
        return matrix, np.ones(one.n_units), np.ones(one.n_units)

    def _rules(self) -> tuple[Any, FloatArray, FloatArray]:
        one, rows = self.instance, self.instance.rows
        count, m = rows.weight.shape[0], one.n_centres
        data = rows.weight[:, one.unit].ravel()
        row = (np.arange(count)[:, None] * m + one.centre[None, :]).ravel()
        column = np.tile(np.arange(one.n_pairs), count)
        free = one.n_pairs + len(self.skip) + np.arange(len(self.slack))
        slack_row = [k * m + c for k, c in self.slack]
        matrix = csr_array(
            (
                np.concatenate([data, np.full(len(self.slack), -1.0)]),
                (np.concatenate([row, slack_row]).astype(int), np.concatenate([column, free])),
            ),
            shape=(count * m, self.n),
        )
        return matrix, np.full(count * m, -np.inf), np.repeat(rows.limit, m)

    def _support(self) -> tuple[Any, FloatArray, FloatArray]:
        one = self.instance
        own = np.setdiff1d(np.arange(one.n_pairs), one.home_pair)
        supported = np.repeat(np.arange(one.n_pairs), np.diff(one.support.start))
        row = np.concatenate([own, supported])
        column = np.concatenate([own, one.support.pair])
        data = np.repeat([1.0, -1.0], [len(own), len(supported)])
        whole = csr_array((data, (row, column)), shape=(one.n_pairs, self.n))
        return whole[own, :], np.full(len(own), -np.inf), np.zeros(len(own))

    def point(self, pair: NDArray[np.int64]) -> FloatArray:
        """State a plan as values of the columns."""
        one, values = self.instance, np.zeros(self.n)
        values[pair[pair >= 0]] = 1.0
        values[one.n_pairs : one.n_pairs + len(self.skip)] = pair[self.skip] < 0
        excess = one.excess(pair)
        values[one.n_pairs + len(self.skip) :] = [excess[k, c] for k, c in self.slack]
        return values

    def pairs(self, values: FloatArray) -> NDArray[np.int64]:
        """Read a plan from values of the columns."""
        pair = np.full(self.instance.n_units, -1, np.int64)
        chosen = np.flatnonzero(values[: self.instance.n_pairs] > 0.5)
        pair[self.instance.unit[chosen]] = chosen
        return pair
