"""Communities with rules of their own: from the project file to the plan, an edit and the next month."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from planner.api.plan import Plan
from planner.api.rezone.run import Changed, Keeping, rezone
from planner.api.zone import run
from planner.errors import ConfigError
from planner.model.project import Project
from planner.model.rules import RuleBook
from planner.plan.changefile import FORMAT
from planner.plan.frames import assignment_of
from planner.plan.provenance import plan_fingerprint
from tests.api.rezone.office import write_office

EAST = """
[rules.by_fence."东社区"]
households_per_zone = { low = 30, high = 40 }
members_per_zone = { low = 2, high = 4 }
households_per_member = { low = 4, high = 9 }
"""
WHEN = datetime(2026, 3, 1, tzinfo=UTC)


def office(folder: Path, more: str = EAST) -> Project:
    """Write the office of two communities, one with rules of its own."""
    write_office(folder)
    text = (folder / "planner.toml").read_text("utf-8")
    assert "[affinity]" not in text
    more += "[affinity]\ncompound_m = 0  # what stays parted would be a gap, here the best is asked for\n"
    (folder / "planner.toml").write_text(text.replace("[search]", f"{more}\n[search]"), "utf-8")
    return Project.read(folder)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The office."""
    return office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def plan(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """As it comes back from its file."""
    run(project).save(tmp_path_factory.mktemp("plan"))
    folder = tmp_path_factory.mktemp("again")
    run(project).save(folder)
    return Plan.load(folder)


def test_each_community_has_its_own_limits(plan: Plan) -> None:
    """In the model, the certificate, the summary and the second proof."""
    told = {r.name: (r.low, r.high) for r in plan.certificate.rules}
    assert told["households_per_zone"] == (12, 60)
    assert told["households_per_zone@东社区"] == (30, 40)
    assert told["members_per_zone@东社区"] == (2, 4)
    homes = plan.centres.set_index("centre_id")["households"]
    east = plan.centres["fence"] == "东社区"
    outcomes = {r.name: r for r in plan.certificate.rules}
    for name, mine in (("households_per_zone", ~east), ("households_per_zone@东社区", east)):
        own = homes[plan.centres.loc[mine, "centre_id"]]
        assert (outcomes[name].lowest, outcomes[name].highest) == (own.min(), own.max())
    text = plan.report().text
    assert "每个责任区户数（东社区） households in a zone (东社区)" in text
    assert "30–40" in text
    assert plan.verify(seconds=60).holds
    assert plan.certificate.optimality_gap == pytest.approx(0, abs=1e-6)


def test_members_serve_by_the_rule_of_their_community(plan: Plan) -> None:
    """Nine homes at most in the one, up to twenty in the other."""
    held = plan.members.groupby("fence")["households"].max()
    assert held["东社区"] <= 9
    assert plan.provenance["staffing"]["over"] == 0


def test_a_rule_alone_makes_another_plan(project: Project, plan: Plan, tmp_path: Path) -> None:
    """The community without rules of its own is cut as if there were no others."""
    whole = run(office(tmp_path, ""))
    west = whole.units["fence"] == "西社区"
    assert (whole.units["zone"][west].tolist()) == plan.units["zone"][west].tolist()
    assert not any("@" in r.name for r in whole.certificate.rules)


def test_what_breaks_is_told_of_its_community(tmp_path: Path) -> None:
    """Limits that nobody can keep in the one: its zones break them, and clash and remedy name it."""
    task = office(tmp_path, EAST.replace("low = 30, high = 40", "low = 90, high = 99"))
    plan = run(replace(task, search=replace(task.search, advice_seconds=5.0)))
    broken = {v.rule for v in plan.certificate.violations}
    assert "households_per_zone@东社区" in broken
    assert "households_per_zone" not in broken
    advice = plan.provenance["advice"]
    assert {c["fence"] for c in advice["clashes"] if c["rule"] == "households_per_zone"} == {
        "东社区"
    }
    assert any("东社区" in r["what_zh"] for r in advice["repairs"])
    # the nearest rules that its counts allow are offered for that community alone
    assert set(advice["fitting_by_fence"]) == {"东社区"}
    assert "rules of its own that fit" in plan.report().text
    assert not any("西社区" in r["where"] for r in advice["repairs"])


def test_an_edit_keeps_the_rules(plan: Plan) -> None:
    """Applied and completed, the plan still has both books, and is audited by them."""
    problem, now = plan.problem, assignment_of(plan)
    unit = next(
        u
        for u in np.flatnonzero(~np.isin(np.arange(problem.n_units), problem.home))
        if problem.pair_start[u + 1] - problem.pair_start[u] > 1
    )
    pairs = problem.pair_centre[problem.pair_start[unit] : problem.pair_start[unit + 1]]
    other = int(next(c for c in pairs if c != now[unit]))
    ids = plan.centres["centre_id"]
    value = {
        "format": FORMAT,
        "plan": plan_fingerprint(plan),
        "created": "2026-05-18T09:00:00Z",
        "moves": [
            {"unit": plan.units["unit_id"][unit], "from": ids[int(now[unit])], "to": ids[other]}
        ],
        "locks": [],
        "unlocked": [],
        "notes": [],
    }
    made = plan.apply(json.dumps(value).encode(), complete=True)
    assert made.rules == plan.rules
    assert [r.fences for r in made.problem.rules] == [r.fences for r in problem.rules]
    names = [r.name for r in made.certificate.rules]
    assert names == [r.name for r in plan.certificate.rules]


def test_the_next_month_keeps_the_rules(plan: Plan, project: Project, tmp_path: Path) -> None:
    """What happens in one community leaves the other as it is, and both have their rules."""
    (tmp_path / "changes.csv").write_text("事项,编号\n中心户退出,M010\n", "utf-8")
    new = rezone(plan, project, Changed(tmp_path / "changes.csv"), Keeping(), when=WHEN)
    assert new.rules.by_fence.keys() == {"东社区"}
    west = new.units["fence"] == "西社区"
    before = plan.units["fence"] == "西社区"
    assert new.units["zone"][west].tolist() == plan.units["zone"][before].tolist()
    told = {r.name: (r.low, r.high) for r in new.certificate.rules}
    assert told["households_per_zone@东社区"] == (30, 40)


def test_profiles_and_slips_of_the_pen(tmp_path: Path) -> None:
    """A community may have a profile; one that is not there is told; a walk of its own is refused."""
    book = office(tmp_path, '[rules.by_fence."东社区"]\nprofile = "one-plus-ten"\n').rules
    assert book.in_fence("东社区").households_per_member.high == 10
    assert book.in_fence("东社区").walk == book.walk
    assert book.in_fence("西社区") is book
    assert RuleBook.from_mapping(book.to_mapping()) == book
    (tmp_path / "a").mkdir()
    slip = run(office(tmp_path / "a", EAST.replace("东社区", "冬社区")))
    assert [f.code for f in slip.findings if f.code == "rules-no-fence"] == ["rules-no-fence"]
    for k, wrong in enumerate(
        ("walk = { limit_m = 5 }", "households_per_zon = 3", "profile = 'x'")
    ):
        (tmp_path / str(k)).mkdir()
        with pytest.raises(ConfigError):
            office(tmp_path / str(k), f'[rules.by_fence."东社区"]\n{wrong}\n')
    with pytest.raises(ConfigError, match="no table"):
        RuleBook.from_mapping({"by_fence": {"东社区": 3}})
