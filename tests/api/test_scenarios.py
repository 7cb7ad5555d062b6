"""Several plans in one table, with a picture each, exact for the office and rounded for a meeting."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from planner.api.plan import Plan
from planner.api.scenarios import compare
from planner.errors import ConfigError, OutputError, PrivacyError
from planner.plan.frames import assignment_of
from tests.plans import make_plan_tables


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Give a plan of a small town."""
    return Plan.of(make_plan_tables(nx=5, ny=4, moved=False))


@pytest.fixture(scope="module")
def other(plan: Plan) -> Plan:
    """Give the same with one unit in another zone."""
    chosen = assignment_of(plan)
    problem = plan.problem
    for unit in range(problem.n_units):
        may = problem.pair_centre[problem.pair_start[unit] : problem.pair_start[unit + 1]]
        if unit not in problem.home and chosen[unit] >= 0 and len(may) > 1:
            chosen[unit] = next(c for c in may if c != chosen[unit])
            break
    return Plan.from_assignment(problem, chosen, plan=plan)


def test_one_row_a_plan(plan: Plan, other: Plan) -> None:
    """Figures are those of each plan; what moved is counted against the first."""
    table = compare([plan, other], names=["甲", "乙"]).table()
    assert list(table.index) == ["甲", "乙"]
    assert table.loc["甲", "cost_m"] == plan.certificate.cost_m
    assert table.loc["乙", "value_m"] == other.certificate.value_m
    assert table.loc["甲", "moved"] == 0
    changed = plan.units["zone"].to_numpy() != other.units["zone"].to_numpy()
    assert table.loc["乙", "moved"] == plan.units["households"].to_numpy()[changed].sum() > 0


def test_each_rule_of_each_plan(plan: Plan, other: Plan) -> None:
    """Low, high, worst and how often broken."""
    rules = compare([plan, other]).rules()
    assert len(rules) == len(plan.certificate.rules) + len(other.certificate.rules)
    first = plan.certificate.rules[0]
    name = rules.index[0][0]
    assert rules.loc[(name, first.name), "worst"] == first.worst


def test_plans_may_be_files(plan: Plan, tmp_path: Path) -> None:
    """A folder is as good as a plan."""
    plan.save(tmp_path / "out")
    desk = compare([plan, tmp_path / "out", str(tmp_path / "out" / "plan.gpkg")])
    assert desk.table()["value_m"].nunique() == 1
    assert len(repr(desk)) < 200


def test_plans_of_other_towns_share_no_home(plan: Plan) -> None:
    """Then nothing is said of homes that move."""
    units = pd.DataFrame({"unit": ["a"], "households": [2], "lon": [10.0], "lat": [50.0]})
    pairs = pd.DataFrame({"unit": ["a"], "centre": ["c"], "walk_m": [0.0]})
    from planner.model.problem import Problem

    centres = pd.DataFrame({"centre": ["c"], "unit": ["a"]})
    away = Plan.from_assignment(Problem.from_frames(units, pairs, centres), [0], units=units)
    desk = compare([plan, away])
    assert pd.isna(desk.table()["moved"].iloc[1])
    assert "–" in desk.page()


def test_the_page_is_for_a_meeting(plan: Plan, other: Plan, tmp_path: Path) -> None:
    """A picture of each plan, no id and no home; it may be written again, and over nothing else."""
    desk = compare([plan, other], names=["甲 <b>", "乙"])
    page = desk.page()
    assert page.count("<svg") == 2
    assert "甲 &lt;b&gt;" in page
    assert "H0000" not in page
    assert "src=" not in page
    path = desk.save(tmp_path / "scenarios.html")
    assert desk.save(path).read_text("utf-8") == page
    assert desk._repr_html_() in page
    (tmp_path / "own.html").write_text("<html>mine</html>", "utf-8")
    with pytest.raises(OutputError):
        desk.save(tmp_path / "own.html")
    with pytest.raises(OutputError):
        desk.save(tmp_path / "scenarios.txt")


def test_the_gate_reads_the_page(plan: Plan, other: Plan) -> None:
    """A plan that is called after a citizen's number is not shown."""
    with pytest.raises(PrivacyError):
        compare([plan, other], names=["11010519491231002X", "乙"]).page()


def test_what_cannot_be_compared(plan: Plan) -> None:
    """One plan, or names that do not fit, are told."""
    for plans in ([plan], plan, []):
        with pytest.raises(ConfigError, match="two or more"):
            compare(plans)  # type: ignore[arg-type]
    for names in (["a"], ["a", "a"]):
        with pytest.raises(ConfigError, match="2 different"):
            compare([plan, plan], names=names)
