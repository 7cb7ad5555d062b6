"""One job, done once whatever happens."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from planner.api.batch.work import DONE, FAILED, KEPT, MARK, Assignment, plan_one
from planner.api.plan import Plan


@pytest.fixture
def job(district: Path, tmp_path: Path) -> Assignment:
    """The first community."""
    return Assignment("东社区", str(district / "东社区" / "planner.toml"), str(tmp_path / "out"))


def test_a_job_is_planned_once(job: Assignment) -> None:
    """Its files lie in its folder; from the same inputs it is kept, from others planned anew."""
    first = plan_one(job)
    assert (first.state, first.code, first.figures["households"], first.figures["zones"]) == (
        DONE, 0, 20, 2,
    )  # fmt: skip
    stands = Path(job.folder, "plan.gpkg").read_bytes()
    again = plan_one(job)
    assert (again.state, again.figures) == (KEPT, first.figures)
    assert Path(job.folder, "plan.gpkg").read_bytes() == stands
    homes = Path(job.project).with_name("homes.csv")
    homes.write_text(homes.read_text("utf-8") + "\nH99,117.001,32.6\n", "utf-8")
    other = plan_one(job)
    assert (other.state, other.figures["households"]) == (DONE, 21)
    assert len(Plan.load(job.folder).households) == 21


def test_what_is_not_of_a_batch_is_left_alone(job: Assignment) -> None:
    """A plan that the office has edited since, or that came otherwise, gives way to --again only."""
    plan_one(job)
    file = Path(job.folder, "plan.gpkg")
    edited = file.read_bytes() + b"x"
    file.write_bytes(edited)
    told = plan_one(job)
    assert (told.state, told.code) == (FAILED, 4)
    assert "changed after" in told.error
    assert "有过改动" in told.error_zh
    Path(job.folder, MARK).unlink()
    assert "no batch has made" in plan_one(job).error
    assert file.read_bytes() == edited
    assert plan_one(replace(job, again=True)).state == DONE
    assert len(Plan.load(file).households) == 20


def test_a_run_that_was_killed_finds_its_beginning(job: Assignment) -> None:
    """Between the plan and the last mark there is a mark that it was begun: the job is done again."""
    plan_one(job)
    mark = Path(job.folder, MARK)
    begun = {**json.loads(mark.read_text("utf-8")), "state": "begun"}
    mark.write_text(json.dumps(begun), "utf-8")
    assert plan_one(job).state == DONE
    assert json.loads(mark.read_text("utf-8"))["state"] == DONE
    mark.write_text("{cut", "utf-8")  # no mark: what stands may be anybody's
    assert plan_one(job).state == FAILED


def test_a_failure_is_told_in_both_languages(job: Assignment) -> None:
    """With the exit code that planner zone would end with, and nobody's data."""
    Path(job.project).with_name("homes.csv").unlink()
    told = plan_one(job)
    assert (told.state, told.code) == (FAILED, 2)
    assert "homes.csv" in told.error
    assert told.error_zh
    assert plan_one(replace(job, project=job.project + "x")).code == 2
