"""Commands that make a plan: what they refuse at once, what they end with, what they list."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from planner.api.plan import Plan
from planner.errors import Finding, Severity
from tests.api.small import write_small_office
from tests.conftest import Cli
from tests.plans import make_plan_tables, without_gaps


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("demo", "--town", "atlantis"), "atlantis"),
        (("demo", "--town", "bagongshan", "--seed", "3"), "bagongshan"),
        (("rules", "nobody"), "nobody"),
        (("zone", "none.toml"), "none.toml"),
    ],
)
def test_what_cannot_be_begun(cli: Cli, tmp_path: Path, words: tuple[str, ...], why: str) -> None:
    """Ends in code 2 with the word that is wrong, and nothing is written."""
    said = cli(*words)
    assert said.returncode == 2
    assert why in said.stderr.replace("\n", "")
    assert not (tmp_path / "out").exists()


def test_a_small_office_is_planned(cli: Cli, tmp_path: Path) -> None:
    """The plan is written and told; --strict says what it breaks, and the plan is there all the same."""
    write_small_office(tmp_path)
    said = cli("zone", "planner.toml", "--json")
    assert said.returncode == 0, said.stderr
    told = json.loads(said.stdout)
    assert told["zones"] == 2
    assert Path(told["files"]["plan.gpkg"]).is_file()
    strict = cli("zone", "planner.toml", "--strict", "--out", "strict")
    assert strict.returncode == 3
    assert "households_per_zone" not in strict.stderr  # in words
    assert (tmp_path / "strict" / "plan.gpkg").is_file()


@pytest.mark.parametrize(
    ("stopped", "strict", "code"),
    [("interrupt", True, 6), ("interrupt", False, 6), ("gap", False, 0)],
)
def test_how_a_plan_ends(stopped: str, strict: bool, code: int) -> None:
    """By hand comes before everything; otherwise a plan that is not asked to be strict is done."""
    import typer

    from planner.cli.planning import leave

    made = make_plan_tables(nx=5, ny=4)
    tables = replace(made, provenance={**made.provenance, "stopped": stopped})
    if not code:
        leave(Plan.of(tables), strict=strict)
        return
    with pytest.raises(typer.Exit) as left:
        leave(Plan.of(tables), strict=strict)
    assert left.value.exit_code == code


def test_what_strict_holds_against_a_plan() -> None:
    """Broken rules and zones that fall apart before homes that were held; a clean plan is 0."""
    from planner.cli.planning import _strict_code

    tables = make_plan_tables(nx=5, ny=4)
    whole = replace(tables.certificate, violations=(), disconnected=())
    clean = replace(without_gaps(tables), certificate=whole, findings=())
    assert _strict_code(Plan.of(clean)) == 0
    held = Finding("duplicate-id", Severity.HOLD, "twice", "重复")
    noted = replace(held, severity=Severity.WARN)
    assert _strict_code(Plan.of(replace(clean, findings=(noted,)))) == 0
    assert _strict_code(Plan.of(replace(clean, findings=(held,)))) == 2
    assert _strict_code(Plan.of(replace(clean, gaps=tables.gaps))) == (2 if len(tables.gaps) else 0)
    apart = replace(clean, certificate=replace(whole, disconnected=(0,)), findings=(held,))
    assert _strict_code(Plan.of(apart)) == 3
