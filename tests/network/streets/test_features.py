"""Map layers from tagged ways and relations."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from planner.network import read_extract
from planner.network.streets.features import runs
from tests.network.streets.files import NODES, way, write


def test_an_address_point_finds_its_building(helsinki_pbf, read_once):
    """The building of an address is the outline that holds the point."""
    extract = read_once(helsinki_pbf)
    outline = extract.buildings.set_index("osm_id").geometry
    housed = extract.addresses[extract.addresses["building"] != ""]
    assert housed["building"].isin(outline.index).all()
    around = outline.loc[housed["building"]].to_numpy()
    assert (shapely.distance(around, housed.geometry.to_numpy()) < 1e-9).all()


def test_a_building_with_a_yard_and_its_address(tmp_path):
    """A multipolygon building keeps its hole, its levels and its address."""
    ring = [(0, 0), (0, 30), (30, 30), (30, 0), (10, 10), (10, 20), (20, 20), (20, 10)]
    body = "".join(
        f'<node id="{i + 1}" lat="{32.6 + y * 1e-5}" lon="{117 + x * 1e-5}" version="1"/>'
        for i, (x, y) in enumerate(ring)
    )
    body += way(1, [1, 2, 3, 4, 1]) + way(2, [5, 6, 7, 8, 5])
    body += (
        '<relation id="5" version="1"><member type="way" ref="1" role="outer"/>'
        '<member type="way" ref="2" role="inner"/><tag k="type" v="multipolygon"/>'
        '<tag k="building" v="apartments"/><tag k="building:levels" v="6"/>'
        '<tag k="addr:street" v="西街"/><tag k="addr:housenumber" v="3号"/></relation>'
    )
    extract = read_extract(write(tmp_path / "a.osm", body))
    row = extract.buildings.iloc[0]
    assert (row["osm_id"], row["levels"], row["kind"]) == ("r5", 6.0, "apartments")
    assert len(row.geometry.interiors) == 1
    found = extract.addresses.iloc[0]
    assert (found["street"], found["number"], found["building"]) == ("西街", "3号", "r5")
    assert row.geometry.contains(found.geometry)


def test_a_river_that_leaves_the_file_still_bars(tmp_path):
    """Of a water area that cannot be closed the shore is kept as a barrier."""
    body = (
        NODES
        + way(1, [1, 2, 3])
        + (
            '<relation id="5" version="1"><member type="way" ref="1" role="outer"/>'
            '<member type="way" ref="99" role="outer"/><tag k="type" v="multipolygon"/>'
            '<tag k="natural" v="water"/></relation>'
        )
    )
    extract = read_extract(write(tmp_path / "a.osm", body))
    assert len(extract.water) == 0
    assert extract.barriers[["osm_id", "kind"]].to_numpy().tolist() == [["r5", "water"]]
    assert extract.counts["areas_incomplete"] == 1


def test_a_degenerate_ring_is_left_out(tmp_path):
    """A building outline without an area is counted, not drawn."""
    body = NODES + way(1, [1, 2, 3, 1], building="yes") + way(2, [1, 2, 4, 5, 1], building="yes")
    extract = read_extract(write(tmp_path / "a.osm", body))
    assert extract.buildings["osm_id"].tolist() == ["w2"]
    assert extract.counts["areas_degenerate"] == 1


@pytest.mark.parametrize(
    ("nodes", "pieces"),
    [
        ([], []),
        ([4], []),
        ([4, 5], [[4, 5]]),
        ([-1, 4, 5, -1, 6, -1, 7, 8, 9], [[4, 5], [7, 8, 9]]),
        ([-1, -1], []),
    ],
)
def test_runs_end_where_a_node_is_missing(nodes, pieces):
    """What is left of a way are its stretches of two known nodes or more."""
    assert [r.tolist() for r in runs(np.array(nodes, np.int64))] == pieces


def test_a_building_cut_by_the_edge_is_closed_straight(tmp_path):
    """A building whose ring lacks a node keeps its area; a lake in the same state is left out."""
    body = NODES + way(1, [1, 3, 4, 99, 1], building="yes", building__levels="7 or so")
    body += way(2, [1, 3, 4, 99, 1], natural="water")
    extract = read_extract(write(tmp_path / "a.osm", body))
    assert extract.buildings["levels"].tolist() == [7.0]
    assert len(extract.water) == 0
    assert (extract.counts["areas_mended"], extract.counts["areas_incomplete"]) == (1, 1)


def test_a_bow_tie_keeps_what_has_an_area(tmp_path):
    """A self-crossing outline is mended and valid."""
    extract = read_extract(
        write(tmp_path / "a.osm", NODES + way(1, [1, 3, 5, 4, 1], building="yes"))
    )
    (shape,) = extract.buildings.geometry
    assert shape.is_valid
    assert shape.area > 0


def test_places_and_greens_are_told_apart(tmp_path):
    """A named estate and a named amenity are places; an unnamed one and a building are not."""
    body = NODES + way(1, [1, 3, 4, 1], landuse="residential", name="柳荫小区")
    body += way(2, [1, 3, 4, 1], landuse="residential")
    body += way(3, [1, 3, 4, 1], leisure="park", name="北园")
    body += way(4, [1, 3, 4, 1], building="school", amenity="school", name="一小")
    body += way(5, [1, 3, 4, 1], landuse="farmland", name="大田")
    body += (
        '<node id="20" lat="32.6" lon="117.0" version="1"><tag k="place" v="village"/>'
        '<tag k="name" v="张庄"/></node>'
    )
    extract = read_extract(write(tmp_path / "a.osm", body))
    told = dict(zip(extract.places["name"], extract.places["kind"], strict=True))
    assert told == {"张庄": "village", "柳荫小区": "residential", "北园": "park"}
    assert extract.green["name"].tolist() == ["北园"]


def test_rails_and_walls_bar_and_bridges_do_not(tmp_path):
    """A surface railway, a wall and a canal bar; a railway bridge and a culvert do not."""
    body = NODES + way(1, [1, 2], railway="rail") + way(2, [2, 3], railway="rail", bridge="yes")
    body += way(3, [3, 4], barrier="wall") + way(4, [4, 5], waterway="canal")
    body += way(5, [1, 5], waterway="canal", tunnel="culvert")
    extract = read_extract(write(tmp_path / "a.osm", body))
    told = dict(zip(extract.barriers["osm_id"], extract.barriers["kind"], strict=True))
    assert told == {"w1": "rail", "w3": "wall", "w4": "water"}
    assert extract.rails["osm_id"].tolist() == ["w1", "w2"]
