"""The page of a comparison tells what changes hands, and never a small count."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.api.plan import Plan
from planner.errors import ConfigError, InputError, PrivacyError
from planner.model.tables import PlanTables
from planner.plan.compare import compared
from planner.privacy import Secrets, check_page
from planner.privacy.audience import Audience
from planner.render.map.pair import compare_page, compare_payload
from tests.plan.test_compare import movable, recut
from tests.plans import make_plan_tables


@pytest.fixture(scope="module")
def before() -> PlanTables:
    """Give a plan."""
    return make_plan_tables(moved=False)


@pytest.fixture(scope="module")
def after(before: PlanTables) -> PlanTables:
    """Give it with twelve units moved."""
    return recut(before, movable(before, 12))


def test_the_gate_passes_the_page(before: PlanTables, after: PlanTables, tmp_path: Path) -> None:
    """The finished page holds no id but the centres', is the same twice, and can be saved."""
    page = compare_page(compared(before, after))
    check_page(page.html, Audience.MEETING, Secrets.of(after))
    assert page.html == compare_page(compared(before, after)).html
    assert page.save(tmp_path / "compare.html").stat().st_size > 50_000


def test_plans_of_two_towns_are_no_pair(before: PlanTables) -> None:
    """Plans without a home or building in common are refused; "nothing moved" would be untrue."""
    away = {
        name: frame.set_geometry(frame.geometry.translate(1.5, 0.4))
        for name, frame in (("units", before.units), ("households", before.households))
    }
    with pytest.raises(InputError, match="in common"):
        compared(before, replace(before, **away))


def test_the_gate_refuses_an_id(before: PlanTables, after: PlanTables) -> None:
    """An id of the plan before alone, in a label of the plan after, stops the page."""
    secret = before.households["household_id"].iloc[5]
    after = replace(after, households=after.households.iloc[6:].reset_index(drop=True))
    label = after.units["label"].to_numpy(object).copy()
    label[3] = f"新村路 {secret} 收"
    with pytest.raises(PrivacyError) as refused:
        compare_page(compared(before, replace(after, units=after.units.assign(label=label))))
    assert secret not in str(refused.value)


def test_small_counts_are_hidden(before: PlanTables, after: PlanTables) -> None:
    """No count below the threshold, and no exact one: what is told lies within one of the truth."""
    comparison = compared(before, after)
    _, heavy = compare_payload(comparison)
    told = heavy["compare"]
    counts = np.array(told["counts"])
    exact = comparison.rows["households"].to_numpy()
    assert not np.isin(counts, range(1, 10)).any()
    assert (counts[exact < 10] < 0).all()
    assert (np.abs(counts - exact)[counts > 0] <= 1).all()
    assert abs(told["moved"] - comparison.moved) <= 4
    assert not np.isin([flow[2] for flow in told["flows"]], range(1, 10)).any()
    assert set(heavy["before"]["units"]["moved"]) <= {0, -1}


def test_homes_that_came_or_went_are_not_told_by_the_totals(before: PlanTables) -> None:
    """A few homes that joined are hidden together with those that left: both totals stand on the page."""
    after = replace(before, households=before.households.iloc[3:].reset_index(drop=True))
    _, heavy = compare_payload(compared(before, after))
    assert (heavy["compare"]["joined"], heavy["compare"]["left"]) == (-2, -2)


def test_what_stays_behind_is_not_told_either(before: PlanTables) -> None:
    """Where all but one home of a building go, how many go is hidden."""
    homes = before.households
    unit = before.units["unit_id"].iloc[int(before.units["households"].to_numpy().argmax())]
    rows = np.flatnonzero(homes["unit_id"].to_numpy() == unit)
    zone = homes["zone"].to_numpy(object).copy()
    other = next(c for c in before.centres["centre_id"] if c != zone[rows[0]])
    zone[rows[1:]] = other
    after = replace(before, households=homes.assign(zone=zone))
    comparison = compared(before, after)
    assert comparison.moved == len(rows) - 1
    _, heavy = compare_payload(comparison)
    assert all(count < 0 for count in heavy["compare"]["counts"])


def test_both_plans_lie_on_one_grid(before: PlanTables, after: PlanTables) -> None:
    """Zones and units before are told in steps from the origin of the plan after."""
    west = before.units.geometry.translate(xoff=-0.003, yoff=-0.001)
    shifted = replace(before, units=before.units.set_geometry(west))
    payload, heavy = compare_payload(compared(shifted, after))
    x = np.array(payload["units"]["x"]) - np.array(heavy["before"]["units"]["x"])
    y = np.array(payload["units"]["y"]) - np.array(heavy["before"]["units"]["y"])
    assert np.abs(x - 3000).max() <= 1
    assert np.abs(y - 1000).max() <= 1
    assert payload["view"][0] <= heavy["before"].get("view", [200])[0]


def test_the_verbs(before: PlanTables, after: PlanTables) -> None:
    """`Plan.compare` and `Plan.map(against=)` give it; only a meeting may have it."""
    old, new = Plan.of(before), Plan.of(after)
    assert new.compare(old).moved == compared(before, after).moved
    assert new.map(against=old).html == compare_page(compared(before, after)).html
    with pytest.raises(ConfigError):
        new.map(against=old, audience="public")


def test_the_command(before: PlanTables, after: PlanTables, tmp_path: Path) -> None:
    """`planner compare OLD NEW` writes the page, says the sum, and overwrites only when told to."""
    from typer.testing import CliRunner

    from planner.cli import app
    from planner.plan.store import store_plan

    for name, tables in (("old", before), ("new", after)):
        store_plan(tables, tmp_path / f"{name}.gpkg")
    out = tmp_path / "compare.html"
    words = ["compare", str(tmp_path / "old.gpkg"), str(tmp_path / "new.gpkg"), "--out", str(out)]
    run = CliRunner().invoke(app, words)
    assert run.exit_code == 0, run.output
    assert f"{compared(before, after).moved} of" in run.output
    assert "plan-packed" in out.read_text("utf-8")
    again = CliRunner().invoke(app, words)
    assert isinstance(again.exception, ConfigError)
    assert CliRunner().invoke(app, [*words, "--force"]).exit_code == 0
