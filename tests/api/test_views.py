"""What a plan shows of itself: written for an audience, whole, never over other people's files."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest

from planner.api.plan import Plan
from planner.errors import ConfigError, OutputError, PrivacyError
from planner.privacy.person import People
from tests.plans import make_plan_tables, plans_equal


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Give a plan of a small town."""
    return Plan.of(make_plan_tables(nx=5, ny=4))


def test_text_or_file(plan: Plan, tmp_path: Path) -> None:
    """Without a path the text comes back; a file says the same, and may be written again."""
    for write, name in ((plan.to_geojson, "zones.geojson"), (plan.to_kml, "zones.kml")):
        text = write()
        path = write(tmp_path / "new" / name)
        assert isinstance(path, Path)
        assert path.read_text("utf-8") == text
        assert write(path) == path


def test_internal_layers_are_their_owners_alone(plan: Plan, tmp_path: Path) -> None:
    """Homes are given to the office when it asks by name, and to nobody else."""
    path = plan.to_geojson(tmp_path / "homes.geojson", layer="households", audience="internal")
    assert isinstance(path, Path)
    assert path.stat().st_mode & 0o077 == 0
    assert "H00001" in path.read_text("utf-8")
    with pytest.raises(ConfigError):
        plan.to_geojson(layer="households")
    with pytest.raises(ConfigError):
        plan.to_kml(audience="everyone")


def test_other_peoples_files_stay(plan: Plan, tmp_path: Path) -> None:
    """A layer that this program did not write is left alone; endings say what a file is."""
    own = tmp_path / "zones.geojson"
    own.write_text('{"type": "FeatureCollection", "features": []}', "utf-8")
    with pytest.raises(OutputError):
        plan.to_geojson(own)
    for write in (plan.to_geojson, plan.to_kml, plan.report().save):
        with pytest.raises(OutputError, match="ends in"):
            write(tmp_path / "zones.txt")


def test_parquet_is_written_and_known_again(plan: Plan, tmp_path: Path) -> None:
    """The second run replaces the file of the first."""
    pytest.importorskip("pyarrow")
    path = plan.to_parquet(tmp_path / "zones.parquet")
    assert plan.to_parquet(path) == path
    with pytest.raises(OutputError, match="ends in"):
        plan.to_parquet(tmp_path / "zones.txt")


def test_a_report_shows_itself(plan: Plan, tmp_path: Path) -> None:
    """The same words as summary.md, as Markdown."""
    report = plan.report()
    assert report._repr_markdown_() == str(report) == report.text
    assert len(repr(report)) < 50
    assert report.save(tmp_path / "report.md").read_text("utf-8") == report.text
    saved = plan.save(tmp_path / "out")["summary.md"].read_text("utf-8")
    assert saved.startswith(report.text.rstrip())


def test_a_report_passes_the_gate(plan: Plan) -> None:
    """Where a rule book is called like a resident nothing is told."""
    name = plan.rules.title_zh or plan.rules.title
    people = People({}, {}, {"a resident's name": frozenset({name[:6]})})
    with pytest.raises(PrivacyError):
        plan.report(people=people)


def test_a_plan_shows_itself_small(plan: Plan) -> None:
    """Shown twice, a notebook holds it twice in some kilobytes."""
    assert len(plan._repr_html_()) < 20_000
    assert len(repr(plan)) < 300


@pytest.mark.parametrize("again", [copy.deepcopy, lambda plan: pickle.loads(pickle.dumps(plan))])
def test_a_plan_is_copied_whole(plan: Plan, again) -> None:
    """Every table and number, and arrays that nobody can change."""
    other = again(plan)
    plans_equal(other, plan)
    for array in (other.problem.load, other.problem.walk_m, other.problem.rules[0].amount):
        assert not array.flags.writeable
