"""The best plan so far: kept beside the output, gone on from, refused where it is of another search."""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.api import checkpoint
from planner.api.checkpoint import CHECKPOINT, Checkpoint
from planner.api.plan import Plan
from planner.api.progress import Event
from planner.api.rezone.run import Changed, Keeping, Options, rezone_and_save
from planner.api.task import Wishes
from planner.api.zone import run_and_save
from planner.errors import ConfigError, InputError, PlannerError
from planner.files.folder import locked
from planner.model import audit
from planner.model.problem import Result
from planner.model.project import Project
from planner.solve.stop import Progress
from planner.solve.zones.search import solve
from tests.api.rezone.office import write_office


class CutOffError(Exception):
    """The power is gone."""


class Power:
    """A listener that ends the run as soon as a plan was kept."""

    def __init__(self, folder: Path) -> None:
        self.kept = folder / CHECKPOINT

    def __call__(self, event: Event) -> None:
        """Look after each step of the search."""
        if event.search is not None and self.kept.exists():
            raise CutOffError


@pytest.fixture(autouse=True, scope="module")
def at_once() -> Iterator[None]:
    """Every better plan is kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoint, "FIRST_S", 0.0)
        patch.setattr(checkpoint, "EVERY_S", 0.0)
        yield


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory, at_once: None) -> Path:
    """A small office in ``in/``, and in ``out/`` what a run that was cut off has left."""
    folder = tmp_path_factory.mktemp("laid")
    (folder / "in").mkdir()
    project = write_office(folder / "in")
    # a gap of nothing is reached where no price of neighbours is beside the walks
    file = folder / "in" / "planner.toml"
    file.write_text(file.read_text("utf-8") + "\n[affinity]\ncompound_m = 0\n", "utf-8")
    project = Project.read(file.parent)
    with pytest.raises(CutOffError):
        run_and_save(project, folder / "out", listener=Power(folder / "out"))
    return folder


@pytest.fixture
def project(laid: Path, tmp_path: Path) -> Project:
    """The office, to be changed."""
    shutil.copytree(laid / "in", tmp_path / "in")
    return Project.read(tmp_path / "in")


@pytest.fixture
def cut(laid: Path, tmp_path: Path) -> Path:
    """The folder of the run that was cut off."""
    shutil.copytree(laid / "out", tmp_path / "out")
    return tmp_path / "out"


def test_a_run_that_was_cut_off_is_gone_on_with(project: Project, cut: Path) -> None:
    """What is kept holds positions alone, is its owner's, and is gone once the plan is written."""
    assert {p.name for p in cut.iterdir()} == {CHECKPOINT}
    assert (cut / CHECKPOINT).stat().st_mode & 0o777 == 0o600
    text = (cut / CHECKPOINT).read_text("utf-8")
    assert not any(word in text for word in ("小区", "社区", "H0", "M0"))
    plan, written = run_and_save(project, cut, resume=cut)
    assert not (cut / CHECKPOINT).exists()
    assert written["plan.gpkg"].exists()
    kept = audit.audit(plan.problem, np.array(json.loads(text)["assignment"]), 0.0)
    assert plan.certificate.value_m <= kept.value_m + 1e-6
    assert plan.certificate.optimality_gap == pytest.approx(0.0)
    with pytest.raises(ConfigError, match="no search to go on with"):
        run_and_save(project, cut, resume=cut, replacing=True)


def test_it_goes_on_into_another_folder(project: Project, cut: Path, tmp_path: Path) -> None:
    """What was gone on from is gone there, too."""
    run_and_save(project, tmp_path / "next", resume=cut)
    assert not (cut / CHECKPOINT).exists()
    assert (tmp_path / "next" / "plan.gpkg").exists()


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (("homes.csv", "H0000", "H9999"), "other sheets: homes.csv"),
        (("planner.toml", "high = 60", "high = 61"), "other rules"),
        (("planner.toml", "gap = 0.0", "gap = 0.0\nseed = 3"), "another seed"),
        (("planner.toml", "detour_factor = 1.3", "detour_factor = 1.4"), "other streets"),
    ],
)
def test_another_search_is_refused(
    project: Project, cut: Path, tmp_path: Path, change: tuple[str, str, str], match: str
) -> None:
    """It says what is not as it was, and what was kept stays."""
    assert project
    file, old, new = change
    path = tmp_path / "in" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ConfigError, match=match):
        run_and_save(Project.read(tmp_path / "in"), cut, resume=cut)
    assert (cut / CHECKPOINT).exists()


