"""A plan file in a GIS: indexed, named in Chinese, coloured and labelled, and still the plan that it was."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as Tree

import geopandas as gpd
import pyogrio
import pytest
import shapely

from planner.model.palette import ZONE_COLOURS
from planner.model.tables import PlanTables
from planner.plan.store import read_plan, store_plan
from planner.plan.store.dressing import STYLES, TITLES, style_of
from tests.gis import opened
from tests.plans import make_plan_tables, plans_equal


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan of a small town."""
    return make_plan_tables(nx=5, ny=4)


@pytest.fixture
def stored(tables: PlanTables, tmp_path: Path) -> Path:
    """Store it."""
    store_plan(tables, tmp_path / "plan.gpkg")
    return tmp_path / "plan.gpkg"


def test_it_is_the_plan_that_it_was(tables: PlanTables, stored: Path, tmp_path: Path) -> None:
    """Equal in every table; and the same plan gives the same bytes."""
    plans_equal(read_plan(stored), tables)
    store_plan(tables, tmp_path / "again.gpkg")
    assert (tmp_path / "again.gpkg").read_bytes() == stored.read_bytes()


def test_every_layer_is_found_by_its_place(tables: PlanTables, stored: Path) -> None:
    """A box gives what lies in it, by the index, and nothing else."""
    homes = tables.households
    west, south, east, north = homes.total_bounds
    box = (west, south, (west + east) / 2, (south + north) / 2)
    inside = homes[~homes.geometry.is_empty].cx[box[0] : box[2], box[1] : box[3]]
    read = gpd.read_file(stored, layer="households", bbox=box)
    assert set(read["household_id"]) == set(inside["household_id"])
    assert 0 < len(read) < len(homes)
    info = pyogrio.read_info(stored, layer="zones")
    assert info["capabilities"]["fast_spatial_filter"]
    with closing(sqlite3.connect(stored)) as db:
        for (name,) in db.execute("SELECT table_name FROM gpkg_geometry_columns").fetchall():
            indexed = db.execute(f'SELECT count(*) FROM "rtree_{name}_geom"').fetchone()[0]
            frame = getattr(tables, name, None)
            frame = tables.base[name] if frame is None else frame
            assert indexed == int((~frame.geometry.is_empty).sum()), name


def test_an_index_follows_what_a_gis_edits(stored: Path) -> None:
    """Moved, emptied, added and deleted rows, by the triggers of the standard."""
    with closing(opened(stored)) as db:

        def listed(fid: int) -> tuple[float, ...] | None:
            return db.execute("SELECT minx FROM rtree_units_geom WHERE id = ?", (fid,)).fetchone()

        (blob,) = db.execute("SELECT geom FROM units WHERE fid = 2").fetchone()
        db.execute("UPDATE units SET geom = ? WHERE fid = 1", (blob,))
        assert listed(1) == listed(2)
        db.execute("UPDATE units SET geom = NULL WHERE fid = 1")
        assert listed(1) is None
        db.execute("UPDATE units SET geom = ? WHERE fid = 1", (blob,))
        db.execute("UPDATE units SET fid = 9001 WHERE fid = 1")
        assert (listed(1), listed(9001)) == (None, listed(2))
        db.execute("INSERT INTO units (fid, geom) VALUES (9002, ?)", (blob,))
        db.execute("DELETE FROM units WHERE fid = 2")
        assert (listed(2), listed(9002)) == (None, listed(9001))


def test_layers_have_one_kind_of_shape(tables: PlanTables, tmp_path: Path) -> None:
    """Where single and many parts are mixed all are written as many, and come back as they were."""
    from dataclasses import replace

    shapes = tables.zones.geometry.to_numpy().copy()
    shapes[0] = shapely.MultiPolygon([shapes[0], shapely.box(0, 0, 1, 1)])
    shapes[1] = shapely.MultiPolygon()
    shapes[2] = shapely.Polygon()
    mixed = replace(tables, zones=tables.zones.set_geometry(gpd.GeoSeries(shapes, crs=4326)))
    file = tmp_path / "plan.gpkg"
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        from planner.plan.store.geopackage import (
            as_they_were,
            begin,
            of_one_kind,
            read_frame,
            write_frame,
        )

        begin(db)
        made, many = of_one_kind(mixed.zones)
        write_frame(db, "zones", made, "2000-01-01T00:00:00.000Z")
        kinds = {c: "geometry" if c == "geometry" else str(made[c].dtype) for c in made.columns}
        back = as_they_were(read_frame(db, "zones", kinds), many)
        sql = "SELECT geometry_type_name FROM gpkg_geometry_columns"
        assert db.execute(sql).fetchone() == ("MULTIPOLYGON",)
    assert many == [0, 1]
    assert shapely.to_wkb(back.geometry.to_numpy()).tolist() == shapely.to_wkb(shapes).tolist()


def test_titles_and_styles(tables: PlanTables, stored: Path) -> None:
    """Each layer has a Chinese title and a style by default, which is XML; zones have their colours."""
    with closing(sqlite3.connect(stored)) as db:
        titles = dict(db.execute("SELECT table_name, identifier FROM gpkg_contents"))
        rows = db.execute(
            "SELECT f_table_name, styleQML, useAsDefault FROM layer_styles"
        ).fetchall()
        layers = {r[0] for r in db.execute("SELECT table_name FROM gpkg_geometry_columns")}
    assert titles["zones"] == "责任区 zones"
    assert {name for name, _, default in rows if default == 1} == layers
    for _, style, _ in rows:
        assert Tree.fromstring(style).tag == "qgis"
    zones = Tree.fromstring(style_of("zones", list(tables.zones.columns)))
    colours = [o.get("value") for o in zones.iter("Option") if o.get("name") == "color"]
    assert [c.split(",")[:3] for c in colours if c] == [
        [str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)] for colour in ZONE_COLOURS
    ]
    label = zones.find(".//text-style")
    assert label is not None
    assert label.get("fieldName") == "\"number\" || '号'"
    aliases = {a.get("field"): a.get("name") for a in zones.iter("alias")}
    assert aliases["number"] == "责任区号"
    assert set(STYLES) <= set(TITLES)


def test_a_layer_without_a_style_of_its_own(tables: PlanTables) -> None:
    """It is drawn plainly, its columns named where they are known."""
    root = Tree.fromstring(style_of("other", ["name", "unheard"]))
    assert [a.get("field") for a in root.iter("alias")] == ["name"]


def test_a_database_without_the_index_module(tables: PlanTables, tmp_path: Path) -> None:
    """Files are still written and read where SQLite has no R-tree."""
    from planner.plan.store import dressing

    class Without(sqlite3.Connection):
        def execute(self, sql: str, *args):  # type: ignore[override]
            plain = sql.replace(
                "pragma_module_list WHERE name = 'rtree'", "pragma_module_list WHERE 0"
            )
            return super().execute(plain, *args)

    file = tmp_path / "bare.gpkg"
    with closing(sqlite3.connect(file, isolation_level=None, factory=Without)) as db:
        from planner.plan.store.geopackage import begin, write_frame

        begin(db)
        write_frame(db, "units", tables.units, "2000-01-01T00:00:00.000Z")
        dressing.dress(db, [("units", tables.units)], "2000-01-01T00:00:00.000Z")
        db.execute("COMMIT")
    assert len(gpd.read_file(file, layer="units")) == len(tables.units)
