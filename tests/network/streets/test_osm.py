"""Reading street extracts: layers, cut ways, and files that are refused."""

from __future__ import annotations

import numpy as np
import pytest

from planner.errors import NetworkError
from planner.network import WalkingNetwork, read_extract
from tests.network.streets.files import NODES, way, write


def test_the_real_extract_has_all_its_layers(helsinki_pbf, read_once):
    """Streets, buildings, addresses, places and barriers come out with their columns, in degrees."""
    extract = read_once(helsinki_pbf)
    assert list(extract.streets.columns) == [
        "osm_id",
        "name",
        "highway",
        "walkable",
        "incline",
        "geometry",
    ]
    assert len(extract.streets) > 2500
    assert 400 < len(extract.buildings) < 560
    assert len(extract.addresses) > 1440
    assert set(extract.addresses["source"]) == {"address point", "building"}
    assert (extract.addresses["building"] != "").mean() > 0.9
    assert set(extract.barriers["kind"]) == {"water", "rail", "wall"}
    assert extract.data_date.startswith("20")
    assert "OpenStreetMap" in extract.attribution
    for name in (
        "streets",
        "buildings",
        "addresses",
        "places",
        "water",
        "green",
        "rails",
        "barriers",
    ):
        layer = getattr(extract, name)
        assert layer.crs.to_epsg() == 4326
        assert layer.geometry.is_valid.all()


def test_a_way_is_cut_where_a_node_is_missing(tmp_path):
    """Missing nodes and nodes off the globe cut a street there, and are counted."""
    body = NODES + '<node id="9" lat="91" lon="117" version="1"/>'
    body += way(10, [1, 2, 77, 3, 4], highway="residential") + way(11, [1, 9], highway="path")
    extract = read_extract(write(tmp_path / "a.osm", body))
    assert len(extract.streets) == 2
    assert extract.counts["street_ways_cut"] == 2
    assert extract.counts["invalid_locations"] == 1
    assert extract.data_date == "2024-05-06"


def test_streets_that_nobody_walks_make_no_network(tmp_path):
    """An extract with only a motorway is refused as a network."""
    path = write(tmp_path / "a.osm", NODES + way(1, [1, 2, 3], highway="motorway"))
    with pytest.raises(NetworkError, match="pedestrian"):
        WalkingNetwork.from_osm(path)


def test_a_locked_gate_parts_the_street(tmp_path):
    """Nobody walks through a locked gate; an open one is part of the street."""
    streets = way(1, [1, 2, 3], highway="residential") + way(2, [3, 4, 5, 1], highway="path")
    for locked, length in (("yes", 2), ("no", 1)):
        gate = (
            '<node id="2" lat="32.600" lon="117.001" version="1"><tag k="barrier" v="gate"/>'
            f'<tag k="locked" v="{locked}"/></node>'
        )
        body = (
            NODES.replace('<node id="2" lat="32.600" lon="117.001" version="1"/>', gate) + streets
        )
        net = WalkingNetwork.from_osm(write(tmp_path / "a.osm", body))
        ends = net.snap([117.0008, 117.0012], [32.6, 32.6])
        walk = net.walks(ends.take([0]), ends.take([1]), limit_m=None).walk_m[0]
        assert (walk > 200) == (length == 2)


@pytest.mark.parametrize(
    "name",
    [
        "queens_village_ny",
        "beijing_haidian_zhongguancun_2017",
        "hangzhou_zijingang",
        "jiangxi_guixi_2025",
    ],
)
def test_extracts_of_other_cities_make_networks(shared_data, name, read_once):
    """Extracts with loose ends, islands and broken rings are read; all pieces are kept."""
    extract = read_once(shared_data / "osm" / f"{name}.osm.pbf")
    net = WalkingNetwork.from_osm(extract)
    assert net.pieces[0].length_m > 0.75 * net.length_m.sum()
    assert len(net.edges) > 400
    assert extract.buildings.geometry.is_valid.all()
    assert extract.buildings["osm_id"].is_unique
    middles = extract.buildings.geometry.iloc[::50].representative_point()
    snaps = net.snap(middles.x.to_numpy(), middles.y.to_numpy())
    piece = net.pieces_of(snaps)
    found = net.walks(snaps.take([0]), snaps, limit_m=None)
    assert found.target.tolist() == np.flatnonzero(piece == piece[0]).tolist()


def test_invented_streets_are_nobodys_map(tmp_path):
    """A file that calls itself synthetic is not credited to OpenStreetMap; any other is."""
    from tests.town.town import build_town, street_plan

    town = tmp_path / "town.osm"
    town.write_text(street_plan(build_town()), "utf-8")
    assert "OpenStreetMap" not in read_extract(town).attribution
    assert "synthetic" in read_extract(town).attribution
    real = tmp_path / "real.osm"
    real.write_text(town.read_text("utf-8").replace("SYNTHETIC TOWN", "0.6"), "utf-8")
    assert "OpenStreetMap" in read_extract(real).attribution
