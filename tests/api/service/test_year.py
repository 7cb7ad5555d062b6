"""The report of a period from files: kept once, told in both languages, and nobody in what is public."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import pytest

from planner.api.plan import Plan
from planner.api.service.year import year_report
from planner.errors import ConfigError, PrivacyError
from planner.plan.store import store_plan
from tests.plan.care.town import care_town
from tests.plan.service.logs import log_text


@pytest.fixture
def office(tmp_path: Path) -> tuple[Plan, Path, Path]:
    """A plan, its project, and the log of a year."""
    plan, project = care_town()
    homes, members = plan.households["household_id"].tolist(), plan.members["member_id"].tolist()
    (tmp_path / "log.csv").write_text(log_text(homes, members), "utf-8")
    return plan, project, tmp_path / "log.csv"


def test_a_year_from_files(office: tuple[Plan, Path, Path], tmp_path: Path) -> None:
    """Its figures, a public text that names nobody, an internal workbook, a store that has each row once."""
    plan, project, log = office
    store = tmp_path / "store" / "log.sqlite"
    found = year_report(plan, [log], "2025-01-01", project=project, store=store)
    figures = found.figures()["figures"]
    wanted = {"activity": 1000, "problem": 600, "opinion": 60, "visit": 550, "mediation": 120}
    assert wanted | {"pairing": 50, "wish": 80} == {
        k: figures[k] for k in (*wanted, "pairing", "wish")
    }
    written = found.save(tmp_path / "out", with_map=True)
    assert set(written) == {"year.internal.xlsx", "year.public.md", "year.public.html"}
    assert stat.S_IMODE(written["year.internal.xlsx"].stat().st_mode) == 0o600
    assert stat.S_IMODE(store.stat().st_mode) == 0o600
    text = written["year.public.md"].read_text("utf-8")
    assert "开展活动1,000场次" in text
    for secret in (*plan.households["household_id"], *plan.members["member_id"]):
        assert str(secret) not in text
    again = year_report(
        plan, [log], date(2025, 1, 1), date(2025, 12, 31), project=project, store=store
    )
    assert again.figures()["added"] == 0
    assert again.figures()["figures"] == figures
    kept = year_report(plan, (), "2025-01-01", project=project, store=store)
    assert kept.public_text() == found.public_text()
    assert kept.save(tmp_path / "out")["year.public.md"].read_text("utf-8") == text


def test_a_quarter_of_what_is_kept(office: tuple[Plan, Path, Path], tmp_path: Path) -> None:
    """Four quarters add up to the year, but for homes that are paired in more than one."""
    plan, project, log = office
    year = year_report(plan, [log], "2025-01-01", project=project)
    parts = [
        year_report(plan, [log], f"2025-{m:02d}-01", end, project=project).year.tallies.sums()
        for m, end in ((1, "2025-03-31"), (4, "2025-06-30"), (7, "2025-09-30"), (10, "2025-12-31"))
    ]
    whole = year.year.tallies.sums()
    assert {code: sum(p[code] for p in parts) for code in whole} == whole


def test_what_cannot_be_told(office: tuple[Plan, Path, Path], tmp_path: Path) -> None:
    """No log, no day; a plan that does not know its people tells the public nothing, and writes nothing."""
    plan, _, log = office
    with pytest.raises(ConfigError, match="no log"):
        year_report(plan, (), "2025-01-01")
    with pytest.raises(ConfigError, match="no day"):
        year_report(plan, [log], "soon")
    blind = Plan.of(plan)
    object.__setattr__(
        blind, "provenance", {k: v for k, v in plan.provenance.items() if k != "guard"}
    )
    with pytest.raises(PrivacyError):
        year_report(blind, [log], "2025-01-01").save(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_own_figures_and_headings(office: tuple[Plan, Path, Path], tmp_path: Path) -> None:
    """A project names its own headings and its own table of figures."""
    plan, project, _ = office
    (tmp_path / "own.csv").write_text("哪天,干了啥,户编号\n2025-03-01,茶话会,H001\n", "utf-8")
    table = "code,match,zh,en,words,counted,said_zh,said_en\n"
    table += "tea,1,茶话会,teas,茶话,rows,茶话会{n}次,{n} teas\n"
    (tmp_path / "counts.csv").write_text(table, "utf-8")
    text = project.read_text("utf-8")
    mine = text + (
        f"[care]\ncounts = '{tmp_path / 'counts.csv'}'\nlog = '{tmp_path / 'own.csv'}'\n"
        '[columns]\nlog = { "哪天" = "日期", "干了啥" = "类型" }\n'
    )
    own = project.parent / "own_year.toml"
    own.write_text(mine, "utf-8")
    found = year_report(plan, (), "2025-01-01", project=own)
    assert found.year.tallies.sums() == {"tea": 1}


def test_a_plan_file_beside_its_store(office: tuple[Plan, Path, Path], tmp_path: Path) -> None:
    """The plan itself is left as it is."""
    plan, project, log = office
    (tmp_path / "p").mkdir()
    store_plan(plan, tmp_path / "p" / "plan.gpkg")
    before = (tmp_path / "p" / "plan.gpkg").read_bytes()
    made = Plan.load(tmp_path / "p")
    year_report(made, [log], "2025-01-01", project=project, store=tmp_path / "p" / "log.sqlite")
    assert (tmp_path / "p" / "plan.gpkg").read_bytes() == before
