"""The waist holds frozen numbers and refuses what does not fit together."""

from __future__ import annotations

import numpy as np
import pytest

from planner.model.problem import Certificate, Problem, RuleOutcome, ZoneRule


def line_of_four(**changes: object) -> Problem:
    """Four units on a line, centres at both ends, 100 m apart."""
    values: dict[str, object] = {
        "load": [10, 10, 10, 10],
        "households": [10, 10, 10, 10],
        "home": [0, 3],
        "pair_start": [0, 2, 4, 6, 8],
        "pair_centre": [0, 1] * 4,
        "walk_m": [0, 300, 100, 200, 200, 100, 300, 0],
        "adjacency": [[0, 1], [1, 2], [2, 3]],
    }
    return Problem(**(values | changes))  # type: ignore[arg-type]


def test_arrays_are_copied_and_frozen() -> None:
    """The caller's array stays free; the problem's own cannot be changed."""
    load = np.array([10.0, 10, 10, 10])
    problem = line_of_four(load=load)
    load[0] = 99
    assert problem.load[0] == 10
    with pytest.raises(ValueError, match="read-only"):
        problem.load[0] = 1


def test_pair_costs_are_load_times_walk_and_prices() -> None:
    """Walk is weighed by load; penalty and change are added as they are."""
    problem = line_of_four(penalty_m=np.ones(8), change_m=np.full(8, 2.0))
    assert problem.pair_cost_m.tolist() == [3, 3003, 1003, 2003, 2003, 1003, 3003, 3]


def test_pairs_of_finds_each_unit_or_names_the_wrong_one() -> None:
    """A centre that may not serve a unit is an error, not a silent neighbour."""
    problem = line_of_four()
    assert problem.pairs_of([0, 0, 1, 1]).tolist() == [0, 2, 5, 7]
    assert problem.pairs_of([0, -1, 1, 1]).tolist() == [0, -1, 5, 7]
    with pytest.raises(ValueError, match="unit 1 is given centre 7"):
        problem.pairs_of([0, 7, 1, 1])


def test_fingerprint_sees_numbers_and_not_the_price_of_changes() -> None:
    """Equal problems have equal digests; another walk or rule is another problem."""
    problem = line_of_four()
    assert problem.fingerprint() == line_of_four().fingerprint()
    assert problem.fingerprint() == line_of_four(change_m=np.ones(8)).fingerprint()
    assert problem.fingerprint() != line_of_four(walk_m=np.arange(8.0)).fingerprint()
    rule = ZoneRule("households_per_zone", np.ones(4), 1, 3)
    assert problem.fingerprint() != line_of_four(rules=(rule,)).fingerprint()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"home": [0, 0]}, "share one home"),
        ({"home": [0, 9]}, "home is out of range"),
        ({"walk_m": [np.inf] * 8}, "walk_m must be finite"),
        ({"walk_m": [-1.0] * 8}, "walk_m must not be negative"),
        ({"pair_start": [0, 2, 4, 6, 7]}, "pair_start"),
        ({"pair_centre": [0, 5] * 4}, "pair_centre"),
        ({"adjacency": [[1, 0]]}, "adjacency"),
        ({"rules": (ZoneRule("r", np.ones(3), 0, 1),)}, "rule r has 3 amounts"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, object], named: str) -> None:
    """The refusal names every fault."""
    with pytest.raises(ValueError, match=named):
        line_of_four(**changes)


def test_a_rule_for_some_units() -> None:
    """What it is counted for goes along, in the order asked for; its limits stay."""
    rule = ZoneRule("households_per_member", np.array([50.0, 10]), None, 25, per=np.array([1.0, 2]))
    some = rule.take(np.array([1, 0, 1]))
    assert some.amount.tolist() == [10, 50, 10]
    assert some.per is not None
    assert some.per.tolist() == [2, 1, 2]
    assert (some.name, some.low, some.high) == (rule.name, None, 25)
    assert rule.take(np.array([0])).amount.tolist() == [50]


def test_penalties_cannot_flatter_the_optimality_gap() -> None:
    """The gap is measured against the cost alone."""
    made = Certificate(1000, 9000, 0, 9900, (), (), (), 0)
    assert made.optimality_gap == pytest.approx(0.1)
    assert made.zones_connected


def test_the_worst_of_a_rule_is_the_side_that_breaks_more() -> None:
    """Whichever limit is broken more, or is nearer, is shown."""
    assert RuleOutcome("r", 5, 10, 3, 11, 2).worst == 3
    assert RuleOutcome("r", 5, 10, 6, 10, 0).worst == 10
    assert RuleOutcome("r", None, 10, 6, 9, 0).worst == 9
