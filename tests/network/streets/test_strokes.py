"""What the office draws on the streets: a missing footbridge is walked, a shut gate is not."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
from shapely import LineString, Point, Polygon

from planner.network import WalkingNetwork
from planner.network.streets.strokes import GATE_M, LINK_M, Strokes
from tests.network.worlds import PLANE, at, layer

BANKS = layer([(0, 0), (400, 0)], [(0, 100), (400, 100)], [(0, 0), (0, 100)])


def drawn(*shapes):
    """Make a layer of what the office draws, in metres of the plane."""
    shapes = [LineString(s) if isinstance(s, list) else s for s in shapes]
    frame = geopandas.GeoDataFrame(geometry=shapes, crs=PLANE.crs).to_crs("EPSG:4326")
    return frame.assign(name="", file="office.gpkg", sheet="", row=np.arange(len(shapes)) + 1)


def walk(net, one, other):
    """Walk between two homes, metres; infinite if there is none."""
    homes = at(net, one, other)
    found = net.walks(homes.take(np.array([0])), homes.take(np.array([1])), limit_m=None)
    return float(found.walk_m[0]) if len(found.walk_m) else np.inf


def town(*, links=None, barriers=None):
    """Two banks joined at one end, with what the office draws."""
    strokes = Strokes(links, barriers)
    return WalkingNetwork.from_lines(BANKS, projection=PLANE, strokes=strokes)


def test_nothing_drawn_changes_nothing() -> None:
    """The network is the same, number by number."""
    plain, same = WalkingNetwork.from_lines(BANKS, projection=PLANE), town()
    assert (plain.edges == same.edges).all()
    assert (plain.length_m == same.length_m).all()
    assert plain.findings == same.findings


def test_a_footbridge_shortens_the_way_and_is_told() -> None:
    """From bank to bank at the far end: 300 m round, or over the bridge, which begins near the street."""
    assert walk(town(), (300, 0), (300, 100)) == pytest.approx(700, abs=0.1)
    net = town(links=drawn([(300, 2), (310, 50), (300, 97)]))
    assert walk(net, (300, 0), (300, 100)) == pytest.approx(2 + 2 * np.hypot(10, 47.5) + 3, abs=0.5)
    assert [f.code for f in net.findings] == ["links-drawn"]
    assert net.findings[0].file == "office.gpkg"


def test_a_link_is_no_street_that_homes_join() -> None:
    """A home beside the middle of the bridge joins the bank."""
    net = town(links=drawn([(300, 0), (300, 100)]))
    assert at(net, (298, 40)).access_m[0] == pytest.approx(40, abs=0.1)


def test_a_link_that_ends_nowhere_is_left_out_and_told() -> None:
    """With the metres by which it misses, and where it stands in the file."""
    net = town(links=drawn([(300, 0), (300, 100 - LINK_M - 20)], [(200, 0), (200, 100)]))
    far = next(f for f in net.findings if f.code == "link-far")
    assert (far.file, far.row) == ("office.gpkg", 1)
    assert "50 m" in far.what
    assert walk(net, (300, 0), (300, 100)) == pytest.approx(300, abs=0.5)


@pytest.mark.parametrize(
    "barrier",
    [Point(0, 50), Point(GATE_M - 2, 50), [(-20, 50), (20, 50)],
     Polygon([(-30, 40), (30, 40), (30, 60), (-30, 60)]).boundary, [(0, 45), (0, 55)]],
)  # fmt: skip
def test_nobody_passes_a_barrier(barrier) -> None:
    """A gate, a wall across, a building site, an obstacle along the way: the banks fall apart."""
    net = town(barriers=drawn(barrier))
    assert walk(net, (300, 0), (300, 100)) == np.inf
    assert walk(net, (300, 0), (0, 10)) == pytest.approx(310, abs=0.5)
    assert len(net.gated) >= 2
    assert "barriers-drawn" in [f.code for f in net.findings]


def test_a_gate_at_a_crossing_shuts_the_crossing() -> None:
    """Each street that meets there ends there."""
    net = town(barriers=drawn(Point(0, 0)))
    assert walk(net, (300, 0), (300, 100)) == np.inf


def test_a_link_over_a_barrier_is_a_bridge() -> None:
    """The barrier cuts the streets, and what the office draws over it is walked all the same."""
    wall = drawn([(-20, 50), (500, 50)])
    net = town(links=drawn([(300, 0), (300, 100)]), barriers=wall)
    assert walk(net, (300, 0), (300, 100)) == pytest.approx(100, abs=0.5)
    assert walk(net, (0, 45), (0, 55)) == pytest.approx(45 + 300 + 100 + 300 + 45, abs=0.5)


def test_access_legs_do_not_cross_a_barrier() -> None:
    """A home behind an elevated road joins the street on its own side, although the other is nearer."""
    net = town(barriers=drawn([(50, 20), (390, 20)]))
    home = at(net, (200, 30))
    assert home.access_m[0] == pytest.approx(70, abs=0.1)


def test_a_gate_far_from_every_street_is_told() -> None:
    """It does nothing, and says so."""
    net = town(barriers=drawn(Point(200, 50)))
    assert [f.code for f in net.findings] == ["barriers-drawn", "barrier-idle"]
    assert walk(net, (300, 0), (300, 100)) == pytest.approx(700, abs=0.5)


def test_the_direction_of_a_link_is_no_matter() -> None:
    """Drawn either way the network is the same."""
    one = town(links=drawn([(300, 0), (310, 50), (300, 100)]))
    two = town(links=drawn([(300, 100), (310, 50), (300, 0)]))
    assert np.allclose(np.sort(one.length_m), np.sort(two.length_m))
    assert (one.edges == two.edges).all()
