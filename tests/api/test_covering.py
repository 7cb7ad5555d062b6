"""Coverage from the files: what is told, written and kept back."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path

import geopandas as gpd
import pytest
from openpyxl import load_workbook

from planner.api.plan import Plan
from planner.errors import PlannerError
from planner.model.project import Project
from tests.plan.care.town import care_town, write_care_town


@pytest.fixture(scope="module")
def told():
    """Give the coverage of the town, by its project."""
    plan, project = care_town()
    return plan.coverage(project, seconds=3.0)


def test_everything_is_told(told) -> None:
    """Each gap once, with its cause; repairs; shares of all and of care; six bands."""
    assert told.gaps["household_id"].is_unique
    assert len(told.gaps) == 30
    assert (told.gaps["repair"] > 0).sum() == 29
    assert {"gate", "centre", "person", "rule"} == set(told.repairs["kind"])
    assert set(told.shares["group"]) == {"all", "care"}
    assert told.about["care"] > 10
    assert told.bands.crs == "EPSG:4326"
    assert told.bands["source"].tolist() == ["centre"] * 3 + ["member"] * 3
    assert len(told.care) == told.about["care"]
    assert len(told.absences) == 9
    assert not len(told.blanks)
    assert told.equity["level"].tolist() == ["all", "fence", "zone", "zone", "zone"]


def test_the_files_are_internal_and_readable_by_their_owner(told, tmp_path: Path) -> None:
    """A workbook that says so on each page, and the bands as a layer that opens."""
    written = told.save(tmp_path)
    assert set(written) == {"gaps.internal.xlsx", "bands.internal.geojson"}
    for path in written.values():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    book = load_workbook(io.BytesIO(written["gaps.internal.xlsx"].read_bytes()))
    assert book.sheetnames == [
        *("说明 notes", "覆盖空白 gaps", "补救办法 repairs", "关爱户 care", "缺勤影响 absences"),
        *("公平 equity", "空白点核查 blank spots", "步行时段 bands"),
    ]
    assert all("内部资料" in str(s.oddHeader.center.text) for s in book.worksheets)
    assert book["覆盖空白 gaps"].max_row == 31
    layer = gpd.read_file(written["bands.internal.geojson"])
    assert len(layer) == 6
    assert layer.geometry.is_valid.all()


def test_figures_hold_no_household_and_no_small_count_of_care(told) -> None:
    """Neither few within, nor few left over, nor few between two counts that are told."""
    figures = told.figures()
    assert "H0" not in str(figures)
    shown = sorted({r["households"] for r in figures["shares"] if r["group"] == "care"} - {None})
    of = figures["care"]
    assert shown, "something can be told of these"
    for n, m in zip([0, *shown], [*shown, of], strict=True):
        assert m == n or m - n >= figures["smallest"]
    assert any("H0" in str(v) for v in told.gaps["household_id"])
    assert "H0" not in repr(told) + "".join(told.lines)


def test_a_plan_alone_tells_what_it_knows() -> None:
    """Gaps with the remedy of their cause, own walks; no bands, no repairs, nothing of care."""
    plan, _ = care_town()
    alone = plan.coverage()
    assert (alone.bands, alone.care, alone.absences, alone.blanks) == (None,) * 4
    assert alone.about["equity"]["walk_m"]["mean"] > 0
    assert len(alone.gaps) == 30
    assert not len(alone.repairs)
    assert alone.about["care"] is None
    assert set(alone.shares["source"]) == {"own_centre", "own_member"}


def test_equal_coverage_gives_equal_bytes(told, tmp_path: Path) -> None:
    """Written twice, the workbook is the same to the byte."""
    first = told.save(tmp_path / "a")["gaps.internal.xlsx"].read_bytes()
    assert first == told.save(tmp_path / "b")["gaps.internal.xlsx"].read_bytes()


def test_a_project_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """As everywhere else."""
    plan, project = care_town()
    with pytest.raises(PlannerError):
        plan.coverage(tmp_path / "none.toml")
    assert isinstance(plan, Plan)
    assert Project.read(project).care.kinds is None


def test_slopes_and_steps_of_a_layer_of_ones_own(told, tmp_path: Path) -> None:
    """Every street climbs, the road to the hamlet is a flight of steps: told, and slower for everybody."""
    plan, _ = care_town()
    project = write_care_town(tmp_path, "[coverage]\nslopes = true\nelders_climb = false\n")
    streets = json.loads((tmp_path / "streets.geojson").read_text("utf-8"))
    for row in streets["features"]:
        row["properties"]["incline"] = "up" if row["properties"]["name"] == "合成0路" else "12%"
    streets["features"][-1]["properties"]["highway"] = "steps"
    (tmp_path / "streets.geojson").write_text(json.dumps(streets), "utf-8")
    steep = plan.coverage(project, seconds=0.0)
    assert 0.8 < steep.about["slopes_known"] < 1.0
    assert any("the rest as level" in line for line in steep.lines)
    both = steep.shares.merge(told.shares, on=["source", "group", "minutes"])
    assert (both["households_x"] <= both["households_y"]).all()
    assert both["households_x"].sum() < both["households_y"].sum() - 20
    assert "slopes_known" not in told.about
    # an elder in the hamlet has nobody without steps, a neighbour who is ill and climbs neither
    care = steep.care.set_index("household_id")
    assert care.loc[care["zone"] == "", "helpers"].max() == 0
