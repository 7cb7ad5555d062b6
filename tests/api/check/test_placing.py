"""Everyone is placed row by row; whoever is not is told why, once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from planner.api.check.placing import find_ground, place_all
from planner.errors import Severity
from planner.intake.residents import Residents, read_households, read_members
from planner.model.project import Project
from planner.render.text.check_report import NOT_TRIED
from tests.api.small import write_small_office

ODD = "H13,乙路1号,,\nH14,,,\n"
"""A home with an address alone, and one with nothing."""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Give an office with two homes that have no coordinates."""
    return Project.read(write_small_office(tmp_path, households=ODD))


@pytest.fixture
def homes(project: Project) -> Residents:
    """Give its homes, as read."""
    return read_households(project.inputs.households)


def test_without_ground_addresses_are_not_tried(homes: Residents) -> None:
    """Coordinates count as given; a row that was set aside is told of with its reason."""
    (frame, nobody), said = place_all([homes, None], None, None, None)
    assert Counter(frame["precision"]) == {"given": 12, NOT_TRIED: 1, "none": 1}
    assert len(nobody) == 0
    assert said == []  # the reader has told of the row that says nothing
    silent = replace(homes, findings=())
    _, (aside,) = place_all([silent, None], None, None, None)
    assert (aside.code, aside.severity, aside.row) == ("no-address", Severity.HOLD, 15)


def test_on_straight_lines(homes: Residents, project: Project) -> None:
    """Where nothing can be looked up, an address alone is no place, and that is said with its row."""
    ground, said = find_ground(None, project.inputs, [homes])
    assert ground is not None
    assert said == []
    members = read_members(project.inputs.members)
    (frame, people), said = place_all([homes, members], ground, project.inputs, None)
    assert (frame["held"] == "").sum() == 12
    assert (people["held"] == "").all()
    told = {f.row: f for f in said}
    assert told[14].code == "no-place"
    assert told[14].column == "address"
    assert "planner review" not in told[14].remedy
    # no map: whose datum it is nobody can know, unless it is stated
    assert [f.code for f in said if f.row is None] == ["datum-unjudged"] * 2
    assert set(told) == {14, None}
    stated = replace(project.inputs, datum="wgs84")
    _, said = place_all([homes, members], ground, stated, None)
    assert {f.row for f in said} == {14}


def test_streets_that_cannot_be_read(project: Project, homes: Residents, tmp_path: Path) -> None:
    """A finding that names the file, and no ground; so a damaged one."""
    ground, (lost,) = find_ground(tmp_path / "none.osm.pbf", project.inputs, [homes])
    assert ground is None
    assert (lost.severity, lost.file) == (Severity.STOP, "none.osm.pbf")


@pytest.mark.parametrize(("days", "told"), [(729, False), (731, True)])
def test_old_streets_are_told_of(project: Project, homes: Residents, days: int, told: bool) -> None:
    """After two years; of streets without a date nothing is said."""
    ground, _ = find_ground(None, project.inputs, [homes])
    assert ground is not None
    day = (date.today() - timedelta(days)).isoformat()
    _, said = find_ground(replace(ground, data_date=day), None, [])
    assert [f.code for f in said] == ["old-streets"] * told
    assert find_ground(replace(ground, data_date="unknown"), None, [])[1] == []


def test_nothing_to_stand_on() -> None:
    """A sheet by itself is checked without streets."""
    assert find_ground(None, None, []) == (None, [])
