"""Reading street extracts: layers, cut ways, and files that are refused."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
import shapely

from planner.errors import NetworkError
from planner.network import WalkingNetwork, read_extract

NODES = """
 <node id="1" lat="32.600" lon="117.000" version="1"/>
 <node id="2" lat="32.600" lon="117.001" version="1"/>
 <node id="3" lat="32.600" lon="117.002" version="1"/>
 <node id="4" lat="32.601" lon="117.002" version="1"/>
 <node id="5" lat="32.601" lon="117.001" version="1"/>
"""


def write(path, body, head=""):
    """Write a small OpenStreetMap file."""
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<osm version="0.6">{body}</osm>',
        encoding="utf-8",
    )
    return path


def way(number, refs, **tags):
    """One way as XML; ``__`` in a key stands for a colon."""
    nodes = "".join(f'<nd ref="{r}"/>' for r in refs)
    pairs = "".join(f'<tag k="{k.replace("__", ":")}" v="{v}"/>' for k, v in tags.items())
    return f'<way id="{number}" version="1" timestamp="2024-05-06T07:08:09Z">{nodes}{pairs}</way>'


def test_the_real_extract_has_all_its_layers(helsinki_pbf):
    """Streets, buildings, addresses, places and barriers come out with their columns, in degrees."""
    extract = read_extract(helsinki_pbf)
    assert list(extract.streets.columns) == ["osm_id", "name", "highway", "walkable", "geometry"]
    assert len(extract.streets) > 2500
    assert 400 < len(extract.buildings) < 560
    assert len(extract.addresses) > 1440
    assert set(extract.addresses["source"]) == {"address point", "building"}
    assert (extract.addresses["building"] != "").mean() > 0.9
    assert set(extract.barriers["kind"]) == {"water", "rail", "wall"}
    assert extract.data_date.startswith("20")
    assert "OpenStreetMap" in extract.attribution
    west, south, east, north = extract.bounds
    assert 24 < west < east < 26
    assert 60 < south < north < 61
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


def test_an_address_point_finds_its_building(helsinki_pbf):
    """The building of an address is the outline that holds the point."""
    extract = read_extract(helsinki_pbf)
    outline = extract.buildings.set_index("osm_id").geometry
    housed = extract.addresses[extract.addresses["building"] != ""]
    assert housed["building"].isin(outline.index).all()
    around = outline.loc[housed["building"]].to_numpy()
    assert (shapely.distance(around, housed.geometry.to_numpy()) < 1e-9).all()


def test_a_way_is_cut_where_a_node_is_missing(tmp_path):
    """Missing nodes and nodes off the globe cut a street there, and are counted."""
    body = NODES + '<node id="9" lat="91" lon="117" version="1"/>'
    body += way(10, [1, 2, 77, 3, 4], highway="residential") + way(11, [1, 9], highway="path")
    extract = read_extract(write(tmp_path / "a.osm", body))
    assert len(extract.streets) == 2
    assert extract.counts["street_ways_cut"] == 2
    assert extract.counts["invalid_locations"] == 1
    assert extract.data_date == "2024-05-06"


def test_negative_and_repeated_ids_are_read(tmp_path):
    """Files from an editor have negative ids; of an object that comes twice the later one stands."""
    body = """
     <node id="-1" lat="32.6" lon="117.0" version="1"/>
     <node id="-2" lat="32.6" lon="117.5" version="1"/>
     <node id="-2" lat="32.6" lon="117.001" version="2"/>
    """
    body += way(-7, [-1, -2], highway="footway", name="南街")
    extract = read_extract(write(tmp_path / "a.osm", body))
    assert extract.streets["name"].tolist() == ["南街"]
    assert extract.streets.geometry.iloc[0].length == pytest.approx(0.001)
    assert extract.counts["duplicate_nodes"] == 1


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


def test_packed_files_are_read_alike(tmp_path):
    """A .osm.gz gives the same streets as the .osm that is packed in it."""
    plain = write(tmp_path / "a.osm", NODES + way(1, [1, 2, 3], highway="residential"))
    packed = tmp_path / "a.osm.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_extract(packed).streets.equals(read_extract(plain).streets)


def test_declared_entities_are_refused(tmp_path):
    """A file with a document type is refused unread: that is how XML files attack."""
    head = '<!DOCTYPE osm [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/hostname">]>\n'
    for name in ("a.osm", "b.osm.gz"):
        path = write(tmp_path / "plain.osm", NODES, head)
        packed = tmp_path / name
        data = path.read_bytes()
        packed.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
        with pytest.raises(NetworkError, match=r"document type or entities"):
            read_extract(packed)


def test_a_late_document_type_is_refused_too(tmp_path):
    """Entities behind a very long comment are not read either."""
    head = "<!--" + "x" * 200_000 + '--><!DOCTYPE osm [<!ENTITY a "aaaa">]>\n'
    with pytest.raises(NetworkError):
        read_extract(write(tmp_path / "a.osm", NODES, head))


@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_file_cut_short_is_refused(helsinki_pbf, tmp_path, share):
    """A truncated extract is an error that names the file, never half a network."""
    data = helsinki_pbf.read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(NetworkError, match=r"cut\.osm\.pbf") as caught:
        read_extract(path)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.osm", b"<osm version='0.6'><node id='1' lat='1'"),
        ("a.osm", b"hello"),
        ("a.osm", b"<html><body>404</body></html>"),
        ("a.osm", b""),
        ("a.osm", b"<osm version='0.6'></osm>"),
        ("a.osm.pbf", b"PK\x03\x04 not a pbf at all, but long enough to be read"),
        ("a.osm.gz", b"not packed"),
        ("a.osm.gz", gzip.compress(b"<osm>" + b"x" * 5000)[:40]),
        ("a.shp", b"\x00\x00\x27\x0a"),
    ],
)
def test_what_is_no_extract_is_refused(tmp_path, name, content):
    """Whatever is not an OpenStreetMap file ends in one error that says so."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(NetworkError, match=name.replace(".", r"\.")):
        read_extract(path)


def test_missing_files_and_folders_are_refused(tmp_path):
    """A path that leads nowhere, or to a folder, is named."""
    with pytest.raises(NetworkError, match="no such file"):
        read_extract(tmp_path / "gone.osm.pbf")
    with pytest.raises(NetworkError, match="not a file"):
        read_extract(tmp_path)


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
def test_extracts_of_other_cities_make_networks(shared_data, name):
    """Extracts with loose ends, islands and broken rings are read; the largest piece is kept."""
    extract = read_extract(shared_data / "osm" / f"{name}.osm.pbf")
    net = WalkingNetwork.from_osm(extract)
    assert net.share_kept > 0.75
    assert len(net.edges) > 400
    assert extract.buildings.geometry.is_valid.all()
    assert extract.buildings["osm_id"].is_unique
    middles = extract.buildings.geometry.iloc[::50].representative_point()
    snaps = net.snap(middles.x.to_numpy(), middles.y.to_numpy())
    assert np.isfinite(net.walks(snaps.take([0]), snaps, limit_m=None).walk_m).all()


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