def test_more_time_is_the_same_search(project: Project, cut: Path) -> None:
    """Whoever goes on may wait longer, or ask for less."""
    search = replace(project.search, seconds=30.0, gap=0.01)
    run_and_save(replace(project, search=search), cut, resume=cut)


def test_a_month_is_gone_on_with(project: Project, tmp_path: Path) -> None:
    """Other changes, another price or another plan is another search."""
    first, out = tmp_path / "first", tmp_path / "out"
    run_and_save(project, first)
    sheet = tmp_path / "changes.csv"
    sheet.write_text("事项,编号\n中心户退出,M010\n", "utf-8")
    told = Changed(sheet)
    with pytest.raises(CutOffError):
        rezone_and_save(first, project, out, told, listener=Power(out))
    on = Options(resume=out)
    with pytest.raises(ConfigError, match="something else was asked"):
        rezone_and_save(first, project, out, told, Keeping(17.0), options=on)
    other = tmp_path / "other.csv"
    other.write_text("事项,编号\n中心户退出,M040\n", "utf-8")
    with pytest.raises(ConfigError, match="something else was asked"):
        rezone_and_save(first, project, out, Changed(other), options=on)
    rezone_and_save(first, project, tmp_path / "second", Changed(other))
    with pytest.raises(ConfigError, match="another plan"):
        rezone_and_save(tmp_path / "second", project, out, told, options=on)
    made, _ = rezone_and_save(first, project, out, told, options=on)
    near, _ = rezone_and_save(first, project, tmp_path / "near", told)
    assert made.certificate.value_m == pytest.approx(near.certificate.value_m)
    assert made.provenance["homes_moved"] == near.provenance["homes_moved"]
    assert not (out / CHECKPOINT).exists()


