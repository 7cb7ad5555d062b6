"""What is tried is tried on the plan that stands; the Python that is told makes the same plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.api.panel.trial import Trial, Wanted
from planner.api.plan import Plan
from planner.errors import ConfigError
from planner.model.project import Project
from planner.plan.provenance import locks_of
from tests.api.small import write_small_office

FIRST = Wanted(
    {"members_per_zone": (1, 3), "households_per_member": (1, 12), "walk_m": (None, 600)}
)
FEWER = Wanted({"households_per_zone": (1, 8)}, (1,), 50.0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Twelve homes, three members, two of them centres."""
    return write_small_office(tmp_path)


@pytest.fixture
def trial(file: Path) -> Trial:
    """The same, on which nothing was tried."""
    return Trial(Project.read(file), file=str(file))


def told_of(plan: Plan) -> pd.DataFrame:
    """Who belongs to whom."""
    return pd.DataFrame(plan.households.drop(columns="geometry"))


def made_by(code: str) -> Plan:
    """Run the Python that a panel tells."""
    made: dict[str, Any] = {}
    exec(code, made)  # the code is the panel's own
    return made["plan"]


def test_the_form_says_what_holds(trial: Trial) -> None:
    """Limits of the project before there is a plan, those of the plan behind, its zones by their numbers."""
    rules = {rule["name"]: rule for rule in trial.form()["rules"]}
    assert (rules["members_per_zone"]["low"], rules["members_per_zone"]["high"]) == (5, 10)
    assert rules["walk_m"]["high"] == 500
    assert trial.form()["zones"] == []
    trial.attempt(FIRST)
    assert trial.form()["zones"] == []
    trial.accept()
    rules = {rule["name"]: rule for rule in trial.form()["rules"]}
    assert (rules["members_per_zone"]["low"], rules["members_per_zone"]["high"]) == (1, 3)
    assert rules["households_per_zone"]["high"] == 36
    assert rules["walk_m"]["high"] == 600
    assert trial.form()["zones"] == [{"number": n, "stays": False} for n in (1, 2)]


def test_the_python_makes_the_same_plan(trial: Trial) -> None:
    """Of the first attempt, and of one on the plan that was accepted, rules and zones that stay in it."""
    first = trial.attempt(FIRST)
    pd.testing.assert_frame_equal(told_of(made_by(trial.code)), told_of(first))
    trial.accept()
    second = trial.attempt(FEWER)
    again = made_by(trial.code)
    pd.testing.assert_frame_equal(told_of(again), told_of(second))
    assert again.rules == second.rules
    assert locks_of(again) == locks_of(second) != ()


def test_attempts_do_not_add_up(trial: Trial) -> None:
    """Each begins from the plan that was accepted last, whatever was tried in between."""
    trial.attempt(FIRST)
    stands = trial.accept()
    straight = trial.attempt(FEWER)
    trial.attempt(Wanted({"households_per_zone": (2, 11)}, (2,)))
    assert trial.plan is stands
    pd.testing.assert_frame_equal(told_of(trial.attempt(FEWER)), told_of(straight))
    assert trial.accept() is trial.plan
    assert trial.form()["zones"] == [{"number": 1, "stays": True}, {"number": 2, "stays": False}]


def test_a_zone_may_be_let_go(trial: Trial) -> None:
    """What stays is what is ticked: one that is ticked no more is unlocked."""
    trial.attempt(FIRST)
    trial.accept()
    trial.attempt(FEWER)
    trial.accept()
    trial.attempt(Wanted())
    assert "unlock" in trial.code
    assert locks_of(trial.accept()) == ()


def test_a_plan_that_stands_is_gone_on_with(trial: Trial, file: Path, tmp_path: Path) -> None:
    """From its file or from memory; the Python says which."""
    plan = trial.attempt(FIRST)
    trial.accept()
    plan.save(tmp_path / "out")
    project = trial.project
    later = Trial(project, Plan.load(tmp_path / "out"), "", str(tmp_path / "out"))
    later.attempt(FEWER)
    assert "# project: the one that was given" in later.code
    assert f"planner.Plan.load({str(tmp_path / 'out')!r})" in later.code
    assert "# plan: the one that was given" in Trial(project, plan, str(file)).code


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Wanted({"households_per_zone": (9, 8)}), "9 is above"),
        (Wanted({"no_such": (1, 2)}), "no_such"),
        (Wanted(stay=(7,)), "no zone 7"),
        (Wanted(price_m=-1.0), "negative"),
    ],
)
def test_what_is_refused_leaves_what_stands(trial: Trial, wanted: Wanted, says: str) -> None:
    """And nothing can be accepted then."""
    trial.attempt(FIRST)
    stands, code = trial.accept(), trial.code
    with pytest.raises(ConfigError, match=says):
        trial.attempt(wanted)
    assert (trial.plan, trial.code) == (stands, code)
    with pytest.raises(ConfigError, match="nothing was tried"):
        trial.accept()
