"""Layers of one's own at the door."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
import shapely

from planner.errors import NetworkError
from planner.network.doors import barriers_in, own_ways, read_layer, to_degrees
from tests.network.worlds import PLANE, layer


def test_a_frame_is_its_own_layer():
    """What is a layer already is handed through, under a name to speak of it."""
    frame = layer([(0, 0), (1, 0)])
    name, same = read_layer(frame)
    assert same is frame
    assert name == "streets"


def test_degrees_need_to_know_where_from():
    """A layer without a CRS is refused; shapes that are missing are left out."""
    frame = layer([(0, 0), (100, 0)])
    frame.loc[1] = ["water", None]
    told = to_degrees(frame, "s.gpkg")
    assert len(told) == 1
    assert told.geometry.iloc[0].coords[0] == pytest.approx((117.0, 32.6), abs=1e-9)
    with pytest.raises(NetworkError, match=r"s\.gpkg.*CRS"):
        to_degrees(frame.set_crs(None, allow_override=True), "s.gpkg")


def test_areas_bar_at_their_outline_and_points_not_at_all():
    """Of a lake the shore and its island's shore bar; a stone in the lake does not."""
    lake = shapely.box(0, 0, 100, 100).difference(shapely.box(40, 40, 60, 60))
    frame = geopandas.GeoDataFrame(
        {"kind": ["water", "wall", "rail", "hedge"]},
        geometry=[
            lake,
            shapely.LineString([(0, 0), (9, 9)]),
            shapely.MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3)]]),
            shapely.Point(50, 50),
        ],
        crs=PLANE.crs,
    )
    made = barriers_in(to_degrees(frame, "x"), PLANE)
    assert made.weight.tolist() == [2, 2, 1, 2, 2]
    assert shapely.length(made.lines[:2]).sum() == pytest.approx(480, abs=0.01)


def test_nothing_bars_where_nothing_is_given():
    """No layer, or an empty one, is no barrier; without a kind all count as water."""
    assert len(barriers_in(None, PLANE).lines) == 0
    assert len(barriers_in(layer().to_crs(4326), PLANE).lines) == 0
    plain = layer([(0, 0), (5, 5)]).drop(columns="kind").to_crs(4326)
    assert barriers_in(plain, PLANE).weight.tolist() == [2]


def ways(**columns):
    """Take one line a row, each 100 m further north."""
    n = len(next(iter(columns.values())))
    lines = [shapely.LineString([(0, 100 * i), (80, 100 * i)]) for i in range(n)]
    frame = geopandas.GeoDataFrame(columns, geometry=lines, crs=PLANE.crs).to_crs(4326)
    return own_ways(frame, "s.gpkg")


@pytest.mark.parametrize(
    ("columns", "walked"),
    [
        ({"highway": ["residential", "motorway", "footway", "construction"]}, [0, 2]),
        ({"Highway": ["residential", "motorway"], "FOOT": [None, "yes"]}, [0, 1]),
        ({"fclass": ["motorway_link", "path"], "tunnel": ["F", "F"]}, [1]),
        ({"highway": ["residential", "residential"], "access": ["no", None]}, [1]),
        ({"foot": ["no", "yes", None]}, [1, 2]),
        ({"highway": ["主干道", "人行道"]}, [0, 1]),
        ({"highway": ["residential", None, float("nan")]}, [0, 1, 2]),
        ({"highway": ["motorway", "path"], "other_tags": ['"foot"=>"designated"', None]}, [0, 1]),
        ({"name": ["a", "b"]}, [0, 1]),
        ({"道路等级": ["高速公路", "支路", "在建道路", "鐵路"]}, [1]),
        ({"Road_Class": ["motorway", "residential", "A"]}, [1, 2]),
        ({"highway": ["path", None], "type": ["motorway", "motorway"]}, [0]),
        ({"highway": [None, "footway", None], "railway": ["rail", "rail", None]}, [1, 2]),
        ({"waterway": ["river", None], "railway": [None, "platform"]}, [1]),
        ({"other_tags": ['"power"=>"line"', '"name"=>"a"']}, [1]),
    ],
)
def test_columns_are_read_as_an_extracts_tags(columns, walked):
    """Whatever their case; what is no kind of OpenStreetMap's is a street like any other."""
    made = ways(**columns)
    north = shapely.get_coordinates(made.lines)[::2, 1]
    assert np.round((north - 32.6) * 1109).astype(int).tolist() == walked
    assert made.left_out == len(next(iter(columns.values()))) - len(walked)


def test_levels_come_from_bridge_tunnel_and_layer():
    """The ground is one level; without such a column nothing is known of levels."""
    made = ways(bridge=["no", "yes", None], layer=[0.0, 1.0, None])
    assert made.level[0] == made.level[2] == "0"
    assert made.level[1] == "1/yes/no"
    assert ways(highway=["path"]).level == ("",)
    assert ways(highway=["path"], tunnel=[None]).level == ("0",)


def test_homes_do_not_join_tunnels_and_corridors():
    """They are walked through all the same."""
    made = ways(highway=["path", "path", "corridor"], tunnel=["yes", "building_passage", None])
    assert made.attach.tolist() == [False, True, False]


def test_a_layer_nobody_walks_on_is_refused():
    """It is said which columns say so."""
    with pytest.raises(NetworkError, match="pedestrian") as caught:
        ways(highway=["motorway", "construction"])
    assert "highway" in str(caught.value.remedy)


def test_a_trunk_road_that_streets_touch_is_walked():
    """As in an extract."""
    lines = [[(0, 0), (100, 0)], [(50, 0), (50, 80)], [(0, 500), (100, 500)]]
    frame = layer(*lines).assign(highway=["trunk", "path", "trunk"]).to_crs(4326)
    assert own_ways(frame, "s").left_out == 1
