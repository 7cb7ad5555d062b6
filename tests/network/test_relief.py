"""Slopes: read off tags and heights, and what they do to walks."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely

from planner.network.doors import own_relief
from planner.network.relief import STEEPEST, Relief, grade_in, on_slopes, slower
from tests.network.worlds import PLANE, at, grid, network


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("10%", 0.1),
        ("-5.5 %", 0.055),
        ("5°", math.tan(math.radians(5))),
        ("12", 0.12),
        ("0", 0.0),
        ("7,5%", 0.075),
        ("400%", STEEPEST),
        ("89°", STEEPEST),
    ],
)
def test_inclines_are_read(text: str, grade: float) -> None:
    """Per cent, degrees, bare numbers; whichever way it goes up."""
    assert grade_in(text) == pytest.approx(grade)


@pytest.mark.parametrize("text", ["", "up", "down", "yes", "steep", "nan", "1:10", "10% 20%"])
def test_words_say_no_number(text: str) -> None:
    """What is no number is not known, and counts as level."""
    assert math.isnan(grade_in(text))
    assert slower(np.array([grade_in(text)]))[0] == 1.0


def test_there_and_back_after_tobler() -> None:
    """The mean of both ways by the walking function itself, and never quicker than on the level."""

    def speed(s: float) -> float:
        return 6.0 * math.exp(-3.5 * abs(s + 0.05))

    for s in (0.0, 0.02, 0.05, 0.1, 0.25):
        both = (speed(0) / speed(s) + speed(0) / speed(-s)) / 2
        assert slower(np.array([s, -s])) == pytest.approx([both, both])
    assert (slower(np.linspace(-1, 1, 201)) >= 1.0).all()
    assert slower(np.array([0.1]))[0] == pytest.approx(1.209, abs=0.001)


def hill() -> gpd.GeoDataFrame:
    """A street that is level for 200 m and then climbs 20 m in 200 m; one of unknown height; steps."""
    lines = [
        [(0, 0, 50), (200, 0, 50), (400, 0, 70)],
        [(0, 0), (0, 300)],
        [(400, 0), (400, 100)],
        [(0, 300), (400, 300)],
    ]
    shapes = []
    for line in lines:
        xy = np.array(line, float)
        lon_lat = PLANE.to_lon_lat(xy[:, :2])
        shapes.append(shapely.LineString(np.column_stack([lon_lat, xy[:, 2:]])))
    told = {
        "坡度": ["", "up", "", "10%"],
        "highway": ["residential", "residential", "steps", "path"],
    }
    return gpd.GeoDataFrame(told, geometry=shapes, crs=4326)


def test_heights_and_columns_of_a_layer() -> None:
    """Of 1,200 m of street 800 are known; each edge has the mean over its own points."""
    frame = hill()
    relief = Relief.of(*own_relief(frame))
    assert len(relief.flights) == 1
    net = network(
        [(0, 0), (400, 0)], [(0, 0), (0, 300)], [(400, 0), (400, 100)], [(0, 300), (400, 300)]
    )
    factor, known = relief.sampled(net)
    middle = shapely.get_coordinates(
        shapely.line_interpolate_point(net.edge_lines, 0.5, normalized=True)
    )
    steep = float(slower(np.array([0.1]))[0])
    want = {(200, 0): (1 + steep) / 2, (0, 150): 1.0, (400, 50): 1.0, (200, 300): steep}
    for (x, y), f, k in zip(middle.round().tolist(), factor, known, strict=True):
        assert f == pytest.approx(want[x, y], abs=0.003)
        assert k == pytest.approx(1.0 if x == 200 else 0.0)


def test_walks_on_slopes_are_longer_and_the_same_from_both_ends() -> None:
    """Homes keep their places; a walk is the sum of its parts by their factors, to the last bit both ways."""
    net = grid(3, 2)
    rng = np.random.default_rng(0)
    homes = at(net, *(rng.random((12, 2)) * [300, 200]).tolist())
    factor = 1.0 + rng.random(len(net.edges))
    steep, moved = on_slopes(net, homes, factor)
    assert (moved.along_m <= steep.length_m[moved.edge]).all()
    ahead, back = (steep.walks(moved, moved, limit_m=None) for _ in range(2))
    table = np.full((12, 12), np.nan)
    table[ahead.source, ahead.target] = ahead.walk_m
    assert (table == table.T).all()
    plain = net.walks(homes, homes, limit_m=None)
    level = np.full((12, 12), np.nan)
    level[plain.source, plain.target] = plain.walk_m
    assert (table >= level - 1e-6).all()
    assert table.sum() > 1.2 * level.sum()
    assert len(back) == len(ahead)
    same, snaps = on_slopes(net, homes, np.ones(len(net.edges)))
    assert (same.length_m == net.length_m).all()
    assert (snaps.along_m == homes.along_m).all()


def test_a_layer_that_says_nothing_makes_nothing_steep() -> None:
    """Neither tags nor heights, or heights that are no numbers."""
    frame = hill().drop(columns=["坡度", "highway"])
    flat = frame.set_geometry(shapely.force_2d(frame.geometry.to_numpy()), crs=4326)
    relief = Relief.of(*own_relief(flat))
    factor, known = relief.sampled(grid(2, 2))
    assert (factor == 1.0).all()
    assert not known.any()
    lost = shapely.LineString([(117.0, 32.6, np.nan), (117.001, 32.6, 5.0)])
    assert not len(Relief.of(np.array([lost], object), [""], [False]).line)
