"""A project is opened once: its files are read, its datum and its sources told, its service asked or not."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from planner.api.opening import Opened, free_folder, online_of, open_project
from planner.api.progress import Clock, Event
from planner.errors import PlannerError
from planner.model.project import Project
from tests.api.small import write_small_office


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Give a small office, opened."""
    return open_project(Project.read(write_small_office(tmp_path)), Clock(None))


def test_files_are_read(opened: Opened, tmp_path: Path) -> None:
    """Homes, members and the ground that the project names; nothing that it does not name."""
    assert opened.households.kept["id"].tolist() == [f"H{i}" for i in range(1, 13)]
    assert opened.members.kept["is_centre"].tolist() == [True, False, True]
    assert opened.ground.walked_on == {"network": "straight x1.30", "detour_factor": 1.3}
    assert (opened.fences, opened.ties, opened.strengths, opened.guides) == (None, None, None, ())
    digest = hashlib.sha256((tmp_path / "homes.csv").read_bytes()).hexdigest()
    assert opened.sources[0] == ("homes.csv", digest)
    assert len(opened.sources) == 2


def test_stages_are_told(tmp_path: Path) -> None:
    """Reading comes before the ground."""
    told: list[Event] = []
    open_project(Project.read(write_small_office(tmp_path)), Clock(told.append))
    assert [e.stage for e in told if e.done == 1.0] == ["read", "ground"]


def test_people_alone_need_no_other_file(tmp_path: Path) -> None:
    """Fences that are missing stop a plan, and not a review, which asks where people live."""
    project = Project.read(write_small_office(tmp_path, 'fences = "none.gpkg"\n'))
    with pytest.raises(PlannerError, match=r"none\.gpkg"):
        open_project(project, Clock(None))
    people = open_project(project, Clock(None), people_only=True)
    assert len(people.households.kept) == 12


def test_talents_are_read_where_they_are_asked_for(tmp_path: Path) -> None:
    """Strengths of the members' sheet; none of anybody is an empty mapping, not None."""
    project = write_small_office(tmp_path, '[affinity]\ntalents = ["调解"]\n')
    assert open_project(Project.read(project), Clock(None)).strengths == {}


@pytest.mark.parametrize(
    ("said", "datum"), [("", None), ('datum = "wgs84"\n', "wgs84"), ('datum = "gcj02"\n', "gcj02")]
)
def test_the_default_datum_is_no_declaration(tmp_path: Path, said: str, datum: str | None) -> None:
    """What is not stated is WGS-84 and must agree with the map; what is stated is no question any more."""
    project = Project.read(write_small_office(tmp_path, said))
    opened = open_project(project, Clock(None))
    assert opened.datum == datum
    believed = opened.believed().households
    moved = believed.kept["lon"] - opened.households.kept["lon"]
    assert (np.abs(moved) > 0.001).all() == (datum == "gcj02")
    # there is no map here that could tell
    assert ("datum-unjudged" in {f.code for f in believed.findings}) == (datum is None)


def test_everyone_finds_a_place(opened: Opened) -> None:
    """By their coordinates, without a fence."""
    located = opened.believed().placed(None, Clock(None))
    assert located.households["precision"].unique().tolist() == ["given"]
    assert set(located.members["fence"]) == {""}


def test_a_service_is_asked_only_if_it_is_named(tmp_path: Path) -> None:
    """No section, no service; offline it gives kept answers alone."""
    assert online_of(Project.read(write_small_office(tmp_path))) is None
    more = '[online]\nprovider = "nominatim"\nbase_url = "https://geo.example.org"\n'
    project = Project.read(write_small_office(tmp_path, more))
    asked, kept = online_of(project), online_of(project, offline=True)
    assert asked is not None
    assert kept is not None
    assert type(asked) is type(kept)
    assert asked != kept


def test_a_folder_with_results_is_left_alone(tmp_path: Path) -> None:
    """A free folder is taken; beside one that holds a plan a dated one is found, and then the next."""
    out = tmp_path / "out"
    assert free_folder(out, "plan.gpkg") == out
    out.mkdir()
    (out / "plan.gpkg").write_bytes(b"")
    beside = free_folder(out, "plan.gpkg")
    assert beside.parent == tmp_path
    assert beside != out
    beside.mkdir()
    (beside / "plan.gpkg").write_bytes(b"")
    assert free_folder(out, "plan.gpkg") not in (out, beside)
