"""Two-way choice from files: a plan that counts wishes, what it meets, the next month, the trade-off."""

from __future__ import annotations

import stat
from pathlib import Path

import pandas as pd
import pytest
from msgspec import structs

from planner.api.plan import Plan
from planner.api.rezone.run import Changed, rezone
from planner.api.service.wishing import two_way
from planner.api.zone import run
from planner.errors import ConfigError
from planner.model.project import Project
from planner.plan.changefile import Changes, Move
from planner.plan.changes import apply_changes
from planner.plan.provenance import plan_fingerprint
from planner.privacy.reader import parts_of
from planner.render.map.page import roster_payload
from planner.render.text.words import wish_words
from tests.api.rezone.office import write_office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Path]:
    """A building at the border wishes for the next centre; one home for one that is not there."""
    folder = tmp_path_factory.mktemp("office")
    write_office(folder)
    rows = [f"H02{h:02d},M040,M010" for h in range(12)] + ["H1000,M999,", "X,M040,"]
    (folder / "wishes.csv").write_text("编号,意愿1,意愿2\n" + "\n".join(rows) + "\n", "utf-8")
    members = pd.read_csv(folder / "members.csv", dtype=str)
    members["角色"] = members["编号"].map({"M000": "社区两委委员"}).fillna("")
    members.to_csv(folder / "members.csv", index=False)
    project = folder / "planner.toml"
    text = project.read_text("utf-8") + '\n[affinity]\nwishes = "wishes.csv"\nwish_m = 500\n'
    project.write_text(text, "utf-8")
    plan = run(Project.read(project))
    plan.save(folder / "out")
    return Plan.load(folder / "out"), project


def test_wishes_are_met_where_they_are_worth_it(office: tuple[Plan, Path], tmp_path: Path) -> None:
    """The building goes where it wishes: proven, counted, in a workbook, and in no file for a meeting."""
    plan, project = office
    homes = plan.households.set_index("household_id")["zone"]
    assert {homes[f"H02{h:02d}"] for h in range(12)} == {"M040"}
    assert plan.provenance["wishes"] == {
        "wishes": 12, "first": 12, "second": 0, "third": 0, "unmet": 0,
    }  # fmt: skip
    assert plan.verify(seconds=60).holds
    found = two_way(plan, project, curve=True, seconds=9.0)
    assert found.figures()["first"] == 12
    assert len(found.told.curve) == 9
    assert found.told.curve["first"].iloc[0] < 12
    assert {f.code for f in found.findings} == {"wish-nobody", "wish-no-centre"}
    path = found.save(tmp_path)["wishes.internal.xlsx"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    page = "".join(part.text for part in parts_of(plan.map().html.encode(), "map.html"))
    assert "东社区" in page
    for text in (page, plan.report().text):
        assert "意愿" not in text


def test_an_edit_counts_them_anew(office: tuple[Plan, Path], tmp_path: Path) -> None:
    """A meeting gives the building back: from the plan's file alone its wishes are counted again."""
    plan, _ = office
    (unit,) = set(plan.households.loc[plan.households["household_id"].str.match("H02"), "unit_id"])
    reached = plan.problem.pair_centre[
        plan.problem.pair_unit == list(plan.units["unit_id"]).index(unit)
    ]
    ids = plan.centres["centre_id"].to_numpy(str)
    for to in [str(ids[c]) for c in reached if ids[c] != "M040"]:
        move = Move(unit, "M040", to)
        changes = Changes(
            "planner-changes-1", plan_fingerprint(plan), "2026-05-18T09:30:00Z", (move,), (), ()
        )
        made = apply_changes(plan, structs.replace(changes, insist=True))
        second = 12 if to == "M010" else 0
        assert made.provenance["wishes"] == {
            "wishes": 12, "first": 0, "second": second, "third": 0, "unmet": 12 - second,
        }  # fmt: skip
        assert wish_words(made)[0][1].startswith(f"wishes for a centre: {second} of 12")
    listed = roster_payload(plan)["wishes"]
    assert listed["zones"] == [[list(ids).index(m) for m in ("M040", "M010")]] * 12
    assert {plan.units["unit_id"].iloc[u] for u in listed["unit"]} == {unit}
    assert "H02" not in plan.wished.to_csv()  # type: ignore[union-attr]


def test_the_next_month_counts_them_again(office: tuple[Plan, Path], tmp_path: Path) -> None:
    """A re-zoning goes by the wishes of today."""
    plan, project = office
    (tmp_path / "changes.csv").write_text("事项,编号\n住户迁出,H0000\n", "utf-8")
    new = rezone(plan, project, Changed(tmp_path / "changes.csv"))
    homes = new.households.set_index("household_id")["zone"]
    assert {homes[f"H02{h:02d}"] for h in range(12)} == {"M040"}
    assert new.provenance["wishes"]["first"] == 12


def test_a_project_without_wishes(office: tuple[Plan, Path], tmp_path: Path) -> None:
    """It is said which line is wanting."""
    plan, project = office
    text = project.read_text("utf-8").replace('wishes = "wishes.csv"\n', "")
    other = project.parent / "other.toml"
    other.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match="wishes"):
        two_way(plan, other)
