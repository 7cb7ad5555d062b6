"""planner year, due, duties: figures on the screen, files for the public and the office, the store."""

from __future__ import annotations

import json
from pathlib import Path

from planner.plan.store import store_plan
from tests.conftest import Cli
from tests.plan.care.town import care_town
from tests.plan.service.logs import log_text


def test_a_year(cli: Cli, tmp_path: Path) -> None:
    """Told in both languages; a second run finds every row there, and does not overwrite."""
    plan, project = care_town()
    (tmp_path / "out").mkdir()
    store_plan(plan, tmp_path / "out" / "plan.gpkg")
    homes, members = plan.households["household_id"].tolist(), plan.members["member_id"].tolist()
    (tmp_path / "log.csv").write_text(log_text(homes, members), "utf-8")
    named = ("--from", "2025-01-01", "--project", str(project))
    said = cli("--lang", "both", "year", "out", "log.csv", *named)
    assert said.returncode == 0, said.stderr
    told = said.stdout.replace("\n", "")
    assert "开展活动1,000场次" in told
    assert "H0" not in said.stdout + said.stderr
    assert (tmp_path / "out" / "service_log.internal.sqlite").is_file()
    again = json.loads(cli("year", "out", "log.csv", *named, "--json").stdout)
    assert (again["added"], again["known"]) == (0, 2460)
    assert again["figures"]["visit"] == 550
    assert not Path(again["files"]["year.public.md"]).parent.samefile(tmp_path / "year")
    quarter = json.loads(
        cli(
            "year", "out", *named[:1], "2025-04-01", "--to", "2025-06-30", *named[2:], "--json"
        ).stdout
    )
    assert quarter["before"] == ["2025-01-01", "2025-03-31"]


def test_what_cannot_be_begun(cli: Cli, tmp_path: Path) -> None:
    """No day, no log; and the help tells how to write it."""
    plan, _ = care_town()
    (tmp_path / "out").mkdir()
    store_plan(plan, tmp_path / "out" / "plan.gpkg")
    assert cli("year", "out", "--from", "2025-01-01").returncode == 2
    assert cli("year", "out", "x.csv").returncode == 2
    assert "--from 2025-01-01" in cli("year", "--help").stdout


def test_what_is_due(cli: Cli, tmp_path: Path) -> None:
    """Counts on the screen, a workbook for the office, JSON for programs; the log is kept."""
    plan, project = care_town()
    (tmp_path / "out").mkdir()
    store_plan(plan, tmp_path / "out" / "plan.gpkg")
    (tmp_path / "log.csv").write_text("日期,类型,户编号\n2025-06-30,走访,H001\n", "utf-8")
    said = cli("--lang", "both", "due", "out", str(project), "log.csv", "--out", "d")
    assert said.returncode == 0, said.stderr
    assert "2025-06-30" in said.stdout
    assert "H0" not in said.stdout + said.stderr
    assert (tmp_path / "d" / "due.internal.xlsx").is_file()
    told = json.loads(cli("due", "out", str(project), "--on", "2025-12-31", "--json").stdout)
    assert told["overdue"] == told["homes"]
    assert cli("due", "out", str(project), "--on", "soon").returncode == 2


def test_the_cards_of_the_centres(cli: Cli, tmp_path: Path) -> None:
    """Duties in both languages, a workbook for the office, JSON for programs."""
    plan, project = care_town()
    (tmp_path / "out").mkdir()
    store_plan(plan, tmp_path / "out" / "plan.gpkg")
    (tmp_path / "log.csv").write_text("日期,类型,户编号\n2025-06-30,走访,H001\n", "utf-8")
    said = cli("--lang", "both", "duties", "out", str(project), "log.csv", "--out", "d")
    assert said.returncode == 0, said.stderr
    assert "联系服务" in said.stdout
    assert "H0" not in said.stdout + said.stderr
    assert (tmp_path / "d" / "duties.internal.xlsx").is_file()
    told = json.loads(cli("duties", "out", str(project), "--from", "2025-06-01", "--json").stdout)
    assert told["duties"]["liaison"]["done"] == 1
    assert cli("duties", "out", str(project), "--from", "soon").returncode == 2


def test_wishes(cli: Cli, tmp_path: Path) -> None:
    """Without a sheet of wishes it is said which line is wanting; with one, counts and a workbook."""
    plan, project = care_town()
    (tmp_path / "out").mkdir()
    store_plan(plan, tmp_path / "out" / "plan.gpkg")
    missing = cli("wishes", "out", str(project))
    assert missing.returncode == 2
    assert "[affinity]" in missing.stdout + missing.stderr
    (tmp_path / "w.csv").write_text("编号,意愿1\nH001,M1\nH002,M0\n", "utf-8")
    own = project.parent / "wished.toml"
    own.write_text(
        project.read_text("utf-8") + f"[affinity]\nwishes = '{tmp_path / 'w.csv'}'\n", "utf-8"
    )
    said = cli("--lang", "both", "wishes", "out", str(own), "--out", "w")
    assert said.returncode == 0, said.stderr
    assert "双向选择意愿 <10 条" in said.stdout
    assert (tmp_path / "w" / "wishes.internal.xlsx").is_file()
