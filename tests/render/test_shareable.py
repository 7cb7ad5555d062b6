"""Layers that are handed on: what each audience is told, and that the gate has read them."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from planner.errors import ConfigError, PrivacyError
from planner.files import parquet_bytes
from planner.model.tables import PlanTables
from planner.privacy import Secrets, released
from planner.privacy.audience import Audience
from planner.privacy.blocks import FEW
from planner.privacy.person import People, Person
from planner.privacy.stores import finest_step
from planner.render.shareable import LAYERS, geojson_of, kml_of, layer_for, parquet_of
from planner.render.text.shown import Told, meeting_terms
from tests.plans import HOSTILE, make_plan_tables

PUBLIC, MEETING, INTERNAL = Audience.PUBLIC, Audience.MEETING, Audience.INTERNAL


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan of a small town."""
    return make_plan_tables(nx=5, ny=4)


@pytest.mark.parametrize("audience", list(Audience))
def test_counts_are_those_of_the_map(tables: PlanTables, audience: Audience) -> None:
    """Whole for the office, rounded for others, and hidden where the map hides them."""
    zones = layer_for(tables, audience)
    assert zones.crs.to_epsg() == 4326
    assert zones["number"].tolist() == tables.zones["number"].tolist()
    counts = zones["households"]
    if audience is INTERNAL:
        assert counts.tolist() == tables.zones["households"].tolist()
        assert "centre_id" in zones
        return
    assert "centre_id" not in zones
    if audience is PUBLIC:
        assert (counts.dropna().astype(int) % audience.terms.rounded == 0).all()
    else:
        told = [zone["homes"] for zone in Told(tables, meeting_terms(tables)).zones]
        assert zones["homes"].tolist() == [
            str(n) if n >= 0 else f"<{10}" if n == FEW else "" for n in told
        ]


def test_small_counts_are_words() -> None:
    """A zone of a few homes is told as fewer than ten, never as a number."""
    tables = make_plan_tables(nx=5, ny=4)
    few = tables.zones["households"].to_numpy() < 10
    assert few.any()
    zones = layer_for(tables, PUBLIC)
    assert zones.loc[few, "households"].isna().all()
    assert set(zones.loc[few, "homes"]) <= {"<10", ""}


def test_the_public_is_given_coarse_places(tables: PlanTables) -> None:
    """Every position is a multiple of some twenty metres, in each format; the gate refuses finer ones."""
    for data in (geojson_of(tables, PUBLIC), kml_of(tables, PUBLIC)):
        step = finest_step(data)
        assert step
        assert step % PUBLIC.terms.grid_steps == 0
    assert shapely.is_valid(layer_for(tables, PUBLIC).geometry.to_numpy()).all()
    fine = kml_of(tables, MEETING)
    with pytest.raises(PrivacyError, match="finer"):
        released(fine, "zones.kml", PUBLIC, Secrets({}))


@pytest.mark.parametrize("audience", list(Audience))
def test_nobody_is_given_more_layers(tables: PlanTables, audience: Audience) -> None:
    """Homes are for the office alone; what there is can be written, what there is not is named."""
    for layer in LAYERS[audience]:
        made = json.loads(geojson_of(tables, audience, layer))
        assert len(made["features"]) == len(layer_for(tables, audience, layer))
        assert made["zone_planner"]["audience"] == str(audience)
    for layer in ("members", "no such", *(() if audience is INTERNAL else ("households",))):
        with pytest.raises(ConfigError, match="zones") as raised:
            layer_for(tables, audience, layer)
        assert audience.terms.zh in raised.value.zh


def test_geojson_is_read_by_others(tables: PlanTables) -> None:
    """As a layer it comes back with its types and shapes, to a tenth of a metre."""
    back = gpd.read_file(io.BytesIO(geojson_of(tables, MEETING)))
    assert back["number"].tolist() == tables.zones["number"].tolist()
    apart = shapely.hausdorff_distance(back.geometry.to_numpy(), tables.zones.geometry.to_numpy())
    assert apart.max() < 2e-6


def test_kml_has_colours_and_names(tables: PlanTables) -> None:
    """One place a zone, in its colour; hostile texts stay texts."""
    from xml.etree import ElementTree as Tree

    hostile = make_plan_tables(nx=5, ny=4, hostile=True)
    root = Tree.fromstring(kml_of(hostile, MEETING))
    tag = "{http://www.opengis.net/kml/2.2}"
    places = root.findall(f".//{tag}Placemark")
    assert len(places) == len(hostile.zones)
    assert places[0].findtext(f"{tag}name") == "1号责任区"
    styles = {f"#{style.get('id')}" for style in root.iter(f"{tag}Style")}
    assert {p.findtext(f"{tag}styleUrl") for p in places} <= styles
    title = root.findtext(f".//{tag}Document/{tag}name")
    assert title is not None
    assert any(text in title for text in HOSTILE)
    back = gpd.read_file(io.BytesIO(kml_of(tables, MEETING, "centres")))
    assert len(back) == len(tables.centres)


def test_parquet_is_read_by_others(tables: PlanTables) -> None:
    """Types stay: a number is a number, and a hidden one is missing."""
    pytest.importorskip("pyarrow")
    back = gpd.read_parquet(io.BytesIO(parquet_of(tables, MEETING)))
    assert back["households"].dtype.kind in "if"
    assert back.crs.to_epsg() == 4326
    assert len(back) == len(tables.zones)
    assert b"zone-planner" in parquet_bytes(back)


@pytest.mark.parametrize("write", [geojson_of, kml_of, parquet_of])
def test_the_gate_reads_each_format(tables: PlanTables, write) -> None:
    """A community that is called like a resident stops the file for a meeting, in every format."""
    if write is parquet_of:
        pytest.importorskip("pyarrow")
    person = {tables.households["household_id"].iloc[0]: Person(name="欧阳不存在")}
    people = People(person, {}, {"a resident's name": frozenset({"欧阳不存在"})})
    named = replace(tables, zones=tables.zones.assign(fence="欧阳不存在"))
    assert write(tables, MEETING, people=people)
    with pytest.raises(PrivacyError, match="resident's name"):
        write(named, MEETING, people=people)


def test_centres_have_names_for_the_public_alone(tables: PlanTables) -> None:
    """Names and office phones come from the office's sheets, and stand in the public layer."""
    centre = tables.centres["centre_id"].iloc[0]
    people = People({}, {centre: Person(name="王示例", office_phone="0554-1234567")})
    zones = layer_for(tables, PUBLIC, people=people)
    assert zones["name"].tolist().count("王示例") == 1
    assert "王示例".encode() in geojson_of(tables, PUBLIC, people=people)
    assert "name" not in layer_for(tables, MEETING, people=people)


def test_a_plan_without_a_place_for_a_zone(tables: PlanTables) -> None:
    """A zone that was not drawn has no shape in any format."""
    shapes = tables.zones.geometry.to_numpy().copy()
    shapes[0] = shapely.MultiPolygon()
    bare = replace(tables, zones=tables.zones.set_geometry(gpd.GeoSeries(shapes, crs=4326)))
    made = json.loads(geojson_of(bare, MEETING))
    assert made["features"][0]["geometry"] is None
    assert np.isfinite(layer_for(bare, MEETING).total_bounds).all()
    assert kml_of(bare, MEETING).count(b"<Placemark>") == len(tables.zones)
