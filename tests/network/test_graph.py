"""Building the network of one's own lines, and joining homes to it."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
import shapely
from shapely import LineString, MultiLineString, Point

from planner.errors import NetworkError
from planner.model.plane import LocalProjection
from planner.network import WalkingNetwork
from tests.network.worlds import PLANE, at, layer, network

STREET = [(0, 0), (1000, 0)]


def test_lines_meet_at_ends_vertices_and_touching_ends():
    """Near ends, shared vertices and ends on another line join; all is one piece."""
    net = network(
        [(0, 0), (50, 10), (100, 0)],
        [(100.3, 0.2), (200, 0)],
        [(50, 10), (50, 80)],
        [(150, 0.3), (150, -60)],
    )
    assert len(net.pieces) == 1
    assert len(net.edges) == 6
    assert net.length_m.sum() == pytest.approx(332, abs=2)


def test_a_bridge_does_not_meet_what_it_crosses():
    """Lines of two levels make two pieces, the longer first; on one level they are joined, and told."""
    lines = layer([(-200, 0), (200, 0)], [(0, -50), (0, 50)])
    over = WalkingNetwork.from_lines(lines.assign(bridge=["no", "yes"]), projection=PLANE)
    assert len(over.edges) == 2
    _, piece = over.pieces
    assert (piece.nodes, over.piece.tolist()) == (2, [0, 1])
    assert piece.length_m == pytest.approx(100)
    assert (piece.lon, piece.lat) == pytest.approx((PLANE.lon_0, PLANE.lat_0))
    assert over.findings == ()
    level = WalkingNetwork.from_lines(lines.assign(bridge="no"), projection=PLANE)
    assert len(level.edges) == 4
    assert [f.code for f in level.findings] == ["streets-joined"]


def test_a_stub_of_a_yard_is_no_ground_of_its_own():
    """A home beside a short path that nobody drew to its end joins the street next to it."""
    net = network([(0, 0), (300, 0)], [(100, 50), (150, 50)])
    snap = at(net, (120, 48))
    assert snap.access_m[0] == pytest.approx(48, abs=1e-3)


@pytest.mark.parametrize(
    ("piece", "barrier"),
    [
        ([(100, 50), (400, 50)], None),
        ([(100, 50), (100, 110)], None),
        ([(100, 50), (150, 50)], [(-100, 30), (500, 30)]),
    ],
    ids=["long", "far", "other bank"],
)
def test_every_other_piece_is(piece, barrier):
    """Longer ones, those that lead away, and those beyond water keep the homes beside them."""
    barriers = None if barrier is None else layer(barrier)
    net = network([(0, 0), (300, 0)], piece, barriers=barriers)
    snap = at(net, (104, 52))
    assert snap.access_m[0] < 5
    assert len(net.pieces) == 2


def test_homes_can_be_joined_to_other_pieces():
    """Only to those that are named, only so far, and never across water."""
    net = network([(0, 0), (900, 0)], [(0, 80), (400, 80)])
    snaps = at(net, (100, 70), (100, 10))
    assert net.pieces_of(snaps).tolist() == [1, 0]
    moved = net.rejoined(snaps, [0], [0], 100.0)
    assert net.pieces_of(moved).tolist() == [0, 0]
    assert moved.access_m == pytest.approx([70, 10], abs=1e-6)
    assert net.pieces_of(net.rejoined(snaps, [0], [0], 60.0)).tolist() == [1, 0]
    wet = network([(0, 0), (900, 0)], [(0, 80), (400, 80)], barriers=layer([(-50, 40), (950, 40)]))
    assert wet.pieces_of(wet.rejoined(snaps, [0], [0], 100.0)).tolist() == [1, 0]


def test_loops_and_dead_ends_keep_their_length():
    """A ring on a stalk keeps its round; a home on it walks the shorter way."""
    net = network([(-100, 0), (0, 0)], [(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)])
    assert net.length_m.sum() == pytest.approx(500)
    pair = at(net, (-1, 40), (-101, 0))
    walk = net.walks(pair.take([0]), pair.take([1]), limit_m=None).walk_m[0]
    assert walk == pytest.approx(1 + 40 + 100 + 1, abs=0.01)


def test_a_step_without_length_is_dropped():
    """Repeated vertices and lines of no length do no harm."""
    net = network([(0, 0), (50, 0), (50, 0), (100, 0)], [(50, 0), (50, 0)])
    assert net.length_m.sum() == pytest.approx(100)
    assert (net.length_m > 0).all()


def test_multi_lines_other_crs_and_heights_are_read():
    """Layers in degrees, with heights and multi-part lines, are the same streets."""
    flat = network([(0, 0), (100, 0)], [(100, 0), (100, 80)])
    degrees = layer([(0, 0), (100, 0)], [(100, 0), (100, 80)]).to_crs("EPSG:4326")
    raised = MultiLineString([shapely.force_3d(line, 7.0) for line in degrees.geometry])
    net = WalkingNetwork.from_lines(
        geopandas.GeoDataFrame(geometry=[raised, None], crs="EPSG:4326"), projection=PLANE
    )
    assert net.length_m.sum() == pytest.approx(flat.length_m.sum(), abs=1e-5)
    assert len(net.edges) == 2


def test_a_layer_file_is_read(tmp_path):
    """A GeoPackage of lines makes a network that names its file."""
    path = tmp_path / "streets.gpkg"
    layer(STREET, crs="EPSG:32650").to_file(path)
    net = WalkingNetwork.from_lines(path)
    assert net.source == "streets.gpkg"
    assert net.mode == "streets"
    assert len(net.edges) == 1


def test_layers_that_cannot_be_streets_are_refused(tmp_path):
    """No CRS, no lines, no file: each is said, with what to do."""
    bare = geopandas.GeoDataFrame(geometry=[LineString(STREET)])
    with pytest.raises(NetworkError, match="CRS"):
        WalkingNetwork.from_lines(bare)
    points = geopandas.GeoDataFrame(geometry=[Point(117, 32)], crs="EPSG:4326")
    with pytest.raises(NetworkError, match="no lines"):
        WalkingNetwork.from_lines(points)
    with pytest.raises(NetworkError, match="no such file"):
        WalkingNetwork.from_lines(tmp_path / "gone.gpkg")
    junk = tmp_path / "junk.gpkg"
    junk.write_bytes(b"junk")
    with pytest.raises(NetworkError, match="cannot be read"):
        WalkingNetwork.from_lines(junk)
    with pytest.raises(NetworkError, match="no length"):
        WalkingNetwork.from_lines(layer([(0, 0), (0, 0)]), projection=PLANE)


def test_homes_join_the_nearest_edge_not_the_nearest_node():
    """The access leg is square to the street, and measured along it."""
    snap = at(network(STREET), (420, 30))
    assert snap.access_m[0] == pytest.approx(30, abs=1e-6)
    assert min(snap.along_m[0], 1000 - snap.along_m[0]) == pytest.approx(420, abs=1e-6)
    assert snap.xy[0] == pytest.approx([420, 0], abs=1e-6)
    assert snap.home_xy[0] == pytest.approx([420, 30], abs=1e-6)
    assert not snap.crosses[0]


def test_an_access_leg_goes_round_a_river():
    """A home joins the street on its own bank, though that across the water is nearer."""
    river = layer([(-50, 20), (1050, 20)])
    net = network(STREET, [(0, 100), (1000, 100)], [(1000, 0), (1000, 100)], barriers=river)
    snap = at(net, (500, 30), (500, 10))
    assert snap.xy[:, 1] == pytest.approx([100, 0], abs=1e-6)
    assert not snap.crosses.any()


def test_a_home_with_no_dry_way_says_so():
    """Where every leg crosses the water, the nearest is taken and marked."""
    moat = layer([(400, 20), (600, 20), (600, 60), (400, 60), (400, 20)])
    snap = at(network(STREET, barriers=moat), (500, 40), (500, 10))
    assert snap.crosses.tolist() == [True, False]
    assert snap.access_m[0] == pytest.approx(40, abs=1e-6)


def test_a_wall_is_crossed_rather_than_a_river():
    """When no leg is free, a wall (whose gate nobody mapped) is the lesser evil."""
    ring = [(400, 20), (600, 20), (600, 60), (400, 60), (400, 20)]
    barred = layer([(-50, 10), (1050, 10)], ring)
    barred["kind"] = ["water", "wall"]
    net = network(STREET, [(0, 90), (1000, 90)], [(1000, 0), (1000, 90)], barriers=barred)
    snap = at(net, (500, 40))
    assert snap.crosses[0]
    assert snap.xy[0, 1] == pytest.approx(90, abs=1e-6)


def test_a_pond_bars_as_an_area_too():
    """Water areas bar at their shore; a home on a pier joins the pier."""
    pond = geopandas.GeoDataFrame(
        {"kind": ["water"]}, geometry=[shapely.box(-50, 10, 1050, 60)], crs=PLANE.crs
    )
    net = network(STREET, [(500, 0), (500, 30)], barriers=pond)
    snap = at(net, (480, 30))
    assert snap.xy[0] == pytest.approx([500, 30], abs=1e-6)
    assert not snap.crosses[0]


def test_too_far_and_nowhere_are_not_joined():
    """Beyond the limit, without numbers or off the globe a home joins nothing; nothing is raised."""
    net = network(STREET)
    lon, lat = PLANE.to_lon_lat([(500, 100)])[0]
    snap = net.snap([lon, lon, np.nan, 0, 999, np.inf], [lat, lat, lat, 0, 91, lat], max_m=150)
    assert snap.edge.tolist() == [0, 0, -1, -1, -1, -1]
    assert np.isinf(snap.access_m[2:]).all()
    assert net.snap([lon], [lat], max_m=50).edge.tolist() == [-1]
    assert len(net.snap([], [])) == 0


def test_equal_homes_join_alike_whatever_their_company(helsinki_pbf, read_once):
    """Where a home joins does not depend on the other homes or their order."""
    extract = read_once(helsinki_pbf)
    net = WalkingNetwork.from_osm(extract)
    lon, lat = extract.addresses.geometry.x.to_numpy(), extract.addresses.geometry.y.to_numpy()
    whole, back = net.snap(lon, lat), net.snap(lon[::-1], lat[::-1])
    assert whole.edge.tolist() == back.edge[::-1].tolist()
    assert whole.along_m.tolist() == back.along_m[::-1].tolist()
    line = net.edge_lines[whole.edge]
    gap = shapely.distance(shapely.points(whole.home_xy), line)
    assert (whole.access_m >= gap - 1e-6).all()
    assert (shapely.distance(shapely.points(whole.xy), line) < 1e-6).all()
    assert whole.crosses.mean() < 0.05


def test_edges_are_as_long_as_their_lines(helsinki_pbf, read_once):
    """Each edge runs from its first node to its second, as long as its line."""
    net = WalkingNetwork.from_osm(read_once(helsinki_pbf))
    assert shapely.length(net.edge_lines) == pytest.approx(net.length_m, abs=1e-6)
    first, last = net.shape_offset[:-1], net.shape_offset[1:] - 1
    assert (net.shape_xy[first] == net.node_xy[net.edges[:, 0]]).all()
    assert (net.shape_xy[last] == net.node_xy[net.edges[:, 1]]).all()
    assert 0.9 < net.pieces[0].length_m / net.length_m.sum() < 1


def test_coverage_tells_the_streets_of_another_place(helsinki_pbf, read_once):
    """Homes of the same town are covered, homes of another are not."""
    net = WalkingNetwork.from_osm(read_once(helsinki_pbf))
    assert net.coverage([24.945, 24.94], [60.17, 60.168]) == 1.0
    assert net.coverage([116.84, 116.85], [32.62, 32.63]) == 0.0
    assert net.coverage([24.945, 116.85, np.nan], [60.17, 32.63, 1]) == 0.5
    assert net.coverage([], []) == 0.0


def test_a_given_plane_is_kept(helsinki_pbf):
    """Streets can be laid into the plane of the homes."""
    plane = LocalProjection(24.9, 60.1)
    assert WalkingNetwork.from_osm(helsinki_pbf, projection=plane).projection == plane


def test_a_layer_may_be_drawn_in_any_order_and_direction():
    """Rows and directions change nothing of the network, to the last bit."""
    lines = [
        [(0, 0), (70.3, 1.1), (150, 40)],
        [(70, 60), (70.3, -50)],
        [(150.2, 40.1), (300, 40)],
        [(300, 40), (300, 90), (340, 90), (300, 40)],
    ]
    one = network(*lines)
    other = network(*[line[::-1] for line in reversed(lines)])
    for name in ("node_xy", "edges", "length_m", "shape_xy", "shape_offset", "piece", "attach"):
        assert (getattr(one, name) == getattr(other, name)).all()
    assert one.findings == other.findings
