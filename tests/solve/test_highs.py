"""HiGHS as it is used here: silent, repeatable, stoppable, and read the same way everywhere."""

from __future__ import annotations

import _thread
import subprocess
import sys
import threading

import highspy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csc_array, csr_array

from planner.solve.highs import (
    answer,
    cheapest,
    new_highs,
    programme,
    put_matrix,
    run_interruptibly,
    search,
)


def knapsack(n: int = 60, seed: int = 0) -> highspy.HighsLp:
    """Make a choice among many things for a few limits, which takes HiGHS a while."""
    rng = np.random.default_rng(seed)
    matrix = csr_array(rng.integers(10, 99, (8, n)).astype(float))
    least = np.full(8, -np.inf)
    most = np.asarray(matrix.sum(axis=1)).ravel() // 3
    price = -rng.integers(10, 99, n).astype(float)
    return programme(price, (np.zeros(n), np.ones(n)), (least, most), matrix, whole=n)


def test_it_says_nothing() -> None:
    """Neither solver nor library writes on the terminal: not on first use either, when the banner comes."""
    work = (
        "import highspy; from planner.solve.highs import new_highs, run_interruptibly\n"
        "highs = new_highs(); highs.addCol(-1.0, 0.0, 1.5, 0, [], []); run_interruptibly(highs)\n"
        "highs.changeColIntegrality(0, highspy.HighsVarType.kInteger); run_interruptibly(highs)\n"
        "assert highs.getObjectiveValue() == -1.0"
    )
    done = subprocess.run([sys.executable, "-c", work], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_options_are_taken_over() -> None:
    """Seed and further options reach HiGHS; a name that it does not know is not taken in silence."""
    highs = new_highs(seed=7, mip_rel_gap=0.25)
    assert highs.getOptionValue("random_seed")[1] == 7
    assert highs.getOptionValue("mip_rel_gap")[1] == 0.25
    assert highs.getOptionValue("threads")[1] == 1


@pytest.mark.parametrize("layout", [csr_array, csc_array])
def test_a_matrix_is_read_by_rows_or_columns(layout: type) -> None:
    """Both layouts state the same rows: x + 2y <= 4 and 3x <= 3."""
    lp = programme(
        np.array([-1.0, -1.0]),
        (np.zeros(2), np.full(2, 9.0)),
        (np.full(2, -np.inf), np.array([4.0, 3.0])),
        layout(np.array([[1.0, 2.0], [3.0, 0.0]])),
    )
    highs = new_highs()
    highs.passModel(lp)
    highs.run()
    assert list(highs.getSolution().col_value) == pytest.approx([1.0, 1.5])


def test_whole_numbers_are_whole_only_where_asked() -> None:
    """The first columns are whole; the others take up the rest."""
    row = csr_array(np.array([[2.0, 1.0]]))
    lp = programme(
        np.array([-2.0, -0.9]), (np.zeros(2), np.full(2, 5.0)), (np.array([-np.inf]), np.array([3.0])),
        row, whole=1,
    )  # fmt: skip
    highs = new_highs()
    highs.passModel(lp)
    highs.run()
    found = answer(highs)
    assert found.values is not None
    assert found.values.tolist() == pytest.approx([1.0, 1.0])
    assert found.bound == pytest.approx(-2.9)


def test_what_cannot_be_is_an_infinite_bound() -> None:
    """Two whole numbers of 0 or 1 never add up to 3."""
    lp = programme(
        np.ones(2), (np.zeros(2), np.ones(2)), (np.full(1, 3.0), np.full(1, 3.0)),
        csr_array(np.ones((1, 2))), whole=2,
    )  # fmt: skip
    highs = new_highs()
    highs.passModel(lp)
    highs.run()
    found = answer(highs)
    assert found.values is None
    assert found.bound == np.inf


def test_what_was_not_looked_at_is_not_impossible() -> None:
    """With no time there may be no plan, but the bound does not say that there is none."""
    highs = new_highs(time_limit=0.0)
    highs.passModel(knapsack(80))
    highs.run()
    assert answer(highs).bound < np.inf


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(2, 5), st.integers(2, 5), st.integers(0, 2**31))
def test_the_cheapest_point_is_that_of_another_solver(n: int, m: int, seed: int) -> None:
    """A transportation problem costs what scipy says, at a vertex: whole amounts stay whole."""
    rng = np.random.default_rng(seed)
    supply = rng.integers(1, 9, n)
    cost = rng.integers(1, 50, n * m + m).astype(float)
    cost[n * m :] = 0
    rows = np.vstack(
        [
            np.hstack([np.kron(np.eye(n), np.ones(m)), np.zeros((n, m))]),
            np.hstack([np.kron(np.ones(n), np.eye(m)), -np.eye(m)]),
        ]
    )
    right = np.r_[supply, np.zeros(m)].astype(float)
    upper = np.r_[np.repeat(supply, m), np.full(m, supply.sum() // m + 3)].astype(float)
    found = cheapest(cost, upper, csc_array(rows), right)
    other = linprog(
        cost, A_eq=rows, b_eq=right, bounds=list(zip(np.zeros(len(upper)), upper, strict=True))
    )
    assert cost @ found == pytest.approx(other.fun)
    assert found == pytest.approx(np.rint(found))


def test_equations_that_clash_are_told() -> None:
    """No point is not the point 0."""
    with pytest.raises(ValueError, match="no point"):
        cheapest(np.ones(1), np.ones(1), csc_array(np.ones((1, 1))), np.array([5.0]))


def test_another_thread_can_stop_it() -> None:
    """What is halted before it begins ends at once, with a bound that is true."""
    halt = threading.Event()
    halt.set()
    highs = new_highs()
    lp = knapsack(120, 3)
    highs.passModel(lp)
    run_interruptibly(highs, halt)
    assert highs.getModelStatus() == highspy.HighsModelStatus.kInterrupt
    assert answer(highs).bound < 0


def test_ctrl_c_is_heard_and_what_was_found_can_be_read() -> None:
    """The interrupt comes out as one, after HiGHS has stopped."""
    highs = new_highs(time_limit=60.0)
    highs.passModel(knapsack(200, 5))
    timer = threading.Timer(0.5, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run_interruptibly(highs)
    timer.join()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kInterrupt
    assert answer(highs).bound <= 0


def test_an_error_in_the_thread_comes_out() -> None:
    """What fails in the thread of HiGHS fails for the caller."""

    class Broken:
        class cbMipInterrupt:
            @staticmethod
            def subscribe(_: object) -> None: ...

        def run(self) -> None:
            raise MemoryError("no room")

    with pytest.raises(MemoryError, match="no room"):
        run_interruptibly(Broken())  # type: ignore[arg-type]


def test_coefficients_can_be_put_into_a_programme_made_elsewhere() -> None:
    """Offsets and positions are those of the matrix, as whole numbers of HiGHS's size."""
    lp = highspy.HighsLp()
    put_matrix(lp, csc_array(np.array([[0.0, 2.0], [1.0, 0.0]])))
    assert list(lp.a_matrix_.start_) == [0, 1, 2]
    assert list(lp.a_matrix_.index_) == [1, 0]
    assert list(lp.a_matrix_.value_) == [1.0, 2.0]


def covering(seed: int) -> tuple[highspy.HighsLp, np.ndarray]:
    """Six things in two of many halves, each once: a programme, and the dearest solution of it."""
    rng = np.random.default_rng(seed)
    halves = [np.isin(np.arange(6), rng.permutation(6)[: rng.integers(2, 5)]) for _ in range(50)]
    parts = np.array([*halves, *(~half for half in halves)])
    cost = rng.uniform(20, 130, len(parts))
    rows = csr_array(np.vstack([parts.T, np.ones(len(parts))]).astype(float))
    right = np.r_[np.ones(6), 2.0]
    lp = programme(
        cost, (np.zeros(len(parts)), np.ones(len(parts))), (right, right), rows, whole=len(parts)
    )
    both = cost[:50] + cost[50:]
    start = np.zeros(len(parts))
    start[[both.argmax(), both.argmax() + 50]] = 1.0
    return lp, start


@pytest.mark.parametrize("seed", range(8))
def test_a_dear_start_is_left_for_what_is_better(seed: int) -> None:
    """With a start and without the same optimum comes out, proven."""
    lp, start = covering(seed)
    cost = np.array(lp.col_cost_)
    found, plain = search(new_highs(), lp, start), search(new_highs(), lp)
    assert found.values is not None
    assert plain.values is not None
    assert cost @ found.values == pytest.approx(cost @ plain.values)
    assert found.bound == pytest.approx(cost @ found.values)
    assert cost @ plain.values < cost @ start


def test_a_start_is_kept_where_nothing_better_is_found_in_time() -> None:
    """Without a branch the start comes back, with a bound below it."""
    lp, start = covering(1)
    found = search(new_highs(mip_max_nodes=0, time_limit=0.0), lp, start)
    if found.values is not None:
        assert np.array(lp.col_cost_) @ found.values <= np.array(lp.col_cost_) @ start + 1e-9
    assert found.bound <= np.array(lp.col_cost_) @ start