def test_a_point_of_the_curve_is_gone_on_with(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a crash or Ctrl-C amid the curve its points are not sought again from the beginning."""
    first, out = tmp_path / "first", tmp_path / "out"
    run_and_save(project, first)
    sheet = tmp_path / "changes.csv"
    sheet.write_text("事项,编号\n中心户退出,M010\n", "utf-8")
    told, taken = Changed(sheet), Options(take=2)
    near, _ = rezone_and_save(first, project, tmp_path / "near", told, options=taken)
    asked: list[int] = []

    def ended(*args: Any, **more: Any) -> Result:
        asked.append(1)
        found = solve(*args, **more)
        return replace(found, stopped="interrupt") if len(asked) == 2 else found

    with monkeypatch.context() as patch:
        patch.setattr("planner.solve.openpart.solve", ended)
        with pytest.raises(KeyboardInterrupt):
            rezone_and_save(first, project, out, told, options=taken)
    kept = json.loads((out / CHECKPOINT).read_text("utf-8"))
    assert kept["curve"] == [kept["assignment"]]
    with pytest.raises(ConfigError, match="something else was asked"):
        rezone_and_save(first, project, out, told, options=Options(resume=out))
    damaged = json.dumps(kept | {"curve": [[99] * 18]})
    (out / CHECKPOINT).write_text(damaged, "utf-8")
    on = replace(taken, resume=out)
    with pytest.raises(InputError, match="not as a run has left it"):
        rezone_and_save(first, project, out, told, options=on)
    (out / CHECKPOINT).write_text(json.dumps(kept), "utf-8")
    made, _ = rezone_and_save(first, project, out, told, options=on)
    assert made.certificate.value_m == pytest.approx(near.certificate.value_m)
    assert made.provenance["homes_moved"] == near.provenance["homes_moved"]
    assert not (out / CHECKPOINT).exists()


def test_a_recut_by_a_previous_plan_is_gone_on_with(project: Project, tmp_path: Path) -> None:
    """`zone --previous` keeps its plan as well."""
    first, out = tmp_path / "first", tmp_path / "out"
    plan, _ = run_and_save(project, first)
    wishes = Wishes(previous=first)
    with pytest.raises(CutOffError):
        run_and_save(project, out, wishes, listener=Power(out))
    with pytest.raises(ConfigError, match="another plan"):
        run_and_save(project, out, resume=out)
    made, _ = run_and_save(project, out, wishes, resume=out)
    assert made.provenance["homes_moved"] == 0
    assert (made.households["zone"] == plan.households["zone"]).all()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"zone_planner_checkpoint": 2, "of": {}, "assignment": []}',
        '{"zone_planner_checkpoint": 1, "of": {}, "assignment": []}',
    ],
)
def test_what_is_no_checkpoint_is_told(project: Project, cut: Path, text: str) -> None:
    """Cut short, of another format, or somebody else's."""
    (cut / CHECKPOINT).write_text(text, "utf-8")
    with pytest.raises(InputError, match="not as a run has left it"):
        run_and_save(project, cut, resume=cut)


@pytest.mark.parametrize("plan", [[0, 0], [99] * 18, ["x"], [[0]], None, [1e99] * 18])
def test_positions_that_there_are_not_are_told(project: Project, cut: Path, plan: object) -> None:
    """Nothing of a file that was edited reaches the search."""
    told = json.loads((cut / CHECKPOINT).read_text("utf-8"))
    assert len(told["assignment"]) == 18
    (cut / CHECKPOINT).write_text(json.dumps(told | {"assignment": plan}), "utf-8")
    with pytest.raises(PlannerError):
        run_and_save(project, cut, resume=cut)


def test_a_full_disk_ends_no_search(
    project: Project, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What cannot be kept is logged; the plan is made all the same."""
    saved = Checkpoint.of(tmp_path)
    with locked(tmp_path), caplog.at_level(logging.WARNING, logger="planner"):
        saved.end(Result([0], 0.0, stopped="interrupt"))  # pyright: ignore[reportArgumentType]
    assert "no checkpoint" in caplog.text
    assert not (tmp_path / CHECKPOINT).exists()
    assert project


def test_a_long_step_is_no_gap(tmp_path: Path) -> None:
    """What was offered too early is kept as soon as it is due, though nothing better is offered for long."""
    saved = Checkpoint.of(tmp_path)
    saved._due = time.monotonic() + 0.3
    for value in (9.0, 7.0):
        saved.offer(Progress(0.1, value, 5.0, 0, 1, plan=lambda: np.arange(3)))
    assert not (tmp_path / CHECKPOINT).exists()
    until = time.monotonic() + 20.0
    while not (tmp_path / CHECKPOINT).exists() and time.monotonic() < until:
        time.sleep(0.05)
    kept = json.loads((tmp_path / CHECKPOINT).read_text("utf-8"))
    assert (kept["value_m"], kept["assignment"]) == (7.0, [0, 1, 2])


def test_what_was_dropped_is_not_kept_later(tmp_path: Path) -> None:
    """A plan that is written takes what waits to be kept with it."""
    saved = Checkpoint.of(tmp_path)
    saved._due = time.monotonic() + 0.2
    saved.offer(Progress(0.1, 9.0, 5.0, 0, 1, plan=lambda: np.arange(3)))
    saved.drop("gap")
    time.sleep(0.5)
    assert not (tmp_path / CHECKPOINT).exists()


def test_after_ctrl_c_it_stays(project: Project, tmp_path: Path) -> None:
    """The plan is written, and what was kept may be gone on from."""

    def tired(event: Event) -> None:
        if event.search is not None:
            raise KeyboardInterrupt

    plan, _ = run_and_save(project, tmp_path / "out", listener=tired)
    assert plan.provenance["stopped"] == "interrupt"
    assert (tmp_path / "out" / CHECKPOINT).exists()
    again, _ = run_and_save(project, tmp_path / "next", resume=tmp_path / "out")
    assert again.provenance["stopped"] == "gap"
    assert isinstance(Plan.load(tmp_path / "next"), Plan)
    assert not (tmp_path / "out" / CHECKPOINT).exists()
