"""The plan file gives back what was stored, and refuses what is damaged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyogrio
import pytest
import shapely

from planner.errors import InputError
from planner.model.tables import BASE_LAYERS
from planner.plan.store import read_plan, store_plan
from tests.gis import opened
from tests.plans import make_plan_tables, plans_equal, without_gaps


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a stored plan."""
    path = tmp_path_factory.mktemp("store") / "plan.gpkg"
    store_plan(make_plan_tables(), path)
    return path


@pytest.mark.parametrize("hostile", [False, True])
def test_round_trip(tmp_path: Path, hostile: bool) -> None:
    """What is read is equal to what was stored, whatever the texts hold."""
    tables = make_plan_tables(hostile=hostile)
    store_plan(tables, tmp_path / "plan.gpkg")
    plans_equal(tables, read_plan(tmp_path / "plan.gpkg"))


def test_round_trip_of_empty_tables(tmp_path: Path) -> None:
    """A plan without gaps, findings or base map comes back as such."""
    tables = without_gaps(make_plan_tables(moved=False))
    tables = replace(tables, base={k: v.iloc[:0] for k, v in tables.base.items()})
    store_plan(tables, tmp_path / "plan.gpkg")
    plans_equal(tables, read_plan(tmp_path / "plan.gpkg"))


def test_same_plan_same_bytes(tmp_path: Path, stored: Path) -> None:
    """The file holds no clock: one plan, one sequence of bytes."""
    store_plan(make_plan_tables(), tmp_path / "again.gpkg")
    assert (tmp_path / "again.gpkg").read_bytes() == stored.read_bytes()


def test_gdal_reads_every_layer(stored: Path) -> None:
    """GDAL, and so QGIS, finds each layer with its rows, geometry type and CRS."""
    layers = dict(pyogrio.list_layers(stored).tolist())
    assert {"units", "households", "centres", "zones", "gaps", *BASE_LAYERS} <= set(layers)
    assert {name for name, kind in layers.items() if kind is None} >= {
        "members",
        "pairs",
        "adjacency",
    }
    tables = make_plan_tables()
    for name in ("units", "households", "zones"):
        frame = pyogrio.read_dataframe(stored, layer=name)
        assert len(frame) == len(getattr(tables, name))
        assert frame.crs == "EPSG:4326"
        found, given = frame.geometry.to_numpy(), getattr(tables, name).geometry.to_numpy()
        full = ~shapely.is_empty(given)
        assert shapely.equals(found[full], given[full]).all()


def test_missing_file(tmp_path: Path) -> None:
    """A path that leads nowhere is named."""
    with pytest.raises(InputError, match=r"no plan file .*nowhere\.gpkg"):
        read_plan(tmp_path / "nowhere.gpkg")


def test_foreign_files(tmp_path: Path) -> None:
    """Another database, another GeoPackage and a text are refused, each with what to do."""
    text = tmp_path / "text.gpkg"
    text.write_text("not a database at all" * 100)
    database = tmp_path / "other.gpkg"
    with opened(database) as db:
        db.execute("CREATE TABLE t (a)")
    db.close()
    package = tmp_path / "package.gpkg"
    pyogrio.write_dataframe(make_plan_tables().units, package, layer="units")
    for path in (text, database, package):
        with pytest.raises(InputError) as caught:
            read_plan(path)
        assert path.name in str(caught.value)
        assert caught.value.remedy


def test_lost_rows_are_noticed(tmp_path: Path, stored: Path) -> None:
    """A file that opens but lacks a row is refused, with the table and the counts."""
    path = tmp_path / "short.gpkg"
    path.write_bytes(stored.read_bytes())
    with opened(path) as db:
        db.execute("DELETE FROM households WHERE fid = 7")
    db.close()
    with pytest.raises(InputError, match=r"households has \d+ rows instead of \d+"):
        read_plan(path)


def test_changed_numbers_are_noticed(tmp_path: Path, stored: Path) -> None:
    """A walk that was changed by hand does not pass for the one that was solved."""
    path = tmp_path / "changed.gpkg"
    path.write_bytes(stored.read_bytes())
    with opened(path) as db:
        db.execute("UPDATE pairs SET walk_m = walk_m + 1 WHERE fid = 3")
    db.close()
    with pytest.raises(InputError, match="digest"):
        read_plan(path)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_truncated_file(tmp_path: Path, stored: Path, share: float) -> None:
    """A file cut short anywhere is refused as damaged, never read in part."""
    whole = stored.read_bytes()
    path = tmp_path / "cut.gpkg"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(InputError):
        read_plan(path)


def test_reading_leaves_the_file_alone(stored: Path) -> None:
    """Reading changes no byte and leaves nothing beside the file."""
    before = stored.read_bytes()
    read_plan(stored)
    assert stored.read_bytes() == before
    assert [p.name for p in stored.parent.iterdir()] == [stored.name]
