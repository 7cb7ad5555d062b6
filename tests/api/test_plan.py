"""A finished plan and its verbs: read, drawn, compared, saved past the gate, asked, proven again."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from pathlib import Path

import pytest

from planner.api.plan import AUDIENCE_OF, Plan
from planner.errors import ConfigError, PrivacyError
from planner.model.tables import PlanTables
from planner.privacy.audience import Audience
from planner.privacy.person import People, Person
from tests.plans import make_plan_tables


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Give a plan of a small town."""
    return Plan.of(make_plan_tables(nx=5, ny=4))


def test_wrapping_loses_nothing(plan: Plan) -> None:
    """Every table is the very one."""
    again = Plan.of(plan)
    assert all(getattr(again, f.name) is getattr(plan, f.name) for f in fields(PlanTables))
    assert f"{len(plan.households)} households" in repr(plan)


def test_every_file_is_saved_for_its_audience(plan: Plan, tmp_path: Path) -> None:
    """Five files; those of the office itself are readable by their owner alone; the plan comes back."""
    written = plan.save(tmp_path / "out")
    assert set(written) == set(AUDIENCE_OF)
    for name, path in written.items():
        shared = path.stat().st_mode & 0o077
        assert (shared == 0) == (AUDIENCE_OF[name] is Audience.INTERNAL), name
    for where in (tmp_path / "out", written["plan.gpkg"]):
        back = Plan.load(where)
        assert back.units["zone"].tolist() == plan.units["zone"].tolist()
        assert asdict(back.certificate) == asdict(plan.certificate)
    told = json.loads(written["summary.json"].read_text("utf-8"))
    assert told["zones"] == len(plan.zones) == plan.summary()["zones"]


def test_a_refused_map_does_not_lose_the_plan(plan: Plan, tmp_path: Path) -> None:
    """A name in a label stops the files for a meeting; the plan file is kept, sealed, and said to be."""
    name = "欧阳示例名"
    label = plan.units["label"].tolist()
    named = replace(plan, units=plan.units.assign(label=[f"{name}家", *label[1:]]))
    people = People({"h1": Person(name)}, {}, {"a resident's name": frozenset([name])})
    with pytest.raises(PrivacyError, match="resident's name") as refused:
        named.save(tmp_path, people=people)
    assert name not in str(refused.value)
    assert "plan.gpkg" in str(refused.value)
    assert [p.name for p in tmp_path.iterdir() if not p.name.startswith(".")] == ["plan.gpkg"]
    with pytest.raises(PrivacyError):  # without the sheets, known by the seal
        Plan.load(tmp_path).map()


def test_pages_that_are_not_given(plan: Plan) -> None:
    """Two plans are compared for a meeting alone, and without tiles; an unknown audience is named."""
    for audience in ("public", "internal"):
        with pytest.raises(ConfigError, match="meeting"):
            plan.map(audience=audience, against=plan)
    with pytest.raises(ConfigError, match="base map"):
        plan.map(against=plan, basemap="https://tiles.example.org/{z}/{x}/{y}.png")
    with pytest.raises(ConfigError, match="press"):
        plan.map(audience="press")
    assert plan.map(audience="public").audience is Audience.PUBLIC
    assert plan.map(against=plan).audience is Audience.MEETING


def test_a_plan_is_like_itself(plan: Plan) -> None:
    """Nothing changes hands; a place is looked up in it; its bound is proven again."""
    assert plan.compare(plan).moved == 0
    unit = plan.units[plan.units["zone"] != ""].iloc[0]
    number = plan.centres.set_index("centre_id").loc[unit["zone"], "number"]
    assert plan.lookup(unit["label"]).zone == number
    assert plan.verify(seconds=20.0).differs == ()
