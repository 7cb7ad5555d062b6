"""What is asked of a run: which plan stands, and what a home that changes hands costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.api.opening import Opened, open_project
from planner.api.plan import Plan
from planner.api.progress import Clock
from planner.api.task import Case, Task, Wishes
from planner.errors import InputError
from planner.model.project import Project
from planner.plan.store import store_plan
from tests.api.small import write_small_office
from tests.office import RULES, office, street
from tests.plans import make_plan_tables


def test_no_plan_stands() -> None:
    """A first plan is made of nothing."""
    assert Wishes().previous_plan() is None


def test_a_plan_and_its_file_are_the_same_plan(tmp_path: Path) -> None:
    """Given as a value, as a file, or as the folder that the file lies in."""
    tables = make_plan_tables()
    store_plan(tables, tmp_path / "plan.gpkg")
    value = Wishes(Plan.of(tables)).previous_plan()
    assert value is not None
    assert value.fingerprint == tables.problem.fingerprint()
    assert Wishes(tmp_path / "plan.gpkg").previous_plan() == value
    assert Wishes(str(tmp_path)).previous_plan() == value


def test_a_sheet_may_stand_for_a_plan(tmp_path: Path) -> None:
    """Homes and centres as the office keeps them; one that is missing is named."""
    sheet = tmp_path / "old.csv"
    sheet.write_text("编号,中心户\nH1,M2\nH2,M9\n", "utf-8")
    kept = Wishes(sheet).previous_plan()
    assert kept is not None
    assert (kept.zone, kept.centres, kept.fingerprint) == (
        {"H1": "M2", "H2": "M9"},
        ("M2", "M9"),
        "",
    )
    with pytest.raises(InputError, match="none"):
        Wishes(tmp_path / "none.csv").previous_plan()


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Give an office whose project states a price."""
    project = write_small_office(tmp_path, "[affinity]\nmove_price_m = 350\n")
    return open_project(Project.read(project), Clock(None))


@pytest.mark.parametrize(("asked", "price"), [(None, 350.0), (0.0, 0.0), (90.0, 90.0)])
def test_what_is_asked_wins_over_the_project(
    opened: Opened, asked: float | None, price: float
) -> None:
    """Nought is a price too."""
    assert Task(opened, Wishes(move_price_m=asked)).move_price_m == price


def test_a_case_says_what_repairs_are_sought_around(opened: Opened) -> None:
    """Demand, members and rules of the case, on the network of the project."""
    located, demand, _ = office(*street(6))
    case = Case(Task(opened, Wishes()), located, RULES, demand)
    assert case.opened is opened
    setting = case.setting
    assert setting.demand is demand
    assert setting.members is located.members
    assert setting.network is opened.ground.network
    assert setting.rules is RULES
