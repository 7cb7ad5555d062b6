"""Trunk roads that are a town's main street."""

from __future__ import annotations

import numpy as np
import pytest

from planner.network import WalkingNetwork, read_extract
from tests.network.streets.files import way, write

HOUSE = [(30, 31), (31, 32), (32, 33), (33, 30)]


def town(tmp_path, *ways):
    """Nodes 1 to 9 every 100 m along a road, 11 to 19 beside it, and a house at 30 to 33."""
    body = ""
    for k in range(1, 10):
        for number, north in ((k, 0), (10 + k, 150)):
            body += (
                f'<node id="{number}" lon="{117 + k * 100 / 93_600}" '
                f'lat="{32.6 + north / 111_195}" version="1"/>'
            )
    for k, (x, y) in enumerate([(480, 20), (490, 20), (490, 30), (480, 30)]):
        body += (
            f'<node id="{30 + k}" lon="{117 + x / 93_600}" lat="{32.6 + y / 111_195}" version="1"/>'
        )
    return write(tmp_path / "a.osm", body + "".join(ways))


def walked(path):
    """Ids of the streets that are walked."""
    streets = read_extract(path).streets
    return sorted(streets.loc[streets["walkable"], "osm_id"])


STREET = way(50, [11, 12, 13], highway="residential")
HOUSES = way(60, [30, 31, 32, 33, 30], building="yes")


@pytest.mark.parametrize(
    ("ways", "expected"),
    [
        (
            [way(1, [1, 2, 3], highway="trunk"), way(2, [2, 12], highway="residential")],
            {"w1", "w2"},
        ),
        ([way(1, [1, 2, 3], highway="trunk")], set()),
        ([way(1, [4, 5, 6], highway="trunk"), HOUSES], {"w1"}),
        ([way(1, [4, 5, 6], highway="trunk", bridge="yes"), HOUSES], set()),
        ([way(1, [4, 5, 6], highway="trunk", foot="no"), HOUSES], set()),
        ([way(1, [4, 5, 6], highway="trunk", motorroad="yes"), HOUSES], set()),
        ([way(1, [1, 2], highway="motorway"), way(2, [2, 12], highway="residential")], {"w2"}),
    ],
    ids=["streets", "nothing", "houses", "under a bridge", "foot=no", "motorroad", "motorway"],
)
def test_houses_or_streets_make_a_main_street(tmp_path, ways, expected):
    """A trunk road is walked where somebody lives on it, unless its tags forbid it."""
    assert set(walked(town(tmp_path, STREET, *ways))) == expected | {"w50"}


def test_what_lies_between_two_main_streets_is_walked(tmp_path):
    """A bare stretch of the road joins its two halves; a link that leads nowhere is not walked."""
    path = town(
        tmp_path,
        STREET,
        way(1, [1, 2], highway="trunk"),
        way(2, [1, 11], highway="residential"),
        way(3, [2, 3, 4], highway="trunk"),
        way(4, [4, 5], highway="trunk"),
        HOUSES,
        way(5, [5, 6, 7], highway="trunk"),
        way(6, [3, 9], highway="trunk_link"),
    )
    assert {"w1", "w3", "w4"} <= set(walked(path))
    assert "w6" not in walked(path)


def test_it_is_told(tmp_path):
    """The network says how many trunk roads it walks on."""
    path = town(
        tmp_path, STREET, way(1, [1, 2, 3], highway="trunk"), way(2, [2, 12], highway="path")
    )
    net = WalkingNetwork.from_osm(path)
    (said,) = net.findings
    assert (said.code, said.what.startswith("1 trunk road")) == ("trunk-walked", True)


def test_addresses_and_known_homes_are_houses(tmp_path):
    """A house number beside the road, or a home of the sheet, says that people live there."""
    door = (
        f'<node id="40" lon="{117 + 250 / 93_600}" lat="{32.6 + 12 / 111_195}" version="1">'
        '<tag k="addr:housenumber" v="3"/></node>'
    )
    road = way(1, [1, 2, 3], highway="trunk")
    assert walked(town(tmp_path, STREET, road, door)) == ["w1", "w50"]
    path = town(tmp_path, STREET, road)
    for north, expected in ((12, {"w1", "w50"}), (80, {"w50"})):
        homes = np.array([(117 + 250 / 93_600, 32.6 + north / 111_195), (np.nan, np.nan)])
        streets = read_extract(path, homes=homes).streets
        assert set(streets.loc[streets["walkable"], "osm_id"]) == expected
