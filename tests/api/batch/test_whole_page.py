"""The page over a batch: outlines that follow no door, and a gate that knows the people of every job."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from planner.api.batch.report import BatchReport
from planner.api.batch.run import batch
from planner.api.batch.whole_page import OVERVIEW, outline_of, pass_gate
from planner.errors import PrivacyError
from tests.api.batch.conftest import write_district, write_project


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BatchReport]:
    """Three communities, planned; and their report."""
    folder = tmp_path_factory.mktemp("page")
    write_district(folder / "in")
    with ThreadPoolExecutor(1) as threads:
        return folder / "out", batch(folder / "in", folder / "out", executor=threads)


def test_the_page_lies_beside_the_table(planned: tuple[Path, BatchReport]) -> None:
    """A line and an outline for each, in tens; the marks keep what a second run needs to draw it alike."""
    out, report = planned
    written = report.save(out)
    page = written[OVERVIEW].read_text("utf-8")
    assert page.count("<path") == page.count('<th scope="row">') == 3
    assert "3 communities, 0 of them without a plan; 6 zones" in page
    with ThreadPoolExecutor(1) as threads:
        again = batch(out.parent / "in", out, executor=threads)
    assert again.figures()["kept"] == 3
    assert again.page is not None
    assert again.page.decode() == page
    again.save(out)


def test_an_outline_follows_no_door() -> None:
    """Corners lie on a grid of some 20 m; shapes that touch are one."""
    one, two = (
        shapely.box(117.00003, 32.60001, 117.00101, 32.601),
        shapely.box(117.00101, 32.6, 117.003, 32.6),
    )
    rings = outline_of(gpd.GeoDataFrame(geometry=[one, two, None], crs="EPSG:4326"))
    assert len(rings) == 1
    assert all(round(v * 5000) == pytest.approx(v * 5000, abs=1e-6) for at in rings[0] for v in at)


def test_the_gate_knows_the_people_of_each_plan(planned: tuple[Path, BatchReport]) -> None:
    """A page that names somebody of one of them, here by a phone, is not for a meeting."""
    out, report = planned
    assert report.page is not None
    pass_gate(report.page, out / "东社区")
    with pytest.raises(PrivacyError):
        pass_gate(report.page.replace("东社区".encode(), b"13812345678"), out / "东社区")


def test_a_page_that_the_gate_refuses_is_not_written(tmp_path: Path) -> None:
    """A job that is called after a resident: every plan is there, the page is not, and it is told."""
    text = write_project(tmp_path / "in" / "东", 16).parent.joinpath("homes.csv")
    rows = text.read_text("utf-8").splitlines()
    named = [f"{row},{'姓名' if n == 0 else '欧阳振华'}" for n, row in enumerate(rows)]
    text.write_text("\n".join(named), "utf-8")
    (tmp_path / "in" / "东").rename(tmp_path / "in" / "欧阳振华")
    with ThreadPoolExecutor(1) as threads:
        report = batch(tmp_path / "in", tmp_path / "out", executor=threads)
    assert report.page is None
    assert report.exit_code == 5
    assert report.outcomes[-1].name == OVERVIEW
    assert OVERVIEW not in report.save(tmp_path / "out")
    assert (tmp_path / "out" / "欧阳振华" / "plan.gpkg").is_file()
